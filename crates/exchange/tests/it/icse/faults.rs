//! FA-1 and FA-5 on every way: a wire that is cut, reset, silent, slow or garbled at many places; a receiver that says
//! nonsense. Nothing counts as delivered that is not there, nothing is there twice, and afterwards it goes on.

use super::{
    peers::{bucket_at, dropped, s3, sftp_at, sshd},
    support::{Folder, answer_signer, body, deliver, https, https_config, new, packed, settings},
};
use base::DispatchId;
use exchange::icse::{
    IcseConfig, Transport,
    answer::{self, Bad, Heard},
    client::{Delivered, Link, Trouble},
    dispatch::Says,
    sandbox::{self, Face, Hostile, Settings, paper},
};
use invented::fault::{Fault, Wire};
use std::{net::SocketAddr, time::Duration};

fn faults() -> Vec<Fault> {
    let mut all = vec![Fault::Refuse, Fault::Slow(2000), Fault::Late(Duration::from_millis(20))];
    for at in [0, 1, 100, 1500, 3000, 6000] {
        all.extend([Fault::Cut(at), Fault::Reset(at), Fault::CutBack(at)]);
    }
    all.extend([Fault::Garble(200), Fault::Garble(2500), Fault::Garble(6000)]);
    all.extend([Fault::Silent(0), Fault::Silent(2500), Fault::Silent(6000)]);
    all
}

/// Delivers one parcel at each fault, and again when the wire is whole; how many came through at the first try.
async fn through(config: &IcseConfig, wire: &Wire, sealed: bool, lies_or_holds: impl Fn(u64) -> bool) -> usize {
    let mut config = config.clone();
    (config.idle_seconds, config.connect_seconds) = (1, 1);
    let mut at_once = 0;
    for (n, fault) in (0..).zip(faults()) {
        // A link of its own, so that no connection from before is used.
        let link = Link::new(&config).unwrap();
        let (parcel, bytes) = packed(n, &[new(n)], sealed);
        wire.set(fault);
        match deliver(&link, &parcel, &bytes).await {
            Ok(_) => {
                at_once += 1;
                assert!(lies_or_holds(n), "{fault:?}: said to be delivered, and is not there");
            }
            Err(Trouble::Later(_)) => {}
            Err(trouble) => panic!("{fault:?}: {trouble}"),
        }
        wire.set(Fault::None);
        deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await.unwrap();
        assert!(lies_or_holds(n), "{fault:?}");
    }
    at_once
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_1_https_over_a_bad_wire() {
    let folder = Folder::new("bad-https");
    let (running, _) = https(&folder, settings(&folder)).await;
    let wire = Wire::to(running.address.unwrap()).await.unwrap();
    let paper = paper::make(&folder.at("paper"), "localhost").unwrap();
    let config = https_config(&paper, wire.address.port());
    let at_once = through(&config, &wire, false, |n| running.held().len() as u64 == n + 1).await;
    assert!(at_once >= 2, "{at_once}: slow and late wires are wires");
    assert!(running.held().iter().all(|held| held.taken == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_1_sftp_over_a_bad_wire() {
    let folder = Folder::new("bad-sftp");
    let sshd = sshd(&folder);
    let wire = Wire::to(SocketAddr::from(([127, 0, 0, 1], sshd.port))).await.unwrap();
    let lies = |n: u64| {
        let (parcel, bytes) = packed(n, &[new(n)], true);
        std::fs::read(sshd.drop_box().join("incoming").join(format!("{}.cport", parcel.id))).is_ok_and(|b| b == bytes)
    };
    let at_once = through(&sftp_at(&sshd, wire.address.port()), &wire, true, lies).await;
    assert!(at_once >= 2, "{at_once}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_1_a_bucket_over_a_bad_wire() {
    let folder = Folder::new("bad-bucket");
    let s3 = s3();
    let wire = Wire::to(SocketAddr::from(([127, 0, 0, 1], s3.port))).await.unwrap();
    let config = dropped(Transport::Bucket(bucket_at(&s3, &folder, wire.address.port())));
    for (n, fault) in
        (0..).zip([Fault::Refuse, Fault::Cut(900), Fault::Reset(2000), Fault::CutBack(10), Fault::Slow(2000)])
    {
        let (parcel, bytes) = packed(n, &[new(n)], true);
        wire.set(fault);
        let done = deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await;
        assert!(matches!(done, Ok(None) | Err(Trouble::Later(_))), "{fault:?}: {done:?}");
        wire.set(Fault::None);
        assert_eq!(deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await, Ok(None), "{fault:?}");
        assert_eq!(s3.objects().unwrap().len() as u64, n + 1);
    }
}

/// A receiver that fails at every second question, before, after, or by hanging up, holds everything once.
#[tokio::test(flavor = "multi_thread")]
async fn fa_2_a_receiver_that_often_fails_takes_everything_once() {
    let folder = Folder::new("flaky");
    let mut flaky = settings(&folder);
    (flaky.fail, flaky.slow) = (50, Duration::from_millis(5));
    let (running, config) = https(&folder, flaky).await;
    let link = Link::new(&config).unwrap();
    let mut tries = 0;
    for n in 0..30 {
        let (parcel, bytes) = packed(n, &[new(n)], false);
        loop {
            tries += 1;
            match deliver(&link, &parcel, &bytes).await {
                Ok(_) => break,
                Err(Trouble::Later(_)) => {}
                Err(trouble) => panic!("{trouble}"),
            }
        }
    }
    assert!(tries > 40, "{tries}");
    assert!(running.held().len() == 30 && running.held().iter().all(|held| held.taken == 1));
}

/// What each kind of nonsense may at most be: a document of which nothing, or nothing wrong, is believed.
fn judged(kind: Hostile, read: &Result<Heard, Bad>, own: DispatchId) {
    match (kind, read) {
        (
            Hostile::ErrorText | Hostile::Html | Hostile::Huge | Hostile::Deep | Hostile::Empty | Hostile::Cut,
            Err(bad),
        ) => assert_eq!(bad.field, "document", "{kind:?}"),
        (Hostile::Words | Hostile::Types | Hostile::Contradiction | Hostile::Ids, Ok(heard)) => {
            assert!(heard.answers.is_empty() && heard.bad.len() == 1, "{kind:?}: {heard:?}");
        }
        (Hostile::Strangers, Ok(heard)) => assert_ne!(heard.answers[0].dispatch, own),
        (Hostile::Repeated, Ok(heard)) => assert_eq!((heard.answers.len(), &heard.answers[0].says), (1, &Says::Taken)),
        (Hostile::OtherParcel, Ok(heard)) => assert!(heard.parcel.is_some()),
        (kind, read) => panic!("{kind:?}: {read:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_5_nonsense_over_https_is_never_a_receipt() {
    for &kind in Hostile::ALL {
        let folder = Folder::new(&format!("nonsense-{}", kind.word()));
        let mut hostile = settings(&folder);
        hostile.hostile = Some(kind);
        let (_running, config) = https(&folder, hostile).await;
        let link = Link::new(&config).unwrap();
        let (parcel, bytes) = packed(1, &[new(1)], false);
        match link.deliver(&parcel, body(bytes)).await {
            Ok(Delivered::Answered(receipt)) => {
                judged(kind, &answer::read(&receipt, config.answer_bytes), new(1).id);
                assert_ne!(kind, Hostile::OtherParcel);
            }
            Err(Trouble::Refused(why)) => assert!(
                matches!(
                    kind,
                    Hostile::ErrorText
                        | Hostile::Html
                        | Hostile::Huge
                        | Hostile::Deep
                        | Hostile::Empty
                        | Hostile::Cut
                        | Hostile::OtherParcel
                ) && !why.contains("ORA-"),
                "{kind:?}: {why}"
            ),
            other => panic!("{kind:?}: {other:?}"),
        }
        // As answers, too: there is a way on past each.
        let page = link.answers(None).await.unwrap().remove(0);
        let read = page.bytes.and_then(|bytes| answer::read(&bytes, config.answer_bytes));
        judged(kind, &read, new(1).id);
        assert_eq!(page.cursor, "1");
    }
}

async fn nonsense_in_a_box(config: &IcseConfig, serve: impl AsyncFn(Settings) -> sandbox::Running) {
    let link = Link::new(config).unwrap();
    for (n, &kind) in (0..).zip(Hostile::ALL) {
        let folder = Folder::new(&format!("box-{n}-{}", config.transport.is_some()));
        let mut hostile = settings(&folder);
        hostile.hostile = Some(kind);
        let (parcel, bytes) = packed(n, &[new(n)], true);
        deliver(&link, &parcel, &bytes).await.unwrap();
        let running = serve(hostile).await;
        let mut said = Vec::new();
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(25)).await;
            said = link.answers(None).await.unwrap();
            if said.len() == 2 {
                break;
            }
        }
        drop(running);
        assert_eq!(said.len(), 2, "{kind:?}");
        for one in said {
            let read = one.bytes.and_then(|bytes| answer::read(&bytes, config.answer_bytes));
            judged(kind, &read, new(n).id);
            link.acknowledge(&one.cursor).await.unwrap();
        }
    }
    assert!(link.answers(None).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_5_nonsense_over_sftp_is_never_a_receipt() {
    let folder = Folder::new("nonsense-sftp");
    let sshd = sshd(&folder);
    nonsense_in_a_box(&sftp_at(&sshd, sshd.port), async |settings| {
        let face = Face::Folder { root: sshd.drop_box(), every: Duration::from_millis(20), signer: answer_signer() };
        sandbox::serve(settings, face).await.unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_5_nonsense_in_a_bucket_is_never_a_receipt() {
    let folder = Folder::new("nonsense-bucket");
    let s3 = s3();
    let bucket = bucket_at(&s3, &folder, s3.port);
    nonsense_in_a_box(&dropped(Transport::Bucket(bucket.clone())), async |settings| {
        let face = Face::Bucket { bucket: bucket.clone(), every: Duration::from_millis(20), signer: answer_signer() };
        sandbox::serve(settings, face).await.unwrap()
    })
    .await;
}

/// Killed at any moment, the stand-in knows what it acknowledged and nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn du_1_a_stand_in_that_is_started_again_knows_what_it_said() {
    let folder = Folder::new("again");
    let (parcel, bytes) = packed(1, &[new(1), new(2)], false);
    let mut receipts = Vec::new();
    for _ in 0..3 {
        let (running, config) = https(&folder, settings(&folder)).await;
        receipts.push(deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await.unwrap());
        drop(running);
        // A line that was never finished.
        use std::io::Write;
        let log = folder.at("receiver").join("held.jsonl");
        std::fs::OpenOptions::new().append(true).open(log).unwrap().write_all(b"{\"at\":\"2026").unwrap();
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    let held = sandbox::held(&folder.at("receiver")).unwrap();
    assert!(held.len() == 2 && held.iter().all(|h| h.taken == 1));
}
