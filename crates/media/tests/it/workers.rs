//! Real caged child processes: they answer like the function itself, and one that dies loses nothing.

use crate::pictures::{FORMATS, file, fixture};
use media::{Limits, Refused, Workshop, describe};
use std::{
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
    time::Duration,
};

pub fn caged(limits: Limits) -> Workshop {
    Workshop::caged(env!("CARGO_BIN_EXE_media-worker"), vec![], 2, limits)
}

#[test]
fn a_caged_worker_says_what_the_function_says() {
    let workshop = caged(Limits::default());
    for format in FORMATS {
        for seed in 0..5 {
            let bytes = file(format, 90 + seed, 70, seed);
            assert_eq!(workshop.describe(&bytes), describe(&bytes, &Limits::default()));
        }
    }
}

#[test]
fn a_worker_that_hangs_is_ended_and_replaced() {
    let workshop = Workshop::caged(
        env!("CARGO_BIN_EXE_media-worker"),
        vec!["hang".into()],
        1,
        Limits { timeout: Duration::from_millis(200), ..Limits::default() },
    );
    // Larger than a pipe holds, so that the question hangs as well as the answer.
    let bytes = file(FORMATS[1], 400, 400, 1);
    assert_eq!(workshop.describe(&bytes), Err(Refused::TimedOut));
    assert_eq!(workshop.describe(&bytes), Err(Refused::TimedOut));
}

#[test]
fn a_worker_that_died_since_its_last_file_costs_the_next_one_nothing() {
    let workshop = Workshop::caged(env!("CARGO_BIN_EXE_media-worker"), vec!["mortal".into()], 1, Limits::default());
    let bytes = file(FORMATS[0], 60, 60, 1);
    assert!(workshop.describe(&bytes).is_ok());
    std::thread::sleep(Duration::from_millis(2000));
    assert!(workshop.describe(&bytes).is_ok());
}

#[test]
fn a_program_that_is_no_worker_is_a_refusal() {
    for (program, args) in [("/bin/true", vec![]), ("/bin/echo", vec!["nonsense".into()]), ("/no/such/program", vec![])]
    {
        let workshop = Workshop::caged(program, args, 1, Limits::default());
        assert_eq!(workshop.describe(&file(FORMATS[1], 30, 30, 1)), Err(Refused::WorkerDied), "{program}");
    }
}

#[test]
fn many_callers_share_few_workers_and_each_gets_its_own_answer() {
    let workshop = caged(Limits { timeout: Duration::from_secs(30), ..Limits::default() });
    std::thread::scope(|scope| {
        for caller in 0..6 {
            let workshop = &workshop;
            scope.spawn(move || {
                for round in 0..80 {
                    let bytes = file(FORMATS[round % 2], 20 + caller, 30 + round as u32, caller);
                    let facts = workshop.describe(&bytes).unwrap();
                    assert_eq!((facts.width, facts.height), (20 + caller, 30 + round as u32));
                }
            });
        }
    });
}

#[test]
fn limits_hold_in_the_cage_too() {
    let workshop = caged(Limits { max_bytes: 5000, max_pixels: 100, ..Limits::default() });
    assert_eq!(workshop.describe(&[0; 5001]), Err(Refused::TooLarge { limit: 5000 }));
    assert_eq!(workshop.describe(b""), Err(Refused::Empty));
    let refused = workshop.describe(&fixture("plain.jpg"));
    assert!(matches!(refused, Err(Refused::TooManyPixels { limit: 100, .. })), "{refused:?}");
}

/// The largest picture that the default limits take: memory of the cage suffices for it.
#[test]
fn md_2_a_picture_at_the_limit_is_described_in_the_cage() {
    let (width, height) = (8600, 8600);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([9, 99, 199])).write_to(&mut bytes, FORMATS[1]).unwrap();
    let workshop = caged(Limits { timeout: Duration::from_secs(60), ..Limits::default() });
    let facts = workshop.describe(bytes.get_ref()).unwrap();
    assert_eq!((facts.width, facts.height, facts.pdq.unwrap().quality), (width, height, 0));
}

#[test]
fn md_3_probes_of_the_cage_are_all_killed() {
    let program = env!("CARGO_BIN_EXE_media-worker");
    let list = Command::new(program).arg("list").output().unwrap().stdout;
    let list = String::from_utf8(list).unwrap();
    assert!(list.lines().count() >= 50, "{list}");
    for probe in list.lines() {
        let ended = Command::new(program).args(["probe", probe]).env_clear().stderr(Stdio::null()).status().unwrap();
        // SIGSYS: the kernel killed it for the call, not for a lack of rights.
        assert_eq!(ended.signal(), Some(31), "the cage let `{probe}` through: {ended}");
    }
    let nothing = Command::new(program).args(["probe", "nothing at all"]).status().unwrap();
    assert_eq!(nothing.code(), Some(42), "a probe that does nothing must live, or the test proves nothing");
}

/// What ffmpeg's cage lets a program do beside showing frames: look at itself, wait, and read what it was given.
const HARMLESS: [&str; 7] = ["pread", "getpid", "getuid", "getrlimit", "affinity", "sleep", "write to stderr"];

#[test]
fn md_3_probes_of_the_cage_of_ffmpeg_are_all_refused() {
    let program = env!("CARGO_BIN_EXE_media-worker");
    let list = String::from_utf8(Command::new(program).arg("list").output().unwrap().stdout).unwrap();
    let mut refused = 0;
    for probe in list.lines() {
        let mut inside = Command::new(program);
        inside.args(["video-probe", probe]).env_clear().stdin(Stdio::piped());
        let ended = inside.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap().status;
        if HARMLESS.contains(&probe) {
            continue;
        }
        // 1: the probe got an error and nothing else.
        assert!(ended.signal() == Some(31) || ended.code() == Some(1), "the cage let `{probe}` through: {ended}");
        refused += 1;
    }
    assert!(refused >= 45, "{refused} of\n{list}");
    let alive = |name| Command::new(program).args(["video-probe", name]).stdout(Stdio::piped()).status().unwrap();
    assert_eq!(alive("sleep").code(), Some(0), "what is allowed must live, or the test proves nothing");
    assert_eq!(alive("nothing at all").code(), Some(42));
}

#[test]
fn a_worker_ends_when_its_parent_goes_away() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_media-worker")).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
