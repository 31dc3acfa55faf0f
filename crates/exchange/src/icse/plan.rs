//! What is to be told next of an item: a pure function of how it stands and of what was told last. Run as often as one likes, it
//! tells each change once.

use super::dispatch::{Says, Word};
use base::FindingWord;

base::words! {
    /// Where a dispatch is.
    State, "state" {
        /// It waits to be packed.
        Queued = "queued",
        /// It is in a parcel that waits to leave.
        Packed = "packed",
        /// It was left with the receiver, who has given no receipt yet.
        Sent = "sent",
        /// The receiver gave a receipt.
        Taken = "taken",
        /// The receiver said what it knows of the item.
        Answered = "answered",
        /// The receiver does not take it.
        Rejected = "rejected",
        /// It cannot be sent as it is; somebody has to look.
        Parked = "parked",
        /// It needs not be sent any more, and nothing of it ever was.
        Dropped = "dropped",
    }
}

base::words! {
    /// What a dispatch tells.
    Telling, "tells" {
        /// The item is new to the receiver.
        New = "new",
        /// What was told before is not so any more.
        Correction = "correction",
        /// The receiver is to forget it.
        Withdrawal = "withdrawal",
    }
}

/// How an item stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Counts changes of what the receiver is to know.
    pub revision: i64,
    /// Whether a clause lets it go on.
    pub live: bool,
}

/// The newest dispatch of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Its version.
    pub version: i64,
    /// What it tells.
    pub tells: Telling,
    /// Of which revision.
    pub revision: i64,
    /// Where it is.
    pub state: State,
    /// Whether it was ever handed to the link.
    pub attempted: bool,
}

/// What is to be done about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing.
    Nothing,
    /// A further dispatch is queued.
    Queue {
        /// Its version.
        version: i64,
        /// What it tells.
        tells: Telling,
    },
    /// The one that waits tells this instead.
    Rewrite(Telling),
    /// The one that waits is dropped: the receiver never heard of the item.
    Drop,
}

/// What is to be told next.
pub fn next(now: Stands, last: Option<Last>) -> Plan {
    let Some(last) = last else {
        return if now.live { Plan::Queue { version: 1, tells: Telling::New } } else { Plan::Nothing };
    };
    if last.revision >= now.revision {
        return Plan::Nothing;
    }
    if last.state == State::Queued && !last.attempted {
        return waiting(now.live, last.tells);
    }
    match (held_after(&last), now.live) {
        (true, true) => Plan::Queue { version: last.version + 1, tells: Telling::Correction },
        (true, false) => Plan::Queue { version: last.version + 1, tells: Telling::Withdrawal },
        (false, true) => Plan::Queue { version: last.version + 1, tells: Telling::New },
        (false, false) => Plan::Nothing,
    }
}

/// What becomes of a dispatch that nobody has packed yet.
const fn waiting(live: bool, tells: Telling) -> Plan {
    match (live, tells) {
        (true, Telling::New) => Plan::Rewrite(Telling::New),
        (true, Telling::Correction | Telling::Withdrawal) => Plan::Rewrite(Telling::Correction),
        (false, Telling::New) => Plan::Drop,
        (false, Telling::Correction | Telling::Withdrawal) => Plan::Rewrite(Telling::Withdrawal),
    }
}

/// Whether the receiver may hold the item once the last dispatch is through.
const fn held_after(last: &Last) -> bool {
    match (last.tells, last.state) {
        (Telling::New, State::Dropped) => false,
        // Refused for good, or never handed over: it is not there.
        (Telling::New, State::Rejected) => false,
        (Telling::New, State::Parked) => last.attempted,
        (Telling::New | Telling::Correction, _) => true,
        // A withdrawal that did not go through leaves it there.
        (Telling::Withdrawal, State::Rejected | State::Parked | State::Dropped) => true,
        (Telling::Withdrawal, State::Queued | State::Packed | State::Sent | State::Taken | State::Answered) => false,
    }
}

/// What an answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that was not so before.
    Nothing,
    /// The dispatch is in this state from now on.
    Becomes(State),
    /// It fits nothing that was sent; why.
    Stray(&'static str),
}

/// What an answer does to a dispatch. Answers may come twice, late and in any order: the state only ever rises from taken over
/// rejected to answered, so that any order ends in the same.
pub const fn after(state: State, attempted: bool, says: &Says) -> Effect {
    if !attempted {
        return Effect::Stray("it answers something that was never sent");
    }
    let becomes = match says {
        Says::Taken => State::Taken,
        Says::Rejected(_) => State::Rejected,
        Says::Found { .. } => State::Answered,
    };
    if height(becomes) > height(state) { Effect::Becomes(becomes) } else { Effect::Nothing }
}

const fn height(state: State) -> u8 {
    match state {
        State::Queued | State::Packed | State::Sent | State::Parked | State::Dropped => 0,
        State::Taken => 1,
        State::Rejected => 2,
        State::Answered => 3,
    }
}

/// What a finding of theirs is called here.
pub const fn finding(word: Word) -> FindingWord {
    match word {
        Word::New => FindingWord::New,
        Word::Known => FindingWord::Known,
        Word::Identified => FindingWord::Identified,
        Word::VictimIdentified => FindingWord::VictimIdentified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a receiver holds of one item: the revision it knows, as dispatches reach it in order.
    #[derive(Default)]
    struct Receiver(Option<i64>);

    #[derive(Clone, Copy, Debug)]
    enum Happens {
        Changes(bool),
        Plans,
        Arrives,
        ArrivesUnknown,
        Fails,
        Rejects,
    }

    fn happens() -> impl Strategy<Value = Happens> {
        prop_oneof![
            any::<bool>().prop_map(Happens::Changes),
            Just(Happens::Plans),
            Just(Happens::Arrives),
            Just(Happens::ArrivesUnknown),
            Just(Happens::Fails),
            Just(Happens::Rejects),
        ]
    }

    fn plan(now: Stands, last: &mut Option<Last>) {
        match next(now, *last) {
            Plan::Nothing => {}
            Plan::Queue { version, tells } => {
                assert_eq!(version, last.map_or(1, |l| l.version + 1), "versions have no gaps");
                let state = State::Queued;
                *last = Some(Last { version, tells, revision: now.revision, state, attempted: false });
            }
            Plan::Rewrite(tells) => *last = last.map(|l| Last { tells, revision: now.revision, ..l }),
            Plan::Drop => *last = last.map(|l| Last { state: State::Dropped, revision: now.revision, ..l }),
        }
        assert_eq!(
            next(now, *last),
            match *last {
                Some(l) if l.revision >= now.revision => Plan::Nothing,
                _ => next(now, *last),
            }
        );
    }

    proptest! {
        #[test]
        fn fa_3_whatever_happens_the_receiver_ends_with_what_stands(steps in prop::collection::vec(happens(), 0..40)) {
            let mut now = Stands { revision: 1, live: true };
            let (mut last, mut receiver): (Option<Last>, _) = (None, Receiver::default());
            for step in steps.into_iter().chain([Happens::Plans, Happens::Arrives]) {
                let queued = last.filter(|l| l.state == State::Queued);
                match (step, queued) {
                    (Happens::Changes(live), _) => now = Stands { revision: now.revision + 1, live },
                    // One after the other: what follows waits until what went before is through.
                    (Happens::Plans, _) => plan(now, &mut last),
                    (Happens::Arrives | Happens::ArrivesUnknown, Some(l)) => {
                        receiver.0 = (l.tells != Telling::Withdrawal).then_some(l.revision);
                        let state = if matches!(step, Happens::Arrives) { State::Taken } else { State::Parked };
                        last = Some(Last { state, attempted: true, ..l });
                    }
                    (Happens::Fails, Some(l)) => last = Some(Last { state: State::Parked, ..l }),
                    (Happens::Rejects, Some(l)) => last = Some(Last { state: State::Rejected, attempted: true, ..l }),
                    (_, None) => {}
                }
            }
            match last {
                // Somebody has to look at what was refused or parked; it is on the desk, not lost.
                Some(l) if matches!(l.state, State::Parked | State::Rejected) && l.revision == now.revision => {}
                _ if now.live => prop_assert_eq!(receiver.0, Some(now.revision)),
                _ => prop_assert_eq!(receiver.0, None),
            }
        }

        #[test]
        fn fa_3_answers_in_any_order_end_in_the_same(order in Just(vec![0, 0, 0, 1, 1, 2, 2]).prop_shuffle(), most in 0..3_u8) {
            let says = [
                Says::Taken,
                Says::Rejected("no".into()),
                Says::Found { word: Word::Known, series: None },
            ];
            let mut state = State::Sent;
            for which in order.into_iter().filter(|w| *w <= most) {
                if let Effect::Becomes(new) = after(state, true, &says[usize::from(which)]) {
                    state = new;
                }
            }
            prop_assert_eq!(state, [State::Taken, State::Rejected, State::Answered][usize::from(most)]);
        }
    }

    #[test]
    fn fa_5_an_answer_to_what_was_never_sent_changes_nothing() {
        for state in State::ALL {
            assert!(matches!(after(*state, false, &Says::Taken), Effect::Stray(_)));
        }
    }
}
