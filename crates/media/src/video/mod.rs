//! Videos: what a caged ffmpeg shows of one, hashed frame by frame, and pictures made of its frames.
//!
//! Frames are the first of every second and those that begin a scene, at full size, as they are stored (`ask`). They
//! cross the pipe as PPM (`ppm`) and are shrunk while they come; nothing of ffmpeg's output is kept but a few small
//! pictures.

mod ask;
mod cage;
mod ppm;
mod sheet;

#[cfg(fuzzing)]
pub use ask::frames_and_words;
pub use ask::{Asked, Launcher};
pub use cage::{exec, run};

use crate::{
    Facts, Frame, Kind, Limits, Pdq, Refused, Video, digest, pdq::Small, preview::preview, refused::undecodable,
    rendition, whole,
};
use sheet::Sheet;

/// Largest video, in bytes, whatever the limits say.
pub const MOST_FILE: u64 = 1 << 30;
/// Most frames of one video, whatever the limits say.
const MOST_FRAMES: u32 = 1_000;
/// A file that is shown to its end and yet ends before a tenth of what it announces, by more than this, lies; in
/// milliseconds.
const MOST_MISSING: u64 = 60_000;

/// One frame that was looked at.
pub struct Shown {
    pub frame: Frame,
    small: Small,
    width: u32,
    height: u32,
}

/// What is known of a video. `kind` is one.
pub fn describe(launcher: &Launcher, kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Facts, Refused> {
    let (seen, shown) = look(launcher, kind, bytes, limits, false, None)?;
    let middle = shown.get(shown.len() / 2).ok_or_else(no_frame)?;
    Ok(Facts {
        kind,
        size: bytes.len() as u64,
        width: middle.width,
        height: middle.height,
        md5: digest::md5(bytes),
        sha1: digest::sha1(bytes),
        sha256: digest::sha256(bytes),
        pdq: None,
        device: None,
        preview_png: degraded(middle)?,
        video: Some(Video {
            duration_ms: seen.duration_ms.unwrap_or_else(|| last(&shown)),
            frames: shown.iter().map(|shown| shown.frame).collect(),
            more: seen.more,
        }),
    })
}

/// A degraded preview of every frame that is looked at, with when it is shown.
pub fn previews(
    launcher: &Launcher,
    kind: Kind,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Vec<(Frame, Vec<u8>)>, Refused> {
    let (_, shown) = look(launcher, kind, bytes, limits, false, None)?;
    shown.iter().map(|shown| Ok((shown.frame, degraded(shown)?))).collect()
}

/// A contact sheet of up to 16 frames, upright, as JPEG.
pub fn contact_sheet(launcher: &Launcher, kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refused> {
    let mut sheet = Sheet::default();
    look(launcher, kind, bytes, limits, true, Some(&mut sheet))?;
    sheet.picture().and_then(|picture| rendition::jpeg(&picture)).ok_or_else(no_frame)
}

fn look(
    launcher: &Launcher,
    kind: Kind,
    bytes: &[u8],
    limits: &Limits,
    upright: bool,
    mut sheet: Option<&mut Sheet>,
) -> Result<(Asked, Vec<Shown>), Refused> {
    whole::video(kind, bytes)?;
    let most = limits.max_frames.clamp(1, MOST_FRAMES) as usize;
    let mut smalls = Vec::new();
    let asked = launcher.ask(kind, upright, bytes, limits, |head, pixels| {
        if smalls.len() == most {
            return Ok(false);
        }
        let mut thumbnail =
            sheet.as_ref().and_then(|sheet| sheet.wants().then(|| Sheet::rows(head.width, head.height)));
        let small = ppm::shrunk(head, pixels, thumbnail.as_mut())?;
        if let Some(sheet) = sheet.as_mut() {
            sheet.take(thumbnail);
        }
        smalls.push((head, small));
        Ok(true)
    })?;
    let shown: Vec<Shown> = smalls
        .into_iter()
        .zip(&asked.times)
        .map(|((head, small), at_ms)| {
            let pdq = Pdq::of(&small, head.width as usize, head.height as usize);
            Shown { frame: Frame { at_ms: *at_ms, pdq }, small, width: head.width, height: head.height }
        })
        .collect();
    let announced = asked.duration_ms.unwrap_or_default();
    if !asked.more && last(&shown) < announced / 10 && announced - last(&shown) > MOST_MISSING {
        return Err(undecodable(format_args!(
            "it announces {} s and ends after {} s",
            announced / 1000,
            last(&shown) / 1000
        )));
    }
    Ok((asked, shown))
}

fn last(shown: &[Shown]) -> u64 {
    shown.last().map_or(0, |shown| shown.frame.at_ms)
}

fn degraded(shown: &Shown) -> Result<Vec<u8>, Refused> {
    preview(&shown.small, shown.width, shown.height).ok_or_else(|| undecodable("no preview can be made"))
}

fn no_frame() -> Refused {
    undecodable("no frame of it can be shown")
}
