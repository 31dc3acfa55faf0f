//! Videos through a caged ffmpeg: what is seen of them, and files that are not what they say.

use crate::pictures::{distance, fixture};
use media::{Limits, Pdq, Refused, Workshop, pdq::hash_rgb};
use std::time::Duration;

fn workshop(limits: Limits) -> Workshop {
    Workshop::caged(env!("CARGO_BIN_EXE_media-worker"), vec![], 2, limits)
}

/// Drawn videos (files/make_videos.py) in every container and the codings of the web.
pub const VIDEOS: [&str; 9] =
    ["h264.mp4", "hevc.mp4", "mpeg4.mov", "vp8.webm", "vp9.webm", "av1.mkv", "h264.mkv", "xvid.avi", "mjpeg.avi"];

pub fn video(name: &str) -> Vec<u8> {
    fixture(&format!("videos/{name}"))
}

#[test]
fn vpdq_frames_are_what_the_reference_says_of_the_same_frames() {
    let workshop = workshop(Limits::default());
    for name in VIDEOS {
        let facts = workshop.describe(&video(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        println!("{name} {:?}", facts.video);
    }
}
