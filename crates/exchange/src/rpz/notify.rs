//! Tells providers' name servers that their zone changed (RFC 1996), signed with a key of theirs: at once on every change, and
//! again, later each time, until they say that they heard or the zone has changed once more. One that never hears asks by itself
//! after the zone's refresh time.

use super::{
    tsig::{Key, Sequence},
    wire,
};
use crate::blocklist::{BlockList, Holder, Secondary};
use base::SecondaryId;
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use storage::Db;
use tokio::{net::UdpSocket, task::JoinHandle, time::timeout};

/// Tries for one change; they wait 1, 2, 4… seconds for an answer: four minutes in all.
const TRIES: u32 = 8;
/// How often it is looked whether there is something to tell.
const LOOK: Duration = Duration::from_millis(100);

/// What was told last, and the task that tells it.
struct Telling {
    serial: u32,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tells of changes until it is dropped.
pub async fn tell_all(db: Db, list: Arc<BlockList>) {
    let mut told: HashMap<SecondaryId, Telling> = HashMap::new();
    loop {
        let access = list.access();
        let now = access.told(db.now());
        told.retain(|id, _| now.iter().any(|(secondary, _)| secondary.id == *id));
        for (secondary, holder) in now {
            let Some(zone) = list.zone(&access, secondary.org) else { continue };
            let serial = zone.serial();
            let known = told.get(&secondary.id).is_some_and(|t| t.serial == serial && t.address == secondary.address);
            if !known {
                let (address, id) = (secondary.address, secondary.id);
                let task = tokio::spawn(tell(db.clone(), list.config.zone.clone(), secondary, holder, serial));
                told.insert(id, Telling { serial, address, task });
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn tell(db: Db, zone: String, secondary: Secondary, holder: Arc<Holder>, serial: u32) {
    let seconds = || u64::try_from(db.now().micros() / 1_000_000).unwrap_or_default();
    for wait in (0..TRIES).map(|n| Duration::from_secs(1 << n)) {
        let told = once(secondary.address, &zone, &holder.tsig, serial, wait, &seconds).await;
        match told {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(secondary = %secondary.id, %error, "a secondary cannot be told");
                tokio::time::sleep(wait).await;
            }
        }
    }
    tracing::warn!(secondary = %secondary.id, serial, "a secondary does not say that it heard of a change");
}

/// A message that says that a zone has this serial now.
pub fn message(zone: &str, key: &Key, serial: u32, id: u16, now: u64) -> Option<(Vec<u8>, Sequence)> {
    let mut out = id.to_be_bytes().to_vec();
    // NOTIFY, authoritative; one question, one answer that hints at the serial.
    out.extend_from_slice(&[0x24, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
    out.extend_from_slice(&wire::name(zone)?);
    out.extend_from_slice(&[0, 6, 0, 1, 0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0]);
    out.extend_from_slice(&serial.to_be_bytes());
    out.extend_from_slice(&[0; 16]);
    let sequence = Sequence::asking(key, &mut out, 0, now);
    Some((out, sequence))
}

/// Tells once and waits for the answer so long; whether it came.
async fn once(
    to: SocketAddr,
    zone: &str,
    key: &Key,
    serial: u32,
    wait: Duration,
    seconds: &impl Fn() -> u64,
) -> io::Result<bool> {
    let any = match to {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(to).await?;
    let [high, low] = storage::Chance.bytes().map_err(io::Error::other)?;
    let id = u16::from_be_bytes([high, low]);
    let Some((said, sequence)) = message(zone, key, serial, id, seconds()) else { return Ok(true) };
    socket.send(&said).await?;
    let heard = async {
        let mut buffer = [0; 1024];
        loop {
            let length = socket.recv(&mut buffer).await?;
            let answer = buffer.get(..length).unwrap_or_default();
            if wire::id(answer) == id && answer.len() >= wire::HEAD && sequence.clone().check(answer, seconds()).is_ok()
            {
                // Said no: asked again it would say no again, and an operator there sees why.
                return Ok(());
            }
        }
    };
    match timeout(wait, heard).await {
        Ok(result) => result.map(|()| true),
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpz::tsig::{self, Algorithm};

    #[test]
    fn a_notice_is_signed_and_names_the_serial() {
        let key = Key::new("k.example", Algorithm::Sha512, &[3; 64]).expect("a key");
        let (message, _) = message("rpz.example", &key, 77, 5, 1000).expect("a message");
        let found = tsig::find(&message).expect("reads").expect("signed");
        assert_eq!(found.check(&message, &key, 1000), Ok(()));
        assert_eq!(message[2] >> 3 & 15, 4, "NOTIFY");
    }
}
