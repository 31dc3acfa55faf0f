//! What a provider's people do here: say where listed names lead, make and take back keys, name secondaries, look at fetches.

use super::{
    BlockList,
    act::Act,
    model::{End, Fetch, FetchKey, Secondary, Settings},
    stop::{self, Typed},
    store,
};
use crate::rpz::tsig::Algorithm;
use crate::{Error, Result};
use agreements::{Doing, require};
use base::{Actor, BlobId, FetchKeyId, Refusal, SecondaryId, Secret};
use std::net::SocketAddr;
use storage::{Chance, Db, Tx, evidence::Vault, sql::Page};
use uuid::Uuid;

/// Keys of one provider at once.
const MOST_KEYS: usize = 20;
/// Secondaries of one provider.
const MOST_SECONDARIES: usize = 20;
/// Days that a key lasts, at most and when nothing is said.
const MOST_DAYS: i64 = 730;

/// Everything that one provider has.
#[derive(Clone, Debug)]
pub struct Own {
    /// Where listed names lead, once it was said.
    pub settings: Option<Settings>,
    /// Keys, newest first, those taken back among them.
    pub keys: Vec<FetchKey>,
    /// Name servers that are told of changes.
    pub secondaries: Vec<Secondary>,
}

/// What the actor's provider has.
///
/// # Errors
/// The actor is no provider's.
pub async fn read(tx: &Tx) -> Result<(Own, Act)> {
    require(tx.actor(), Doing::FetchDomains)?;
    let settings = store::settings(tx).await?.pop();
    let own = Own { settings, keys: store::keys(tx).await?, secondaries: store::secondaries(tx).await? };
    Ok((own, Act::ProviderRead))
}

/// Fetches of the actor's provider, newest first. One that has run longer than any may was cut off with its server, which could
/// not say so.
///
/// # Errors
/// The actor is no provider's.
pub async fn fetches(tx: &Tx, list: &BlockList, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Fetch>, Act)> {
    require(tx.actor(), Doing::FetchDomains)?;
    let mut page = store::fetches(tx, after, limit).await?;
    let longest = i64::try_from(list.config.transfer_seconds).unwrap_or(i64::MAX);
    for fetch in &mut page.items {
        let over = fetch.at.plus_seconds(longest.saturating_add(60)) < tx.now();
        fetch.end = fetch.end.or(over.then_some(End::Broken));
    }
    Ok((page, Act::ProviderRead))
}

/// Says where listed names lead.
///
/// # Errors
/// What cannot be used, and why.
pub async fn set_stop(tx: &Tx, list: &BlockList, typed: Typed<'_>) -> Result<(Settings, Act)> {
    require(tx.actor(), Doing::FetchDomains)?;
    let now = list.published.snapshot();
    let stop = stop::check(typed, list.config.private_addresses, |name| now.blocks(name).is_some())?;
    let before = store::settings(tx).await?.pop();
    // Saying the same again changes nothing, so nobody takes the whole zone anew for it.
    if let Some(before) = before.filter(|before| before.stop == stop) {
        return Ok((before, Act::StopPageSet(tx.actor().org)));
    }
    store::settings_put(tx, &stop, store::list_serial(tx).await?).await?;
    let settings = store::settings(tx).await?.pop().ok_or(Error::NotFound)?;
    Ok((settings, Act::StopPageSet(tx.actor().org)))
}

/// Makes a key. Its secret is returned once and kept sealed, so this is slow and has its own transaction.
///
/// # Errors
/// The actor is no provider's, there is no such algorithm, the days are out of range, or the provider has too many keys.
pub async fn make_key(
    db: &Db,
    vault: &Vault,
    zone: &str,
    actor: &Actor,
    asked: Asked<'_>,
) -> Result<(FetchKey, Secret<Vec<u8>>)> {
    require(actor, Doing::FetchDomains)?;
    let algorithm: Algorithm = asked.algorithm.parse()?;
    let days = asked.days.unwrap_or(MOST_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Refusal::new("days", "out-of-range", format!("a key lasts 1 to {MOST_DAYS} days")).into());
    }
    let bytes: [u8; 64] = Chance.bytes()?;
    let secret = Secret::new(bytes.get(..algorithm.bytes()).unwrap_or(&bytes).to_vec());
    let sealed = vault.put(actor.org, db.now(), secret.expose()).await?;
    let kept = async {
        let tx = db.begin(actor).await?;
        vault.keep(&tx, &sealed).await?;
        let key = keep_key(&tx, zone, algorithm, days, sealed.id).await?;
        tx.commit(&Act::KeyMade(key.id)).await?;
        Ok(key)
    };
    match kept.await {
        Ok(key) => Ok((key, secret)),
        Err(error) => {
            vault.discard(&sealed).await;
            Err(error)
        }
    }
}

/// What key is asked for.
pub struct Asked<'a> {
    /// `hmac-sha256`, `hmac-sha384` or `hmac-sha512`.
    pub algorithm: &'a str,
    /// Days that it lasts, 1 to 730 (when not given).
    pub days: Option<i64>,
}

/// Its name is made here: no name says whose it is, and none can be tried for.
async fn keep_key(tx: &Tx, zone: &str, algorithm: Algorithm, days: i64, secret: BlobId) -> Result<FetchKey> {
    let live = store::keys(tx).await?.iter().filter(|key| key.is_live(tx.now())).count();
    if live >= MOST_KEYS {
        let reason = format!("there are {MOST_KEYS} keys already, take one back first");
        return Err(Error::Conflict { rule: "too-many-keys", field: "algorithm", reason });
    }
    let random: [u8; 6] = Chance.bytes()?;
    let key = FetchKey {
        id: tx.id(FetchKeyId::new)?,
        org: tx.actor().org,
        name: format!("k{}.{zone}", base::hex(&random)),
        algorithm,
        secret,
        made_at: tx.now(),
        ends_at: tx.now().plus_seconds(days * 86_400),
        revoked_at: None,
    };
    store::key_add(tx, &key).await?;
    Ok(key)
}

/// Takes a key back: nothing opens with it any more, and its secret is destroyed. Returns what lies sealed, for removal after the
/// transaction.
///
/// # Errors
/// There is no such key.
pub async fn revoke_key(tx: &Tx, vault: &Vault, id: FetchKeyId) -> Result<(FetchKey, Act)> {
    require(tx.actor(), Doing::FetchDomains)?;
    let key = store::key(tx, id).await?;
    if store::key_revoke(tx, id).await? {
        vault.erase(tx, key.secret).await?;
    }
    Ok((store::key(tx, id).await?, Act::KeyRevoked(id)))
}

/// Names a secondary that is told of changes.
///
/// # Errors
/// The address cannot be used, or there is no such key.
pub async fn add_secondary(tx: &Tx, list: &BlockList, address: &str, key: &str) -> Result<(Secondary, Act)> {
    require(tx.actor(), Doing::FetchDomains)?;
    let address = parse_address(address, list.config.private_addresses)?;
    let unknown = || Refusal::new("key_id", "unknown-key", "this is no key of yours that is in force");
    let key: FetchKeyId = key.parse().map_err(|_| unknown())?;
    match store::key(tx, key).await {
        Ok(key) if key.is_live(tx.now()) => {}
        Ok(_) | Err(Error::NotFound) => return Err(unknown().into()),
        Err(other) => return Err(other),
    }
    if store::secondaries(tx).await?.len() >= MOST_SECONDARIES {
        let reason = format!("there are {MOST_SECONDARIES} name servers already, take one away first");
        return Err(Error::Conflict { rule: "too-many-secondaries", field: "address", reason });
    }
    let secondary = Secondary { id: tx.id(SecondaryId::new)?, org: tx.actor().org, address, key, made_at: tx.now() };
    store::secondary_add(tx, &secondary).await.map_err(|error| {
        if error.is_duplicate() {
            let reason = "this name server is told already".into();
            Error::Conflict { rule: "secondary-known", field: "address", reason }
        } else {
            error.into()
        }
    })?;
    let act = Act::SecondarySet(secondary.id);
    Ok((secondary, act))
}

fn parse_address(text: &str, private: bool) -> Result<SocketAddr, Refusal> {
    let text = text.trim();
    let bare = || text.parse().ok().map(|ip| SocketAddr::new(ip, 53));
    let address: SocketAddr = text.parse().ok().or_else(bare).ok_or_else(|| {
        let reason = "write the address of a name server, such as 192.0.2.53 or [2001:db8::53]:5353";
        Refusal::new("address", "bad-address", reason)
    })?;
    if address.port() == 0 {
        return Err(Refusal::new("address", "bad-address", "port 0 is none"));
    }
    if !private && !stop::is_public(address.ip()) {
        return Err(Refusal::new("address", "private-address", "we do not reach this address: give a public one"));
    }
    Ok(address)
}

/// Takes a secondary away.
///
/// # Errors
/// There is no such one.
pub async fn end_secondary(tx: &Tx, id: SecondaryId) -> Result<Act> {
    require(tx.actor(), Doing::FetchDomains)?;
    if store::secondary_end(tx, id).await? { Ok(Act::SecondaryEnded(id)) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se_9_a_secondary_stands_where_it_can_be_reached() {
        let rule = |text: &str, private| parse_address(text, private).map_err(|refusal| refusal.rule);
        assert_eq!(rule("192.0.2.53", false).map(|a| a.port()), Ok(53));
        assert_eq!(rule(" [2001:db8::53]:5353 ", false).map(|a| a.port()), Ok(5353));
        assert_eq!(rule("127.0.0.1", false), Err("private-address"));
        assert!(rule("127.0.0.1:5300", true).is_ok());
        for bad in ["", "x", "a.example", "192.0.2.53:0", "192.0.2.53:70000", "192.0.2.0/24"] {
            assert_eq!(rule(bad, true), Err("bad-address"), "{bad}");
        }
    }
}
