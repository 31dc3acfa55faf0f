//! What a hotline granted on request, on top of what an agreement discloses. Pure, like the decision it widens.
//!
//! 1. A grant widens what its agreement tells its LEA anyway; where the agreement tells nothing any more (suspended, over,
//!    another lane), the grant gives nothing.
//! 2. It never reaches another LEA, another agreement or another report: the caller hands in the report's own grants.
//! 3. Only a granted series opens harmless-looking context, and only beside an item that the agreement discloses.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use crate::decide::{Decision, Facts, Network, Ruling};
use crate::document::Onward;
use base::{AgreementId, Class, OrgId, Width};

/// What one hotline granted one LEA about one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whom.
    pub lea: OrgId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// At least this wide.
    pub width: Width,
    /// Whether the files open, whatever the lane says.
    pub media: bool,
    /// Why, in plain words: who granted what on whose request.
    pub reason: String,
}

/// The clause that stands for a grant where no lane gave the item.
pub const CLAUSE: &str = "request";

/// A decision about an item, widened by what was granted about its report. `told`: LEAs that are told of another item of
/// the report by their agreement.
pub fn widen(mut decision: Decision, facts: &Facts, network: &Network, grants: &[Grant], told: &[OrgId]) -> Decision {
    for grant in grants {
        let ruling = decision.rulings.iter_mut().find(|ruling| tells(ruling, grant));
        match ruling {
            Some(ruling) => widen_one(ruling, grant),
            None if facts.class == Class::NotIllegal && told.contains(&grant.lea) => {
                decision.rulings.extend(context(network, grant));
            }
            None => {}
        }
    }
    decision
}

fn tells(ruling: &Ruling, grant: &Grant) -> bool {
    match ruling {
        Ruling::Disclose { lea, agreement, .. } => *lea == grant.lea && *agreement == Some(grant.agreement),
        Ruling::Withhold { .. } => false,
    }
}

fn widen_one(ruling: &mut Ruling, grant: &Grant) {
    if let Ruling::Disclose { width, media, reason, kept, .. } = ruling {
        *width = (*width).max(grant.width);
        *media |= grant.media;
        let (wide, opens) = (*width, *media);
        kept.retain(|kept| match kept.what {
            "files" => !opens,
            "address" => wide < Width::Item,
            "page" => wide < Width::Page,
            "series" => wide < Width::Series,
            _ => true,
        });
        *reason = format!("{reason} {}", grant.reason);
    }
}

/// A harmless-looking picture beside what is disclosed, once the series was granted and while its agreement is in force.
fn context(network: &Network, grant: &Grant) -> Option<Ruling> {
    if grant.width < Width::Series {
        return None;
    }
    let agreement = network.agreements.iter().find(|a| a.agreement == grant.agreement && a.lea == grant.lea)?;
    Some(Ruling::Disclose {
        lea: grant.lea,
        by: Some(agreement.hotline),
        agreement: Some(agreement.agreement),
        name: agreement.name.clone(),
        version: agreement.version,
        clause: CLAUSE.into(),
        width: grant.width,
        media: grant.media,
        reason: grant.reason.clone(),
        kept: Vec::new(),
        onward: Onward::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{InForce, Member, decide};
    use crate::document::Document;
    use base::{AgeGroup, Country, Time};

    fn org(n: u8) -> OrgId {
        OrgId::new(Time::from_micros(0), [n; 10])
    }

    fn network(width: &str, media: bool) -> Network {
        let country = Country::parse("country", "DE").unwrap();
        let text = format!(
            "[[lanes]]\nclause = \"2.1\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"any_member_baseline\"\n\
             width = \"{width}\"\nmedia = {media}\nhost_notice = {{ by = \"hotline\" }}\nretention_days = 30\n"
        );
        let document = Document::from_toml(&text).unwrap();
        let (hotline, lea) = (org(1), org(2));
        let agreement = AgreementId::new(Time::from_micros(0), [3; 10]);
        Network {
            hotlines: vec![Member { org: hotline, name: "H".into(), country }],
            leas: vec![Member { org: lea, name: "L".into(), country }],
            agreements: vec![InForce { agreement, name: "A".into(), version: 1, hotline, lea, document }],
            default_lane: None,
        }
    }

    fn facts(class: Class) -> Facts {
        Facts {
            hosting: Country::parse("country", "DE").ok(),
            class,
            illegal_in: None,
            age: AgeGroup::Unknown,
            known: false,
            site: base::SiteType::Unknown,
            synthetic: base::Synthetic::Unknown,
            reporter: org(1),
            judged_by: vec![org(1)],
        }
    }

    fn grant(width: Width, media: bool) -> Grant {
        let agreement = AgreementId::new(Time::from_micros(0), [3; 10]);
        Grant { lea: org(2), agreement, width, media, reason: "H granted it.".into() }
    }

    fn given(decision: &Decision) -> Option<(Width, bool, Vec<&'static str>)> {
        decision.rulings.iter().find_map(|ruling| match ruling {
            Ruling::Disclose { width, media, kept, .. } => {
                Some((*width, *media, kept.iter().map(|k| k.what).collect()))
            }
            Ruling::Withhold { .. } => None,
        })
    }

    #[test]
    fn az_9_a_grant_widens_and_never_narrows() {
        for (lane, media) in [("metadata", false), ("item", false), ("item", true), ("page", true), ("series", true)] {
            let network = network(lane, media);
            let facts = facts(Class::Baseline);
            let (was, had, _) = given(&decide(&facts, &network)).unwrap();
            for width in Width::ALL {
                for opens in [false, true] {
                    let wider = widen(decide(&facts, &network), &facts, &network, &[grant(*width, opens)], &[]);
                    let (now, has, kept) = given(&wider).unwrap();
                    assert_eq!((now, has), (was.max(*width), had || opens));
                    assert_eq!(kept.contains(&"files"), !has);
                    assert_eq!(kept.contains(&"page"), now < Width::Page);
                }
            }
        }
    }

    #[test]
    fn az_9_a_grant_gives_nothing_where_the_agreement_gives_nothing() {
        let full = network("item", true);
        let gone = Network { agreements: Vec::new(), ..full.clone() };
        let series = [grant(Width::Series, true)];
        for class in [Class::Baseline, Class::NotIllegal] {
            let facts = facts(class);
            assert_eq!(given(&widen(decide(&facts, &gone), &facts, &gone, &series, &[org(2)])), None);
        }
        // A harmless picture opens beside a disclosed one, by a granted series, and not otherwise.
        let facts = facts(Class::NotIllegal);
        let context =
            |grants: &[Grant], told: &[OrgId]| given(&widen(decide(&facts, &full), &facts, &full, grants, told));
        assert!(context(&series, &[org(2)]).is_some());
        assert_eq!(context(&series, &[]), None);
        assert_eq!(context(&series, &[org(9)]), None);
        assert_eq!(context(&[grant(Width::Page, true)], &[org(2)]), None);
        let other = Grant { lea: org(9), ..grant(Width::Series, true) };
        assert_eq!(context(&[other], &[org(9), org(2)]), None);
    }
}
