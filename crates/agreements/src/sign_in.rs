//! How it is found out who asks: by access token, by session cookie, and in the demo by sign-in link. Rights come from
//! current rows on every request; a secret says only who someone is. Secrets are 32 random bytes, kept as SHA-256.

use crate::{Act, Error, Result, store};
use base::{Actor, OrgId, OrgKind, PersonId, Refusal, Secret, Time, TokenId, Who};
use sha2::{Digest, Sha256};
use storage::{Db, Tx};

/// Seconds without a request after which a session is over (NIST SP 800-63B-4, AAL3).
pub const IDLE_SECONDS: i64 = 15 * 60;
/// Seconds after which a session is over in any case.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// Seconds after which somebody has to prove again who they are before they do what asks for it (SE-3).
pub const CONFIRMED_SECONDS: i64 = 10 * 60;
/// How stale `seen_at` may get before it is written again.
const SEEN_SECONDS: i64 = 60;

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who acts.
    pub actor: Actor,
    /// Their name.
    pub name: String,
    /// Their organisation's name.
    pub organisation: String,
    /// What they proved it with, to be asked again while something long runs.
    pub proof: Proof,
}

/// What somebody proved who they are with: the digest of a secret, or nothing that could end before they are out.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// An access token.
    Token([u8; 32]),
    /// A session.
    Session([u8; 32]),
    /// None now: a demo's link, or work that they asked for earlier.
    Earlier,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[proof]")
    }
}

/// A new secret and its digest.
fn secret(db: &Db, prefix: &str) -> Result<(Secret<String>, [u8; 32])> {
    let bytes: [u8; 32] = db.chance().bytes()?;
    let text = format!("{prefix}_{}", base::hex(&bytes));
    let digest = digest(&text);
    Ok((Secret::new(text), digest))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Makes an access token for a person; shown once, never again.
pub async fn make_token(
    db: &Db,
    tx: &Tx,
    person: PersonId,
    org: OrgId,
    label: &str,
    until: Time,
) -> Result<(Secret<String>, Act)> {
    let label = base::one_line("label", label, 120)?;
    let (text, digest) = secret(db, "cport")?;
    let id = tx.id(TokenId::new)?;
    store::token_add(tx, id, &digest, person, &label, until).await?;
    Ok((text, Act::TokenMade(id, org)))
}

/// Makes a sign-in link's secret. The demo's, and nobody else's: `web` serves the links only in demo mode.
pub async fn make_link(db: &Db, tx: &Tx, person: PersonId) -> Result<Secret<String>> {
    let (text, digest) = secret(db, "link")?;
    store::link_add(tx, &digest, person).await?;
    Ok(text)
}

/// Who holds this access token; `SignInFirst` for anything else.
pub async fn by_token(db: &Db, token: &str) -> Result<SignedIn> {
    let found = store::who_by_token(db.door(), &digest(token), db.now()).await?;
    signed_in(found.ok_or(Error::SignInFirst)?, Proof::Token(digest(token)))
}

/// Who holds this demo link's secret.
pub async fn by_link(db: &Db, link: &str) -> Result<SignedIn> {
    signed_in(store::who_by_link(db.door(), &digest(link)).await?.ok_or(Error::SignInFirst)?, Proof::Earlier)
}

/// Who holds this session; over after 15 idle minutes or 12 hours.
pub async fn by_session(db: &Db, session: &str) -> Result<SignedIn> {
    let digest = digest(session);
    let found = store::who_by_session(db.door(), &digest).await?.ok_or(Error::SignInFirst)?;
    let now = db.now();
    let idle = Time::from_micros(found.seen_at).plus_seconds(IDLE_SECONDS);
    if now > idle || now > Time::from_micros(found.since).plus_seconds(SESSION_SECONDS) {
        return Err(Error::SignInFirst);
    }
    let stale = now > Time::from_micros(found.seen_at).plus_seconds(SEEN_SECONDS);
    let who = signed_in(found, Proof::Session(digest))?;
    if let Some(person) = who.actor.person().filter(|_| stale) {
        let tx = db.begin(&who.actor).await?;
        store::session_seen(&tx, &digest).await?;
        tx.commit(&Act::SessionContinued(person)).await?;
    }
    Ok(who)
}

/// Opens a session for somebody who proved who they are, and returns the cookie's value.
pub async fn open_session(db: &Db, who: &SignedIn) -> Result<Secret<String>> {
    let person = who.actor.person().ok_or(Error::SignInFirst)?;
    let (text, digest) = secret(db, "session")?;
    let tx = db.begin(&who.actor).await?;
    store::session_add(&tx, &digest, person).await?;
    tx.commit(&Act::SignedIn(person)).await?;
    Ok(text)
}

/// Whether somebody may still do what they began: not signed out, taken away, suspended or over. Going on counts as being
/// there, so a session does not go idle by it.
pub async fn lives(db: &Db, who: &SignedIn) -> Result<SignedIn> {
    let found = match (&who.proof, who.actor.person()) {
        (Proof::Token(digest), _) => store::who_by_token(db.door(), digest, db.now()).await?,
        (Proof::Session(digest), _) => store::who_by_session(db.door(), digest).await?,
        (Proof::Earlier, Some(person)) => store::who_by_person(db.door(), person).await?,
        (Proof::Earlier, None) => None,
    };
    let found = found.ok_or(Error::SignInFirst)?;
    let over = Time::from_micros(found.since).plus_seconds(SESSION_SECONDS);
    if matches!(who.proof, Proof::Session(_)) && db.now() > over {
        return Err(Error::SignInFirst);
    }
    signed_in(found, who.proof.clone())
}

/// A person as they are now; `SignInFirst` for one who is not active any more, or whose organisation is not. For work that
/// somebody asked for and that is done later on their behalf.
pub async fn of_person(db: &Db, person: PersonId) -> Result<SignedIn> {
    signed_in(store::who_by_person(db.door(), person).await?.ok_or(Error::SignInFirst)?, Proof::Earlier)
}

/// Whether somebody has just proved who they are: with this very call's token, or again in this session, no longer than ten
/// minutes ago.
pub async fn is_confirmed(db: &Db, who: &SignedIn) -> Result<bool> {
    match &who.proof {
        Proof::Token(_) => Ok(true),
        Proof::Earlier => Ok(false),
        Proof::Session(digest) => {
            let at = store::session_confirmed_at(db.door(), digest).await?;
            Ok(at.is_some_and(|at| db.now() <= Time::from_micros(at).plus_seconds(CONFIRMED_SECONDS)))
        }
    }
}

/// Somebody proves again in their session who they are, with an access token of their own. Anything else is refused in the
/// same words.
pub async fn confirm(db: &Db, who: &SignedIn, token: &str) -> Result<()> {
    let (Proof::Session(session), Some(person)) = (&who.proof, who.actor.person()) else {
        return Err(Error::SignInFirst);
    };
    let found = store::who_by_token(db.door(), &digest(token.trim()), db.now()).await?;
    if found.is_none_or(|found| found.person != person.0) {
        return Err(Refusal::new("token", "not-your-token", "this is not a valid access token of yours").into());
    }
    let tx = db.begin(&who.actor).await?;
    store::session_confirm(&tx, session).await?;
    tx.commit(&Act::SessionConfirmed(person)).await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(db: &Db, who: &SignedIn, session: &str) -> Result<()> {
    let person = who.actor.person().ok_or(Error::SignInFirst)?;
    let tx = db.begin(&who.actor).await?;
    store::session_end(&tx, &digest(session)).await?;
    tx.commit(&Act::SignedOut(person)).await?;
    Ok(())
}

fn signed_in(row: store::Who, proof: Proof) -> Result<SignedIn> {
    let stored = |_| storage::Error::Stored("person");
    let kind: OrgKind = row.kind.parse().map_err(stored)?;
    let actor = Actor {
        who: Who::Person(PersonId(row.person), row.token.map(TokenId)),
        org: OrgId(row.org),
        kind,
        country: row.country.map(|c| c.parse()).transpose().map_err(stored)?,
        role: row.role.parse().map_err(stored)?,
    };
    Ok(SignedIn { actor, name: row.name, organisation: row.org_name, proof })
}
