//! What the fuzz targets call, `fuzz/` beside the workspace; compiled for them only. None of these may panic.

use crate::{
    Facts, Kind, Limits, exif,
    pdq::Pdq,
    preview::preview,
    raster, rendition,
    video::frames_and_words,
    whole,
    worker::{answer, serve_one},
};

/// Few pixels, so that time goes into parsing.
const MOST_PIXELS: u64 = 1 << 16;

/// A picture of one format, from its bytes to a hash, a preview and a rendition.
pub fn picture(kind: Kind, bytes: &[u8]) {
    let Ok(picture) = raster::decode(kind, bytes, MOST_PIXELS) else { return };
    let small = picture.shrink();
    let hash = Pdq::of(&small, picture.width as usize, picture.height as usize);
    assert!(hash.quality <= 100);
    assert!(preview(&small, picture.width, picture.height).is_some());
    assert!(rendition::of(&picture, exif::orientation(kind, bytes)).is_some());
}

/// What a device noted, wherever it may stand.
pub fn notes(bytes: &[u8]) {
    for kind in Kind::ALL {
        let turn = exif::orientation(kind, bytes);
        assert!((1..=8).contains(&turn));
        for place in exif::device(kind, bytes).into_iter().flat_map(|device| device.latitude.zip(device.longitude)) {
            assert!(place.0.abs() <= 90.0 && place.1.abs() <= 180.0);
        }
    }
}

/// The type, and the walk through the container of a video.
pub fn kind(bytes: &[u8]) {
    let _ = Kind::sniff(bytes);
    for kind in Kind::ALL {
        let _ = whole::video(kind, bytes);
    }
}

/// Both sides of the pipe to a worker.
pub fn pipe(bytes: &[u8]) {
    let _ = answer::<Facts>(&mut &*bytes);
    let _ = answer::<()>(&mut &*bytes);
    let limits = Limits { max_pixels: MOST_PIXELS, ..Limits::default() };
    let question = serde_json::to_vec(&("Describe", limits)).unwrap_or_default();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let whole = [&length(&question)[..], &length(bytes), &question, bytes].concat();
    let _ = serve_one(&mut &*bytes, &mut std::io::sink());
    assert!(serve_one(&mut whole.as_slice(), &mut std::io::sink()).is_ok());
}

/// Frames and words of ffmpeg.
pub fn frames(bytes: &[u8]) {
    frames_and_words(bytes, MOST_PIXELS);
}
