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
