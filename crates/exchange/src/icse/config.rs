//! Config section `[icse]`: where confirmed material goes, by which way, and how much of it at once.

use crate::package::PublicKey;
use aws_lc_rs::digest::{Context, SHA256};
use base::{Country, Refusal};
use serde::{Deserialize, Serialize};
use std::{io, path::PathBuf, time::Duration};
use storage::S3Config;

/// The link to ICSE.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct IcseConfig {
    /// Whether anything is sent. Production takes a release by two persons besides, for exactly this destination.
    pub enabled: bool,
    /// The receiver's public key, `age1…`: parcels are encrypted to it. Obligatory where a parcel lies at somebody else's
    /// before the receiver has it (SFTP, bucket).
    pub recipient: String,
    /// The public key, 64 hexadecimal characters, that signs the receiver's answers. Obligatory for SFTP and bucket, where
    /// whoever can write there could answer; over HTTPS the certificate tells who speaks.
    pub answer_key: String,
    /// Countries whose national material may go on, such as `["BE", "IE"]`. What is not named may not.
    pub national: Vec<Country>,
    /// Whether the receiver may be in a private network, as over a VPN. Otherwise only public addresses are asked.
    pub private: bool,
    /// Most items of a parcel.
    pub parcel_items: usize,
    /// Most bytes of evidence of a parcel; a larger file goes alone.
    pub parcel_bytes: u64,
    /// Most bytes of an answer.
    pub answer_bytes: u64,
    /// Seconds until a connection stands.
    pub connect_seconds: u64,
    /// Seconds in which nothing moves before a delivery is given up.
    pub idle_seconds: u64,
    /// Seconds for one delivery in all.
    pub delivery_seconds: u64,
    /// Seconds between two questions for answers.
    pub poll_seconds: u64,
    /// The way: a table `[icse.transport.https]`, `[icse.transport.sftp]` or `[icse.transport.bucket]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
}

impl Default for IcseConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            recipient: String::new(),
            answer_key: String::new(),
            national: Vec::new(),
            private: false,
            parcel_items: 50,
            parcel_bytes: 64 << 20,
            answer_bytes: 1 << 20,
            connect_seconds: 10,
            idle_seconds: 60,
            delivery_seconds: 900,
            poll_seconds: 60,
            transport: None,
        }
    }
}

/// A way to the receiver.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// HTTPS; both sides show a certificate.
    Https(HttpsConfig),
    /// A folder reached over SFTP.
    Sftp(SftpConfig),
    /// A bucket that talks S3: parcels under `incoming/`, answers under `answers/`. It takes `endpoint` and `credentials_file`.
    Bucket(S3Config),
}

/// HTTPS; both sides show a certificate.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpsConfig {
    /// Where the receiver is, such as `https://receiver.example/icse`.
    pub url: String,
    /// File with our certificate and its chain, PEM.
    pub certificate: PathBuf,
    /// File with its private key, PEM, readable by its owner only.
    pub key: PathBuf,
    /// File with the certificates, PEM, of who vouches for the receiver. No other authority is believed.
    pub authority: PathBuf,
}

/// A folder reached over SFTP. Parcels go to `incoming/`, answers come from `answers/` and go to `done/`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SftpConfig {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    #[serde(default = "usual_port")]
    pub port: u16,
    /// User name there.
    pub user: String,
    /// File with our private key as OpenSSH writes it, without a passphrase, readable by its owner only.
    pub key: PathBuf,
    /// File with the server's keys, as `ssh-keyscan` writes it once somebody has compared them. No other key is believed.
    pub known_hosts: PathBuf,
    /// Folder there; empty: where one arrives.
    #[serde(default)]
    pub folder: String,
}

fn usual_port() -> u16 {
    22
}

/// Where deliveries go: what two persons release. `lines` says it in words, `digest` changes when any of it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What, and its value.
    pub lines: Vec<(&'static str, String)>,
    /// SHA-256 of the lines, in hexadecimal.
    pub digest: String,
}

impl IcseConfig {
    /// Refuses settings that cannot work or would not be safe.
    ///
    /// # Errors
    /// The setting and what is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        let refused = |field, rule, reason: &str| Err(Refusal::new(field, rule, reason));
        match &self.transport {
            None if self.enabled => return refused("transport", "missing", "`icse.transport` is missing"),
            None => {}
            Some(Transport::Https(_)) => {}
            Some(Transport::Sftp(_) | Transport::Bucket(_)) => {
                if self.recipient.is_empty() {
                    let reason = "`icse.recipient` is missing: what lies at somebody else's has to be encrypted";
                    return refused("recipient", "missing", reason);
                }
                if self.answer_key.is_empty() {
                    let reason = "`icse.answer_key` is missing: answers that lie at somebody else's have to be signed";
                    return refused("answer_key", "missing", reason);
                }
            }
        }
        if let Some(Transport::Bucket(s3)) = &self.transport
            && (s3.credentials_file.is_none() || s3.endpoint.is_none())
        {
            // Otherwise the environment's would be taken: those of our own evidence.
            let reason = "`credentials_file` and `endpoint` of `[icse.transport.bucket]` are both needed";
            return refused("transport", "missing", reason);
        }
        if !self.recipient.is_empty()
            && let Err(wrong) = crate::age::Recipient::parse(&self.recipient)
        {
            return Err(Refusal::new("recipient", "malformed", format!("`icse.recipient`: {wrong}")));
        }
        if !self.answer_key.is_empty() && PublicKey::parse(&self.answer_key).is_none() {
            return refused("answer_key", "malformed", "`icse.answer_key` is 64 hexadecimal characters");
        }
        if self.parcel_items == 0 || self.parcel_items > 1000 {
            return refused("parcel_items", "out-of-range", "`icse.parcel_items` is 1 to 1000");
        }
        if self.poll_seconds == 0 || self.idle_seconds == 0 || self.delivery_seconds == 0 || self.connect_seconds == 0 {
            return refused("poll_seconds", "out-of-range", "times in `[icse]` are at least one second");
        }
        Ok(())
    }

    /// Where deliveries go. Reads the files that say whom we believe.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn destination(&self) -> io::Result<Destination> {
        let mut lines: Vec<(&'static str, String)> = match &self.transport {
            None => vec![("transport", "none".into())],
            Some(Transport::Https(https)) => vec![
                ("transport", "https".into()),
                ("url", https.url.clone()),
                ("authority", fingerprint(&https.authority)?),
                ("certificate", fingerprint(&https.certificate)?),
            ],
            Some(Transport::Sftp(sftp)) => vec![
                ("transport", "sftp".into()),
                ("server", format!("{}@{}:{}", sftp.user, sftp.host, sftp.port)),
                ("folder", sftp.folder.clone()),
                ("known_hosts", fingerprint(&sftp.known_hosts)?),
            ],
            Some(Transport::Bucket(s3)) => vec![
                ("transport", "bucket".into()),
                ("endpoint", s3.endpoint.clone().unwrap_or_default()),
                ("region", s3.region.clone()),
                ("bucket", s3.bucket.clone()),
                ("prefix", s3.prefix.clone()),
            ],
        };
        lines.push(("recipient", self.recipient.clone()));
        lines.push(("answer_key", self.answer_key.clone()));
        let mut digest = Context::new(&SHA256);
        for (name, value) in &lines {
            // Lengths, so that no value can pass for two.
            digest.update(format!("{name} {} {value}\n", value.len()).as_bytes());
        }
        let digest = base::hex(digest.finish().as_ref());
        Ok(Destination { lines, digest })
    }

    /// Digest of the destination, 64 hexadecimal characters.
    ///
    /// # Errors
    /// A file that says whom we believe cannot be read.
    pub fn digest(&self) -> io::Result<String> {
        Ok(self.destination()?.digest)
    }

    pub(super) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds)
    }

    pub(super) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    pub(super) fn delivery(&self) -> Duration {
        Duration::from_secs(self.delivery_seconds)
    }
}

/// SHA-256 of a file, in hexadecimal.
fn fingerprint(path: &std::path::Path) -> io::Result<String> {
    let bytes =
        std::fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(format!("sha256:{}", base::hex(aws_lc_rs::digest::digest(&SHA256, &bytes).as_ref())))
}
