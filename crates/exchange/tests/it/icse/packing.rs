//! Parcels: the same input gives the same bytes, what is packed is read back, every field has its row in the table.

use super::peers::{bucket_at, dropped, s3, sftp_at, sshd};
use super::support::{
    Folder, NOON, TOOL, answer_signer, deliver, https, identity, later, media, new, packed, settings, sha256, signer,
    ten,
};
use crate::support::{noise, peak};
use base::{ParcelId, Time};
use bytes::Bytes;
use exchange::{
    Limits,
    icse::{
        client::{Body, Delivered, Link},
        dispatch::{Dispatch, Tells},
        form::{self, DISPATCHES, Document, Told, VICS},
        parcel::{Failed, Head, KIND, Packing, files},
        sandbox::{self, Face},
    },
    package::{self, PublicKey},
    vics,
};
use futures_util::StreamExt;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::File,
    io::{Cursor, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

fn checked(bytes: &[u8]) -> package::Checked {
    let key = PublicKey::parse(&signer().public_hex());
    package::check(&mut Cursor::new(bytes), key.as_ref(), KIND, &[DISPATCHES, VICS])
}

#[test]
fn what_is_packed_is_read_back_with_the_same_facts() {
    let mut same_file = new(9);
    if let (Tells::New(other), Tells::New(first)) = (&mut same_file.tells, &new(1).tells) {
        (other.file, other.blob) = (first.file.clone(), first.blob);
    }
    let withdrawal = later(4, 2, Tells::Withdrawal("the agreement ended".into()));
    let mut metadata_only = new(6);
    if let Tells::New(facts) = &mut metadata_only.tells {
        facts.blob = None;
    }
    let dispatches = [new(1), same_file, new(2), withdrawal, metadata_only];
    let (parcel, bytes) = packed(1, &dispatches, false);
    assert_eq!((sha256(&bytes), bytes.len() as u64), (base::hex(&parcel.sha256), parcel.size));
    let checked = checked(&bytes);
    assert_eq!(checked.flaws, []);
    let document: Document<Told> = serde_json::from_slice(&checked.kept[DISPATCHES]).unwrap();
    assert_eq!((document.parcel, document.made_at, document.tool.as_str()), (parcel.id, NOON, TOOL));
    let told: Vec<Told> = dispatches.iter().map(form::told).collect();
    assert_eq!(document.dispatches, told);
    // Each file once, under its digest; none of what is told without its file.
    let paths: Vec<&str> = checked.files.iter().map(|f| f.path.as_str()).collect();
    let mut media: Vec<String> = [1, 2].map(|n| format!("media/{}", sha256(&media(n)))).to_vec();
    media.sort();
    assert_eq!(paths, [DISPATCHES, VICS, &media[0], &media[1]]);
    let mut records = Vec::new();
    vics::read(&checked.kept[VICS][..], &Limits::default(), &vics::Options::default(), |row| {
        records.push(row.content.unwrap());
        ControlFlow::Continue(())
    });
    assert_eq!(records.len(), 4);
    assert!(records.iter().all(|r| r.series.as_deref() == Some("Blue circles") && r.category.is_none()));
    assert_eq!(records[0].digests.sha256.map(|d| base::hex(&d)), Some(sha256(&super::support::media(1))));
}

#[test]
fn the_same_input_gives_the_same_bytes_and_a_sealed_parcel_opens_to_it() {
    let dispatches: Vec<Dispatch> = (0..7).map(new).collect();
    let (plain, bytes) = packed(1, &dispatches, false);
    assert_eq!(packed(1, &dispatches, false), (plain.clone(), bytes.clone()));
    let (sealed, sealed_bytes) = packed(1, &dispatches, true);
    assert_ne!(sealed.sha256, plain.sha256);
    let mut opened = Vec::new();
    exchange::age::Reader::open(Cursor::new(&sealed_bytes), &identity()).unwrap().read_to_end(&mut opened).unwrap();
    assert_eq!(opened, bytes);
    assert!(!sealed_bytes.windows(12).any(|w| w == b"Blue circles"));
}

#[test]
fn au_4_a_file_that_is_not_what_was_hashed_is_no_parcel() {
    let dispatches = [new(1)];
    let head = Head { parcel: ParcelId::new(NOON, ten(1)), at: NOON, tool: TOOL, seal: None };
    let mut out = Vec::new();
    let mut packing = Packing::new(&head, &dispatches, &mut out).unwrap();
    let wanted = packing.next().unwrap().sha256.clone();
    assert!(matches!(packing.begin("00", &mut out), Err(Failed::Order(_))));
    packing.begin(&wanted, &mut out).unwrap();
    packing.bytes(b"something else", &mut out).unwrap();
    assert!(matches!(packing.end(&mut out), Err(Failed::Changed(sha256)) if sha256 == wanted));
    let packing = Packing::new(&head, &dispatches, &mut Vec::new()).unwrap();
    assert!(matches!(packing.finish(&signer(), &mut out), Err(Failed::Order(_))), "a file is missing");
    assert_eq!(files(&dispatches).len(), 1);
}

#[test]
fn au_1_any_changed_byte_of_a_parcel_is_noticed() {
    let (_, bytes) = packed(1, &[new(3)], false);
    for at in (0..bytes.len()).step_by(7) {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        assert_ne!(checked(&bad).flaws, [], "byte {at}");
    }
    assert_ne!(checked(&bytes[..bytes.len() - 1]).flaws, []);
    // An officer's package is no parcel.
    let package = package::Kind { format: package::FORMAT, context: package::SIGNATURE_CONTEXT };
    assert_ne!(package::check(&mut Cursor::new(&bytes), None, package, &[]).flaws, []);
}

/// Every path of a value, lists passed through.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                paths(value, &if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| paths(value, at, found)),
        _ => _ = found.insert(at.to_owned()),
    }
}

#[test]
fn every_field_that_is_written_has_its_row_in_the_table_and_the_document_shows_it() {
    let mut found = BTreeSet::new();
    for dispatch in [new(1), later(1, 2, Tells::Withdrawal("over".into()))] {
        paths(&serde_json::to_value(form::told(&dispatch)).unwrap(), "", &mut found);
    }
    let table: BTreeSet<String> = form::FIELDS.iter().map(|(theirs, ..)| (*theirs).to_owned()).collect();
    assert_eq!(found, table);
    assert_eq!(table.len(), form::FIELDS.len());
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/icse.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- fields -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of fields -->").unwrap();
    let expected = format!("{before}<!-- fields -->\n{}<!-- end of fields -->{after}", form::field_table());
    if std::env::var_os("CPORT_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == expected, "docs/icse.md is not what the code prints: run this test with CPORT_BLESS=1");
}

/// 300 MB of noise, a block at a time.
fn blocks() -> impl Iterator<Item = Vec<u8>> {
    (0..4800_u64).map(|n| noise::<64>(n).repeat(1000))
}

/// The bytes of a file as they are read.
fn streamed(path: &Path) -> Body {
    let file = File::open(path).unwrap();
    futures_util::stream::unfold(file, |mut file| async {
        let mut block = vec![0; 64 * 1024];
        let read = file.read(&mut block).unwrap();
        block.truncate(read);
        (read > 0).then_some((Ok(Bytes::from(block)), file))
    })
    .boxed()
}

/// Packs one dispatch with the noise as its file.
fn pack_noise(path: &Path, number: u64, sealed: bool) -> exchange::icse::dispatch::Parcel {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let mut size = 0;
    blocks().for_each(|block| {
        digest.update(&block);
        size += block.len() as i64;
    });
    let mut dispatch = new(number);
    if let Tells::New(facts) = &mut dispatch.tells {
        let file = facts.file.as_mut().unwrap();
        (file.sha256, file.size) = (base::hex(digest.finish().as_ref()), size);
    }
    let recipient = identity().recipient().unwrap();
    let chance = exchange::age::Chance { ephemeral: [1; 32], file_key: [2; 16], nonce: [3; 16] };
    let seal = sealed.then_some((&recipient, &chance));
    let head = Head { parcel: ParcelId::new(NOON, ten(number)), at: NOON, tool: TOOL, seal };
    let (mut out, mut to) = (Vec::new(), File::create(path).unwrap());
    let mut packing = Packing::new(&head, &[dispatch], &mut out).unwrap();
    let sha256 = packing.next().unwrap().sha256.clone();
    packing.begin(&sha256, &mut out).unwrap();
    for block in blocks() {
        packing.bytes(&block, &mut out).unwrap();
        to.write_all(&out).unwrap();
        out.clear();
    }
    packing.end(&mut out).unwrap();
    let parcel = packing.finish(&signer(), &mut out).unwrap();
    to.write_all(&out).unwrap();
    parcel
}

/// A file of 300 MB goes the whole way over HTTPS and SFTP, and is checked there, in a few blocks of memory.
#[tokio::test(flavor = "multi_thread")]
async fn lo_3_memory_stays_flat_with_a_file_of_300_mb() {
    let folder = Folder::new("flat");
    let (running, mut config) = https(&folder, settings(&folder)).await;
    (config.idle_seconds, config.delivery_seconds) = (60, 300);
    // Once before, so that what is made once is there.
    let (parcel, bytes) = packed(1, &[new(1)], false);
    let link = Link::new(&config).unwrap();
    deliver(&link, &parcel, &bytes).await.unwrap();
    let before = peak();
    let parcel = pack_noise(&folder.at("parcel"), 2, false);
    let delivered = link.deliver(&parcel, streamed(&folder.at("parcel"))).await.unwrap();
    assert!(matches!(delivered, Delivered::Answered(_)));
    assert_eq!(running.held().len(), 2);
    let sshd = sshd(&folder);
    let mut config = sftp_at(&sshd, sshd.port);
    (config.idle_seconds, config.delivery_seconds) = (60, 300);
    let parcel = pack_noise(&folder.at("sealed"), 3, true);
    let link = Link::new(&config).unwrap();
    assert_eq!(link.deliver(&parcel, streamed(&folder.at("sealed"))).await, Ok(Delivered::Left));
    let mut elsewhere = settings(&folder);
    elsewhere.folder = folder.at("second");
    let face = Face::Folder { root: sshd.drop_box(), every: Duration::from_millis(50), signer: answer_signer() };
    let second = sandbox::serve(elsewhere, face).await.unwrap();
    for _ in 0..2400 {
        if !second.held().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(second.held().len(), 1);
    let grown = (peak() - before) / 1024;
    assert!(grown < 64, "{grown} MiB more");
}

/// More than one part of a bucket: 20 MB, put twice.
#[tokio::test(flavor = "multi_thread")]
async fn fa_3_a_large_parcel_goes_in_parts_and_twice_is_once() {
    let folder = Folder::new("parts");
    let s3 = s3();
    let bucket = bucket_at(&s3, &folder, s3.port);
    let link = Link::new(&dropped(exchange::icse::Transport::Bucket(bucket))).unwrap();
    let bytes: Vec<u8> = blocks().take(320).flatten().collect();
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref().try_into().unwrap();
    let id = ParcelId::new(Time::from_micros(0), ten(1));
    let parcel = exchange::icse::dispatch::Parcel { id, sha256, size: bytes.len() as u64 };
    for _ in 0..2 {
        assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    }
    assert_eq!(s3.objects().unwrap(), [format!("icse/incoming/{id}.cport")]);
}
