//! Tells an LEA's own system that one of its cases changed: that, with the case's id, never what. The system then asks, as an
//! officer, for what it may see.
//!
//! `POST` to the address that the LEA gave, with a JSON body of `change`, `case` and `at`, and these headers:
//!
//! | header | what |
//! |---|---|
//! | `Idempotency-Key` | the change's id: the same in every try, and no other change has it |
//! | `Webhook-Timestamp` | seconds since 1970 at which this try was signed |
//! | `Webhook-Signature` | `ed25519:<key>:<base64>` of `cport-webhook/1`, the timestamp and the body, each but the last ended by a line feed; the key is the one that signs packages, published at `GET /api/v1/packages/keys` |
//!
//! Any answer of 2xx ends it. Anything else, and silence, is tried again, later each time; after the tenth try it is a dead
//! letter that `cport doctor` counts. Redirects are not followed, and addresses of private networks are not told unless
//! the operator's `lists.private_peers` lets other servers stand there; the name is looked up anew for every try, and what was
//! looked at is what is asked.

use crate::{
    Signer,
    peer::{Peer, Trouble},
};
use base::{Actor, ChangeId, Refusal};
use reports::change::{self, Act, Change};
use reqwest::{
    Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::json;
use storage::{Db, jobs};

/// What is signed first, so that a signature of something else is never one of a webhook.
const CONTEXT: &str = "cport-webhook/1";
/// Longest address.
const LONGEST: usize = 500;

/// Checks an address that an LEA wants to be told at: HTTPS, without user name, query and fragment.
///
/// # Errors
/// What is wrong with it.
pub fn address(text: &str, private: bool) -> Result<String, Refusal> {
    let refused = |reason: &str| Refusal::new("url", "bad-webhook", reason);
    let url = Url::parse(text.trim()).map_err(|_| refused("this is no URL"))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    match url.scheme() {
        _ if text.len() > LONGEST => Err(refused("the address is longer than 500 bytes")),
        _ if !plain => Err(refused("the address has a user name, a query or a fragment, which would end up in logs")),
        "https" => Ok(url.to_string()),
        "http" if private => Ok(url.to_string()),
        _ => Err(refused("only https is told")),
    }
}

/// Takes the next change that is to be told, if there is one. One that could not be told goes back, later each time.
///
/// # Errors
/// The queue cannot be read or written.
pub async fn work(db: &Db, signer: &Signer, private: bool) -> reports::Result<bool> {
    let Some(job) = jobs::take(db, &[change::STEP]).await? else { return Ok(false) };
    let due = change::due(db, ChangeId(job.subject)).await?;
    let (told, act) = match &due {
        None => (Ok(()), Act::NobodyToTell),
        Some((change, url)) => match tell(db, signer, change, url, private).await {
            Ok(()) => (Ok(()), Act::Told(change.id, change.lea)),
            Err(trouble) => (Err(trouble), Act::NotTold(change.id, change.lea)),
        },
    };
    let tx = db.begin(&Actor::machine("webhooks")).await?;
    if told.is_ok() {
        jobs::done(&tx, &job).await?;
    }
    tx.commit(&act).await?;
    if let Err(trouble) = told {
        jobs::failed(db, &job, &trouble.to_string()).await?;
    }
    Ok(true)
}

async fn tell(db: &Db, signer: &Signer, change: &Change, url: &str, private: bool) -> Result<(), Trouble> {
    let peer = Peer::find(url, None, private).await?;
    let body = json!({ "change": change.id, "case": change.case, "at": change.at }).to_string();
    let at = db.now().micros() / 1_000_000;
    let signature = signer.sign(format!("{CONTEXT}\n{at}\n{body}").as_bytes());
    let value = |text: String| HeaderValue::try_from(text).map_err(|_| Trouble::Address("a header cannot be made"));
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("idempotency-key"), value(change.id.to_string())?),
        (HeaderName::from_static("webhook-timestamp"), value(at.to_string())?),
        (HeaderName::from_static("webhook-signature"), value(signature)?),
    ]);
    peer.post(headers, body.into_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se_9_an_address_is_https_and_plain() {
        for bad in [
            "",
            "x",
            "http://a.example/",
            "ftp://a.example/",
            "https://u@a.example/",
            "https://a.example/?token=1",
            "https://a.example/#x",
        ] {
            assert!(address(bad, false).is_err(), "{bad}");
        }
        assert_eq!(address(" https://a.example/hook ", false), Ok("https://a.example/hook".into()));
        assert!(address("http://127.0.0.1:1/", true).is_ok());
        assert!(address(&format!("https://a.example/{}", "x".repeat(500)), false).is_err());
    }
}
