//! The proof of every object: each is opened and compared with what its row says, and whatever lies in the store is
//! compared with the rows. Memory does not grow with the store.

use super::{
    act::Act,
    digests::Sha256,
    vault::{Locked, Vault},
};
use crate::{Db, Error, Result, sql};
use base::{Actor, BlobId, Time};
use futures_util::StreamExt;
use sea_orm::FromQueryResult;
use std::{collections::BTreeMap, fmt};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Rows read at a time.
const PAGE: i64 = 500;
/// Objects opened at once: one for each core of a small machine, so that hashing and opening keep both busy.
const AT_ONCE: usize = 2;
/// Orphans removed in one sweep at most.
const MOST_SWEPT: usize = 10_000;

const ACTOR: Actor = Actor::machine("proof");

/// What is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Which object.
    pub object: BlobId,
    /// What.
    pub what: Flaw,
    /// When it was made, by its id.
    pub made_at: Time,
}

/// A flaw of a stored object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Its bytes, its key or its row were altered: it does not open.
    Altered,
    /// It opens, but is not the file that was taken in.
    OtherDigest,
    /// It has a row and no bytes.
    Missing,
    /// The store could not be read.
    Unreadable,
    /// Its organisation's key does not open: another root key, or the key's row was altered.
    Locked,
    /// It has bytes and no row: the rest of an interrupted upload, or of another database.
    Orphan,
    /// It has bytes and no row yet, and is young: most likely an upload under way. No finding.
    UnderWay,
    /// Its key is destroyed and its bytes are still there.
    LeftOver,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Altered => "altered: its bytes, its key or its row are not what was sealed",
            Self::OtherDigest => "opens, but its SHA-256 is not the one noted when it was taken in",
            Self::Missing => "missing from the store",
            Self::Unreadable => "cannot be read from the store",
            Self::Locked => "locked: its organisation's key does not open",
            Self::Orphan => "orphan: no row names it",
            Self::UnderWay => "no row names it yet: an upload under way",
            Self::LeftOver => "left over: it was erased and its bytes are still there",
        })
    }
}

/// What a proof came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Proof {
    /// Objects opened and found whole.
    pub whole: u64,
    /// Their plain bytes.
    pub bytes: u64,
    /// Objects whose key is destroyed.
    pub erased: u64,
    /// Young objects without a row: uploads under way.
    pub under_way: u64,
    /// Findings.
    pub findings: u64,
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that a process that has died was writing.
    pub unfinished: usize,
    /// Objects that no row names.
    pub orphans: usize,
    /// Bytes of erased objects.
    pub left_over: usize,
}

/// How far a sweep may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// Stops when many objects have no row: this may be the wrong database.
    Careful,
    /// Removes them all; somebody has looked.
    All,
}

#[derive(Clone, FromQueryResult)]
struct Row {
    id: Uuid,
    sha256: Option<Vec<u8>>,
    erased_at: Option<i64>,
}

impl Vault {
    /// Opens every object and reports what is wrong, each as it is found, then what lies in the store without a row: an
    /// orphan when it was made before `before`, else an upload under way.
    pub async fn prove(&self, db: &Db, before: Time, mut found: impl FnMut(&Finding) + Send) -> Result<Proof> {
        let (mut proof, mut after) = (Proof::default(), Uuid::nil());
        let mut say = |proof: &mut Proof, object, what| {
            let made_at = made_at(object);
            let what = if what == Flaw::Orphan && made_at >= before { Flaw::UnderWay } else { what };
            match what {
                Flaw::UnderWay => proof.under_way += 1,
                _ => proof.findings += 1,
            }
            found(&Finding { object, what, made_at });
        };
        loop {
            let rows = self.rows_after(db, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            let (mut running, mut left) = (JoinSet::new(), rows.into_iter());
            loop {
                while running.len() < AT_ONCE
                    && let Some(row) = left.next()
                {
                    running.spawn(prove_one(self.clone(), db.clone(), row));
                }
                match running.join_next().await {
                    None => break,
                    Some(Ok((_, Ok(Proved::Whole(bytes))))) => {
                        proof.whole += 1;
                        proof.bytes += bytes;
                    }
                    Some(Ok((_, Ok(Proved::Erased)))) => proof.erased += 1,
                    Some(Ok((id, Ok(Proved::Flawed(what))))) => say(&mut proof, id, what),
                    Some(Ok((_, Err(error)))) => return Err(error),
                    Some(Err(_)) => return Err(Error::Crypto),
                }
            }
        }
        let mut pages = self.shelves.list();
        while let Some(page) = pages.next().await.transpose()? {
            for (id, what) in self.without_key(db, &page).await? {
                say(&mut proof, id, what);
            }
        }
        let tx = db.begin(&ACTOR).await?;
        tx.commit(&Act::Verified(proof.whole, proof.findings)).await?;
        Ok(proof)
    }

    async fn rows_after(&self, db: &Db, after: Uuid) -> Result<Vec<Row>> {
        let tx = db.look(&ACTOR).await?;
        let sql = "SELECT id, sha256, erased_at FROM blob WHERE id > $1 ORDER BY id LIMIT $2";
        sql::all(&tx, sql, vec![after.into(), PAGE.into()]).await
    }

    /// Those of some stored objects that nobody can open: they have no row, or no key.
    async fn without_key(&self, db: &Db, ids: &[BlobId]) -> Result<Vec<(BlobId, Flaw)>> {
        let mut without = Vec::new();
        for some in ids.chunks(PAGE as usize) {
            let among = sql::places(1, some.len());
            let sql = format!("SELECT id, sha256, erased_at FROM blob WHERE id IN ({among})");
            let tx = db.look(&ACTOR).await?;
            let rows: Vec<Row> = sql::all(&tx, &sql, some.iter().map(|id| id.0.into()).collect()).await?;
            let rows: BTreeMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
            without.extend(some.iter().filter_map(|id| match rows.get(&id.0) {
                None => Some((*id, Flaw::Orphan)),
                Some(row) if row.erased_at.is_some() => Some((*id, Flaw::LeftOver)),
                Some(_) => None,
            }));
        }
        Ok(without)
    }

    /// Removes what is nobody's: files of dead writers, bytes of erased objects, and objects without a row that were made
    /// before `before`. A careful sweep removes no orphans when they are many: the database may be the wrong one, or one
    /// restored from an older copy.
    pub async fn sweep(&self, db: &Db, before: Time, how: Sweep) -> Result<Swept> {
        let mut swept = Swept { unfinished: self.shelves.sweep_incoming().await?, ..Swept::default() };
        let (mut orphans, mut listed) = (Vec::new(), 0);
        let mut pages = self.shelves.list();
        while let Some(page) = pages.next().await.transpose()? {
            listed += page.len();
            for (id, what) in self.without_key(db, &page).await? {
                match what {
                    Flaw::LeftOver => {
                        self.shelves.remove(id).await?;
                        swept.left_over += 1;
                    }
                    _ if made_at(id) < before && orphans.len() < MOST_SWEPT => orphans.push(id),
                    _ => {}
                }
            }
        }
        if how == Sweep::Careful && orphans.len() > 100 && orphans.len() > listed / 10 {
            return Err(Error::TooManyOrphans { orphans: orphans.len(), listed });
        }
        for id in &orphans {
            self.shelves.remove(*id).await?;
            swept.orphans += 1;
        }
        if swept.orphans + swept.left_over > 0 {
            db.begin(&ACTOR).await?.commit(&Act::Swept(swept.orphans + swept.left_over)).await?;
        }
        Ok(swept)
    }
}

/// What one object's proof came to.
enum Proved {
    Whole(u64),
    Erased,
    Flawed(Flaw),
}

async fn prove_one(vault: Vault, db: Db, row: Row) -> (BlobId, Result<Proved>) {
    let id = BlobId(row.id);
    if row.erased_at.is_some() {
        return (id, Ok(Proved::Erased));
    }
    let proved = match read_through(&vault, &db, id).await {
        Ok((size, sha256)) if row.sha256.as_deref().is_none_or(|noted| noted == sha256) => Ok(Proved::Whole(size)),
        Ok(_) => Ok(Proved::Flawed(Flaw::OtherDigest)),
        Err(Error::Erased(_)) => Ok(Proved::Erased),
        Err(Error::Unsealed(_)) => Ok(Proved::Flawed(Flaw::Altered)),
        Err(Error::Missing(_)) => Ok(Proved::Flawed(Flaw::Missing)),
        Err(Error::RootKey(_)) => Ok(Proved::Flawed(Flaw::Locked)),
        Err(error @ (Error::Disk { .. } | Error::Store(_))) => {
            tracing::warn!(blob = %id, %error, "a sealed object cannot be read");
            Ok(Proved::Flawed(Flaw::Unreadable))
        }
        Err(error) => Err(error),
    };
    (id, proved)
}

async fn read_through(vault: &Vault, db: &Db, id: BlobId) -> Result<(u64, [u8; 32])> {
    let mut opening = vault.unlock(db, Locked::known(id)).await?;
    let mut sha256 = Sha256::new();
    while let Some(bytes) = opening.next().await? {
        // A MiB is hashed in half a millisecond; that is not worth another thread.
        sha256.update(&bytes);
    }
    Ok((opening.size(), sha256.end()))
}

/// When an object was made, by its id.
fn made_at(id: BlobId) -> Time {
    let (seconds, nanos) = id.0.get_timestamp().map_or((0, 0), |t| t.to_unix());
    Time::from_micros(seconds.cast_signed().saturating_mul(1_000_000).saturating_add(i64::from(nanos / 1000)))
}
