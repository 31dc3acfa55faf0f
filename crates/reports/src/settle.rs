//! What hash lists settle before anybody looks (stage 4), and what they only suggest. The rule is [`decide`], pure; the
//! rest turns its answers into rows and takes them back.
//!
//! 1. Only lists that the hotline has accepted terms of count, that are not stopped. Entries are asked of the database in
//!    the same transaction, so that a withdrawn entry or ended terms settle nothing from that moment on.
//! 2. The very same file on a list with settling rights: judged, known, never shown; the judgement is the hotline's own,
//!    which signed that the list may judge for it. It names list, entry and version, and is taken back as a batch.
//! 3. Lists that say different things of the same file settle nothing: a person decides, with all of them named.
//! 4. What looks like an entry is a suggestion, accepted with one key. A blind sample of suggestions is judged by a person
//!    who does not see them; how often both agree is kept.
//! 5. A person's judgement is never overwritten: where a list says otherwise, that is a doubt with a record.

use crate::{
    Act, Doubt, DoubtKind, Error, Item, Result, Settled, Suggestion,
    assess::{self, Judgement},
    entity::assessment,
    flow::{self, Step},
    store,
};
use agreements::directory;
use base::{
    AssessmentId, Class, Country, DoubtId, HashId, ItemId, ListId, OrgId, ReportId, SettlementId, SuggestionId,
    Synthetic,
};
use hashlists::{Entry, Found, ListClass, Lists, ask, entry};
use storage::{Chance, Tx};
use uuid::Uuid;

/// What follows from everything that a file hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settling {
    /// Judged by this entry.
    Settle(Found),
    /// Looks like this entry; a person decides, and sees that or not.
    Suggest {
        /// The entry.
        like: Found,
        /// Whether the person is not told, for quality.
        blind: bool,
    },
    /// No list knows it.
    Nothing,
    /// Lists know it and settle nothing.
    Person {
        /// Why.
        why: DoubtKind,
        /// All that hit it.
        named: Vec<Found>,
    },
}

/// The rule. `found`: hits on lists that the hotline may read and that are not stopped; `home`: its country; `blind`:
/// whether chance drew this one for the sample.
pub fn decide(found: &[Found], home: Option<Country>, blind: bool) -> Settling {
    let exact: Vec<&Found> = found.iter().filter(|f| f.how.is_exact()).collect();
    let Some(first) = exact.first() else {
        let like = found.iter().filter(|f| !f.how.is_exact());
        // Something illegal before context, then the nearest.
        return match like.min_by_key(|f| (f.says.class == ListClass::Context, f.distance, f.entry)) {
            Some(like) => Settling::Suggest { like: like.clone(), blind },
            None => Settling::Nothing,
        };
    };
    let person = |why| Settling::Person { why, named: exact.iter().map(|f| (*f).clone()).collect() };
    if exact.iter().any(|f| f.says.class != first.says.class) {
        return person(DoubtKind::ListsDisagree);
    }
    let law = match first.says.class {
        ListClass::Context => return person(DoubtKind::Context),
        ListClass::Baseline => None,
        ListClass::National => match one_law(&exact, home) {
            Some(country) => Some(country),
            None => return person(DoubtKind::SeveralLaws),
        },
    };
    let of_law = |f: &&&Found| f.country == law || law.is_none();
    match exact.iter().filter(|f| f.may_settle).filter(of_law).min_by_key(|f| (f.how, f.list, f.entry)) {
        Some(by) => Settling::Settle((*by).clone()),
        None => Settling::Suggest { like: (*first).clone(), blind },
    }
}

/// The one country whose law judges: the hotline's own where a list speaks of it, otherwise the only one there is.
fn one_law(exact: &[&Found], home: Option<Country>) -> Option<Country> {
    let mut laws = exact.iter().filter_map(|f| f.country);
    let first = laws.next()?;
    match home.filter(|home| exact.iter().any(|f| f.country == Some(*home))) {
        Some(home) => Some(home),
        None => laws.all(|c| c == first).then_some(first),
    }
}

/// What was done about one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// Nothing.
    Nothing,
    /// It is judged by a list.
    Settled,
    /// It has a suggestion.
    Suggested,
    /// It has a doubt.
    Doubted,
}

/// Whose item it is and how it came here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of {
    pub item: ItemId,
    pub report: ReportId,
    pub org: OrgId,
    /// What it was settled with together: a report, a hunt.
    pub run: Uuid,
}

/// Lets lists settle an item that nobody has judged, or suggest, or say why not.
pub(crate) async fn by_lists(tx: &Tx, lists: &Lists, of: Of) -> Result<Did> {
    let hashes = store::item_hashes(tx, of.item).await?;
    let hits = lists.index.look_up(&hashes, lists.config.frame_share);
    if hits.is_empty() {
        return Ok(Did::Nothing);
    }
    let found = ask::found(tx, of.org, &hashes, &hits).await?;
    let home = directory::country(tx, of.org).await?;
    match decide(&found, home, drawn(lists.config.blind_sample)?) {
        Settling::Nothing => Ok(Did::Nothing),
        Settling::Settle(by) => settle(tx, lists, of, &by).await,
        Settling::Suggest { like, blind } => suggest(tx, of, &like, blind).await,
        Settling::Person { why, named } => doubt(tx, of, why, &named).await,
    }
}

/// Whether chance draws one at this rate, 0 to 1.
fn drawn(rate: f64) -> Result<bool> {
    let [a, b, c, d] = Chance.bytes()?;
    Ok(f64::from(u32::from_be_bytes([a, b, c, d])) < rate * (f64::from(u32::MAX) + 1.0))
}

async fn settle(tx: &Tx, lists: &Lists, of: Of, by: &Found) -> Result<Did> {
    if store::settlement_refused(tx, of.item, by.entry).await? {
        // A person has taken this very settlement back: it does not come again by itself.
        return Ok(Did::Nothing);
    }
    let class = match by.says.class {
        ListClass::Baseline => Class::Baseline,
        ListClass::National => Class::National,
        ListClass::Context => return Ok(Did::Nothing),
    };
    let id = tx.id(AssessmentId::new)?;
    let row = assessment::Model {
        id: id.0,
        item_id: of.item.0,
        org_id: of.org.0,
        person_id: None,
        class: class.word().into(),
        country: by.country.filter(|_| class == Class::National).map(|c| c.to_string()),
        age_group: by.says.age_group.word().into(),
        gender: by.says.gender.word().into(),
        note: None,
        inherited_from: None,
        at: tx.now().micros(),
        synthetic: Synthetic::Unknown.word().into(),
    };
    store::assessment_add(tx, row).await?;
    store::item_judge(tx, of.item, id, class).await?;
    store::item_set_known(tx, of.item, true).await?;
    store::suggestion_end(tx, of.item, "settled", None).await?;
    store::settlement_add(tx, tx.id(SettlementId::new)?, of, id, by).await?;
    tx.note(&Act::Settled { item: of.item, list: by.list, entry: by.entry, version: by.version, by: of.org }).await?;
    // Now and then somebody asks whether this list marks everything: in the mean once for as many as prove it.
    #[expect(clippy::cast_precision_loss, reason = "a count of files")]
    let rate = 1.0 / lists.config.guard_least.max(1) as f64;
    if drawn(rate)? {
        hashlists::weigh(tx, by.list).await?;
    }
    Ok(Did::Settled)
}

async fn suggest(tx: &Tx, of: Of, like: &Found, blind: bool) -> Result<Did> {
    if store::suggestion_stands(tx, of.item, like).await? {
        return Ok(Did::Nothing);
    }
    store::suggestion_end(tx, of.item, "replaced", None).await?;
    store::suggestion_add(tx, tx.id(SuggestionId::new)?, of, like, blind).await?;
    Ok(Did::Suggested)
}

async fn doubt(tx: &Tx, of: Of, why: DoubtKind, named: &[Found]) -> Result<Did> {
    let Some(first) = named.first() else { return Ok(Did::Nothing) };
    let id = tx.id(DoubtId::new)?;
    if store::doubt_add(tx, id, of, why, first.entry, named).await? {
        tx.note(&Act::Doubted { doubt: id, item: of.item, by: of.org }).await?;
        return Ok(Did::Doubted);
    }
    Ok(Did::Nothing)
}

/// Where a list says something else of an item than a person has judged, that is a doubt. The judgement stays.
pub(crate) async fn disagree(tx: &Tx, lists: &Lists, of: Of, class: Class) -> Result<Did> {
    let hashes = store::item_hashes(tx, of.item).await?;
    let mut hits = lists.index.look_up(&hashes, lists.config.frame_share);
    hits.retain(|h| h.how.is_exact());
    if hits.is_empty() {
        return Ok(Did::Nothing);
    }
    let found = ask::found(tx, of.org, &hashes, &hits).await?;
    let other: Vec<Found> = found.into_iter().filter(|f| says_otherwise(f.says.class, class)).collect();
    doubt(tx, of, DoubtKind::JudgedOtherwise, &other).await
}

/// Whether a list and a judgement cannot both be right. Context says nothing about what a file is.
const fn says_otherwise(list: ListClass, judged: Class) -> bool {
    match (list, judged) {
        (ListClass::Baseline, Class::Baseline) | (ListClass::National, Class::National) | (ListClass::Context, _) => {
            false
        }
        (ListClass::Baseline | ListClass::National, _) => true,
    }
}

/// Looks at an item again after lists changed: what a list had judged is judged anew or waits for a person, what waits may
/// be settled now, what a person judged stays and may be in doubt.
pub(crate) async fn again(tx: &Tx, lists: &Lists, of: Of, why: &str) -> Result<Again> {
    let Some(state) = store::item_standing(tx, of.item).await? else { return Ok(Again::default()) };
    let mut done = Again::default();
    match (state.class, state.settlement) {
        (None, _) => done.did = Some(by_lists(tx, lists, of).await?),
        (Some(class), None) => done.did = Some(disagree(tx, lists, of, class).await?),
        (Some(_), Some(standing)) => {
            if still_right(tx, lists, of, &standing).await? {
                return Ok(done);
            }
            reopen(tx, of, SettlementId(standing.id), why).await?;
            done.reopened = true;
            done.did = Some(known_or_lists(tx, lists, of).await?);
        }
    }
    if done.reopened || done.did == Some(Did::Settled) {
        flow::note_state(tx, of.report).await?;
        flow::queue(tx, Step::Route(of.report)).await?;
    }
    Ok(done)
}

/// What [`again`] did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Again {
    pub reopened: bool,
    pub did: Option<Did>,
}

/// An item that was opened again asks first what hotlines know of its content, then lists.
async fn known_or_lists(tx: &Tx, lists: &Lists, of: Of) -> Result<Did> {
    match store::verdict_of_item(tx, of.item).await? {
        Some(verdict) => {
            crate::compare::take_over(tx, of.item, of.org, &verdict).await?;
            store::item_set_known(tx, of.item, true).await?;
            Ok(Did::Nothing)
        }
        None => by_lists(tx, lists, of).await,
    }
}

/// Whether a settlement holds: its entry still says the same of this very file, and no other list contradicts it. Terms that
/// ended and lists that were stopped undo nothing that was settled before.
async fn still_right(tx: &Tx, lists: &Lists, of: Of, standing: &store::SettlementRow) -> Result<bool> {
    let hashes = store::item_hashes(tx, of.item).await?;
    let hits = lists.index.look_up(&hashes, lists.config.frame_share);
    let by = HashId(standing.entry_id);
    let entries = entry::among(tx, &[by]).await?;
    let same = |e: &Entry| e.withdrawn.is_none() && e.says.class.word() == standing.class;
    if !entries.iter().any(same) || !hits.iter().any(|h| h.entry == by && h.how.is_exact()) {
        return Ok(false);
    }
    let found = ask::found(tx, of.org, &hashes, &hits).await?;
    let home = directory::country(tx, of.org).await?;
    Ok(!matches!(decide(&found, home, false), Settling::Person { .. }))
}

/// Takes one settlement back: the item waits as if it had never been judged; routing withdraws what rested on it.
async fn reopen(tx: &Tx, of: Of, settlement: SettlementId, why: &str) -> Result<()> {
    store::item_reopen(tx, of.item).await?;
    store::settlement_undo(tx, settlement, why).await?;
    Ok(tx.note(&Act::Reopened { item: of.item, settlement, by: of.org }).await?)
}

/// Forgets what was suggested or doubted of an item, before lists are asked anew.
pub(crate) async fn forget(tx: &Tx, item: ItemId) -> Result<()> {
    store::suggestion_end(tx, item, "void", None).await?;
    store::doubts_end(tx, item, "void").await
}

/// What is taken back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// Everything a list settled.
    List(ListId),
    /// Everything one hunt settled.
    Hunt(base::HuntId),
    /// Everything lists settled in one report.
    Report(ReportId),
    /// Everything one entry settled.
    Entry(HashId),
}

impl Batch {
    /// Kind and id of what it is, as the log names it.
    pub(crate) const fn subject(self) -> (&'static str, Uuid) {
        match self {
            Self::List(list) => ("list", list.0),
            Self::Hunt(hunt) => ("hunt", hunt.0),
            Self::Report(report) => ("report", report.0),
            Self::Entry(entry) => ("entry", entry.0),
        }
    }
}

/// Takes back what lists settled of the actor's hotline, all of a batch at once: the items wait for a person, and the same
/// entries do not settle them again by themselves. Returns how many.
pub async fn undo(tx: &Tx, batch: Batch, why: &str) -> Result<(u64, Act)> {
    let why = base::one_line("why", why, 500)?;
    let reports = store::settlements_reports(tx, batch).await?;
    let undone = store::settlements_undo(tx, batch, &why).await?;
    for report in reports {
        flow::note_state(tx, report).await?;
        flow::queue(tx, Step::Route(report)).await?;
    }
    Ok((undone, Act::SettlingUndone(batch, undone, why)))
}

/// What lists settled of the actor's hotline in a batch, by item.
pub async fn settled(tx: &Tx, batch: Batch, after: Option<Uuid>, limit: u64) -> Result<Vec<(ItemId, Settled)>> {
    store::settlements(tx, batch, after.unwrap_or(Uuid::nil()), limit).await
}

/// By which list, entry and version items are settled, of the actor's own hotline.
pub async fn of_items(tx: &Tx, items: &[ItemId]) -> Result<Vec<(ItemId, Settled)>> {
    store::settlements_of(tx, items).await
}

/// Open suggestions for items of the actor's own hotline. Blind ones are not among them.
pub async fn suggestions(tx: &Tx, items: &[ItemId]) -> Result<Vec<Suggestion>> {
    store::suggestions_of(tx, items).await
}

/// Accepts the suggestion for an item: one key. `expected`: the item's version the analyst saw.
pub async fn accept(tx: &Tx, id: ItemId, expected: Option<i64>) -> Result<Act> {
    let item = store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    let open = store::suggestions_of(tx, &[id]).await?;
    let Some(suggestion) = open.first().filter(|_| item.reporter == tx.actor().org) else {
        return Err(Error::conflict("no-suggestion", "item", "there is no suggestion for this item"));
    };
    let class = match suggestion.class {
        ListClass::Baseline => Class::Baseline,
        ListClass::National => Class::National,
        ListClass::Context => {
            let reason = "it looks like a harmless picture of a series, which says nothing about the class: assess it";
            return Err(Error::conflict("suggests-context", "item", reason));
        }
    };
    let judgement = Judgement::suggested(class, suggestion.country, suggestion.age_group, suggestion.gender);
    assess::assess(tx, id, judgement, expected).await
}

/// A person has judged an item: what was suggested ends, and whether both agree is kept.
pub(crate) async fn judged(tx: &Tx, item: &Item, class: Class) -> Result<()> {
    store::suggestion_end(tx, item.id, "judged", Some(class)).await?;
    store::doubts_end(tx, item.id, "judged").await
}

/// How often people and suggestions agreed, of the actor's own hotline: `(blind, blind agreed, shown, shown agreed)`.
pub async fn quality(tx: &Tx) -> Result<crate::Quality> {
    store::suggestion_quality(tx).await
}

/// Open doubts of the actor's own hotline, oldest first.
pub async fn doubts(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<storage::Page<Doubt>> {
    let rows = store::doubts_open(tx, after.unwrap_or((i64::MIN, Uuid::nil())), limit).await?;
    Ok(storage::keyset::page(rows, limit, |d| (d.at.micros(), d.id.0))?)
}

/// Ends a doubt with a record of why the judgement stands. Judging the item ends it too.
pub async fn resolve(tx: &Tx, id: DoubtId, why: &str) -> Result<Act> {
    let why = base::text("why", why, 2000);
    // Whether there is such a doubt comes first; what is refused then is never committed.
    if !store::doubt_end(tx, id, why.as_deref().unwrap_or_default()).await? {
        return Err(Error::NotFound);
    }
    why?;
    Ok(Act::DoubtResolved(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{AgeGroup, Gender};
    use hashlists::{How, Says};

    /// Everything that one list may say of a file, as far as the rule looks at it.
    fn one(n: u128, class: ListClass, country: Option<&str>, how: How, may_settle: bool) -> Found {
        Found {
            entry: HashId(Uuid::from_u128(n)),
            list: ListId(Uuid::from_u128(n)),
            name: format!("list {n}"),
            country: country.map(|c| c.parse().expect("a country")),
            version: 3,
            how,
            distance: if how.is_exact() { 0 } else { 10 + u32::try_from(n).expect("small") },
            says: Says { class, age_group: AgeGroup::Unknown, gender: Gender::Unknown },
            may_settle,
        }
    }

    fn every(n: u128) -> Vec<Found> {
        let says = [
            (ListClass::Baseline, None),
            (ListClass::National, Some("NL")),
            (ListClass::National, Some("DE")),
            (ListClass::National, Some("FR")),
            (ListClass::Context, None),
        ];
        let mut all = Vec::new();
        for (class, country) in says {
            for how in [How::Sha256, How::Sha1, How::Md5, How::Pdq, How::Frames] {
                all.extend([true, false].map(|may| one(n, class, country, how, may)));
            }
        }
        all
    }

    /// The rule again, told otherwise: by what must never and must always be.
    fn holds(found: &[Found], blind: bool) {
        let home: Option<Country> = "NL".parse().ok();
        let got = decide(found, home, blind);
        let exact: Vec<&Found> = found.iter().filter(|f| f.how.is_exact()).collect();
        let classes: std::collections::BTreeSet<ListClass> = exact.iter().map(|f| f.says.class).collect();
        match &got {
            Settling::Settle(by) => {
                assert!(by.may_settle && by.how.is_exact(), "only the very same file, only with the right: {found:?}");
                assert_eq!(classes.len(), 1, "nobody says otherwise: {found:?}");
                assert_ne!(by.says.class, ListClass::Context);
                let ours = exact.iter().any(|f| f.country == home && f.country.is_some());
                assert!(!ours || by.country == home, "the own law comes first: {found:?}");
            }
            Settling::Suggest { like, blind: kept_back } => {
                assert_eq!(*kept_back, blind);
                let no_right = exact.iter().filter(|f| f.may_settle).count() == 0
                    || exact.iter().any(|f| !f.may_settle && f.country == home);
                assert!(exact.is_empty() || (like.how.is_exact() && no_right), "{found:?}");
                let nearer = |f: &&Found| f.distance < like.distance && f.says.class != ListClass::Context;
                assert!(!exact.is_empty() || !found.iter().any(|f| nearer(&f)), "the nearest: {found:?}");
            }
            Settling::Nothing => assert!(found.is_empty()),
            Settling::Person { why, named } => {
                assert_eq!(named.len(), exact.len(), "all are named");
                match why {
                    DoubtKind::ListsDisagree => assert!(classes.len() > 1),
                    DoubtKind::Context => assert!(classes.iter().eq([&ListClass::Context])),
                    DoubtKind::SeveralLaws => {
                        assert!(classes.iter().eq([&ListClass::National]));
                        assert!(exact.iter().all(|f| f.country != home));
                    }
                    DoubtKind::JudgedOtherwise => panic!("that is not for this rule"),
                }
            }
        }
        if classes.len() > 1 {
            assert!(matches!(got, Settling::Person { .. }), "the stricter settles nothing: {found:?}");
        }
    }

    #[test]
    fn the_rule_holds_for_every_combination_of_up_to_three_lists() {
        let mut tried = 0;
        for blind in [false, true] {
            holds(&[], blind);
            for a in every(1) {
                holds(std::slice::from_ref(&a), blind);
                for b in every(2) {
                    holds(&[a.clone(), b.clone()], blind);
                    for c in every(3) {
                        holds(&[a.clone(), b.clone(), c], blind);
                        tried += 1;
                    }
                }
            }
        }
        assert_eq!(tried, 2 * 50 * 50 * 50);
    }

    #[test]
    fn the_order_of_hits_does_not_matter() {
        for a in every(1) {
            for b in every(2) {
                let (ab, ba) =
                    (decide(&[a.clone(), b.clone()], None, false), decide(&[b.clone(), a.clone()], None, false));
                let sorted = |s| match s {
                    Settling::Person { why, mut named } => {
                        named.sort_by_key(|f| f.entry);
                        Settling::Person { why, named }
                    }
                    Settling::Suggest { like, blind } if like.how.is_exact() => {
                        Settling::Suggest { like: one(0, like.says.class, None, How::Md5, false), blind }
                    }
                    other => other,
                };
                assert_eq!(sorted(ab), sorted(ba), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn what_settles_and_what_does_not_in_plain_cases() {
        let baseline = one(1, ListClass::Baseline, None, How::Md5, true);
        let alike = one(2, ListClass::Baseline, None, How::Pdq, true);
        let nl: Option<Country> = "NL".parse().ok();
        assert_eq!(decide(&[baseline.clone(), alike.clone()], nl, false), Settling::Settle(baseline.clone()));
        let blind = decide(std::slice::from_ref(&alike), nl, true);
        assert_eq!(blind, Settling::Suggest { like: alike, blind: true });
        let german = one(3, ListClass::National, Some("DE"), How::Sha256, true);
        let dutch = one(4, ListClass::National, Some("NL"), How::Md5, true);
        let french = one(5, ListClass::National, Some("FR"), How::Md5, true);
        assert_eq!(decide(&[german.clone(), dutch.clone()], nl, false), Settling::Settle(dutch));
        assert_eq!(decide(std::slice::from_ref(&german), nl, false), Settling::Settle(german.clone()));
        assert!(matches!(decide(&[german, french], nl, false), Settling::Person { why: DoubtKind::SeveralLaws, .. }));
    }
}
