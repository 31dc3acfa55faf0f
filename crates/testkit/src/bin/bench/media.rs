//! PDQ beside the public Python binding with Pillow: same run, same pixels, same files, one thread each, turn by turn.
//!
//! The peer's interpreter is `CPORT_PYTHON`, or `target/python/bin/python`; it needs `pdqhash`, `numpy` and `pillow`.

use super::{say, say_beside};
use ::media::{Limits, Pdq, describe, pdq::hash_rgb};
use image::{ImageEncoder, codecs::jpeg::JpegEncoder};
use serde_json::Value;
use std::{
    env, fs,
    hint::black_box,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const SIZES: [(u32, u32); 5] = [(816, 612), (1152, 864), (1632, 1224), (2304, 1728), (4000, 3000)];
/// How often both take their turn at each picture.
const TURNS: usize = 2;
/// How long one of them works at one thing in one turn.
const SPAN: Duration = Duration::from_millis(700);

/// Best times of both, in milliseconds, over all turns.
struct Times {
    own: f64,
    peer: f64,
}

/// PDQ alone and from file, 0.5 to 12 megapixels; how many hashes are the peer's to the bit.
pub fn pdq(name: &str) {
    let folder = env::temp_dir().join(format!("cport-bench-pdq-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut peer = Peer::start();
    let (mut exact, mut file_exact, mut worst, mut pictures) = (0, 0, 0, 0);
    for (width, height) in SIZES {
        let (mut alone, mut file) = (Times::none(), Times::none());
        for style in 0..2 {
            let stem = folder.join(format!("{style}-{width}x{height}"));
            let pixels = draw(width, height, style);
            let jpeg = jpeg(&pixels, width, height);
            fs::write(stem.with_extension("rgb"), &pixels).unwrap();
            fs::write(stem.with_extension("jpg"), &jpeg).unwrap();
            for _ in 0..TURNS {
                let (own_alone, ms) = best(|| hash_rgb(black_box(&pixels), width as usize, height as usize));
                alone.own = alone.own.min(ms);
                let (own_file, ms) = best(|| describe(black_box(&jpeg), &Limits::default()).unwrap().pdq.unwrap());
                file.own = file.own.min(ms);
                let theirs = peer.ask(&stem);
                alone.peer = alone.peer.min(theirs["alone_ms"].as_f64().unwrap());
                file.peer = file.peer.min(theirs["file_ms"].as_f64().unwrap());
                exact += usize::from(distance(own_alone, &theirs["alone"]) == 0);
                let off = distance(own_file, &theirs["file"]);
                file_exact += usize::from(off == 0);
                worst = worst.max(off);
                pictures += 1;
            }
        }
        let size = f64::from(width * height) / 1e6;
        let say = |what: &str, times: &Times, peer: &str| {
            say_beside(&format!("{name}_{what}_{size:.1}_mpx"), 2, "a second", 1e3 / times.own, peer, 1e3 / times.peer);
        };
        say("alone", &alone, "pdqhash");
        say("file", &file, "pillow+pdqhash");
    }
    say(&format!("{name}_alone_bit_exact"), pictures, "of n", exact as f64);
    say(&format!("{name}_file_bit_exact"), pictures, "of n", file_exact as f64);
    say(&format!("{name}_file_worst"), pictures, "bits", f64::from(worst));
    fs::remove_dir_all(folder).unwrap();
}

impl Times {
    fn none() -> Self {
        Self { own: f64::INFINITY, peer: f64::INFINITY }
    }
}

fn best(work: impl Fn() -> Pdq) -> (Pdq, f64) {
    let (hash, begun, mut best) = (work(), Instant::now(), Duration::MAX);
    while begun.elapsed() < SPAN {
        let round = Instant::now();
        black_box(work());
        best = best.min(round.elapsed());
    }
    (hash, best.as_secs_f64() * 1e3)
}

/// Bits between our hash and the peer's; 256 if the quality differs though the bits do not.
fn distance(own: Pdq, theirs: &Value) -> u32 {
    let hex = theirs[0].as_str().unwrap();
    let digit = |c: char| c.to_digit(16).unwrap();
    let bits = own.hex().chars().zip(hex.chars()).map(|(o, t)| (digit(o) ^ digit(t)).count_ones()).sum();
    if bits == 0 && theirs[1] != own.quality { 256 } else { bits }
}

struct Peer {
    process: Child,
    answers: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Peer {
    fn start() -> Self {
        let python = env::var_os("CPORT_PYTHON").map_or_else(|| "target/python/bin/python".into(), PathBuf::from);
        let span = SPAN.as_secs_f64().to_string();
        let mut command = Command::new(&python);
        command.args(["-c", include_str!("pdq_peer.py"), &span]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|e| panic!("{}: {e}, set CPORT_PYTHON", python.display()));
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, answers }
    }

    fn ask(&mut self, stem: &Path) -> Value {
        writeln!(self.process.stdin.as_mut().unwrap(), "{}", stem.display()).unwrap();
        let line = self.answers.next().expect("the peer has pdqhash, numpy and pillow").unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// 0: gradients and patches with a little noise; 1: rings.
fn draw(width: u32, height: u32, style: u32) -> Vec<u8> {
    let (w, h, mut state) = (width as usize, height as usize, 1_u32);
    let pixel = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y, noise) = (i % w, i / w, (state >> 28) as usize);
        if style == 0 {
            [x * 239 / w + noise, y * 239 / h + noise, (x / 40 + y / 30) % 8 * 30 + noise].map(|c| c as u8)
        } else {
            let ring = (x.abs_diff(w / 3).pow(2) + y.abs_diff(h / 2).pow(2)) * 40 / (w * h / 9);
            [ring * 53 % 200 + noise, ring * 91 % 180 + 20, 255 - ring * 31 % 220].map(|c| c as u8)
        }
    };
    (0..w * h).flat_map(pixel).collect()
}

fn jpeg(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    encoder.write_image(pixels, width, height, image::ExtendedColorType::Rgb8).unwrap();
    bytes
}
