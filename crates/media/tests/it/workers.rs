//! Real caged child processes: they answer like the function itself, and one that dies loses nothing.

use crate::pictures::{FORMATS, file};
use media::{Limits, Refused, Workshop, describe};
use std::time::Duration;

fn caged(limits: Limits) -> Workshop {
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
fn md_1_200_mutated_files_a_format_each_get_an_answer() {
    let workshop = caged(Limits { timeout: Duration::from_secs(10), ..Limits::default() });
    for format in FORMATS {
        let whole = file(format, 120, 90, 5);
        let mut state = 1_u32;
        for _ in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = state as usize % bytes.len();
                bytes[at] = (state >> 16) as u8;
            }
            let answer = workshop.describe(&bytes);
            assert!(!matches!(answer, Err(Refused::TimedOut)), "{answer:?}");
        }
        assert!(workshop.describe(&whole).is_ok(), "the workshop goes on");
    }
}

#[test]
fn a_worker_that_hangs_is_replaced() {
    let workshop = caged(Limits { timeout: Duration::from_nanos(1), ..Limits::default() });
    let bytes = file(FORMATS[0], 100, 100, 1);
    assert_eq!(workshop.describe(&bytes), Err(Refused::TimedOut));
    assert_eq!(workshop.describe(&bytes), Err(Refused::TimedOut));
}

#[test]
fn a_program_that_is_no_worker_is_a_refusal() {
    let workshop = Workshop::caged("/bin/true", vec![], 1, Limits::default());
    assert_eq!(workshop.describe(&file(FORMATS[1], 30, 30, 1)), Err(Refused::WorkerDied));
}

#[test]
fn md_3_the_cage_refuses_what_decoding_does_not_need() {
    for probe in ["open", "connect", "socket", "exec", "fork", "unlink", "kill", "write-file"] {
        let ended =
            std::process::Command::new(env!("CARGO_BIN_EXE_media-worker")).args(["probe", probe]).status().unwrap();
        assert!(!ended.success(), "the cage let `{probe}` through");
        assert_ne!(ended.code(), Some(99), "the probe `{probe}` did not get into the cage");
    }
    let ended =
        std::process::Command::new(env!("CARGO_BIN_EXE_media-worker")).args(["probe", "nothing"]).status().unwrap();
    assert!(ended.success(), "a probe that does nothing must pass, or the test proves nothing");
}
