//! The list's criteria: a rule file, shipped as data in two wordings, held against the evidence there is on a domain.
//! Nothing here reads a database or a clock.
//!
//! Nothing is listed, nor becomes a candidate, by a hash or a classifier: an item counts when a person judged it, or the
//! person at the hosting country's hotline confirmed it. What a hash list settled or what was taken over counts for nothing.

use base::{AgeGroup, Class, Synthetic, Time};
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;

/// One wording of the criteria.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The criteria in one sentence.
    pub text: String,
    /// Items that hold all criteria at once.
    pub items: usize,
    /// Classes that count; the exchange knows severity by the class alone.
    pub classes: Vec<Class>,
    /// Words on whether it shows somebody real that count.
    pub synthetic: Vec<Synthetic>,
    /// Age groups count whose every age is below this, years.
    pub age_below: u8,
    /// Days within which it was seen online.
    pub online_days: u32,
    /// Agencies that confirm a listing.
    pub agencies: usize,
    /// Countries of those agencies.
    pub countries: usize,
}

/// The wordings that ship.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// Real, younger than 13, severe, online within three months, two agencies.
    Old,
    /// The Baseline criteria.
    #[default]
    New,
}

impl Wording {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Old, Self::New];

    /// Its rule file, as it ships.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Old => include_str!("rules/old.toml"),
            Self::New => include_str!("rules/new.toml"),
        }
    }
}

impl Rule {
    /// Reads a rule file.
    ///
    /// # Errors
    /// What cannot be read in it, or what no rule may say.
    pub fn read(text: &str) -> Result<Self, String> {
        let rule: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if rule.items == 0 || rule.agencies < 2 || rule.countries < 2 {
            return Err("a rule asks for an item and for two agencies of two countries at least".into());
        }
        Ok(rule)
    }
}

/// What is known of one item on a domain, as far as the criteria ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is.
    pub class: Class,
    /// Whether it shows somebody real.
    pub synthetic: Synthetic,
    /// Apparent age of the youngest victim.
    pub age_group: AgeGroup,
    /// Whether a person judged it.
    pub by_person: bool,
    /// When it was last seen online.
    pub seen_at: Time,
}

base::words! {
    /// One criterion.
    Criterion, "criterion" {
        /// A person judged it.
        ByPerson = "by_person",
        /// Its class counts.
        Severe = "severe",
        /// It shows somebody real.
        Real = "real",
        /// It is young enough.
        Age = "age",
        /// It is online.
        Online = "online",
        /// Enough items hold all of the above.
        Together = "together",
        /// Agencies of countries confirm it, which comes with the review.
        Agencies = "agencies",
    }
}

base::words! {
    /// Whether a criterion holds.
    Holds, "holds" {
        /// It does.
        Yes = "yes",
        /// It does not.
        No = "no",
        /// It is not to be said before the review.
        Later = "later",
    }
}

/// A criterion held against the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub criterion: Criterion,
    /// Whether it holds.
    pub holds: Holds,
    /// Items, or agencies, for which it holds.
    pub found: usize,
    /// How many are needed.
    pub needed: usize,
}

/// Ages of a group in years, from and to; none where it cannot be told.
const fn years(group: AgeGroup) -> Option<(u8, u8)> {
    match group {
        AgeGroup::Infant => Some((0, 2)),
        AgeGroup::Prepubescent => Some((3, 9)),
        AgeGroup::Pubescent => Some((10, 13)),
        AgeGroup::Adolescent => Some((14, 17)),
        AgeGroup::Adult => Some((18, u8::MAX)),
        AgeGroup::Unknown => None,
    }
}

fn holds(rule: &Rule, criterion: Criterion, of: &Evidence, now: Time) -> bool {
    match criterion {
        Criterion::ByPerson => of.by_person,
        Criterion::Severe => rule.classes.contains(&of.class),
        Criterion::Real => rule.synthetic.contains(&of.synthetic),
        Criterion::Age => years(of.age_group).is_some_and(|(_, to)| to < rule.age_below),
        Criterion::Online => of.seen_at >= now.plus_seconds(-i64::from(rule.online_days) * DAY),
        Criterion::Together => EACH.iter().all(|each| holds(rule, *each, of, now)),
        Criterion::Agencies => false,
    }
}

/// Criteria of one item.
const EACH: [Criterion; 5] =
    [Criterion::ByPerson, Criterion::Severe, Criterion::Real, Criterion::Age, Criterion::Online];

/// Whether one item holds all criteria that are about an item.
pub fn counts(rule: &Rule, of: &Evidence, now: Time) -> bool {
    holds(rule, Criterion::Together, of, now)
}

/// Every criterion, held against the evidence on a domain.
pub fn check(rule: &Rule, evidence: &[Evidence], now: Time) -> Vec<Check> {
    let of = |criterion| {
        let found = evidence.iter().filter(|one| holds(rule, criterion, one, now)).count();
        let holds = if found >= rule.items { Holds::Yes } else { Holds::No };
        Check { criterion, holds, found, needed: rule.items }
    };
    let agencies = Check { criterion: Criterion::Agencies, holds: Holds::Later, found: 0, needed: rule.agencies };
    EACH.into_iter().chain([Criterion::Together]).map(of).chain([agencies]).collect()
}

/// Whether enough has accumulated on a domain for it to be proposed.
pub fn is_candidate(rule: &Rule, evidence: &[Evidence], now: Time) -> bool {
    evidence.iter().filter(|one| counts(rule, one, now)).count() >= rule.items
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_micros(1_780_315_200_000_000);

    fn rule(wording: Wording) -> Rule {
        Rule::read(wording.file()).unwrap()
    }

    fn good() -> Evidence {
        Evidence {
            class: Class::Baseline,
            synthetic: Synthetic::Real,
            age_group: AgeGroup::Prepubescent,
            by_person: true,
            seen_at: NOW,
        }
    }

    #[test]
    fn both_wordings_ship_and_want_two_agencies_of_two_countries() {
        for wording in Wording::ALL {
            let rule = rule(wording);
            assert!(rule.agencies >= 2 && rule.countries >= 2 && rule.items >= 1, "{rule:?}");
        }
        let one = Wording::New.file().replace("agencies = 2", "agencies = 1");
        assert!(Rule::read(&one).is_err(), "no file lowers it");
        assert!(Rule::read(&format!("{}\nmore = 1", Wording::New.file())).is_err());
    }

    #[test]
    fn the_age_limit_is_the_lists_own() {
        let of = |age_group| Evidence { age_group, ..good() };
        let counts = |wording, age_group| counts(&rule(wording), &of(age_group), NOW);
        assert!(counts(Wording::Old, AgeGroup::Prepubescent) && counts(Wording::New, AgeGroup::Prepubescent));
        // 10 to 13: "13 and under" has all of it, "younger than 13" does not.
        assert!(!counts(Wording::Old, AgeGroup::Pubescent) && counts(Wording::New, AgeGroup::Pubescent));
        for never in [AgeGroup::Adolescent, AgeGroup::Adult, AgeGroup::Unknown] {
            assert!(!counts(Wording::Old, never) && !counts(Wording::New, never), "{never}");
        }
        let later = Rule { age_below: 18, ..rule(Wording::New) };
        assert!(super::counts(&later, &of(AgeGroup::Adolescent), NOW));
    }

    #[test]
    fn what_no_person_judged_never_counts() {
        let settled = Evidence { by_person: false, ..good() };
        for wording in Wording::ALL {
            assert!(!is_candidate(&rule(wording), &[settled; 1000], NOW));
            assert!(is_candidate(&rule(wording), &[good(), good()], NOW));
            assert!(!is_candidate(&rule(wording), &[good(), settled], NOW));
        }
    }

    #[test]
    fn criteria_hold_for_the_same_items_at_once() {
        // Two are young, two are severe, two are online; never the same two.
        let old = NOW.plus_seconds(-200 * DAY);
        let evidence = [
            Evidence { age_group: AgeGroup::Adult, ..good() },
            Evidence { class: Class::National, ..good() },
            Evidence { seen_at: old, ..good() },
        ];
        let rule = rule(Wording::New);
        let checks = check(&rule, &evidence, NOW);
        let of = |criterion| checks.iter().find(|c| c.criterion == criterion).unwrap().holds;
        for each in EACH {
            assert_eq!(of(each), Holds::Yes, "{each:?}");
        }
        assert_eq!((of(Criterion::Together), of(Criterion::Agencies)), (Holds::No, Holds::Later));
        assert!(!is_candidate(&rule, &evidence, NOW));
    }

    #[test]
    fn online_ends_with_the_rules_days_to_the_microsecond() {
        let rule = rule(Wording::New);
        let last = NOW.plus_seconds(-i64::from(rule.online_days) * DAY);
        assert!(counts(&rule, &Evidence { seen_at: last, ..good() }, NOW));
        let past = Time::from_micros(last.micros() - 1);
        assert!(!counts(&rule, &Evidence { seen_at: past, ..good() }, NOW));
    }

    #[test]
    fn what_is_drawn_or_generated_is_not_real() {
        for synthetic in [Synthetic::Generated, Synthetic::Drawn] {
            for wording in Wording::ALL {
                assert!(!counts(&rule(wording), &Evidence { synthetic, ..good() }, NOW));
            }
        }
    }
}
