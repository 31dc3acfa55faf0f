//! Two texts side by side: which sentences were added, removed and changed, and whether the new one gives police more or
//! less. The last is not read off the sentences but decided for every kind of item there is, so that an example can be shown.

use crate::{
    decide::{Facts, fits},
    document::{Document, Hosting, InformedOn, Lane},
};
use base::{AgeGroup, Class, Country, OrgId, SiteType, Synthetic, Width};

/// What distinguishes a text from an older one.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Clauses that only the new text has, in words.
    pub added: Vec<String>,
    /// Clauses that only the old text has, in words.
    pub removed: Vec<String>,
    /// Clauses that both have and that say something else: before and after, in words.
    pub changed: Vec<Changed>,
    /// A kind of item of which the new text gives police more, in words.
    pub wider: Option<String>,
    /// A kind of item of which the new text gives police less, in words.
    pub narrower: Option<String>,
}

/// A clause that says something else now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Changed {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Difference {
    /// Whether both texts say the same in the same clauses.
    pub fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// What distinguishes the new text from the old.
pub fn difference(old: &Document, new: &Document) -> Difference {
    let named = |document: &Document, clause: &str| document.lanes.iter().find(|l| l.clause == clause).cloned();
    let mut found = Difference::default();
    for lane in &new.lanes {
        match named(old, &lane.clause) {
            None => found.added.push(lane.whole()),
            Some(before) if before != *lane => {
                found.changed.push(Changed { before: before.whole(), after: lane.whole() });
            }
            Some(_) => {}
        }
    }
    found.removed = old.lanes.iter().filter(|l| named(new, &l.clause).is_none()).map(Lane::whole).collect();
    for (facts, seen) in every_kind() {
        let (before, after) = (gives(old, &facts, seen), gives(new, &facts, seen));
        if found.wider.is_none() && after.exceeds(before) {
            found.wider = Some(in_words(&facts, seen, before, after));
        }
        if found.narrower.is_none() && before.exceeds(after) {
            found.narrower = Some(in_words(&facts, seen, before, after));
        }
    }
    found
}

/// What a text gives of a kind of item.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Given {
    width: Option<Width>,
    media: bool,
    any_member: bool,
}

impl Given {
    /// Whether it gives something that the other does not. Two can exceed each other.
    fn exceeds(self, other: Self) -> bool {
        self.width > other.width || (self.media && !other.media) || (self.any_member && !other.any_member)
    }

    fn words(self) -> &'static str {
        match (self.width, self.media) {
            (None, _) => "nothing",
            (Some(Width::Metadata), _) => "facts",
            (Some(Width::Item), false) => "the item without its file",
            (Some(Width::Item), true) => "the item with its file",
            (Some(Width::Page), false) => "the page without files",
            (Some(Width::Page), true) => "the page with files",
            (Some(Width::Series), false) => "the series without files",
            (Some(Width::Series), true) => "the series with files",
        }
    }
}

/// What the lane that applies gives.
fn gives(document: &Document, facts: &Facts, seen: Hosting) -> Given {
    let lane = document.lanes.iter().filter(|lane| fits(lane, facts, seen)).min_by_key(|lane| lane.kinds());
    match lane {
        None => Given { width: None, media: false, any_member: false },
        Some(lane) => Given {
            width: Some(lane.width),
            media: lane.media,
            any_member: lane.informed_on == InformedOn::AnyMemberBaseline && facts.class == Class::Baseline,
        },
    }
}

fn in_words(facts: &Facts, seen: Hosting, before: Given, after: Given) -> String {
    let known = if facts.known { "known" } else { "new" };
    let place = match seen {
        Hosting::Home => "at home",
        Hosting::Member => "with another member",
        Hosting::Elsewhere => "elsewhere",
    };
    let site = facts.site.word().replace('_', " ");
    let when = match (before.any_member, after.any_member) {
        (false, true) => ", now on any member's judgement",
        (true, false) => ", now only on the hotline's own judgement",
        (true, true) | (false, false) => "",
    };
    format!(
        "{known} {} item hosted {place}, age group {}, kind of site {site}, shown: {}: before {}, after {}{when}",
        facts.class,
        facts.age,
        facts.synthetic,
        before.words(),
        after.words()
    )
}

/// Every kind of item that a lane can tell apart. Who reported and judged it is nobody here.
fn every_kind() -> impl Iterator<Item = (Facts, Hosting)> {
    let nobody = OrgId(uuid::Uuid::nil());
    let places = [Hosting::Home, Hosting::Member, Hosting::Elsewhere];
    let classes = [Class::Baseline, Class::National];
    places.into_iter().flat_map(move |seen| {
        classes.into_iter().flat_map(move |class| {
            AgeGroup::ALL.iter().flat_map(move |age| {
                [false, true].into_iter().flat_map(move |known| {
                    SiteType::ALL.iter().flat_map(move |site| {
                        Synthetic::ALL.iter().map(move |synthetic| {
                            let facts = Facts {
                                hosting: None::<Country>,
                                class,
                                illegal_in: None,
                                age: *age,
                                known,
                                site: *site,
                                synthetic: *synthetic,
                                reporter: nobody,
                                judged_by: Vec::new(),
                            };
                            (facts, seen)
                        })
                    })
                })
            })
        })
    })
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    const LANE: &str = "[[lanes]]\nclause = \"1\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"own_assessment\"\n\
        width = \"item\"\nmedia = true\nhost_notice = { by = \"hotline\" }\nretention_days = 30\n";

    fn text(toml: &str) -> Document {
        Document::from_toml(toml).expect("reads")
    }

    fn found(old: &str, new: &str) -> Difference {
        difference(&text(old), &text(new))
    }

    #[test]
    fn what_was_added_removed_and_changed_is_said_in_sentences() {
        let second = LANE.replace("\"1\"", "\"2\"").replace("home", "member");
        let longer = LANE.replace("= 30", "= 31");
        let same = found(LANE, LANE);
        assert!(same.is_none() && same.wider.is_none() && same.narrower.is_none());
        let added = found(LANE, &format!("{LANE}{second}"));
        assert_eq!((added.added.len(), added.removed.len(), added.changed.len(), added.is_none()), (1, 0, 0, false));
        assert!(added.added.iter().all(|s| s.starts_with("clause 2: baseline items hosted in a country with another")));
        let removed = found(&format!("{LANE}{second}"), LANE);
        assert_eq!((removed.added.len(), removed.removed.len(), removed.is_none()), (0, 1, false));
        let changed = found(LANE, &longer);
        assert_eq!((changed.changed.len(), changed.is_none()), (1, false));
        let pair = changed.changed.first().expect("one");
        assert!(pair.before.ends_with("kept 30 days") && pair.after.ends_with("kept 31 days"), "{pair:?}");
        assert_eq!((changed.wider, changed.narrower), (None, None), "longer is not wider");
    }

    #[test]
    fn more_and_less_are_shown_by_an_example() {
        let start = "new baseline item hosted at home, age group infant, kind of site website, shown: real: ";
        let both = |old: &str, new: &str, before: &str, after: &str| {
            let said = found(old, new);
            assert_eq!(said.wider, Some(format!("{start}{before}")), "{new}");
            let back = found(new, old);
            assert_eq!(back.narrower, Some(format!("{start}{after}")), "{new}");
        };
        let change = |from: &str, to: &str| LANE.replace(from, to);
        let items = ["before the item with its file, after ", "before "];
        for (to, words) in
            [("width = \"page\"", "the page with files"), ("width = \"series\"", "the series with files")]
        {
            let new = change("width = \"item\"", to);
            both(
                LANE,
                &new,
                &format!("{}{words}", items[0]),
                &format!("{}{words}, after the item with its file", items[1]),
            );
        }
        let silent = |text: &str| text.replace("media = true", "media = false");
        for (width, words) in [
            ("metadata", "facts"),
            ("item", "the item without its file"),
            ("page", "the page without files"),
            ("series", "the series without files"),
        ] {
            let old = silent(&change("width = \"item\"", &format!("width = \"{width}\"")));
            let other = LANE.replace("home", "elsewhere");
            let (before, after) = (format!("before nothing, after {words}"), format!("before {words}, after nothing"));
            both(&other, &old, &before, &after);
        }
        let any = change("own_assessment", "any_member_baseline");
        let said = "before the item with its file, after the item with its file";
        let (more, less) = (
            format!("{said}, now on any member's judgement"),
            format!("{said}, now only on the hotline's own judgement"),
        );
        both(LANE, &any, &more, &less);
        let wide = any.replace("width = \"item\"", "width = \"page\"");
        both(
            &any,
            &wide,
            "before the item with its file, after the page with files",
            "before the page with files, after the item with its file",
        );
        both(
            &silent(LANE),
            LANE,
            "before the item without its file, after the item with its file",
            "before the item with its file, after the item without its file",
        );
        // Wider for some and narrower for others: both are said.
        let turned = LANE.replace("width = \"item\"", "ages = [\"adult\"]\nwidth = \"page\"");
        let said = found(LANE, &turned);
        assert!(
            said.wider.is_some_and(|s| s.contains("age group adult"))
                && said.narrower.is_some_and(|s| s.contains("age group infant"))
        );
    }

    #[test]
    fn only_baseline_is_told_on_any_members_judgement() {
        let national = LANE.replace("\"baseline\"", "\"national\"");
        let said = found(&national, &national.replace("own_assessment", "any_member_baseline"));
        assert_eq!((said.wider, said.narrower), (None, None));
    }

    #[test]
    fn of_two_overlapping_clauses_the_one_that_applies_is_compared() {
        let narrow = LANE
            .replace("\"1\"", "\"2\"")
            .replace("width = \"item\"\nmedia = true", "ages = [\"infant\"]\nwidth = \"metadata\"\nmedia = false");
        let said = found(&format!("{LANE}{narrow}"), LANE);
        assert!(
            said.wider.is_some_and(|s| s.contains("infant") && s.contains("before facts, after the item")),
            "what was held back falls to the wider one"
        );
        assert_eq!(said.narrower, None);
    }
}
