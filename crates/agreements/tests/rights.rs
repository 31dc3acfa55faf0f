//! The rights, spelled out: what each role may do at all, and whom each item's facts inform under agreements of
//! different shape. `rights.golden` is reviewed like a contract; `CPORT_BLESS=1` writes it anew.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use agreements::{
    Decision, Document, Doing, Facts, Network, Ruling, decide,
    decide::{DefaultLane, InForce, Member},
    may,
};
use base::{AgeGroup, AgreementId, Class, Country, OrgId, OrgKind, Role, SiteType, Synthetic};
use std::{fmt::Write, fs};
use uuid::Uuid;

const POLICE_LEAD: &str = include_str!("../../cli/src/demo/agreements/de.toml");
const POLICE_NOTIFY: &str = include_str!("../../cli/src/demo/agreements/be.toml");
const POLICE_FIRST: &str = include_str!("../../cli/src/demo/agreements/nl.toml");
const DEFAULT: &str = include_str!("../../cli/src/demo/agreements/default_lane.toml");

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

fn org(kind: &str, code: &str) -> OrgId {
    let bytes = [kind.as_bytes()[0], code.as_bytes()[0], code.as_bytes()[1]];
    OrgId(Uuid::from_u128(u128::from(u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]))))
}

fn member(kind: &str, code: &str) -> Member {
    Member { org: org(kind, code), name: format!("{kind} {code}"), country: country(code) }
}

fn agreement(code: &str, text: &str) -> InForce {
    InForce {
        agreement: AgreementId(org("agreement", code).0),
        name: format!("agreement {code}"),
        version: 1,
        hotline: org("hotline", code),
        lea: org("lea", code),
        document: Document::from_toml(text).unwrap(),
    }
}

/// Hotlines and LEAs in NL, DE, BE with agreements, IE without one, an LEA in NO without a hotline.
fn network() -> Network {
    Network {
        hotlines: ["NL", "DE", "IE", "BE"].map(|c| member("hotline", c)).into(),
        leas: ["NL", "DE", "IE", "BE", "NO"].map(|c| member("lea", c)).into(),
        agreements: vec![agreement("DE", POLICE_LEAD), agreement("BE", POLICE_NOTIFY), agreement("NL", POLICE_FIRST)],
        default_lane: Some(toml::from_str::<DefaultLane>(DEFAULT).unwrap()),
    }
}

fn every_facts() -> Vec<Facts> {
    let hostings = [None, Some("NL"), Some("DE"), Some("IE"), Some("BE"), Some("NO"), Some("FR")];
    let mut all = Vec::new();
    for reporter in ["NL", "DE", "IE"] {
        for hosting in hostings {
            for class in Class::ALL {
                for age in [AgeGroup::Infant, AgeGroup::Adolescent] {
                    for owner_too in [false, true] {
                        let mut judged_by = vec![org("hotline", reporter)];
                        judged_by.extend(hosting.filter(|_| owner_too).map(|h| org("hotline", h)));
                        all.push(Facts {
                            hosting: hosting.map(country),
                            class: *class,
                            illegal_in: (*class == Class::National)
                                .then(|| country(if owner_too { hosting.unwrap_or(reporter) } else { reporter })),
                            age,
                            known: false,
                            site: SiteType::Unknown,
                            synthetic: Synthetic::Unknown,
                            reporter: org("hotline", reporter),
                            judged_by,
                        });
                    }
                }
            }
        }
    }
    all
}

fn name(network: &Network, id: OrgId) -> String {
    network.leas.iter().chain(&network.hotlines).find(|m| m.org == id).map_or("-".into(), |m| m.name.clone())
}

fn line(network: &Network, facts: &Facts, decision: &Decision) -> String {
    let judges: Vec<String> = facts.judged_by.iter().map(|o| name(network, *o).replace("hotline ", "")).collect();
    let mut text = format!(
        "{} hosted {} {} {} judged {}: owner {}",
        name(network, facts.reporter),
        facts.hosting.map_or("?".into(), |c| c.to_string()),
        facts.class,
        facts.age,
        judges.join("+"),
        decision.owner.map_or("-".into(), |o| name(network, o)),
    );
    for ruling in &decision.rulings {
        match ruling {
            Ruling::Disclose { lea, name: agreement, clause, width, media, .. } => {
                let files = if *media { "files" } else { "facts" };
                write!(text, "; {} sees {width} {files} by {agreement} {clause}", name(network, *lea)).unwrap();
            }
            Ruling::Withhold { lea, clause, .. } => {
                let who = lea.map_or("nobody".into(), |l| name(network, l));
                let waits = clause.as_ref().map_or(String::new(), |c| format!(" ({c} waits)"));
                write!(text, "; {who} sees nothing{waits}").unwrap();
            }
        }
    }
    text
}

#[test]
fn the_rights_are_what_the_golden_file_says() {
    let mut text = String::from("# What each role may do at all\n");
    for kind in OrgKind::ALL {
        for role in Role::ALL {
            let doings: Vec<String> =
                Doing::ALL.iter().filter(|d| may(*kind, *role, **d)).map(|d| format!("{d:?}")).collect();
            if !doings.is_empty() {
                writeln!(text, "{kind} {role}: {}", doings.join(" ")).unwrap();
            }
        }
    }
    text.push_str("\n# Whom an item informs\n");
    let network = network();
    for facts in every_facts() {
        writeln!(text, "{}", line(&network, &facts, &decide(&facts, &network))).unwrap();
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rights.golden");
    if std::env::var_os("CPORT_BLESS").is_some() {
        fs::write(file, &text).unwrap();
    }
    let golden = fs::read_to_string(file).unwrap_or_default();
    assert!(golden == text, "rights changed: run with CPORT_BLESS=1, read the diff, and review it as a contract");
}

/// Every small world: any set of the four agreements in force, with and without a default lane.
fn worlds() -> Vec<Network> {
    let whole = network();
    let mut all = Vec::new();
    for chosen in 0..8_usize {
        for lane in [None, whole.default_lane.clone()] {
            let mut world = whole.clone();
            let mut n = 0;
            world.agreements.retain(|_| {
                n += 1;
                chosen & 1 << (n - 1) != 0
            });
            world.default_lane = lane;
            all.push(world);
        }
    }
    all
}

fn told(decision: &Decision) -> Vec<OrgId> {
    let of = |r: &Ruling| if let Ruling::Disclose { lea, .. } = r { Some(*lea) } else { None };
    decision.rulings.iter().filter_map(of).collect()
}

#[test]
fn az_9_nobody_is_told_outside_an_agreement_or_the_default_lane() {
    let mut decided = 0;
    for world in worlds() {
        for facts in every_facts() {
            let decision = decide(&facts, &world);
            for ruling in &decision.rulings {
                if let Ruling::Disclose { lea, agreement, reason, clause, .. } = ruling {
                    match agreement {
                        Some(id) => {
                            let treaty = world.agreements.iter().find(|a| a.agreement == *id).expect("in force");
                            assert_eq!(treaty.lea, *lea);
                            let party = treaty.hotline;
                            assert!(Some(party) == decision.owner || party == facts.reporter);
                        }
                        None => {
                            assert!(world.default_lane.is_some() && decision.owner.is_none());
                            let lea = world.leas.iter().find(|l| l.org == *lea).unwrap();
                            assert_eq!(Some(lea.country), facts.hosting);
                        }
                    }
                    assert!(reason.contains(clause.as_str()), "a reason names its clause");
                }
            }
            if facts.class == Class::NotIllegal {
                assert_eq!(told(&decision), []);
            }
            decided += 1;
        }
    }
    assert_eq!(decided, 16 * 252);
}

#[test]
fn az_9_taking_an_agreement_away_tells_nobody_more() {
    let whole = network();
    for facts in every_facts() {
        let before = told(&decide(&facts, &whole));
        for gone in 0..whole.agreements.len() {
            let mut fewer = whole.clone();
            fewer.agreements.remove(gone);
            assert!(told(&decide(&facts, &fewer)).iter().all(|lea| before.contains(lea)));
        }
    }
}

#[test]
fn of_two_lanes_that_fit_the_narrower_applies_and_of_two_alike_the_first() {
    let broad = POLICE_NOTIFY;
    let narrow = POLICE_NOTIFY.replace("\"4\"", "\"5\"").replace("[\"baseline\", \"national\"]", "[\"baseline\"]");
    let narrower = narrow.replace("\"5\"", "\"6\"").replace("informed_on", "ages = [\"infant\"]\ninformed_on");
    let twin = narrower.replace("\"6\"", "\"7\"");
    let mut world = network();
    world.agreements = vec![agreement("BE", &format!("{broad}\n{narrow}\n{narrower}\n{twin}"))];
    let clause = |class, age| {
        let facts = Facts {
            hosting: Some(country("BE")),
            class,
            illegal_in: Some(country("BE")),
            age,
            known: false,
            site: SiteType::Unknown,
            synthetic: Synthetic::Unknown,
            reporter: org("hotline", "BE"),
            judged_by: vec![org("hotline", "BE")],
        };
        match decide(&facts, &world).rulings.as_slice() {
            [Ruling::Disclose { clause, .. }] => clause.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(clause(Class::National, AgeGroup::Infant), "4");
    assert_eq!(clause(Class::Baseline, AgeGroup::Adult), "5");
    assert_eq!(clause(Class::Baseline, AgeGroup::Infant), "6");
}

#[test]
fn a_lane_for_new_files_is_not_for_known_ones() {
    let new = POLICE_NOTIFY.replace("informed_on", "novelty = \"new\"\ninformed_on");
    let mut world = network();
    world.agreements = vec![agreement("BE", &new)];
    let with = |known| {
        let facts = Facts {
            known,
            hosting: Some(country("BE")),
            judged_by: vec![org("hotline", "BE")],
            ..every_facts()[0].clone()
        };
        told(&decide(&facts, &world)).len()
    };
    assert_eq!((with(false), with(true)), (1, 0));
}

/// Facts of a baseline item that the Belgian hotline reported and judged, hosted at home.
fn at_home() -> Facts {
    Facts {
        hosting: Some(country("BE")),
        reporter: org("hotline", "BE"),
        judged_by: vec![org("hotline", "BE")],
        ..every_facts()[0].clone()
    }
}

#[test]
fn what_is_kept_back_follows_from_width_and_media() {
    for (width, media, kept) in [
        ("metadata", false, vec!["files", "address", "page", "series"]),
        ("item", false, vec!["files", "page", "series"]),
        ("item", true, vec!["page", "series"]),
        ("page", true, vec!["series"]),
        ("page", false, vec!["files", "series"]),
        ("series", true, vec![]),
    ] {
        let text = POLICE_NOTIFY
            .replace("\"item\"", &format!("\"{width}\""))
            .replace("media = true", &format!("media = {media}"));
        let mut world = network();
        world.agreements = vec![agreement("BE", &text)];
        let Ruling::Disclose { kept: found, media: opens, onward, reason, .. } =
            decide(&at_home(), &world).rulings.remove(0)
        else {
            panic!("told")
        };
        assert_eq!(found.iter().map(|k| k.what).collect::<Vec<_>>(), kept);
        assert!(found.iter().all(|k| k.reason.contains("clause 4")));
        assert_eq!((opens, onward.icse), (media, true));
        assert!(reason.starts_with("A baseline item hosted in Belgium. hotline BE and lea BE agreed in"), "{reason}");
    }
}

#[test]
fn a_ruling_that_waits_says_for_whom_and_only_the_owner_is_asked() {
    let mut world = network();
    let waits = |world: &Network, facts: &Facts| {
        let decision = decide(facts, world);
        let reasons: Vec<String> = decision
            .rulings
            .into_iter()
            .filter_map(|r| if let Ruling::Withhold { reason, .. } = r { Some(reason) } else { None })
            .collect();
        (decision.waits_for_owner, reasons)
    };
    let unjudged = Facts { reporter: org("hotline", "NL"), judged_by: vec![org("hotline", "NL")], ..at_home() };
    let (asked, reasons) = waits(&world, &unjudged);
    assert!(
        asked && reasons[0] == "clause 4 of `agreement BE` waits for hotline BE's own assessment or confirmation",
        "{reasons:?}"
    );
    // Two forces of one country, both waiting: the owner is asked all the same.
    world.leas.push(Member { org: OrgId(Uuid::from_u128(77)), name: "second lea BE".into(), country: country("BE") });
    let second = InForce {
        lea: OrgId(Uuid::from_u128(77)),
        agreement: AgreementId(Uuid::from_u128(78)),
        ..agreement("BE", POLICE_NOTIFY)
    };
    world.agreements.push(second);
    let (asked, reasons) = waits(&world, &unjudged);
    assert!(asked && reasons.len() == 2, "{reasons:?}");
    // The reporter's own police wait for nobody who could be asked.
    let abroad = Facts { hosting: Some(country("BE")), reporter: org("hotline", "NL"), judged_by: vec![], ..at_home() };
    let mut only_nl = network();
    only_nl.agreements.retain(|a| a.hotline == org("hotline", "NL"));
    assert!(!waits(&only_nl, &abroad).0);
    // Judged illegal elsewhere, or no clause for it: said so.
    let elsewhere = Facts { class: Class::National, illegal_in: Some(country("NL")), ..at_home() };
    assert_eq!(
        waits(&network(), &elsewhere),
        (false, vec!["it was not judged illegal in Belgium, where the clause applies".into()])
    );
    let mut narrow = network();
    narrow.agreements = vec![agreement("BE", &POLICE_NOTIFY.replace("[\"baseline\", \"national\"]", "[\"national\"]"))];
    assert_eq!(
        waits(&narrow, &at_home()),
        (false, vec!["no clause of `agreement BE` version 1 is for items like this one".into()])
    );
}

#[test]
fn where_nobody_is_told_it_is_said_why() {
    let one = |world: &Network, facts: &Facts| match decide(facts, world).rulings.as_slice() {
        [Ruling::Withhold { lea, reason, .. }] => (*lea, reason.clone()),
        other => panic!("{other:?}"),
    };
    let ie = Facts { hosting: Some(country("IE")), reporter: org("hotline", "IE"), ..at_home() };
    let (lea, reason) = one(&network(), &ie);
    assert_eq!(lea, Some(org("lea", "IE")));
    assert_eq!(reason, "hotline IE has no agreement in force with police in Ireland, so nobody there is told");
    // Silence about the reporter's own police needs no row.
    let abroad = Facts { hosting: Some(country("IE")), reporter: org("hotline", "BE"), ..at_home() };
    let mut empty = network();
    empty.agreements.clear();
    assert_eq!(one(&empty, &abroad).0, Some(org("lea", "IE")));
    let nowhere = Facts { hosting: None, ..at_home() };
    assert_eq!(decide(&nowhere, &empty).rulings, []);
    // A country without a hotline: no lane, no police, a lane for other items.
    let norway = |class| Facts {
        hosting: Some(country("NO")),
        reporter: org("hotline", "IE"),
        class,
        illegal_in: None,
        ..at_home()
    };
    let mut no_lane = network();
    no_lane.default_lane = None;
    assert_eq!(
        one(&no_lane, &norway(Class::Baseline)),
        (None, "Norway has no member hotline and the network has no default lane".into())
    );
    let france = Facts { hosting: Some(country("FR")), ..norway(Class::Baseline) };
    assert_eq!(one(&network(), &france), (None, "France has no member hotline and no member LEA".into()));
    let (lea, reason) = one(&network(), &norway(Class::National));
    assert_eq!(
        (lea, reason.as_str()),
        (Some(org("lea", "NO")), "the network's default lane is not for items like this one hosted in Norway")
    );
    let mut new_only = network();
    let lane = &mut new_only.default_lane.as_mut().unwrap().lane;
    lane.novelty = agreements::Novelty::Known;
    assert_eq!(one(&new_only, &norway(Class::Baseline)).0, Some(org("lea", "NO")));
    // Police of another country are not the party's, whatever an agreement says.
    let mut crossed = network();
    crossed.agreements = vec![InForce { lea: org("lea", "NL"), ..agreement("BE", POLICE_NOTIFY) }];
    assert_eq!(one(&crossed, &at_home()).0, Some(org("lea", "BE")));
    let mut gone = network();
    gone.leas.retain(|l| l.org != org("lea", "BE"));
    assert_eq!(one(&gone, &at_home()).0, None);
}

#[test]
fn one_lea_is_told_once_and_by_the_owners_agreement_first() {
    // Two hotlines in Belgium, each with an agreement with the same police; the second reports what the first owns.
    let mut world = network();
    let second = OrgId(Uuid::from_u128(99));
    world.hotlines.push(Member { org: second, name: "second hotline BE".into(), country: country("BE") });
    let wide = POLICE_NOTIFY.replace("\"home\"", "\"member\"").replace("\"4\"", "\"9\"");
    world.agreements = vec![
        agreement("BE", POLICE_NOTIFY),
        InForce { hotline: second, agreement: AgreementId(Uuid::from_u128(98)), ..agreement("BE", &wide) },
    ];
    let clauses = |judged_by: Vec<OrgId>| -> Vec<Option<String>> {
        let facts = Facts { reporter: second, judged_by, ..at_home() };
        let of = |r: &Ruling| match r {
            Ruling::Disclose { clause, .. } => Some(clause.clone()),
            Ruling::Withhold { .. } => None,
        };
        decide(&facts, &world).rulings.iter().map(of).collect()
    };
    assert_eq!(clauses(vec![org("hotline", "BE"), second]), [Some("4".into())], "both tell: the owner's counts");
    assert_eq!(clauses(vec![second]), [Some("9".into())], "the owner's waits, the reporter's tells");
    assert_eq!(clauses(vec![org("hotline", "BE")]), [Some("4".into())]);
    assert_eq!(clauses(vec![]), [None], "neither tells: said once");
}
