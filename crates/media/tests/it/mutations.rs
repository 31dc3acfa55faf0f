//! MD-1: damaged files of every format in caged workers. Each gets an answer; no worker dies of one.

use crate::{
    pictures::{JPEGS, fixture},
    videos::video,
    workers::caged,
};
use media::{Kind, Limits, Refused};
use std::time::Duration;

/// Files to damage, for each format.
const FILES: [(Kind, &[&str]); 11] = [
    (Kind::Jpeg, &JPEGS),
    (Kind::Png, &["palette.png", "grey_16.png", "colour_alpha.png", "two_colours.png"]),
    (Kind::Gif, &["palette.gif", "moving.gif"]),
    (Kind::Webp, &["lossy.webp", "lossless.webp", "moving.webp"]),
    (Kind::Bmp, &["colour.bmp", "palette.bmp"]),
    (Kind::Tiff, &["plain.tif", "lzw.tif", "grey_16.tif", "bits.tif"]),
    (Kind::Mp4, &["h264.mp4", "hevc.mp4"]),
    (Kind::Webm, &["vp8.webm", "vp9.webm"]),
    (Kind::Mov, &["mpeg4.mov"]),
    (Kind::Mkv, &["h264.mkv", "av1.mkv"]),
    (Kind::Avi, &["xvid.avi", "mjpeg.avi"]),
];

struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    /// Bytes changed, most of them early where headers are; pieces cut out, doubled, filled, or put elsewhere.
    fn damaged(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self.below(8) {
            0 => {
                let (from, length) = (self.below(bytes.len()), self.below(200));
                let to = (from + length).min(bytes.len());
                bytes.drain(from..to);
            }
            1 => {
                let (from, length, to) = (self.below(bytes.len()), self.below(200), self.below(bytes.len()));
                let piece = bytes[from..(from + length).min(whole.len())].to_vec();
                bytes.splice(to..to, piece);
            }
            2 => {
                let (from, length, fill) = (self.below(bytes.len()), self.below(16), [0, 255][self.below(2)]);
                bytes.iter_mut().skip(from).take(length).for_each(|byte| *byte = fill);
            }
            _ => {
                for _ in 0..=self.below(8) {
                    let most = [bytes.len(), 1000.min(bytes.len()), 200.min(bytes.len())][self.below(3)];
                    let at = self.below(most);
                    bytes[at] = [self.below(256) as u8, bytes[at] ^ 1 << self.below(8)][self.below(2)];
                }
            }
        }
        bytes
    }
}

/// Damages the format's files so many times. One worker answers for all of it, beside another caller's.
fn each_gets_an_answer(kind: Kind, times: u64) {
    // A machine under load is no fault of the file.
    let slow = Duration::from_secs(60);
    let workshop = caged(Limits { timeout: slow, video_timeout: slow, max_pixels: 4_000_000, ..Limits::default() });
    let (_, names) = FILES.iter().find(|(known, _)| *known == kind).unwrap();
    let whole: Vec<Vec<u8>> =
        names.iter().map(|name| if kind.is_video() { video(name) } else { fixture(name) }).collect();
    let halves = [0, 1].map(|half| (half..times).step_by(2));
    let described: usize = std::thread::scope(|scope| {
        let run = |rounds: std::iter::StepBy<std::ops::Range<u64>>| {
            let (workshop, whole) = (&workshop, &whole);
            scope.spawn(move || {
                let answers = rounds.map(|round| {
                    let bytes = Chance(round).damaged(&whole[round as usize % whole.len()]);
                    let answer = workshop.describe(&bytes);
                    let lost = matches!(answer, Err(Refused::TimedOut | Refused::WorkerDied));
                    assert!(!lost, "{kind:?} round {round}: {answer:?}");
                    answer.is_ok()
                });
                answers.filter(|described| *described).count()
            })
        };
        halves.map(run).into_iter().map(|half| half.join().unwrap()).sum()
    });
    println!("{kind:?}: {described} of {times} described");
    for file in &whole {
        assert!(workshop.describe(file).is_ok(), "the workshop goes on");
    }
}

macro_rules! formats {
    ($($short:ident $long:ident $kind:ident;)*) => {
        $(
            #[test]
            fn $short() {
                each_gets_an_answer(Kind::$kind, 200);
            }

            #[test]
            #[ignore = "long run: 10,000 files"]
            fn $long() {
                each_gets_an_answer(Kind::$kind, 10_000);
            }
        )*
        const TESTED: &[Kind] = &[$(Kind::$kind),*];
    };
}

formats! {
    md_1_200_mutated_jpegs long_md_1_10000_mutated_jpegs Jpeg;
    md_1_200_mutated_pngs long_md_1_10000_mutated_pngs Png;
    md_1_200_mutated_gifs long_md_1_10000_mutated_gifs Gif;
    md_1_200_mutated_webps long_md_1_10000_mutated_webps Webp;
    md_1_200_mutated_bmps long_md_1_10000_mutated_bmps Bmp;
    md_1_200_mutated_tiffs long_md_1_10000_mutated_tiffs Tiff;
    md_1_200_mutated_mp4s long_md_1_10000_mutated_mp4s Mp4;
    md_1_200_mutated_webms long_md_1_10000_mutated_webms Webm;
    md_1_200_mutated_movs long_md_1_10000_mutated_movs Mov;
    md_1_200_mutated_mkvs long_md_1_10000_mutated_mkvs Mkv;
    md_1_200_mutated_avis long_md_1_10000_mutated_avis Avi;
}

#[test]
fn md_1_every_format_is_among_them() {
    assert_eq!(TESTED, Kind::ALL);
}
