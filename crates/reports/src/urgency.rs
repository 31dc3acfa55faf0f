//! How urgent a case is: a pure function of what is known about it and of what each factor counts for its unit.
//!
//! **One scale.** Factors give points; age takes points away, so many a day. Both become one number, the rank:
//! `rank = time first seen × points a day + points`. Nobody has to write rows anew while time passes: as every case loses
//! the same number of points each day, their order stays, and a new case enters above old ones by itself. A case of 60
//! points that is 3 days old stands beside one of 30 points that comes in now, where a day costs 10.
//!
//! **How much is known is no factor.** Notes, addresses, the number of files, the width of a disclosure add nothing: of two
//! alike reports the poorer one may be the one that hides ongoing abuse.

use base::{AgeGroup, Class, Refusal, Time};
use serde::{Deserialize, Serialize};

/// Copies are counted up to here.
pub const MOST_SEEN: u32 = 1000;
/// Most points of one factor.
const MOST: i64 = 200;
/// Millionths of a point: the unit of a rank.
const FINE: i64 = 1_000_000;
const SECONDS_A_DAY: i128 = 86_400;

/// What a factor counts. Points, but for `day`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Material that nobody in the network had judged before it came in.
    pub new_material: i64,
    /// The youngest victim seems 0 to 2 years old.
    pub infant: i64,
    /// 3 to 9 years.
    pub prepubescent: i64,
    /// 10 to 13 years.
    pub pubescent: i64,
    /// 14 to 17 years.
    pub adolescent: i64,
    /// The gravest file is illegal everywhere, not only by national law.
    pub baseline: i64,
    /// More than one victim.
    pub several_victims: i64,
    /// A hash list says that a victim made it: somebody may be forcing them now.
    pub self_generated: i64,
    /// Hosted in the unit's own country.
    pub hosted_here: i64,
    /// Taken off for each time that the number of own cases with the same file doubles.
    pub copies: i64,
    /// Taken off where the victims of all of it are identified already.
    pub identified: i64,
    /// Points that a case loses each day since it was first seen. At least 1.
    pub day: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            new_material: 40,
            infant: 30,
            prepubescent: 20,
            pubescent: 12,
            adolescent: 6,
            baseline: 15,
            several_victims: 10,
            self_generated: 15,
            hosted_here: 10,
            copies: 8,
            identified: 60,
            day: 10,
        }
    }
}

impl Weights {
    /// Names and values, in the order in which people set them. The names are those of the fields.
    pub const fn all(&self) -> [(&'static str, i64); 12] {
        [
            ("new_material", self.new_material),
            ("infant", self.infant),
            ("prepubescent", self.prepubescent),
            ("pubescent", self.pubescent),
            ("adolescent", self.adolescent),
            ("baseline", self.baseline),
            ("several_victims", self.several_victims),
            ("self_generated", self.self_generated),
            ("hosted_here", self.hosted_here),
            ("copies", self.copies),
            ("identified", self.identified),
            ("day", self.day),
        ]
    }

    /// The same, if every weight is 0 to 200, a day costs something, and no older group counts more than a younger one.
    pub fn checked(self) -> Result<Self, Refusal> {
        for (name, value) in self.all() {
            let least = i64::from(name == "day");
            if !(least..=MOST).contains(&value) {
                return Err(Refusal::new(name, "weight-range", format!("write a whole number from {least} to {MOST}")));
            }
        }
        let ages = [
            ("prepubescent", self.prepubescent, self.infant),
            ("pubescent", self.pubescent, self.prepubescent),
            ("adolescent", self.adolescent, self.pubescent),
        ];
        match ages.into_iter().find(|(_, older, younger)| older > younger) {
            Some((name, ..)) => {
                let reason = "an older age group must not count more than a younger one";
                Err(Refusal::new(name, "weight-order", reason))
            }
            None => Ok(self),
        }
    }

    const fn age(&self, age: AgeGroup) -> i64 {
        match age {
            AgeGroup::Infant => self.infant,
            AgeGroup::Prepubescent => self.prepubescent,
            AgeGroup::Pubescent => self.pubescent,
            AgeGroup::Adolescent => self.adolescent,
            AgeGroup::Adult | AgeGroup::Unknown => 0,
        }
    }

    /// A number that two sets of weights share only when they are the same, as far as chance goes: tells which ranks are old.
    pub fn mark(&self) -> i64 {
        // FNV-1a (draft-eastlake-fnv); nobody gains by making two sets collide, each unit sets its own.
        self.all()
            .iter()
            .flat_map(|(_, value)| value.to_le_bytes())
            .fold(-3_750_763_034_362_895_579, |sum, byte| (sum ^ i64::from(byte)).wrapping_mul(1_099_511_628_211))
    }
}

/// What counts about a case. Made by [`Facts::of`] from what its LEA was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The gravest class.
    pub class: Class,
    /// The youngest age group seen.
    pub age: AgeGroup,
    /// Whether anything in it was not known before.
    pub fresh: bool,
    /// Whether there is more than one victim.
    pub several: bool,
    /// Whether a list says that a victim made it.
    pub self_generated: bool,
    /// Whether the host is in the unit's own country.
    pub home: bool,
    /// Own cases with the same file: of its rarest file, at most [`MOST_SEEN`].
    pub seen: u32,
    /// Whether victim identification says that the victims of all of it are identified.
    #[serde(default)]
    pub identified: bool,
    /// When a hotline first received it.
    pub since: Time,
}

/// One file of a case, as far as it counts.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Its class.
    pub class: Class,
    /// Apparent age of the youngest victim.
    pub age: AgeGroup,
    /// Whether its content had been judged before it came in.
    pub known: bool,
    /// Whether victims of both genders are seen, which are two at least.
    pub both: bool,
    /// Whether a list says that a victim made it.
    pub self_generated: bool,
    /// Whether victim identification says that its victim is identified.
    pub identified: bool,
}

impl Facts {
    /// What counts about a case of these files; `None` for a case of nothing.
    pub fn of(told: &[Told], home: bool, seen: u32, since: Time) -> Option<Self> {
        Some(Self {
            class: told.iter().map(|t| t.class).min()?,
            age: told.iter().map(|t| t.age).min_by_key(|age| years(*age))?,
            fresh: told.iter().any(|t| !t.known),
            several: told.iter().any(|t| t.both),
            self_generated: told.iter().any(|t| t.self_generated),
            home,
            seen: seen.min(MOST_SEEN),
            identified: told.iter().all(|t| t.identified),
            since,
        })
    }
}

/// Youngest first; what cannot be told stands behind every age of a child and before adults.
const fn years(age: AgeGroup) -> u8 {
    match age {
        AgeGroup::Infant => 0,
        AgeGroup::Prepubescent => 1,
        AgeGroup::Pubescent => 2,
        AgeGroup::Adolescent => 3,
        AgeGroup::Unknown => 4,
        AgeGroup::Adult => 5,
    }
}

/// Why a case ranks where it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Material that was not known.
    New,
    /// The youngest age group.
    Age(AgeGroup),
    /// Illegal everywhere.
    Baseline,
    /// More than one victim.
    Several,
    /// Made by a victim, by a list's word.
    SelfGenerated,
    /// Hosted in the own country.
    Home,
    /// All of it was known already.
    Known,
    /// The same file is in so many own cases.
    Seen(u32),
    /// The victims are identified already.
    Identified,
}

/// How urgent a case is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// Points, without age.
    pub points: i64,
    /// Why, what counts most first; each with its points. What counts nothing and explains nothing is left out.
    pub reasons: Vec<(Reason, i64)>,
}

/// How urgent a case with these facts is for a unit with these weights.
pub fn urgency(facts: &Facts, weights: &Weights) -> Score {
    let when = |yes: bool, reason: Reason, points: i64| yes.then_some((reason, points));
    let age = weights.age(facts.age);
    // 2 to 3 copies count once, 4 to 7 twice, 8 to 15 three times.
    let doubled = i64::from(facts.seen.clamp(1, MOST_SEEN).ilog2());
    let mut reasons: Vec<(Reason, i64)> = [
        when(facts.fresh, Reason::New, weights.new_material),
        when(!facts.fresh, Reason::Known, 0),
        when(years(facts.age) <= years(AgeGroup::Adolescent), Reason::Age(facts.age), age),
        when(facts.class == Class::Baseline, Reason::Baseline, weights.baseline),
        when(facts.several, Reason::Several, weights.several_victims),
        when(facts.self_generated, Reason::SelfGenerated, weights.self_generated),
        when(facts.home, Reason::Home, weights.hosted_here),
        when(facts.seen > 1, Reason::Seen(facts.seen), -weights.copies * doubled),
        when(facts.identified, Reason::Identified, -weights.identified),
    ]
    .into_iter()
    .flatten()
    .collect();
    let points = reasons.iter().map(|(_, points)| points).sum();
    reasons.sort_by_key(|(_, points)| -points.abs());
    Score { points, reasons }
}

/// Where a case stands in the inbox: higher is first. Millionths of a point.
pub fn rank(points: i64, since: Time, weights: &Weights) -> i64 {
    let aged = i128::from(since.micros()) * i128::from(weights.day) / SECONDS_A_DAY;
    i64::try_from(aged).unwrap_or(i64::MAX / 2).saturating_add(points.saturating_mul(FINE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_weights() -> impl Strategy<Value = Weights> {
        let ages = prop::collection::vec(0..=MOST, 4).prop_map(|mut ages| {
            ages.sort_unstable();
            ages
        });
        (ages, prop::collection::vec(0..=MOST, 7), 1..=MOST).prop_map(|(ages, rest, day)| Weights {
            infant: ages[3],
            prepubescent: ages[2],
            pubescent: ages[1],
            adolescent: ages[0],
            new_material: rest[0],
            baseline: rest[1],
            several_victims: rest[2],
            self_generated: rest[3],
            hosted_here: rest[4],
            copies: rest[5],
            identified: rest[6],
            day,
        })
    }

    fn any_facts() -> impl Strategy<Value = Facts> {
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        (flags, 0..AgeGroup::ALL.len(), 0..=MOST_SEEN, 0..2_000_000_000_i64).prop_map(|(flags, age, seen, since)| {
            Facts {
                class: if flags.0 { Class::Baseline } else { Class::National },
                age: AgeGroup::ALL[age],
                fresh: flags.1,
                several: flags.2,
                self_generated: flags.3,
                home: flags.4,
                seen,
                identified: flags.5,
                since: Time::from_micros(since * 1_000_000),
            }
        })
    }

    fn any_told() -> impl Strategy<Value = Told> {
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        (0..AgeGroup::ALL.len(), 0..2_usize, flags).prop_map(
            |(age, class, (known, both, self_generated, identified))| Told {
                class: Class::ALL[class],
                age: AgeGroup::ALL[age],
                known,
                both,
                self_generated,
                identified,
            },
        )
    }

    proptest! {
        #[test]
        fn each_factor_moves_one_way(facts in any_facts(), weights in any_weights(), seen in 0..=MOST_SEEN, later in 0..10_000_000_i64) {
            let at = |facts: &Facts| rank(urgency(facts, &weights).points, facts.since, &weights);
            let here = at(&facts);
            let up = [
                Facts { fresh: true, ..facts.clone() },
                Facts { several: true, ..facts.clone() },
                Facts { self_generated: true, ..facts.clone() },
                Facts { home: true, ..facts.clone() },
                Facts { class: Class::Baseline, ..facts.clone() },
                Facts { since: facts.since.plus_seconds(later), ..facts.clone() },
                Facts { seen: facts.seen.min(seen), ..facts.clone() },
                Facts { identified: false, ..facts.clone() },
            ];
            for more in &up {
                prop_assert!(at(more) >= here, "{more:?}");
            }
            for age in AgeGroup::ALL.iter().filter(|age| years(**age) <= years(facts.age)) {
                prop_assert!(at(&Facts { age: *age, ..facts.clone() }) >= here, "{age}");
            }
        }

        #[test]
        fn more_of_the_same_changes_nothing(told in prop::collection::vec(any_told(), 1..8), again in 0..8_usize, weights in any_weights()) {
            let since = Time::from_micros(5);
            let facts = Facts::of(&told, true, 1, since).expect("some");
            let mut more = told.clone();
            more.push(told[again % told.len()]);
            more.rotate_left(1);
            prop_assert_eq!(urgency(&facts, &weights), urgency(&Facts::of(&more, true, 1, since).expect("some"), &weights));
        }

        #[test]
        fn the_same_again_is_the_same(facts in any_facts(), weights in any_weights()) {
            prop_assert_eq!(urgency(&facts, &weights), urgency(&facts, &weights));
            let score = urgency(&facts, &weights);
            prop_assert_eq!(score.points, score.reasons.iter().map(|(_, p)| p).sum::<i64>());
            prop_assert!(weights.clone().checked().is_ok());
        }

        #[test]
        fn order_stays_while_time_passes(a in any_facts(), b in any_facts(), weights in any_weights()) {
            // What a person would compute at any later moment: points less what age took.
            let worth = |f: &Facts, now: i64| {
                i128::from(urgency(f, &weights).points) * 86_400_000_000
                    - i128::from(weights.day) * i128::from(now - f.since.micros())
            };
            let at = |f: &Facts| rank(urgency(f, &weights).points, f.since, &weights);
            for now in [2_000_000_000_000_000, 3_000_000_000_000_000] {
                if worth(&a, now) > worth(&b, now) + 1_000_000 {
                    prop_assert!(at(&a) >= at(&b));
                }
            }
        }
    }

    #[test]
    fn a_new_case_of_a_young_child_stands_above_an_old_viral_one() {
        let weights = Weights::default();
        let day = 86_400_000_000;
        let new = Facts {
            class: Class::National,
            age: AgeGroup::Infant,
            fresh: true,
            several: false,
            self_generated: false,
            home: false,
            seen: 1,
            identified: false,
            since: Time::from_micros(30 * day),
        };
        let viral = Facts { class: Class::Baseline, fresh: false, home: true, seen: 214, ..new.clone() };
        let at = |facts: &Facts| rank(urgency(facts, &weights).points, facts.since, &weights);
        assert!(at(&new) > at(&viral));
        let reasons: Vec<Reason> = urgency(&new, &weights).reasons.into_iter().map(|(r, _)| r).collect();
        assert_eq!(reasons, [Reason::New, Reason::Age(AgeGroup::Infant)]);
        assert_eq!(urgency(&viral, &weights).reasons[0], (Reason::Seen(214), -56));
    }

    #[test]
    fn weights_that_turn_the_order_of_ages_are_refused() {
        let refused = |weights: Weights| weights.checked().map_err(|r| (r.field, r.rule));
        assert_eq!(refused(Weights { adolescent: 50, ..Weights::default() }), Err(("adolescent", "weight-order")));
        assert_eq!(refused(Weights { copies: -1, ..Weights::default() }), Err(("copies", "weight-range")));
        assert_eq!(refused(Weights { copies: 201, ..Weights::default() }), Err(("copies", "weight-range")));
        assert_eq!(refused(Weights { day: 0, ..Weights::default() }), Err(("day", "weight-range")));
        assert_ne!(Weights::default().mark(), Weights { day: 11, ..Weights::default() }.mark());
    }
}
