//! Videos through a caged ffmpeg: what is seen of them, and files that are not what they say.

use crate::{
    memory::most_while,
    pictures::{distance, fixture},
    workers::caged,
};
use media::{Kind, Limits, Refused, Workshop};
use std::time::{Duration, Instant};

/// Drawn videos (files/make_videos.py) in every container and the codings of the web.
pub const VIDEOS: [(&str, Kind); 9] = [
    ("h264.mp4", Kind::Mp4),
    ("hevc.mp4", Kind::Mp4),
    ("mpeg4.mov", Kind::Mov),
    ("vp8.webm", Kind::Webm),
    ("vp9.webm", Kind::Webm),
    ("av1.mkv", Kind::Mkv),
    ("h264.mkv", Kind::Mkv),
    ("xvid.avi", Kind::Avi),
    ("mjpeg.avi", Kind::Avi),
];

pub fn video(name: &str) -> Vec<u8> {
    fixture(&format!("videos/{name}"))
}

/// ffmpeg's memory and time for one file, with what was said of it. Both are asserted.
fn at_most_256_mb_and_5_s(bytes: &[u8], limits: Limits, name: &str) -> Result<media::Facts, Refused> {
    let workshop = caged(limits);
    let begun = Instant::now();
    let (said, most) = most_while(|| workshop.describe(bytes));
    println!("{name}: {:.1} MB, {:.2} s, {said:.80?}", most as f64 / 1e6, begun.elapsed().as_secs_f64());
    assert!(most <= 256_000_000, "{name}: {most} bytes");
    assert!(begun.elapsed() < Duration::from_secs(5), "{name}: {:?}", begun.elapsed());
    said
}

#[test]
fn vpdq_frames_are_what_the_reference_says_of_the_same_frames() {
    let workshop = caged(Limits::default());
    let expected = fixture("videos/expected.txt");
    let expected: Vec<Vec<&str>> =
        std::str::from_utf8(&expected).unwrap().lines().map(|line| line.split(' ').collect()).collect();
    for (name, kind) in VIDEOS {
        let bytes = video(name);
        let facts = workshop.describe(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((facts.kind, facts.width, facts.height, facts.pdq), (kind, 96, 72, None), "{name}");
        assert_eq!((facts.size, facts.sha256), (bytes.len() as u64, media::digest::sha256(&bytes)), "{name}");
        let seen = facts.video.unwrap();
        assert!(seen.duration_ms.abs_diff(5000) <= 300 && !seen.more, "{name}: {} ms", seen.duration_ms);
        let lines: Vec<&Vec<&str>> = expected.iter().filter(|line| line[0] == name).collect();
        assert_eq!((seen.frames.len(), lines.len()), (6, 6), "{name}: {:?}", seen.frames);
        for (frame, line) in seen.frames.iter().zip(lines) {
            let at: u64 = line[1].parse().unwrap();
            assert!(frame.at_ms.abs_diff(at) <= 200, "{name}: {} instead of {at} ms", frame.at_ms);
            assert_eq!(distance(&frame.pdq.hex(), line[2]), 0, "{name} at {at} ms");
            assert_eq!(frame.pdq.quality.to_string(), line[3], "{name} at {at} ms");
        }
        let preview = image::load_from_memory(&facts.preview_png).unwrap();
        assert_eq!((preview.width(), preview.height(), preview.color()), (64, 48, image::ColorType::L8), "{name}");
    }
}

#[test]
fn no_more_frames_are_looked_at_than_allowed_and_more_says_so() {
    let workshop = caged(Limits { max_frames: 3, ..Limits::default() });
    let seen = workshop.describe(&video("h264.mp4")).unwrap().video.unwrap();
    assert_eq!((seen.frames.len(), seen.more), (3, true));
    let exactly = caged(Limits { max_frames: 6, ..Limits::default() });
    assert!(!exactly.describe(&video("h264.mp4")).unwrap().video.unwrap().more);
}

#[test]
fn a_contact_sheet_and_previews_of_frames_are_made_in_the_cage() {
    let workshop = caged(Limits::default());
    let sheet = workshop.rendition(&video("vp9.webm")).unwrap();
    let picture = image::load_from_memory(&sheet).unwrap();
    // Six frames stand three in a row; none is larger than the video's own.
    assert_eq!((picture.width(), picture.height()), (3 * 96, 2 * 72));
    assert!(!sheet.windows(4).any(|four| four == b"Exif" || four == b"ICC_"));
    let frames = workshop.frames(&video("vp9.webm")).unwrap();
    assert_eq!(frames.len(), 6);
    let described = workshop.describe(&video("vp9.webm")).unwrap();
    assert_eq!(described.video.unwrap().frames, frames.iter().map(|(frame, _)| *frame).collect::<Vec<_>>());
    assert_eq!(described.preview_png, frames[3].1);
    assert!(matches!(workshop.frames(&fixture("plain.jpg")), Err(Refused::Unsupported { .. })));
}

#[test]
fn a_video_cut_anywhere_is_refused_by_what_its_container_says() {
    let workshop = caged(Limits::default());
    for (name, _) in VIDEOS {
        let bytes = video(name);
        for percent in (1..100).step_by(11) {
            let refused = workshop.describe(&bytes[..bytes.len() * percent / 100]);
            // The first bytes of Matroska may be cut before they say what it is.
            let known = matches!(refused, Err(Refused::Undecodable { .. } | Refused::UnknownType));
            assert!(known, "{name} cut at {percent} %: {refused:?}");
        }
    }
}

#[test]
fn without_ffmpeg_or_workers_it_says_what_to_do() {
    let here = Workshop::here(Limits::default()).describe(&video("h264.mp4"));
    assert!(matches!(&here, Err(Refused::Unsupported { reason }) if reason.contains("ffmpeg")), "{here:?}");
    let program = env!("CARGO_BIN_EXE_media-worker");
    let missing = Workshop::caged(program, vec!["without-ffmpeg".into()], 1, Limits::default());
    let refused = missing.describe(&video("h264.mp4"));
    assert!(matches!(&refused, Err(Refused::Unsupported { reason }) if reason.contains("install")), "{refused:?}");
    assert!(missing.describe(&fixture("plain.jpg")).is_ok(), "pictures need none");
    for program in ["/bin/true", "/bin/false", "/no/such/program"] {
        let no_worker = Workshop::caged(program, vec![], 1, Limits::default()).describe(&video("h264.mp4"));
        assert!(no_worker.is_err(), "{program}: {no_worker:?}");
    }
}

#[test]
fn a_video_that_takes_too_long_is_ended_and_its_place_given_back() {
    let workshop = Workshop::caged(
        env!("CARGO_BIN_EXE_media-worker"),
        vec!["hang".into()],
        1,
        Limits { video_timeout: Duration::from_millis(200), ..Limits::default() },
    );
    for _ in 0..3 {
        assert_eq!(workshop.describe(&video("h264.mp4")), Err(Refused::TimedOut));
    }
}

/// Five seconds that say they are ten hours, in each container's way to say so.
#[test]
fn md_2_a_video_that_says_ten_hours_and_is_not_is_refused() {
    let ten_hours = 36_000_u64;
    let mut mp4 = video("h264.mp4");
    for name in [b"mvhd", b"tkhd", b"mdhd"] {
        let at = mp4.windows(4).position(|four| four == name).unwrap() + 4;
        // Version 0: times, then the scale and the duration; a track has its number and four empty bytes instead.
        let (scale, duration) = if name == b"tkhd" { (1000, at + 20) } else { (number(&mp4, at + 12), at + 16) };
        mp4[duration..duration + 4].copy_from_slice(&((u64::from(scale) * ten_hours) as u32).to_be_bytes());
    }
    let mut mkv = video("h264.mkv");
    let at = mkv.windows(3).position(|three| three == [0x44, 0x89, 0x88]).unwrap() + 3;
    mkv[at..at + 8].copy_from_slice(&(ten_hours as f64 * 1000.0).to_be_bytes());
    let mut avi = video("xvid.avi");
    let at = avi.windows(4).position(|four| four == b"avih").unwrap();
    avi[at + 24..at + 28].copy_from_slice(&360_000_u32.to_le_bytes());
    let at = avi.windows(4).position(|four| four == b"strh").unwrap();
    avi[at + 40..at + 44].copy_from_slice(&360_000_u32.to_le_bytes());
    for (name, bytes) in [("mp4", mp4), ("mkv", mkv), ("avi", avi)] {
        let refused = at_most_256_mb_and_5_s(&bytes, Limits::default(), name);
        assert!(matches!(&refused, Err(Refused::Undecodable { reason }) if reason.contains("36000 s")), "{refused:?}");
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// 65,535 by 65,535 in the headers of the container and of the coding.
#[test]
fn md_2_a_video_of_a_flood_of_pixels_is_refused() {
    let avi = {
        let mut avi = video("mjpeg.avi");
        let at = avi.windows(4).position(|four| four == b"strf").unwrap() + 8;
        avi[at + 4..at + 12].copy_from_slice(&[255, 255, 0, 0, 255, 255, 0, 0]);
        let mut from = 0;
        while let Some(at) = avi[from..].windows(3).position(|three| three == [0xff, 0xc0, 0]) {
            avi[from + at + 5..from + at + 9].copy_from_slice(&[255; 4]);
            from += at + 9;
        }
        avi
    };
    let mkv = {
        // An uncompressed frame, of which the header alone says how large it is.
        let mut mkv = video("vp9.webm");
        let at = mkv.windows(3).position(|three| three == [0x49, 0x83, 0x42]).unwrap();
        mkv[at + 3..at + 8].copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0x00]);
        mkv
    };
    for (name, bytes) in [("mjpeg.avi", avi), ("vp9.webm", mkv)] {
        assert!(at_most_256_mb_and_5_s(&bytes, Limits::default(), name).is_err(), "{name}");
    }
    let small = caged(Limits { max_pixels: 96 * 72 - 1, ..Limits::default() }).describe(&video("h264.mp4"));
    assert_eq!(small, Err(Refused::TooManyPixels { pixels: 96 * 72, limit: 96 * 72 - 1 }));
}

/// A container in another's clothes, boxes in boxes in boxes, and a playlist that names other files.
#[test]
fn md_2_nested_containers_are_refused() {
    let (mp4, mkv, avi) = (video("h264.mp4"), video("h264.mkv"), video("xvid.avi"));
    let boxed = |name: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat();
    let head = boxed(b"ftyp", b"isom\0\0\0\0isom");
    let levels = 100_000_u32;
    let nest: Vec<u8> = (0..levels).flat_map(|n| [&((levels - n) * 8).to_be_bytes()[..], b"moov"].concat()).collect();
    let playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n";
    let cases = [
        ("mp4 with mkv in it", [head.clone(), boxed(b"mdat", &mkv)].concat()),
        ("mp4 with mp4 in it", [head.clone(), boxed(b"moov", &mp4)].concat()),
        ("mp4 of boxes in boxes", [head.clone(), nest].concat()),
        ("mp4 with a playlist in it", [head, boxed(b"mdat", playlist)].concat()),
        ("avi with mp4 in it", [&avi[..12], &boxed(b"LIST", &mp4)].concat()),
        ("mkv head with avi behind", [&mkv[..40], &avi].concat()),
    ];
    for (name, bytes) in cases {
        assert!(at_most_256_mb_and_5_s(&bytes, Limits::default(), name).is_err(), "{name}");
    }
}

/// What decodes stays within its memory while frames are as large as it can take, and says so when they are larger.
#[test]
fn md_2_the_largest_videos_stay_within_memory() {
    let drawn = |size: &str, coding: &[&str]| {
        let source = format!("testsrc2=size={size}:rate=10:duration=0.3,format=yuv420p");
        let words = ["-v", "error", "-f", "lavfi", "-i", &source];
        let end = ["-f", "matroska", "pipe:1"];
        let out = std::process::Command::new("ffmpeg").args(words).args(coding).args(end).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    };
    let fast = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"];
    let many = ["-c:v", "libx264", "-preset", "ultrafast", "-refs", "16", "-threads", "1"];
    for (name, bytes, taken) in [
        ("4K H.264", drawn("3840x2160", &fast), true),
        ("4K H.264, 16 frames held", drawn("3840x2160", &many), true),
        ("4K MPEG-4", drawn("3840x2160", &["-c:v", "mpeg4"]), true),
        ("8K H.264", drawn("7680x4320", &fast), false),
    ] {
        let said = at_most_256_mb_and_5_s(&bytes, Limits::default(), name);
        match said {
            Ok(facts) => assert!(taken && !facts.video.unwrap().more, "{name}"),
            Err(why) => assert!(!taken && why.to_string().contains("memory"), "{name}: {why}"),
        }
    }
}
