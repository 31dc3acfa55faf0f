//! Dispatches of invented items, parcels of them, and links to stand-ins.

use crate::support::noise;
use aws_lc_rs::digest::{SHA256, digest};
use base::{AgeGroup, BlobId, Class, DispatchId, Gender, ItemId, ParcelId, ReportId, Time};
use bytes::Bytes;
use exchange::{
    Signer,
    age::{Chance, Identity},
    icse::{
        HttpsConfig, IcseConfig, Transport,
        answer::{self, Heard},
        client::{Body, Delivered, Link, Trouble},
        dispatch::{Dispatch, Parcel, Tells},
        parcel::{Head, Packing},
        sandbox::{self, Face, Running, Settings, paper},
    },
    package::PublicKey,
};
use futures_util::StreamExt;
use reports::{
    onward::Facts,
    package::{Event, FileFacts, HostFacts, Judged},
};
use std::path::PathBuf;

pub const NOON: Time = Time::from_micros(1_780_315_200_000_000);
pub const TOOL: &str = "cport 0.0.0";

pub fn signer() -> Signer {
    Signer::from_seed(&[9; 32]).unwrap()
}

pub fn answer_signer() -> Signer {
    Signer::from_seed(&[10; 32]).unwrap()
}

pub fn identity() -> Identity {
    Identity::from_bytes([42; 32])
}

/// A folder of one test, gone with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cport-icse-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// What stands for a picture: noise.
pub fn media(n: u64) -> Vec<u8> {
    noise::<64>(n).repeat(usize::try_from(n % 50).unwrap() + 1)
}

pub fn sha256(bytes: &[u8]) -> String {
    base::hex(digest(&SHA256, bytes).as_ref())
}

pub fn ten(n: u64) -> [u8; 10] {
    let mut ten = [7; 10];
    ten[..8].copy_from_slice(&n.to_be_bytes());
    ten
}

/// Everything that can be said of an item.
pub fn facts(n: u64) -> Facts {
    let bytes = media(n);
    Facts {
        item: ItemId::new(NOON, ten(n)),
        report: ReportId::new(NOON, ten(n / 3)),
        hotline: "Hotline Tulip".into(),
        country: Some("NL".parse().unwrap()),
        agreement: "Agreement \"on\nward\"".into(),
        version: 3,
        clause: "4.2".into(),
        judged: Judged {
            class: Class::National,
            country: Some("BE".parse().unwrap()),
            age_group: AgeGroup::Infant,
            gender: Gender::Unknown,
            note: Some("a drawn circle".into()),
            by: "Hotline Tulip".into(),
            at: NOON,
        },
        synthetic: base::Synthetic::Real,
        context: false,
        confirmed_by: Some("Hotline Fjord".into()),
        series: Some("Blue circles".into()),
        url: Some(format!("https://pictures.example/{n}.png?a=\"b\"&c=<d>")),
        page: Some("https://board.example/page".into()),
        hosting: HostFacts {
            ip: Some("192.0.2.7".into()),
            country: Some("DE".parse().unwrap()),
            network: Some("Example network".into()),
        },
        received_at: NOON,
        file: Some(FileFacts {
            sha256: sha256(&bytes),
            sha1: base::hex(&noise::<20>(n)),
            md5: base::hex(&noise::<16>(n)),
            pdq: Some((base::hex(&noise::<32>(n)), 77)),
            kind: "image/png".into(),
            size: i64::try_from(bytes.len()).unwrap(),
            width: 96,
            height: 72,
            duration_ms: Some(1200),
        }),
        blob: Some(base::BlobId::new(NOON, ten(n))),
        custody: vec![Event {
            at: NOON,
            act: "report.accepted".into(),
            who: "an analyst".into(),
            purpose: Some("routing".into()),
            chained: Some((4, "00ff".into())),
        }],
    }
}

pub fn new(n: u64) -> Dispatch {
    let facts = facts(n);
    Dispatch { id: DispatchId::new(NOON, ten(n)), item: facts.item, version: 1, tells: Tells::New(Box::new(facts)) }
}

/// Another version of the item of [`new`].
pub fn later(n: u64, version: i64, tells: Tells) -> Dispatch {
    let unique = n + 1_000_000 * u64::try_from(version).unwrap();
    Dispatch { id: DispatchId::new(NOON, ten(unique)), version, tells, ..new(n) }
}

/// A parcel in memory; files are what [`media`] gives.
pub fn packed(number: u64, dispatches: &[Dispatch], sealed: bool) -> (Parcel, Vec<u8>) {
    let recipient = identity().recipient().unwrap();
    let chance = Chance { ephemeral: [1; 32], file_key: [2; 16], nonce: [3; 16] };
    let head = Head {
        parcel: ParcelId::new(NOON, ten(number)),
        at: NOON,
        tool: TOOL,
        seal: sealed.then_some((&recipient, &chance)),
    };
    let mut out = Vec::new();
    let mut packing = Packing::new(&head, dispatches, &mut out).unwrap();
    let of: std::collections::BTreeMap<String, Vec<u8>> = dispatches
        .iter()
        .filter_map(|d| match &d.tells {
            Tells::New(facts) | Tells::Correction(facts) => facts.blob,
            Tells::Withdrawal(_) => None,
        })
        .map(|BlobId(id)| u64::from_be_bytes(after_time(&id.into_bytes())))
        .map(|n| (sha256(&media(n)), media(n)))
        .collect();
    while let Some(wanted) = packing.next().cloned() {
        packing.begin(&wanted.sha256, &mut out).unwrap();
        for block in of[&wanted.sha256].chunks(777) {
            packing.bytes(block, &mut out).unwrap();
        }
        packing.end(&mut out).unwrap();
    }
    let parcel = packing.finish(&signer(), &mut out).unwrap();
    (parcel, out)
}

/// Numbers of tests are small: the last bytes of a UUID's random part have them whole.
fn after_time(id: &[u8; 16]) -> [u8; 8] {
    // Bytes 6 and 8 carry version and variant; numbers below 2^32 stand in bytes 10 to 13.
    let mut eight = [0; 8];
    eight[4..].copy_from_slice(&id[10..14]);
    eight
}

pub fn body(bytes: Vec<u8>) -> Body {
    let pieces: Vec<_> = bytes.chunks(10_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures_util::stream::iter(pieces).boxed()
}

/// A stand-in that takes only what [`signer`] signed.
pub fn settings(folder: &Folder) -> Settings {
    let mut settings = Settings::new(folder.at("receiver"));
    settings.key = PublicKey::parse(&signer().public_hex());
    settings.identity = Some(identity());
    settings
}

/// A stand-in over HTTPS on loopback, and the config of a link to it.
pub async fn https(folder: &Folder, settings: Settings) -> (Running, IcseConfig) {
    let paper = paper::make(&folder.at("paper"), "localhost").unwrap();
    let face = Face::Https { listen: "127.0.0.1:0".parse().unwrap(), paper: paper.server.clone() };
    let running = sandbox::serve(settings, face).await.unwrap();
    let config = https_config(&paper, running.address.unwrap().port());
    (running, config)
}

pub fn https_config(paper: &paper::Paper, port: u16) -> IcseConfig {
    IcseConfig {
        enabled: true,
        private: true,
        connect_seconds: 3,
        idle_seconds: 3,
        delivery_seconds: 30,
        transport: Some(Transport::Https(HttpsConfig {
            url: format!("https://localhost:{port}/icse"),
            certificate: paper.certificate.clone(),
            key: paper.key.clone(),
            authority: paper.authority.clone(),
        })),
        ..IcseConfig::default()
    }
}

/// Delivers and reads the receipt.
pub async fn deliver(link: &Link, parcel: &Parcel, bytes: &[u8]) -> Result<Option<Heard>, Trouble> {
    Ok(match link.deliver(parcel, body(bytes.to_vec())).await? {
        Delivered::Left => None,
        Delivered::Answered(receipt) => Some(answer::read(&receipt, 1 << 20).unwrap()),
    })
}

/// Waits for something that comes by itself.
pub async fn until(ready: impl Fn() -> bool) {
    for _ in 0..400 {
        if ready() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it did not come");
}

/// Answers of so many documents, each put aside.
pub async fn heard(link: &Link, documents: usize) -> Vec<exchange::icse::dispatch::Answer> {
    let (mut all, mut seen) = (Vec::new(), 0);
    for _ in 0..400 {
        for one in link.answers(None).await.unwrap() {
            let heard = answer::read(&one.bytes.unwrap(), 1 << 20).unwrap();
            assert!(heard.bad.is_empty() && heard.refused.is_none(), "{heard:?}");
            all.extend(heard.answers);
            link.acknowledge(&one.cursor).await.unwrap();
            seen += 1;
        }
        if seen >= documents {
            return all;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{seen} of {documents} documents came");
}
