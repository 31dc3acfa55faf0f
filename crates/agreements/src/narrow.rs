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

#[cfg(test)]
#[expect(clippy::expect_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    const LANE: &str = "[[lanes]]\nclause = \"N\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"own_assessment\"\n\
        width = \"item\"\nmedia = true\nhost_notice = { by = \"hotline\" }\nretention_days = 30\n";

    /// Lanes that differ in what is written here, clauses 1, 2, ….
    fn text(lanes: &[&str]) -> Document {
        let lane = |(n, more): (usize, &&str)| {
            let keys: Vec<&str> = more.lines().filter_map(|l| l.split(" = ").next()).collect();
            let kept = LANE.lines().filter(|l| !keys.contains(&l.split(" = ").next().unwrap_or_default()));
            let kept: Vec<&str> = kept.collect();
            format!("{}\n{more}\n", kept.join("\n")).replace("\"N\"", &format!("\"{}\"", n + 1))
        };
        let whole: String = lanes.iter().enumerate().map(lane).collect();
        Document::from_toml(&whole).expect("reads")
    }

    #[test]
    fn a_lane_is_as_narrow_as_the_kinds_of_items_it_is_for_are_few() {
        for (more, kinds) in [
            ("", 480),
            ("classes = [\"baseline\", \"national\"]", 960),
            ("ages = [\"infant\"]", 80),
            ("ages = [\"infant\", \"adult\"]", 160),
            ("sites = [\"forum\", \"onion\", \"other\"]", 144),
            ("novelty = \"new\"", 240),
            ("novelty = \"known\"", 240),
            ("synthetic = \"real\"", 120),
            ("synthetic = \"synthetic\"", 240),
            ("ages = [\"infant\"]\nsites = [\"forum\"]\nnovelty = \"new\"\nsynthetic = \"real\"", 1),
        ] {
            let lanes = text(&[more]).lanes;
            assert_eq!(lanes.first().map(Lane::kinds), Some(kinds), "{more}");
        }
    }

    #[test]
    fn lanes_for_the_same_items_are_named_with_the_one_that_applies() {
        let said = |lanes: &[&str]| text(lanes).overlaps();
        let of = |lanes: &[&str]| said(lanes).first().map(|o| (o.applies.clone(), o.other.clone(), o.narrower));
        let is = |applies: &str, other: &str, narrower| Some((applies.to_owned(), other.to_owned(), narrower));
        assert_eq!(of(&["", "ages = [\"infant\"]"]), is("2", "1", true));
        assert_eq!(of(&["ages = [\"infant\"]", ""]), is("1", "2", true));
        assert_eq!(of(&["", ""]), is("1", "2", false));
        assert_eq!(of(&["novelty = \"new\"", "synthetic = \"synthetic\""]), is("1", "2", false));
        assert_eq!(of(&["novelty = \"new\"", "novelty = \"new\""]), is("1", "2", false));
        assert_eq!(of(&["novelty = \"known\"", "novelty = \"known\""]), is("1", "2", false));
        assert_eq!(of(&["synthetic = \"real\"", "synthetic = \"real\""]), is("1", "2", false));
        assert_eq!(of(&["synthetic = \"synthetic\"", "synthetic = \"synthetic\""]), is("1", "2", false));
        assert_eq!(said(&["", "", ""]).len(), 3, "every two of three");
        let sentence = said(&["ages = [\"infant\", \"adult\"]", "ages = [\"infant\"]\nsynthetic = \"real\""]);
        assert_eq!(
            sentence.first().map(|o| o.sentence.as_str()),
            Some(
                "clauses 1 and 2 are both for baseline items hosted in the hotline's own country, age group infant, \
                 of somebody real: clause 2 applies, it is the narrower"
            )
        );
        let sentence = said(&[
            "sites = [\"forum\", \"onion\"]\nnovelty = \"new\"",
            "sites = [\"onion\", \"other\"]\nnovelty = \"new\"",
        ]);
        assert_eq!(
            sentence.first().map(|o| o.sentence.as_str()),
            Some(
                "clauses 1 and 2 are both for baseline items hosted in the hotline's own country, seen for the first \
                 time, on a site of the kind onion: clause 1 applies, it stands first"
            )
        );
    }

    #[test]
    fn lanes_without_a_common_item_do_not_overlap() {
        for (first, second) in [
            ("", "hosting = \"member\""),
            ("", "classes = [\"national\"]"),
            ("ages = [\"infant\"]", "ages = [\"adult\"]"),
            ("sites = [\"forum\"]", "sites = [\"onion\"]"),
            ("novelty = \"new\"", "novelty = \"known\""),
            ("novelty = \"known\"", "novelty = \"new\""),
            ("synthetic = \"real\"", "synthetic = \"synthetic\""),
            ("synthetic = \"synthetic\"", "synthetic = \"real\""),
        ] {
            assert_eq!(text(&[first, second]).overlaps(), [], "{first} {second}");
        }
    }
}
