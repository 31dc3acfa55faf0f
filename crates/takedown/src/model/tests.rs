//! Every pair of steps from every kind of hold at every moment that matters; and the same with random long histories.

use super::*;
use agreements::Document;
use proptest::prelude::*;

fn at(hours: i64) -> Time {
    Time::from_micros(0).plus_seconds(hours * HOUR)
}

/// A hold placed at hour 0 until day 10, day 30 at the latest.
fn placed(oral: Option<i64>, written: Option<i64>) -> Hold {
    Hold {
        id: HoldId(uuid::Uuid::nil()),
        case: CaseId(uuid::Uuid::nil()),
        report: ReportId(uuid::Uuid::nil()),
        hotline: OrgId(uuid::Uuid::nil()),
        lea: OrgId(uuid::Uuid::nil()),
        item: None,
        reason: "a story".into(),
        author: "somebody".into(),
        at: at(0),
        until: at(240),
        latest: at(720),
        agreement: "A".into(),
        version: 1,
        clause: "4".into(),
        oral_due: oral.map(at),
        written_due: written.map(at),
        oral: None,
        written: None,
        ended_at: None,
        ended_by: None,
        end_reason: None,
        live: true,
    }
}

/// Takes an allowed step.
fn take(mut hold: Hold, step: Step, now: Time) -> Hold {
    let given = Approved { office: "office".into(), reference: "1".into(), by: "somebody".into(), at: now };
    match step {
        Step::Approve(ApprovalForm::Oral) => hold.oral = Some(given),
        Step::Approve(ApprovalForm::Written) => hold.written = Some(given),
        Step::Extend(until) => hold.until = until,
        Step::End => hold.ended_at = Some(now),
    }
    hold
}

fn steps() -> Vec<Step> {
    vec![
        Step::Approve(ApprovalForm::Oral),
        Step::Approve(ApprovalForm::Written),
        Step::Extend(at(240)),
        Step::Extend(at(480)),
        Step::Extend(at(721)),
        Step::End,
    ]
}

/// What the rules say, written from the agreement's text and not from the code.
fn expected(hold: &Hold, taken: &[(Step, Time)], step: Step, now: Time) -> Result<(), Refused> {
    let had = |form| taken.iter().any(|(s, _)| *s == Step::Approve(form));
    let until = taken.iter().filter_map(|(s, _)| if let Step::Extend(t) = s { Some(*t) } else { None }).max();
    let until = until.unwrap_or(at(240));
    let late = |due: Option<Time>, form| due.is_some_and(|due| due <= now && due < until && !had(form));
    let ended = taken.iter().any(|(s, _)| *s == Step::End);
    let lapsed = late(hold.oral_due, ApprovalForm::Oral) || late(hold.written_due, ApprovalForm::Written);
    if ended || lapsed || until <= now {
        return Err(Refused::NotInForce);
    }
    match step {
        Step::End => Ok(()),
        Step::Extend(t) if t <= until => Err(Refused::NotLonger),
        Step::Extend(t) if t > at(720) => Err(Refused::TooLong),
        Step::Extend(_) => Ok(()),
        Step::Approve(form) => {
            let asked = match form {
                ApprovalForm::Oral => hold.oral_due.is_some(),
                ApprovalForm::Written => hold.written_due.is_some(),
            };
            match (asked, had(form)) {
                (false, _) => Err(Refused::NotAskedFor),
                (true, true) => Err(Refused::Twice),
                (true, false) => Ok(()),
            }
        }
    }
}

#[test]
fn az_7_only_allowed_edges_for_all_pairs_of_steps() {
    let moments = [1, 23, 24, 25, 71, 72, 73, 239, 240, 241, 479, 480, 719, 720, 721].map(at);
    let mut pairs = 0;
    for (oral, written) in [(None, None), (Some(24), None), (None, Some(72)), (Some(24), Some(72))] {
        let new = placed(oral, written);
        for first in steps() {
            for then in moments {
                assert_eq!(allowed(&new, first, then), expected(&new, &[], first, then), "{first:?} at {then}");
                if allowed(&new, first, then).is_err() {
                    continue;
                }
                let once = take(new.clone(), first, then);
                for second in steps() {
                    for later in moments.into_iter().filter(|m| *m >= then) {
                        let said = allowed(&once, second, later);
                        assert_eq!(
                            said,
                            expected(&new, &[(first, then)], second, later),
                            "{oral:?} {written:?}: {first:?} at {then}, {second:?} at {later}"
                        );
                        pairs += 1;
                    }
                }
            }
        }
    }
    assert!(pairs > 1000, "{pairs}");
}

#[test]
fn a_hold_lapses_at_the_deadline_and_needs_nothing_to_run() {
    let hold = placed(Some(24), Some(72));
    assert_eq!(hold.state(at(23)), State::Provisional);
    assert_eq!(hold.state(at(24)), State::Lapsed, "nobody approved");
    let word = take(hold, Step::Approve(ApprovalForm::Oral), at(1));
    assert_eq!(word.due(), Some((ApprovalForm::Written, at(72))));
    assert_eq!((word.state(at(71)), word.state(at(72))), (State::Provisional, State::Lapsed));
    let paper = take(word, Step::Approve(ApprovalForm::Written), at(50));
    assert_eq!((paper.state(at(72)), paper.state(at(240))), (State::InForce, State::Over));
    assert_eq!(Hold { live: false, ..paper }.state(at(72)), State::Lapsed, "nothing is disclosed any more");
}

fn lanes(text: &str) -> Document {
    let lane = |n: usize, extra: &str| {
        format!(
            "[[lanes]]\nclause = \"{n}\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"own_assessment\"\n\
             width = \"item\"\nmedia = true\nhost_notice = {{ by = \"hotline\" }}\nretention_days = 30\n{extra}\n"
        )
    };
    Document::from_toml(&text.split(';').enumerate().map(|(n, extra)| lane(n, extra)).collect::<String>()).unwrap()
}

#[test]
fn az_9_of_several_lanes_the_shortest_and_strictest_counts() {
    let of = |text: &str, since, now| terms(lanes(text).lanes.iter(), since, now);
    assert_eq!(of("hold_days = 0", at(0), at(0)), None);
    assert_eq!(of("hold_days = 7;hold_days = 0", at(0), at(0)), None, "one lane allows none");
    assert_eq!(of("hold_days = 7;hold_days = 2", at(0), at(0)).map(|t| t.latest), Some(at(48)));
    assert_eq!(of("hold_days = 2", at(0), at(47)).map(|t| t.latest), Some(at(48)), "days count from the first");
    assert_eq!(of("hold_days = 2", at(0), at(48)), None);
    let strict = "hold_days = 9;hold_days = 9\napproval = { form = \"oral\", deadline_hours = 12 };\
                  hold_days = 9\napproval = { form = \"oral_then_written\", deadline_hours = 24, written_hours = 72 }";
    let strict = of(strict, at(0), at(0)).unwrap();
    assert_eq!((strict.oral_due, strict.written_due), (Some(at(12)), Some(at(72))));
    assert_eq!(terms(std::iter::empty(), at(0), at(0)), None, "no lane, no hold");
}

proptest! {
    #[test]
    fn az_7_whatever_is_done_the_agreement_bounds_it(
        oral in proptest::option::of(1_i64..100),
        written in proptest::option::of(1_i64..200),
        done in proptest::collection::vec((0_usize..4, 1_i64..900, 1_i64..50), 0..12),
    ) {
        let mut hold = placed(oral, written);
        let (mut now, mut dead) = (at(0), false);
        for (what, until, wait) in done {
            now = now.plus_seconds(wait * HOUR);
            let step = match what {
                0 => Step::Approve(ApprovalForm::Oral),
                1 => Step::Approve(ApprovalForm::Written),
                2 => Step::Extend(at(until)),
                _ => Step::End,
            };
            let held = hold.holds(now);
            prop_assert!(!(dead && held), "what is over does not come back");
            dead |= !held;
            if allowed(&hold, step, now).is_ok() {
                hold = take(hold, step, now);
            }
            prop_assert!(hold.until <= hold.latest);
        }
        prop_assert!(!hold.holds(hold.latest), "nothing outlasts what the agreement allows");
    }
}
