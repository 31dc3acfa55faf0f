//! SE-6: the whole state space of a proposal, to a depth of eight acts of a small cast: two persons of one agency, another
//! agency of the same country, two of other countries, two persons of INTERPOL, the secretariat, the machinery. Whatever they
//! do in whatever order, nothing is listed by one person, one agency, one country or a proposer's own edit, and nothing is
//! removed without a reason and two names, but in an emergency.

use super::*;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const DEPTH: usize = 8;

fn country(text: &str) -> Country {
    Country::parse("country", text).unwrap()
}

fn actor(person: u128, org: u128, side: Side) -> Actor {
    Actor {
        person: PersonId(Uuid::from_u128(person)),
        org: OrgId(Uuid::from_u128(org)),
        side,
        name: person.to_string(),
    }
}

fn org(n: u128) -> OrgId {
    OrgId(Uuid::from_u128(n))
}

/// Anna and Alex of one Dutch agency, Bo of another Dutch one, Cleo of a German and Dirk of a Belgian one, Ines and Ivo of
/// INTERPOL, Sam of the secretariat, and the machinery.
fn cast() -> Vec<Actor> {
    let (nl, de, be) = (country("NL"), country("DE"), country("BE"));
    vec![
        actor(1, 100, Side::Agency(nl)),
        actor(2, 100, Side::Agency(nl)),
        actor(3, 101, Side::Agency(nl)),
        actor(4, 102, Side::Agency(de)),
        actor(5, 103, Side::Agency(be)),
        actor(6, 104, Side::Desk),
        actor(7, 104, Side::Desk),
        actor(8, 105, Side::Nobody),
        actor(9, 106, Side::Machine),
    ]
}

fn events() -> Vec<Event> {
    let (nl, de, be) = ((org(100), country("NL")), (org(102), country("DE")), (org(103), country("BE")));
    let same = (org(101), country("NL"));
    let why = || "why".to_owned();
    let mut events = vec![
        Event::Assign(vec![nl, de]),
        Event::Assign(vec![nl, same]),
        Event::Assign(vec![de]),
        Event::Assign(vec![same, de, be]),
        Event::Assign(vec![]),
        Event::Confirm,
        Event::Edit(false),
        Event::Edit(true),
        Event::Renew,
        Event::AgreeRemoval,
        Event::SecondName,
        Event::Expire(false),
        Event::Expire(true),
    ];
    let reasoned: [fn(String) -> Event; 6] =
        [Event::Refuse, Event::Close, Event::Extra, Event::AskRemoval, Event::Keep, Event::Emergency];
    for event in reasoned {
        events.push(event(why()));
        events.push(event(" ".into()));
    }
    events
}

/// What the search remembers by itself, next to what the machine does: who confirmed since the last edit, who edited, and
/// whether INTERPOL gave the extra word since.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Ghost {
    confirmed: Vec<Actor>,
    wrote: Vec<PersonId>,
    wrote_last: Actor,
    extra: Option<Actor>,
    renewed: Vec<Actor>,
    asked: Option<PersonId>,
}

fn remember(ghost: &Ghost, who: &Actor, event: &Event, change: Option<&Change>) -> Ghost {
    let mut next = ghost.clone();
    match event {
        Event::Confirm => next.confirmed.push(who.clone()),
        Event::Renew => next.renewed.push(who.clone()),
        Event::Extra(_) => next.extra = Some(who.clone()),
        Event::AskRemoval(_) => next.asked = Some(who.person),
        Event::Refuse(_) => (next.confirmed, next.extra) = (Vec::new(), None),
        Event::Edit(_) => {
            (next.confirmed, next.extra, next.wrote_last) = (Vec::new(), None, who.clone());
            next.wrote.push(who.person);
            next.wrote.sort_unstable();
            next.wrote.dedup();
        }
        _ => {}
    }
    if matches!(change, Some(Change::Renewed(..))) {
        next.renewed.clear();
    }
    next
}

/// Two different persons of two different agencies of two different countries.
fn independent(a: &Actor, b: &Actor) -> bool {
    let countries = match (a.side, b.side) {
        (Side::Agency(one), Side::Agency(two)) => one != two,
        _ => false,
    };
    a.person != b.person && a.org != b.org && countries
}

/// What must be so of every change, from what the search itself remembers.
fn sound(before: &Proposal, after: &Proposal, ghost: &Ghost, who: &Actor, event: &Event, change: &Change) {
    let told = format!("{who:?} {event:?}: {before:?}");
    match change {
        Change::Listed(a, b) => {
            assert!(independent(a, b), "{told}");
            for name in [a, b] {
                let proposed = *name == ghost.wrote_last && matches!(name.side, Side::Agency(_));
                let confirmed = ghost.confirmed.contains(name) && !ghost.wrote.contains(&name.person);
                assert!(proposed || confirmed, "{name:?} did not confirm this version: {told}");
            }
            assert!(ghost.confirmed.iter().any(|c| c == a || c == b), "a proposal alone lists nothing: {told}");
            if after.guarded {
                let extra = ghost.extra.as_ref().expect("the extra word");
                assert!(extra.side == Side::Desk && !ghost.wrote.contains(&extra.person), "{told}");
            }
        }
        Change::Renewed(a, b) => {
            assert!(independent(a, b) && ghost.renewed.contains(a) && ghost.renewed.contains(b), "{told}");
        }
        Change::Removed(first, Some(second)) => {
            assert_ne!(first.person, second.person, "{told}");
            match event {
                Event::AgreeRemoval => assert!(ghost.asked == Some(first.person) && second == who, "{told}"),
                Event::Expire(true) => assert!(independent(first, second), "{told}"),
                _ => panic!("no other way: {told}"),
            }
        }
        Change::Removed(first, None) => {
            let reasoned = matches!(event, Event::Emergency(why) if !why.trim().is_empty());
            assert!(reasoned && first == who && who.side == Side::Desk, "{told}");
        }
        Change::Seconded(second) => {
            let Stage::Removed { first, second: None } = &before.stage else { panic!("{told}") };
            assert!(first.person != second.person && second == who && who.side == Side::Desk, "{told}");
        }
    }
}

fn on_the_list(p: &Proposal) -> bool {
    matches!(p.stage, Stage::Listed | Stage::Leaving(_))
}

#[test]
fn se_6_no_listing_and_no_removal_by_one_alone_in_the_whole_state_space() {
    let (cast, events) = (cast(), events());
    let mut seen: HashSet<(Proposal, Ghost)> = HashSet::new();
    let mut edge: Vec<(Proposal, Ghost)> = Vec::new();
    let mut stages: HashMap<&'static str, usize> = HashMap::new();
    let (mut steps, mut changes) = (0_u64, 0_u64);
    for (author, guarded) in [(0, false), (0, true), (5, false), (5, true)] {
        let author = &cast[author];
        let ghost = Ghost {
            confirmed: Vec::new(),
            wrote: vec![author.person],
            wrote_last: author.clone(),
            extra: None,
            renewed: Vec::new(),
            asked: None,
        };
        edge.push((Proposal::begin(author.clone(), guarded).unwrap(), ghost));
    }
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (state, ghost) in &edge {
            for who in &cast {
                for event in &events {
                    steps += 1;
                    let Ok((after, change)) = step(state, who, event) else { continue };
                    assert_ne!(who.side, Side::Nobody, "the secretariat does nothing here: {event:?}");
                    let then = remember(ghost, who, event, change.as_ref());
                    // The list changes with a change and not otherwise.
                    let (was, is) = (on_the_list(state), on_the_list(&after));
                    assert_eq!(
                        was != is,
                        matches!(change, Some(Change::Listed(..) | Change::Removed(..))),
                        "{event:?}"
                    );
                    if let Some(change) = &change {
                        changes += 1;
                        let told = Ghost {
                            renewed: [ghost.renewed.as_slice(), std::slice::from_ref(who)].concat(),
                            ..then.clone()
                        };
                        sound(state, &after, &told, who, event, change);
                    }
                    if seen.insert((after.clone(), then.clone())) {
                        *stages.entry(after.stage.at().word()).or_default() += 1;
                        next.push((after, then));
                    }
                }
            }
        }
        edge = next;
    }
    for word in ["desk", "review", "returned", "closed", "listed", "leaving", "withdrawn", "removed"] {
        assert!(
            stages.get(word).is_some_and(|n| *n > 0),
            "{word} is reached, or the search proves nothing: {stages:?}"
        );
    }
    assert!(seen.len() > 10_000 && changes > 1_000, "{} states, {steps} steps, {changes} changes", seen.len());
    println!("{} states, {steps} steps, {changes} changes of the list; {stages:?}", seen.len());
}

/// A proposal by Anna's agency, reviewed by the German and the Belgian one.
fn reviewed() -> (Vec<Actor>, Proposal) {
    let cast = cast();
    let p = Proposal::begin(cast[0].clone(), false).unwrap();
    let both = Event::Assign(vec![(org(102), country("DE")), (org(103), country("BE"))]);
    let (p, _) = step(&p, &cast[5], &both).unwrap();
    (cast, p)
}

fn why(p: &Proposal, who: &Actor, event: Event) -> Why {
    step(p, who, &event).map(drop).unwrap_err()
}

#[test]
fn se_6_each_refusal_has_its_own_reason() {
    let (cast, p) = reviewed();
    let [anna, alex, bo, cleo, dirk, ines, ivo, sam, _] = cast.as_slice() else { panic!("nine") };
    assert_eq!(why(&p, anna, Event::Confirm), Why::OwnEdit, "who proposed it");
    assert_eq!(why(&p, alex, Event::Confirm), Why::SameAgency, "another account of the agency");
    assert_eq!(why(&p, bo, Event::Confirm), Why::SameCountry, "another agency of the country");
    assert_eq!(why(&p, ines, Event::Confirm), Why::NotYours, "INTERPOL has no country");
    assert_eq!(why(&p, sam, Event::Confirm), Why::NotYours);
    assert_eq!(why(&p, cleo, Event::Refuse("  ".into())), Why::NoReason);
    let same = vec![(org(101), country("NL"))];
    assert_eq!(why(&p, ines, Event::Assign(same)), Why::SameCountry);
    let (listed, change) = step(&p, cleo, &Event::Confirm).unwrap();
    assert_eq!(change, Some(Change::Listed(anna.clone(), cleo.clone())), "an agency and another");
    // INTERPOL's own needs two.
    let own = Proposal::begin(ines.clone(), false).unwrap();
    assert_eq!(why(&own, ivo, Event::Assign(vec![(org(102), country("DE"))])), Why::TooFew);
    let both = Event::Assign(vec![(org(102), country("DE")), (org(103), country("BE"))]);
    let (own, _) = step(&own, ines, &both).unwrap();
    let (own, change) = step(&own, cleo, &Event::Confirm).unwrap();
    assert_eq!(change, None);
    assert_eq!(why(&own, cleo, Event::Confirm), Why::SamePerson);
    let (_, change) = step(&own, dirk, &Event::Confirm).unwrap();
    assert_eq!(change, Some(Change::Listed(cleo.clone(), dirk.clone())));
    // An edit voids what was said, and who edited confirms nothing.
    let (edited, _) = step(&own, ivo, &Event::Edit(false)).unwrap();
    assert!(edited.said.is_empty());
    assert_eq!(why(&edited, ivo, Event::Confirm), Why::NotYours);
    let (by_desk, _) = step(&p, ines, &Event::Edit(false)).unwrap();
    assert_eq!(by_desk.stage, Stage::Review, "two reviewers are enough for it");
    assert_eq!(why(&by_desk, anna, Event::Confirm), Why::OwnEdit, "she wrote the first version");
    assert_eq!(why(&by_desk, anna, Event::Edit(false)), Why::NotYours, "it is INTERPOL's version now");
    // Leaving.
    assert_eq!(why(&listed, ines, Event::AskRemoval(String::new())), Why::NoReason);
    let (leaving, _) = step(&listed, ines, &Event::AskRemoval("clean".into())).unwrap();
    assert_eq!(why(&leaving, ines, Event::AgreeRemoval), Why::SamePerson);
    assert_eq!(why(&leaving, anna, Event::AgreeRemoval), Why::NotYours);
    let (_, change) = step(&leaving, ivo, &Event::AgreeRemoval).unwrap();
    assert_eq!(change, Some(Change::Removed(ines.clone(), Some(ivo.clone()))));
    let (out, _) = step(&listed, ines, &Event::Emergency("a mistake".into())).unwrap();
    assert_eq!(why(&out, ines, Event::SecondName), Why::SamePerson);
    assert!(step(&out, ivo, &Event::SecondName).is_ok());
    assert_eq!(why(&listed, &cast[8], Event::Expire(false)), Why::NotOver);
}

#[test]
fn se_6_a_guarded_domain_waits_for_a_word_of_somebody_who_did_not_write_it() {
    let cast = cast();
    let (cleo, dirk, ines, ivo) = (&cast[3], &cast[4], &cast[5], &cast[6]);
    let own = Proposal::begin(ines.clone(), true).unwrap();
    let both = Event::Assign(vec![(org(102), country("DE")), (org(103), country("BE"))]);
    let (p, _) = step(&own, ines, &both).unwrap();
    let (p, _) = step(&p, cleo, &Event::Confirm).unwrap();
    let (p, change) = step(&p, dirk, &Event::Confirm).unwrap();
    assert!(change.is_none() && p.waits_for_extra());
    assert_eq!(why(&p, ines, Event::Extra("I mean it".into())), Why::OwnEdit);
    assert_eq!(why(&p, ivo, Event::Extra(String::new())), Why::NoReason);
    let (_, change) = step(&p, ivo, &Event::Extra("all of it".into())).unwrap();
    assert_eq!(change, Some(Change::Listed(cleo.clone(), dirk.clone())));
}
