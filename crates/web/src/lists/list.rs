//! `/lists/{id}`: one list: its rule, terms, entries, disputes, candidates, imports and subscriptions, as far as the reader
//! may see them.

use crate::{
    App,
    caller::{self, SeesLists},
    error::Result,
    lists::{imports, overview},
    names::Names,
    page,
    params::Params,
    show,
    view::{
        base::FieldError,
        lists::{CandidateRow, EntryRow, ListPage, MemberChoice, SubscriptionRow, TermsRow, Typed, VoteRow},
    },
};
use agreements::{Doing, directory, may, sign_in::SignedIn};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ListId, OrgKind, Refusal, hex};
use hashlists::{
    Access, Act, CandidateState, Digests, Entry, Hashes, List, ask, candidate, digest,
    entry::{self, Place},
    import, list, subscription, terms, vote,
};
use serde::Deserialize;
use storage::Tx;

/// Entries on a page.
const AT_ONCE: u64 = 50;
/// Rows of every other kind.
const FEW: u64 = 100;

/// What to show.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// A digest to look for among the entries.
    find: Option<String>,
    cursor: Option<String>,
    done: Option<String>,
}

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesLists(who): SeesLists,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    if asked.find.as_deref().is_some_and(|digest| !digest.trim().is_empty()) {
        // Whoever has just filled the list finds what they put there.
        app.lists.index.follow(&app.db).await?;
    }
    match drawn(&app, &who, id, asked.clone(), Vec::new()).await {
        Ok(page) => page::show(&page),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "find")?;
            page::show_refused(&drawn(&app, &who, id, Asked::default(), errors).await?, &error)
        }
    }
}

/// The page as it stands, with what was refused.
pub async fn drawn(app: &App, who: &SignedIn, id: ListId, asked: Asked, errors: Vec<FieldError>) -> Result<ListPage> {
    let tx = app.db.look(&who.actor).await?;
    let (found, access) = list::find(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let mut page = described(app, who, &found, access, &names, asked.done.clone());
    let of_list = terms::of_list(&tx, id).await?;
    page.terms = of_list.iter().map(|t| terms_row(t, &names)).collect();
    if access != Access::Offered {
        entries(app, &tx, id, &asked, &mut page).await?;
        let votes = vote::votes(&tx, id, access == Access::Publisher, None, FEW).await?;
        page.votes = votes.items.iter().map(|v| vote_row(v, &names)).collect();
        let waiting = candidate::candidates(&tx, id, CandidateState::Waiting, None, FEW).await?;
        page.candidates = waiting.items.iter().map(|c| candidate_row(c, &names)).collect();
    }
    if access == Access::Publisher {
        let done = import::imports(&tx, id, None, FEW).await?;
        page.imports = done.items.iter().map(imports::row).collect();
        let subscribed = subscription::subscriptions(&tx, id).await?;
        page.subscriptions = subscribed.iter().filter(|s| s.ended_at.is_none()).map(subscription_row).collect();
        let open: Vec<_> = of_list.iter().filter(|t| t.ended_at.is_none()).map(|t| t.org).collect();
        let members = directory::organisations(&tx).await?;
        let others = members.into_iter().filter(|o| o.active && o.id != who.actor.org && !open.contains(&o.id));
        page.members = others.map(|o| MemberChoice { id: o.id.to_string(), name: o.name }).collect();
    }
    tx.commit(&Act::ListRead(id)).await?;
    page.errors = errors;
    Ok(page)
}

fn described(app: &App, who: &SignedIn, list: &List, access: Access, names: &Names, done: Option<String>) -> ListPage {
    let can = |doing| may(who.actor.kind, who.actor.role, doing);
    ListPage {
        base: page::frame(app, who, "lists", done),
        list: overview::row(list, access, names),
        rule: list.rule.clone(),
        age_below: list.age_below.map(show::count),
        max_distance: show::count(list.max_distance),
        typed: Typed {
            rule: list.rule.clone(),
            age_below: list.age_below.map(|age| age.to_string()).unwrap_or_default(),
            max_distance: list.max_distance.to_string(),
            every: "15".into(),
            ..Typed::default()
        },
        created: list.created_at.minute(),
        suspended: list.suspended.map(|t| t.minute()),
        guarded: list.guarded.clone(),
        profiles: app.lists.profiles.iter().map(|p| p.name.clone()).collect(),
        may_undo: who.actor.kind == OrgKind::Hotline && can(Doing::Assess) && access != Access::Offered,
        may_vote: can(Doing::VoteOnList) && matches!(access, Access::Reader { .. }),
        ..ListPage::default()
    }
}

async fn entries(app: &App, tx: &Tx, id: ListId, asked: &Asked, page: &mut ListPage) -> Result<()> {
    page.find = asked.find.clone().unwrap_or_default().trim().to_owned();
    if page.find.is_empty() {
        let refused = || Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave");
        let after = asked.cursor.as_deref().map(|c| Place::read(c).ok_or_else(refused)).transpose()?;
        let some = entry::changes(tx, id, after.unwrap_or(Place::start()), AT_ONCE).await?;
        page.entries = some.items.iter().map(entry_row).collect();
        page.next = some.next.map(|next| format!("/lists/{id}?cursor={next}"));
        return Ok(());
    }
    let (known, _) = ask::ask(tx, &app.lists, &[looked_for(&page.find)?]).await?;
    let ids: Vec<_> = known.iter().flatten().filter(|found| found.list == id).map(|found| found.entry).collect();
    page.entries = entry::among(tx, &ids).await?.iter().map(entry_row).collect();
    Ok(())
}

/// The digest that somebody typed, by its length.
fn looked_for(text: &str) -> Result<Hashes, Refusal> {
    let mut digests = Digests::default();
    match text.len() {
        32 => digests.md5 = Some(digest("find", text.as_bytes())?),
        40 => digests.sha1 = Some(digest("find", text.as_bytes())?),
        64 => digests.sha256 = Some(digest("find", text.as_bytes())?),
        _ => return Err(Refusal::new("find", "digest-length", "write an MD5, a SHA-1 or a SHA-256 in hexadecimal")),
    }
    Ok(Hashes { digests, ..Hashes::default() })
}

/// The strongest hash and its kind.
pub fn strongest(hashes: &Hashes) -> (String, String) {
    let Digests { md5, sha1, sha256 } = &hashes.digests;
    let all = [
        sha256.as_ref().map(|d| (hex(d), "sha256")),
        sha1.as_ref().map(|d| (hex(d), "sha1")),
        md5.as_ref().map(|d| (hex(d), "md5")),
        hashes.pdq.as_ref().map(|p| (hex(&p.bits), "pdq")),
        hashes.frames.first().map(|p| (hex(&p.bits), "frames")),
    ];
    let (hash, kind) = all.into_iter().flatten().next().unwrap_or_default();
    (hash, kind.to_owned())
}

fn entry_row(entry: &Entry) -> EntryRow {
    let (hash, kind) = strongest(&entry.hashes);
    EntryRow {
        id: entry.id.to_string(),
        reference: show::reference(entry.id),
        hash,
        kind,
        class: entry.says.class.word().into(),
        changed: show::count(entry.changed),
        at: entry.changed_at.minute(),
        source: entry.source.clone(),
        withdrawn: entry.withdrawn.as_ref().map(|(_, why)| why.clone()),
    }
}

fn terms_row(terms: &hashlists::Terms, names: &Names) -> TermsRow {
    TermsRow {
        id: terms.id.to_string(),
        organisation: names.of(terms.org),
        may_settle: terms.may_settle,
        offered: terms.offered_at.minute(),
        accepted: terms.accepted_at.map(|t| t.minute()),
        ended: terms.ended_at.map(|t| t.minute()),
    }
}

fn vote_row(vote: &hashlists::Vote, names: &Names) -> VoteRow {
    VoteRow {
        id: vote.id.to_string(),
        entry: show::reference(vote.entry),
        organisation: names.of(vote.org),
        vote: vote.word.word().into(),
        reason: vote.reason.clone(),
        at: vote.at.minute(),
        answer: vote.answer.as_ref().map(|(word, ..)| word.word().into()),
    }
}

fn candidate_row(candidate: &hashlists::Candidate, names: &Names) -> CandidateRow {
    let (hash, kind) = strongest(&candidate.hashes);
    CandidateRow {
        id: candidate.id.to_string(),
        hash,
        kind,
        class: candidate.says.class.word().into(),
        age: candidate.says.age_group.word().into(),
        organisation: names.of(candidate.org),
        at: candidate.at.minute(),
    }
}

fn subscription_row(subscription: &hashlists::Subscription) -> SubscriptionRow {
    SubscriptionRow {
        id: subscription.id.to_string(),
        kind: subscription.kind.word().into(),
        url: subscription.url.clone(),
        fetched: subscription.fetched_at.map(|t| t.minute()),
        due: subscription.due_at.minute(),
        trouble: subscription.last_error.clone(),
    }
}
