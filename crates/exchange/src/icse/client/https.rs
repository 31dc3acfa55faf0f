//! HTTPS: `POST <url>/parcels` and `GET <url>/answers?after=<cursor>`. Both sides show a certificate; only the authority that
//! is set vouches for the receiver; no redirect is followed and no proxy of the environment asked. Which addresses may be asked
//! is as for other servers ([`crate::peer`]), each time a connection is made.

use super::{Bad, Body, Delivered, RawAnswer, Trouble, later, receipt};
use crate::{
    icse::{
        config::{HttpsConfig, IcseConfig},
        dispatch::Parcel,
    },
    peer,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Certificate, Client, Identity, Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    redirect::Policy,
    tls::Version,
};
use std::{error::Error, fs, net::IpAddr, net::SocketAddr, path::Path, sync::Arc, time::Duration};

/// Header in which a page of answers says where to go on.
pub const CURSOR: &str = "answer-cursor";
/// Most characters of a cursor.
const LONGEST_CURSOR: usize = 200;

/// A receiver.
pub struct Https {
    http: Client,
    base: String,
}

impl Https {
    pub fn new(https: &HttpsConfig, config: &IcseConfig) -> Result<Self, String> {
        let url = Url::parse(&https.url).map_err(|_| "`icse.transport.https.url` is no URL")?;
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if url.scheme() != "https" || !plain || url.fragment().is_some() {
            return Err("`icse.transport.https.url` is `https://`, without user name and query".into());
        }
        let bare = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok_and(|ip| !config.private && !peer::is_public(ip)) {
            return Err("`icse.transport.https.url` is in a private network, which `icse.private` allows".into());
        }
        let authority = Certificate::from_pem_bundle(&read(&https.authority)?)
            .ok()
            .filter(|all| !all.is_empty())
            .ok_or_else(|| format!("{} has no certificate", https.authority.display()))?;
        let pem = [read(&https.key)?, b"\n".to_vec(), read(&https.certificate)?].concat();
        let identity = Identity::from_pem(&pem)
            .map_err(|_| format!("{} and its key cannot be used", https.certificate.display()))?;
        let http = Client::builder()
            .connect_timeout(config.connect())
            .redirect(Policy::none())
            .no_proxy()
            .https_only(true)
            .tls_certs_only(authority)
            .tls_version_min(Version::TLS_1_2)
            .identity(identity)
            .dns_resolver(Arc::new(Names { private: config.private }))
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|_| "the certificates of `[icse.transport.https]` cannot be used")?;
        Ok(Self { http, base: https.url.trim_end_matches('/').to_owned() })
    }

    pub async fn deliver(&self, parcel: &Parcel, body: Body, most: u64) -> Result<Delivered, Trouble> {
        let sent = self
            .http
            .post(format!("{}/parcels", self.base))
            .header("idempotency-key", parcel.id.to_string())
            .header("content-digest", format!("sha-256=:{}:", STANDARD.encode(parcel.sha256)))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, parcel.size)
            .body(reqwest::Body::wrap_stream(body))
            .send()
            .await;
        let response = sent.map_err(|error| broken(&error))?;
        match response.status().as_u16() {
            200 => receipt(parcel, body_of(response, most).await?, most),
            // What every parcel would meet is no judgement of this one.
            status @ (400 | 406 | 409 | 410 | 411 | 412 | 413 | 415 | 416 | 417 | 422) => {
                let said = body_of(response, most).await.unwrap_or_default();
                match receipt(parcel, said, most) {
                    Err(Trouble::Refused(why)) if why.starts_with("the receiver refuses") => Err(Trouble::Refused(why)),
                    _ => Err(Trouble::Refused(format!("the receiver answers with status {status}"))),
                }
            }
            status => Err(later(format!("the receiver answers with status {status}"))),
        }
    }

    pub async fn answers(&self, after: Option<&str>, most: u64) -> Result<Vec<RawAnswer>, Trouble> {
        let mut url =
            Url::parse(&format!("{}/answers", self.base)).map_err(|_| later("the receiver has no address"))?;
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let response = self.http.get(url).send().await.map_err(|error| broken(&error))?;
        match response.status().as_u16() {
            204 => return Ok(Vec::new()),
            200 => {}
            status => return Err(later(format!("the receiver answers with status {status}"))),
        }
        let cursor = response.headers().get(CURSOR).and_then(|c| c.to_str().ok()).unwrap_or_default().to_owned();
        let visible = (1..=LONGEST_CURSOR).contains(&cursor.len()) && cursor.bytes().all(|b| b.is_ascii_graphic());
        if !visible || after == Some(&cursor) {
            return Err(later("the receiver's answers do not say where to go on"));
        }
        let bytes = match body_of(response, most).await {
            Ok(bytes) => Ok(bytes),
            Err(Trouble::Refused(reason)) => Err(Bad::new("document", reason)),
            Err(later) => return Err(later),
        };
        Ok(vec![RawAnswer { cursor, bytes }])
    }
}

/// A response's body up to `most` bytes.
async fn body_of(mut response: Response, most: u64) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() as u64 + piece.len() as u64 > most {
            return Err(Trouble::Refused(format!("the receiver's answer is longer than {most} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// In our own words: a library's may repeat what the receiver sent.
fn broken(error: &reqwest::Error) -> Trouble {
    let mut cause = error.source();
    let mut tls = false;
    while let Some(inner) = cause {
        // A wrong certificate is not a cable that is out: an officer has to see which it is.
        tls |= inner.to_string().to_ascii_lowercase().contains("certificate");
        cause = inner.source();
    }
    later(if tls {
        "the certificates do not fit: the receiver's or ours is not believed"
    } else if error.is_timeout() {
        "the receiver takes too long"
    } else if error.is_connect() {
        "there is no connection to the receiver"
    } else {
        "the connection to the receiver broke off"
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Looks names up, and forgets what is in a private network unless that is allowed.
struct Names {
    private: bool,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.filter(|a| private || peer::is_public(a.ip())).collect();
            if found.is_empty() {
                return Err("the receiver is in a private network".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
