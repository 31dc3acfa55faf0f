//! How narrow a lane is, and which lanes of one document are for the same items. Of lanes that fit one item the narrower
//! applies: the one that is for fewer kinds of items. A lane that another contains is always the narrower of the two.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use crate::document::{Document, Lane, Novelty, Reality};
use base::{AgeGroup, SiteType, Synthetic};

/// Two lanes of one document that are for the same items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The clause that applies to what both are for.
    pub applies: String,
    /// The other one.
    pub other: String,
    /// Whether it applies because it is narrower; otherwise because it stands first.
    pub narrower: bool,
    /// The same in words.
    pub sentence: String,
}

impl Document {
    /// Every two lanes that are for the same items, and which of them applies.
    pub fn overlaps(&self) -> Vec<Overlap> {
        let pairs = self.lanes.iter().enumerate().flat_map(|(n, first)| {
            let later = self.lanes.iter().skip(n + 1);
            later.filter_map(move |second| overlap(first, second))
        });
        pairs.collect()
    }
}

fn overlap(first: &Lane, second: &Lane) -> Option<Overlap> {
    let both = first.meets(second)?;
    let narrower = first.kinds() != second.kinds();
    let (applies, other) = if second.kinds() < first.kinds() { (second, first) } else { (first, second) };
    let why = if narrower { "is the narrower" } else { "stands first" };
    let sentence = format!(
        "clauses {} and {} are both for {}: clause {} applies, it {why}",
        first.clause,
        second.clause,
        both.condition(),
        applies.clause
    );
    Some(Overlap { applies: applies.clause.clone(), other: other.clause.clone(), narrower, sentence })
}

impl Lane {
    /// For how many kinds of items it is: combinations of class, age group, known or new, site and reality.
    pub fn kinds(&self) -> usize {
        let some_or = |some: usize, all: usize| if some == 0 { all } else { some };
        let novelty = match self.novelty {
            Novelty::Any => 2,
            Novelty::Known | Novelty::New => 1,
        };
        let reality = Synthetic::ALL.iter().filter(|s| self.synthetic.fits(**s)).count();
        self.classes.len()
            * some_or(self.ages.len(), AgeGroup::ALL.len())
            * some_or(self.sites.len(), SiteType::ALL.len())
            * novelty
            * reality
    }

    /// This lane, only for what the other one is for too; `None` when there is no such thing.
    fn meets(&self, other: &Self) -> Option<Self> {
        if self.hosting != other.hosting {
            return None;
        }
        let classes: Vec<_> = self.classes.iter().filter(|c| other.classes.contains(c)).copied().collect();
        if classes.is_empty() {
            return None;
        }
        Some(Self {
            classes,
            ages: common(&self.ages, &other.ages)?,
            sites: common(&self.sites, &other.sites)?,
            novelty: match (self.novelty, other.novelty) {
                (Novelty::Any, both) | (both, Novelty::Any) => both,
                (Novelty::Known, Novelty::Known) => Novelty::Known,
                (Novelty::New, Novelty::New) => Novelty::New,
                (Novelty::Known, Novelty::New) | (Novelty::New, Novelty::Known) => return None,
            },
            synthetic: match (self.synthetic, other.synthetic) {
                (Reality::Any, both) | (both, Reality::Any) => both,
                (Reality::Real, Reality::Real) => Reality::Real,
                (Reality::Synthetic, Reality::Synthetic) => Reality::Synthetic,
                (Reality::Real, Reality::Synthetic) | (Reality::Synthetic, Reality::Real) => return None,
            },
            ..self.clone()
        })
    }
}

/// What both lists name; an empty list names everything.
fn common<T: Copy + PartialEq>(one: &[T], other: &[T]) -> Option<Vec<T>> {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => Some(other.to_vec()),
        (_, true) => Some(one.to_vec()),
        (false, false) => {
            let both: Vec<T> = one.iter().filter(|x| other.contains(x)).copied().collect();
            (!both.is_empty()).then_some(both)
        }
    }
}
