//! Figures for the link to ICSE: `cargo run --release -p exchange --example icse_bench -- [ITEMS]`, 100,000 by default.
//!
//! Packs small items, 50 a parcel, with files of 1 to 4 KiB of noise, and delivers them over HTTPS with certificates to the
//! stand-in on loopback, which checks every byte and keeps every decision before it answers. JSON lines: items a second for
//! packing alone, for packing and checking without a network, and for the whole way; and the process's peak memory.

#![expect(clippy::print_stdout, reason = "an example that prints figures")]
#![expect(clippy::unwrap_used, reason = "a failed measurement stops")]

use aws_lc_rs::digest::{SHA256, digest};
use base::{AgeGroup, BlobId, Class, DispatchId, Gender, ItemId, ParcelId, ReportId, Time};
use bytes::Bytes;
use exchange::{
    Signer,
    icse::{
        HttpsConfig, IcseConfig, Transport,
        client::Link,
        dispatch::{Dispatch, Parcel, Tells},
        parcel::{Head, Packing},
        sandbox::{self, Face, Receiver, Settings, paper},
    },
};
use futures_util::StreamExt;
use reports::{
    onward::Facts,
    package::{Event, FileFacts, HostFacts, Judged},
};
use std::{env, fs, path::Path, time::Instant};

const NOON: Time = Time::from_micros(1_780_315_200_000_000);
/// Items of a parcel.
const TOGETHER: u64 = 50;

fn chance(n: u64) -> [u8; 10] {
    let mut ten = [0; 10];
    ten.iter_mut().skip(2).zip(n.to_be_bytes()).for_each(|(to, from)| *to = from);
    ten
}

/// Noise of 1 to 4 KiB (xorshift).
fn media(n: u64) -> Vec<u8> {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = 128 * (1 + n % 4);
    (0..words)
        .flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        })
        .collect()
}

fn dispatch(n: u64) -> (Dispatch, Vec<u8>) {
    let bytes = media(n);
    let sha256 = base::hex(digest(&SHA256, &bytes).as_ref());
    let event = |act: &str| Event {
        at: NOON,
        act: act.into(),
        who: "an analyst".into(),
        purpose: None,
        chained: Some((n.cast_signed(), sha256.clone())),
    };
    let facts = Facts {
        item: ItemId::new(NOON, chance(n)),
        report: ReportId::new(NOON, chance(n / 5)),
        hotline: "Hotline Tulip".into(),
        country: "NL".parse().ok(),
        agreement: "Tulip and Fjord".into(),
        version: 3,
        clause: "4.2".into(),
        judged: Judged {
            class: Class::Baseline,
            country: None,
            age_group: AgeGroup::Infant,
            gender: Gender::Unknown,
            note: None,
            by: "Hotline Tulip".into(),
            at: NOON,
        },
        synthetic: base::Synthetic::Real,
        context: false,
        confirmed_by: Some("Hotline Tulip".into()),
        series: None,
        url: Some(format!("https://pictures.example/{n}.png")),
        page: Some("https://board.example/page".into()),
        hosting: HostFacts { ip: Some("192.0.2.7".into()), country: "DE".parse().ok(), network: None },
        received_at: NOON,
        file: Some(FileFacts {
            sha256: sha256.clone(),
            sha1: base::hex(&[1; 20]),
            md5: base::hex(&sha256.as_bytes().iter().copied().take(16).collect::<Vec<u8>>()),
            pdq: Some((sha256.clone(), 90)),
            kind: "image/png".into(),
            size: i64::try_from(bytes.len()).unwrap(),
            width: 64,
            height: 64,
            duration_ms: None,
        }),
        blob: Some(BlobId::new(NOON, chance(n))),
        custody: vec![event("report.accepted"), event("item.described"), event("item.assessed")],
    };
    let id = DispatchId::new(NOON, chance(n));
    (Dispatch { id, item: facts.item, version: 1, tells: Tells::New(Box::new(facts)) }, bytes)
}

fn packed(first: u64, signer: &Signer) -> (Parcel, Vec<u8>) {
    let (dispatches, media): (Vec<_>, Vec<_>) = (first..first + TOGETHER).map(dispatch).unzip();
    let head = Head { parcel: ParcelId::new(NOON, chance(first)), at: NOON, tool: "cport bench", seal: None };
    let mut out = Vec::new();
    let mut packing = Packing::new(&head, &dispatches, &mut out).unwrap();
    let of: std::collections::BTreeMap<String, &Vec<u8>> =
        media.iter().map(|bytes| (base::hex(digest(&SHA256, bytes).as_ref()), bytes)).collect();
    while let Some(sha256) = packing.next().map(|wanted| wanted.sha256.clone()) {
        packing.begin(&sha256, &mut out).unwrap();
        packing.bytes(of.get(&sha256).unwrap(), &mut out).unwrap();
        packing.end(&mut out).unwrap();
    }
    (packing.finish(signer, &mut out).unwrap(), out)
}

fn say(what: &str, items: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!(
        r#"{{"bench":"icse","what":"{what}","items":{items},"seconds":{seconds:.2},"items_per_second":{:.0}}}"#,
        items as f64 / seconds
    );
}

fn checked(folder: &Path, items: u64, signer: &Signer) {
    let receiver = Receiver::open(Settings::new(folder.join("direct"))).unwrap();
    let (file, start) = (folder.join("parcel"), Instant::now());
    for first in (0..items).step_by(50) {
        fs::write(&file, packed(first, signer).1).unwrap();
        assert!(receiver.take(&file).unwrap().is_ok());
    }
    say("packed and checked", items, start);
    assert_eq!(receiver.held().len() as u64, items);
}

#[tokio::main]
async fn main() {
    let items: u64 = env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let items = items.next_multiple_of(TOGETHER);
    let folder = env::temp_dir().join(format!("icse_bench.{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let signer = Signer::from_seed(&[9; 32]).unwrap();
    let start = Instant::now();
    let bytes: u64 = (0..items).step_by(50).map(|first| packed(first, &signer).0.size).sum();
    say("packed", items, start);
    checked(&folder, items, &signer);
    let paper = paper::make(&folder.join("paper"), "localhost").unwrap();
    let face = Face::Https { listen: "127.0.0.1:0".parse().unwrap(), paper: paper.server };
    let running = sandbox::serve(Settings::new(folder.join("receiver")), face).await.unwrap();
    let link = Link::new(&IcseConfig {
        enabled: true,
        private: true,
        transport: Some(Transport::Https(HttpsConfig {
            url: format!("https://localhost:{}/icse", running.address.unwrap().port()),
            certificate: paper.certificate,
            key: paper.key,
            authority: paper.authority,
        })),
        ..IcseConfig::default()
    })
    .unwrap();
    let start = Instant::now();
    for first in (0..items).step_by(50) {
        let (parcel, bytes) = packed(first, &signer);
        let body = futures_util::stream::iter([Ok(Bytes::from(bytes))]).boxed();
        link.deliver(&parcel, body).await.unwrap();
    }
    say("packed, delivered and checked", items, start);
    assert_eq!(running.held().len() as u64, items);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
    println!(r#"{{"bench":"icse","what":"peak memory","bytes_sent":{bytes},"peak":"{peak}"}}"#);
    fs::remove_dir_all(&folder).unwrap();
}
