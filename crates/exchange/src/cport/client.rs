//! Asks another exchange for the key by which it signs, and for pages of a list's changes.

use crate::{
    Limits,
    peer::{Answer, Peer, Trouble},
    sets::jsonl,
};
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, UnparsedPublicKey},
};
use base::Refusal;
use base64::{Engine, engine::general_purpose::STANDARD};
use hashlists::{ListClass, Member, Opaque, Record};
use serde::{Deserialize, Serialize};

/// Entries asked for at once.
const PAGE: u64 = 200;

/// A key that signs pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its name.
    pub key: String,
    /// The public key's 32 bytes, base64.
    pub public: String,
}

/// A page whose signature holds.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The list.
    pub list: String,
    /// Its version.
    pub version: i64,
    /// The place asked for.
    pub after: String,
    /// Entries that changed.
    pub items: Vec<Item>,
    /// Where to go on.
    pub next: String,
    /// Whether more follows at once.
    pub more: bool,
}

/// An entry of a page. Members that are not named here say nothing to us.
#[derive(Debug, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The record, as a line of our own format.
    pub record: serde_json::Value,
    /// PDQ of a video's frames.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Its last change.
    pub changed: i64,
    /// Whether it was withdrawn.
    pub withdrawn: Option<serde_json::Value>,
}

/// A frame of a video.
#[derive(Debug, Deserialize)]
pub struct Frame {
    /// 64 hexadecimal characters.
    pub pdq: String,
    /// 0 to 100.
    pub quality: Option<u8>,
}

/// Fetches the key that signs now. Its name has to be of its own bytes.
pub async fn key(peer: &Peer) -> Result<Key, Trouble> {
    #[derive(Deserialize)]
    struct Keys {
        items: Vec<Key>,
    }
    let (above, _) = peer.base().rsplit_once('/').ok_or(Trouble::Address("it is not a list's"))?;
    let answer = peer.get(&format!("{above}/keys"), 1 << 16).await?;
    let keys: Keys =
        serde_json::from_slice(&answer.body).map_err(|_| garbage("its keys are not those of an exchange"))?;
    let fits = |key: &Key| {
        let bytes = STANDARD.decode(&key.public).ok().filter(|b| b.len() == 32)?;
        let digest = digest(&SHA256, &bytes);
        (Some(key.key.as_str()) == digest.as_ref().get(..8).map(base::hex).as_deref()).then(|| key.clone())
    };
    keys.items.iter().find_map(fits).ok_or_else(|| garbage("its key's name is not of its key"))
}

/// Fetches a page of changes after a place, signed by a key.
pub async fn page(peer: &Peer, key: &Key, after: Option<&str>) -> Result<Page, Trouble> {
    let cursor = after.filter(|c| is_plain(c)).map(|c| format!("&cursor={c}")).unwrap_or_default();
    let url = format!("{}/entries?limit={PAGE}{cursor}", peer.base());
    let answer = peer.get(&url, Limits::default().answer).await?;
    checked(&answer, key)
}

/// A cursor is another server's text, and goes into an address.
fn is_plain(cursor: &str) -> bool {
    cursor.len() <= 200 && cursor.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | ':'))
}

/// Reads a page whose signature holds; nothing of another is looked at.
fn checked(answer: &Answer, key: &Key) -> Result<Page, Trouble> {
    let said = answer.headers.get("page-signature").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let parts: Vec<&str> = said.splitn(3, ':').collect();
    let &[scheme, name, signature] = parts.as_slice() else { return Err(garbage("the page is not signed")) };
    if scheme != "ed25519" || name != key.key {
        return Err(garbage("the page is signed by another key than before; end the subscription and make it anew"));
    }
    let (public, signature) = (STANDARD.decode(&key.public), STANDARD.decode(signature));
    let (Ok(public), Ok(signature)) = (public, signature) else { return Err(garbage("the signature is none")) };
    UnparsedPublicKey::new(&ED25519, &public)
        .verify(&answer.body, &signature)
        .map_err(|_| garbage("the signature is not of this page"))?;
    let page: Page = serde_json::from_slice(&answer.body).map_err(|_| garbage("the page is not one of a list"))?;
    if !is_plain(&page.next) {
        return Err(garbage("the place to go on is none"));
    }
    Ok(page)
}

fn garbage(reason: &str) -> Trouble {
    Trouble::Garbage(reason.into())
}

impl Item {
    /// As a record for a list of ours: under the peer's list and the entry's id there, so that it is the same entry
    /// whenever it comes.
    pub fn record(&self, list: &str, ours: ListClass) -> Result<Record, Refusal> {
        let mut record = if self.withdrawn.is_some() { Record::default() } else { self.content()? };
        record.tombstone = self.withdrawn.is_some();
        record.member = Some(Member { id: list.to_owned(), name: "another exchange".into() });
        record.id = Some(self.id.clone());
        // The entry's class is said by its list there; a scheme's code beside it would be read a second time here.
        record.category = None;
        match (self.class.parse()?, ours) {
            _ if record.tombstone => {}
            (ListClass::Context, _) => record.flags.suspected = Some(true),
            (ListClass::National, ListClass::Baseline) => {
                let reason = "the entry is illegal in a country, which is less than a baseline list says";
                return Err(Refusal::new("class", "class-not-of-this-list", reason));
            }
            (ListClass::Baseline | ListClass::National, _) => {}
        }
        Ok(record)
    }

    fn content(&self) -> Result<Record, Refusal> {
        let (mut record, _) = jsonl::parse(self.record.to_string().as_bytes())?;
        if !self.frames.is_empty() {
            let frame = |f: &Frame| format!("{},{},0", f.pdq, f.quality.unwrap_or(100));
            let frames: Vec<String> = self.frames.iter().map(frame).collect();
            record.opaque.retain(|o| o.name != "vpdq");
            record.opaque.push(Opaque::bytes("vpdq", serde_json::to_vec(&frames).unwrap_or_default()));
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    fn signed(body: &str, seed: u8) -> (Answer, Key) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key");
        let public = STANDARD.encode(pair.public_key().as_ref());
        let said = format!("ed25519:k:{}", STANDARD.encode(pair.sign(body.as_bytes()).as_ref()));
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("page-signature"), HeaderValue::from_str(&said).expect("a value"));
        (Answer { headers, body: body.into() }, Key { key: "k".into(), public })
    }

    const PAGE: &str = "{\"list\":\"l\",\"version\":1,\"after\":\"a\",\"items\":[],\"next\":\"b\",\"more\":false}";

    #[test]
    fn fa_5_a_page_is_believed_by_its_signature_only() {
        let (answer, key) = signed(PAGE, 7);
        assert_eq!(checked(&answer, &key).expect("a page").next, "b");
        let (_, other) = signed(PAGE, 8);
        assert!(checked(&answer, &other).is_err(), "another key");
        let renamed = Key { key: "j".into(), ..key.clone() };
        assert!(checked(&answer, &renamed).is_err(), "another name");
        let forged = Answer { body: PAGE.replace("false", "true").into(), headers: answer.headers.clone() };
        assert!(checked(&forged, &key).is_err(), "another page");
        let unsigned = Answer { headers: HeaderMap::new(), body: PAGE.into() };
        assert!(checked(&unsigned, &key).is_err());
        for body in ["", "[]", "{}", "<html></html>", &PAGE.replace("\"b\"", "\"b&list=other\"")] {
            let (answer, key) = signed(body, 7);
            assert!(checked(&answer, &key).is_err(), "{body}");
        }
    }

    #[test]
    fn an_entry_is_never_more_than_it_is_there() {
        let item = |class: &str, record: serde_json::Value| -> Item {
            let item = serde_json::json!({ "id": "e", "class": class, "record": record, "changed": 1 });
            serde_json::from_value(item).expect("an item")
        };
        let md5 = serde_json::json!({ "md5": "01".repeat(16) });
        let read = item("baseline", md5.clone()).record("l", ListClass::Baseline).expect("a record");
        assert_eq!((read.id.as_deref(), read.digests.md5), (Some("e"), Some([1; 16])));
        let context = item("context", md5.clone()).record("l", ListClass::Baseline).expect("a record");
        assert_eq!(context.flags.suspected, Some(true));
        assert!(item("national", md5.clone()).record("l", ListClass::Baseline).is_err());
        assert!(item("national", md5.clone()).record("l", ListClass::National).is_ok());
        assert!(item("another", md5).record("l", ListClass::National).is_err());
        assert!(item("baseline", serde_json::json!([1])).record("l", ListClass::Baseline).is_err());
    }
}
