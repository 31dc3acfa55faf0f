//! Figures for hash sets: `cargo run --release -p exchange --example vics_bench -- [MEGABYTES]`, 100 by default.
//!
//! Writes a synthetic set of random digests to the temporary folder and reads it twice, each in a process of its own: with
//! [`exchange::vics::read`], and with Python's `json.load` (`CPORT_PYTHON`, else `python3`), which checks and keeps nothing
//! of what it reads. JSON lines: rows and megabytes a second by the wall's clock, rows a second of processor time (what
//! others do on the machine does not count), and the process's peak memory. The best of three runs each, taken in turns.

#![expect(clippy::print_stdout, reason = "an example that prints figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed measurement stops")]

use exchange::{Limits, vics};
use std::{
    env, fs,
    io::{BufWriter, Write},
    ops::ControlFlow,
    path::Path,
    process::Command,
    time::Instant,
};

const PYTHON: &str = r#"
import json, resource, sys, time
start, used = time.perf_counter(), time.process_time()
with open(sys.argv[1], encoding="utf-8-sig") as f:
    rows = json.load(f)["value"]
seconds, used = time.perf_counter() - start, time.process_time() - used
print(len(rows), seconds, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"#;

fn main() {
    let mut arguments = env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "100".into());
    if first == "--read" {
        return read(Path::new(&arguments.next().unwrap()));
    }
    let file = env::temp_dir().join(format!("vics_bench.{}.json", std::process::id()));
    let bytes = generate(&file, first.parse::<u64>().unwrap() * 1_000_000);
    let (own, path) = (env::current_exe().unwrap(), file.to_str().unwrap().to_owned());
    let python = env::var("CPORT_PYTHON").unwrap_or_else(|_| "python3".into());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(run(Command::new(&own).args(["--read", &path])));
        theirs.push(run(Command::new(&python).args(["-c", PYTHON, &path])));
    }
    fs::remove_file(&file).unwrap();
    let (ours, theirs) = (best(&ours), best(&theirs));
    print("exchange::vics", bytes, ours);
    print("python json.load", bytes, theirs);
    println!(
        r#"{{"bench":"vics_import","times_faster":{:.1},"times_faster_by_cpu":{:.1},"memory_ratio":{:.1}}}"#,
        theirs.seconds / ours.seconds,
        theirs.cpu / ours.cpu,
        theirs.peak / ours.peak
    );
}

/// One run.
#[derive(Clone, Copy)]
struct Figure {
    rows: f64,
    seconds: f64,
    /// Seconds of processor time.
    cpu: f64,
    /// KiB.
    peak: f64,
}

fn run(command: &mut Command) -> Figure {
    let out = command.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let figures: Vec<f64> =
        String::from_utf8(out.stdout).unwrap().split_whitespace().map(|f| f.parse().unwrap()).collect();
    match figures.as_slice() {
        [rows, seconds, cpu, peak] => Figure { rows: *rows, seconds: *seconds, cpu: *cpu, peak: *peak },
        other => unreachable!("four figures, not {other:?}"),
    }
}

fn best(figures: &[Figure]) -> Figure {
    let least = |of: fn(&Figure) -> f64| figures.iter().map(of).min_by(f64::total_cmp).unwrap();
    Figure { rows: figures[0].rows, seconds: least(|f| f.seconds), cpu: least(|f| f.cpu), peak: least(|f| f.peak) }
}

fn print(name: &str, bytes: u64, f: Figure) {
    println!(
        r#"{{"bench":"vics_import","reader":"{name}","rows":{},"rows_per_s":{:.0},"mb_per_s":{:.0},"rows_per_cpu_s":{:.0},"peak_mib":{:.1}}}"#,
        f.rows,
        f.rows / f.seconds,
        bytes as f64 / 1e6 / f.seconds,
        f.rows / f.cpu,
        f.peak / 1024.0
    );
}

/// Processor time of this process so far, in seconds.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/schedstat").unwrap();
    stat.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// In a process of its own: reads, counts, tells its peak.
fn read(file: &Path) {
    let (start, used) = (Instant::now(), cpu());
    let input =
        exchange::input::open_file(fs::File::open(file).unwrap(), exchange::input::Pick::Only, &Limits::default());
    let mut rows = 0_u64;
    let outcome = vics::read(input.unwrap(), &Limits::default(), &vics::Options::default(), |row| {
        rows += u64::from(std::hint::black_box(row).content.is_ok());
        ControlFlow::Continue(())
    });
    let (seconds, used) = (start.elapsed().as_secs_f64(), cpu() - used);
    assert!(outcome.done.is_clean(), "{:?}", outcome.done);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap().trim().trim_end_matches(" kB");
    println!("{rows} {seconds} {used} {peak}");
}

/// A hash set as national ones look: every digest, PhotoDNA on every third, flags, series, tags, a file entry on some.
fn generate(file: &Path, least: u64) -> u64 {
    let mut out = BufWriter::new(fs::File::create(file).unwrap());
    let context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media";
    let mut bytes =
        out.write(format!("\u{feff}{{\"@odata.context\":\"{context}\",\"value\":[\r\n").as_bytes()).unwrap() as u64;
    let (mut state, mut id) = (1_u64, 0_u64);
    while bytes < least {
        let record = record(id, &mut state);
        let comma = if id == 0 { "" } else { ",\r\n" };
        bytes += out.write(format!("{comma}{record}").as_bytes()).unwrap() as u64;
        id += 1;
    }
    bytes += out.write(b"]}").unwrap() as u64;
    out.flush().unwrap();
    bytes
}

fn record(id: u64, state: &mut u64) -> String {
    let mut hex = |count: usize| -> String {
        (0..count)
            .map(|_| {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from_digit((*state >> 60) as u32, 16).unwrap().to_ascii_uppercase()
            })
            .collect()
    };
    let (md5, sha1) = (hex(32), hex(40));
    // Hexadecimal letters are base64 too.
    let photodna = if id.is_multiple_of(3) { format!(r#""PhotoDNA":"{}","#, hex(192)) } else { String::new() };
    let files = if id.is_multiple_of(10) {
        format!(r#","MediaFiles":[{{"MD5":"{md5}","FileName":"{id}.jpg","FilePath":"\\invented\\{id}"}}]"#)
    } else {
        String::new()
    };
    format!(
        r#"{{"MediaID":{id},"Category":{},"MD5":"{md5}","SHA1":"{sha1}",{photodna}"MediaSize":{},"VictimIdentified":"{}","OffenderIdentified":false,"IsDistributed":true,"Series":{},"Tags":"one,two","DateUpdated":"2023-06-07T02:31:49.8300Z","MimeType":"image/jpeg"{files}}}"#,
        1 + id % 2,
        1_000 + id * 7 % 900_000,
        if id.is_multiple_of(5) { "True" } else { "false" },
        if id.is_multiple_of(7) { format!(r#""Series {}""#, id % 100) } else { "null".into() },
    )
}
