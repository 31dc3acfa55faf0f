//! Every small world: three countries, two with a hotline and police, one with police only; every fact that a decision looks
//! at, in every combination; the expected answers come from the agreements' words, in a few lines that know nothing of the
//! code. The numbers of worlds are asserted, so that nobody makes them smaller unseen.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use agreements::{
    Document, Facts, Hosting, InformedOn, Lane, Network, Novelty, Reality, Ruling, Template, compare, decide,
    decide::{DefaultLane, InForce, Member},
    template::TEMPLATES,
};
use base::{AgeGroup, AgreementId, Class, Country, OrgId, SiteType, Synthetic, Width};
use uuid::Uuid;

/// The three countries: A and B have a hotline and police, C has police only.
const CODES: [&str; 3] = ["NL", "DE", "NO"];
const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

fn country(n: usize) -> Country {
    CODES[n].parse().unwrap()
}

fn hotline(n: usize) -> OrgId {
    OrgId(Uuid::from_u128(10 + n as u128))
}

fn lea(n: usize) -> OrgId {
    OrgId(Uuid::from_u128(20 + n as u128))
}

fn member(org: OrgId, n: usize) -> Member {
    Member { org, name: format!("organisation {org}"), country: country(n) }
}

fn lane(clause: &str, hosting: Hosting) -> Lane {
    let text = "[[lanes]]\nclause = \"1\"\nhosting = \"home\"\nclasses = [\"baseline\", \"national\"]\ninformed_on = \"own_assessment\"\n\
                width = \"page\"\nmedia = true\nhost_notice = { by = \"hotline\" }\nretention_days = 30\n";
    let first = Document::from_toml(text).unwrap().lanes.remove(0);
    Lane { clause: clause.into(), hosting, ..first }
}

fn text(lanes: Vec<Lane>) -> Document {
    Document { lanes, ..Document::default() }.checked().unwrap()
}

fn in_force(n: usize, document: Document) -> InForce {
    let agreement = AgreementId(Uuid::from_u128(30 + n as u128));
    InForce { agreement, name: format!("agreement {n}"), version: 1, hotline: hotline(n), lea: lea(n), document }
}

fn network(agreements: Vec<InForce>, default_lane: Option<DefaultLane>) -> Network {
    Network {
        hotlines: vec![member(hotline(A), A), member(hotline(B), B)],
        leas: vec![member(lea(A), A), member(lea(B), B), member(lea(C), C)],
        agreements,
        default_lane,
    }
}

/// What a judgement says: class, and for `national` where.
const JUDGEMENTS: [(Class, Option<usize>); 4] =
    [(Class::Baseline, None), (Class::National, Some(A)), (Class::National, Some(B)), (Class::NotIllegal, None)];

/// Calls `ask` with every combination of facts; returns how many there are.
fn every_fact(
    reporters: &[usize],
    hostings: &[Option<usize>],
    sites: &[SiteType],
    judges: &[&[usize]],
    mut ask: impl FnMut(&Facts),
) -> usize {
    let mut asked = 0;
    for reporter in reporters {
        for hosting in hostings {
            for (class, illegal_in) in JUDGEMENTS {
                for age in AgeGroup::ALL {
                    for known in [false, true] {
                        for site in sites {
                            for synthetic in Synthetic::ALL {
                                for judges in judges {
                                    asked += 1;
                                    ask(&Facts {
                                        hosting: hosting.map(country),
                                        class,
                                        illegal_in: illegal_in.map(country),
                                        age: *age,
                                        known,
                                        site: *site,
                                        synthetic: *synthetic,
                                        reporter: hotline(*reporter),
                                        judged_by: judges.iter().map(|n| hotline(*n)).collect(),
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    asked
}

/// Whose judgement it may be.
const ANYBODY: [&[usize]; 4] = [&[], &[A], &[B], &[A, B]];

/// Who is told how wide.
fn told(facts: &Facts, world: &Network) -> Vec<(OrgId, Width, bool)> {
    let mut told: Vec<_> = decide(facts, world)
        .rulings
        .iter()
        .filter_map(|ruling| match ruling {
            Ruling::Disclose { lea, width, media, .. } => Some((*lea, *width, *media)),
            Ruling::Withhold { .. } => None,
        })
        .collect();
    told.sort_unstable();
    told
}

/// Where the host is as a hotline sees it; nothing where an agreement of its says nothing about it.
fn seen_from(n: usize, facts: &Facts) -> Option<Hosting> {
    let at = facts.hosting;
    if at == Some(country(n)) {
        return Some(Hosting::Home);
    }
    if facts.reporter != hotline(n) {
        return None;
    }
    let has_hotline = at == Some(country(A)) || at == Some(country(B));
    Some(if has_hotline { Hosting::Member } else { Hosting::Elsewhere })
}

#[test]
fn az_9_only_parties_are_told_in_every_small_world() {
    let everywhere = [Hosting::Home, Hosting::Member, Hosting::Elsewhere];
    let mut decided = 0;
    for informed_on in [InformedOn::AnyMemberBaseline, InformedOn::OwnAssessment] {
        let lanes = everywhere.map(|h| Lane { informed_on, ..lane(&format!("{h:?}"), h) });
        for present in 0..8 {
            // An agreement that is withdrawn, suspended, over or not begun is one that is not there.
            let (a, b, rest) = (present & 1 != 0, present & 2 != 0, present & 4 != 0);
            let agreements =
                [(a, A), (b, B)].into_iter().filter(|x| x.0).map(|x| in_force(x.1, text(lanes.to_vec()))).collect();
            let world = network(
                agreements,
                rest.then(|| DefaultLane {
                    version: 1,
                    lane: Lane { width: Width::Item, media: false, ..lane("D", Hosting::Elsewhere) },
                }),
            );
            decided += every_fact(&[A, B], &[None, Some(A), Some(B), Some(C)], SiteType::ALL, &ANYBODY, |facts| {
                let mut want = Vec::new();
                for (there, n) in [(a, A), (b, B)] {
                    let any = informed_on == InformedOn::AnyMemberBaseline && facts.class == Class::Baseline;
                    let judged = any || facts.judged_by.contains(&hotline(n));
                    let here = facts.class == Class::Baseline || facts.illegal_in == Some(country(n));
                    let illegal = facts.class != Class::NotIllegal;
                    if there && illegal && judged && here && seen_from(n, facts).is_some() {
                        want.push((lea(n), Width::Page, true));
                    }
                }
                if rest && facts.class == Class::Baseline && facts.hosting == Some(country(C)) {
                    want.push((lea(C), Width::Item, false));
                }
                want.sort_unstable();
                assert_eq!(told(facts, &world), want, "{facts:?} with {present:b} {informed_on:?}");
            });
        }
    }
    assert_eq!(decided, 983_040);
}

/// Lanes for home that differ in every condition.
fn every_lane() -> Vec<Lane> {
    let classes: [&[Class]; 3] = [&[Class::Baseline], &[Class::National], &[Class::Baseline, Class::National]];
    let ages: [&[AgeGroup]; 3] = [&[], &[AgeGroup::Infant], &[AgeGroup::Infant, AgeGroup::Adult]];
    let sites: [&[SiteType]; 2] = [&[], &[SiteType::Forum]];
    let mut lanes = Vec::new();
    for hosting in [Hosting::Home, Hosting::Member, Hosting::Elsewhere] {
        for classes in classes {
            for ages in ages {
                for novelty in [Novelty::Any, Novelty::Known, Novelty::New] {
                    for sites in sites {
                        for synthetic in [Reality::Any, Reality::Real, Reality::Synthetic] {
                            for informed_on in [InformedOn::AnyMemberBaseline, InformedOn::OwnAssessment] {
                                lanes.push(Lane {
                                    classes: classes.to_vec(),
                                    ages: ages.to_vec(),
                                    novelty,
                                    sites: sites.to_vec(),
                                    synthetic,
                                    informed_on,
                                    ..lane("1", hosting)
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    lanes
}

/// Whether a lane's words say that an item is meant.
fn meant(lane: &Lane, facts: &Facts) -> bool {
    let novelty = match lane.novelty {
        Novelty::Any => true,
        Novelty::Known => facts.known,
        Novelty::New => !facts.known,
    };
    let reality = match lane.synthetic {
        Reality::Any => true,
        Reality::Real => facts.synthetic == Synthetic::Real,
        Reality::Synthetic => [Synthetic::Generated, Synthetic::Drawn].contains(&facts.synthetic),
    };
    lane.classes.contains(&facts.class)
        && (lane.ages.is_empty() || lane.ages.contains(&facts.age))
        && (lane.sites.is_empty() || lane.sites.contains(&facts.site))
        && novelty
        && reality
}

const SOME_SITES: [SiteType; 3] = [SiteType::Forum, SiteType::Onion, SiteType::Unknown];

#[test]
fn az_9_a_lane_is_for_what_its_words_say_and_nothing_else() {
    let (mut decided, mut disclosed) = (0, 0);
    for lane in every_lane() {
        let world = network(vec![in_force(A, text(vec![lane.clone()]))], None);
        decided += every_fact(&[A], &[Some(A), Some(B), Some(C)], &SOME_SITES, &ANYBODY[..2], |facts| {
            let own = facts.judged_by.contains(&hotline(A));
            let any = lane.informed_on == InformedOn::AnyMemberBaseline && facts.class == Class::Baseline;
            let here = facts.class == Class::Baseline || facts.illegal_in == Some(country(A));
            let want = seen_from(A, facts) == Some(lane.hosting) && meant(&lane, facts) && (own || any) && here;
            assert_eq!(!told(facts, &world).is_empty(), want, "{lane:?} {facts:?}");
            disclosed += usize::from(want);
        });
    }
    assert_eq!((decided, disclosed > 0), (972 * 3_456, true));
}

/// The same lane, one condition or consequence narrower.
fn narrower(lane: &Lane) -> Vec<Lane> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Lane)| {
        let mut changed = lane.clone();
        change(&mut changed);
        if changed != *lane {
            all.push(changed);
        }
    };
    if lane.classes.len() > 1 {
        add(&|l| l.classes.truncate(1));
    }
    if lane.ages.len() != 1 {
        add(&|l| l.ages = vec![AgeGroup::Infant]);
    }
    if lane.sites.len() != 1 {
        add(&|l| l.sites = vec![SiteType::Forum]);
    }
    if lane.novelty == Novelty::Any {
        add(&|l| l.novelty = Novelty::New);
        add(&|l| l.novelty = Novelty::Known);
    }
    if lane.synthetic == Reality::Any {
        add(&|l| l.synthetic = Reality::Real);
        add(&|l| l.synthetic = Reality::Synthetic);
    }
    add(&|l| l.informed_on = InformedOn::OwnAssessment);
    add(&|l| l.width = Width::Item);
    add(&|l| l.media = false);
    all
}

/// Whether everybody in the first list is in the second, at least as wide.
fn within(less: &[(OrgId, Width, bool)], more: &[(OrgId, Width, bool)]) -> bool {
    less.iter().all(|(who, width, media)| more.iter().any(|(o, w, m)| o == who && w >= width && (*m || !media)))
}

#[test]
fn az_9_a_narrower_text_discloses_a_part() {
    let (mut decided, mut smaller) = (0, 0);
    for lane in every_lane().into_iter().filter(|l| l.hosting == Hosting::Home) {
        let wide = network(vec![in_force(A, text(vec![lane.clone()]))], None);
        for narrow in narrower(&lane) {
            assert!(narrow.kinds() <= lane.kinds());
            let small = network(vec![in_force(A, text(vec![narrow.clone()]))], None);
            decided += every_fact(&[A], &[Some(A)], &SOME_SITES[..2], &ANYBODY[..2], |facts| {
                let (less, more) = (told(facts, &small), told(facts, &wide));
                assert!(within(&less, &more), "{narrow:?} discloses more than {lane:?} of {facts:?}");
                smaller += usize::from(less != more);
            });
            let found = compare::difference(&text(vec![lane.clone()]), &text(vec![narrow.clone()]));
            assert_eq!(found.wider, None, "the editor's comparison says so too");
        }
    }
    assert_eq!((decided, smaller > 0), (1_728 * 768, true));
}

/// Lanes of which many are for the same items.
fn family() -> Vec<Lane> {
    let lanes = every_lane().into_iter();
    let home = lanes.filter(|l| l.hosting == Hosting::Home && l.informed_on == InformedOn::OwnAssessment);
    home.filter(|l| l.ages.len() < 2 && l.synthetic != Reality::Synthetic).collect()
}

#[test]
fn az_9_of_two_lanes_the_narrower_applies_as_the_editor_says() {
    let lanes = family();
    let (mut decided, mut both) = (0, 0);
    for first in &lanes {
        for second in &lanes {
            let first = Lane { clause: "first".into(), ..first.clone() };
            let second = Lane { clause: "second".into(), width: Width::Item, ..second.clone() };
            let document = text(vec![first.clone(), second.clone()]);
            let said = document.overlaps();
            let world = network(vec![in_force(A, document)], None);
            let mut met = false;
            decided += every_fact(&[A], &[Some(A)], &SOME_SITES[..1], &ANYBODY[1..2], |facts| {
                if facts.illegal_in == Some(country(B)) {
                    return;
                }
                let want = match (meant(&first, facts), meant(&second, facts)) {
                    (true, true) => {
                        met = true;
                        Some(if said[0].applies == "first" { Width::Page } else { Width::Item })
                    }
                    (true, false) => Some(Width::Page),
                    (false, true) => Some(Width::Item),
                    (false, false) => None,
                };
                let got = told(facts, &world).first().map(|t| t.1);
                assert_eq!(got, want, "{first:?} {second:?} {facts:?}");
            });
            assert_eq!(said.len(), usize::from(met), "{first:?} {second:?}: {said:?}");
            // One that the other contains is the narrower.
            if met && first.kinds() < second.kinds() {
                assert_eq!((said[0].applies.as_str(), said[0].narrower), ("first", true));
            }
            if met && first.kinds() == second.kinds() {
                assert_eq!((said[0].applies.as_str(), said[0].narrower), ("first", false));
            }
            both += usize::from(met);
        }
    }
    assert_eq!((lanes.len(), decided, both > 0), (72, 72 * 72 * 192, true));
}

#[test]
fn az_9_every_template_tells_its_own_police_only_and_less_when_it_says_less() {
    let mut decided = 0;
    for template in TEMPLATES {
        let document = template.document().unwrap();
        let whole = network(vec![in_force(A, document.clone())], None);
        let mut narrow = document.clone();
        for lane in &mut narrow.lanes {
            (lane.width, lane.media, lane.informed_on) = (Width::Metadata, false, InformedOn::OwnAssessment);
        }
        let small = network(vec![in_force(A, narrow)], None);
        decided += every_fact(&[A, B], &[None, Some(A), Some(B), Some(C)], SiteType::ALL, &ANYBODY, |facts| {
            let more = told(facts, &whole);
            assert!(more.iter().all(|t| t.0 == lea(A)), "{}: {facts:?}", template.key);
            assert!(facts.class != Class::NotIllegal || more.is_empty());
            assert!(within(&told(facts, &small), &more), "{}: {facts:?}", template.key);
        });
        assert!(Template::find(template.key).is_some());
    }
    assert_eq!(decided, 4 * 61_440);
}
