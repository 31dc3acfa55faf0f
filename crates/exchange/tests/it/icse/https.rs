//! HTTPS with real certificates on both sides.

use super::support::{Folder, deliver, facts, https, https_config, later, new, packed, settings};
use exchange::icse::{
    answer,
    client::{Link, Trouble},
    dispatch::{Says, Tells},
    sandbox::{self, Face, foretold, paper},
};
use rcgen::{CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use std::path::PathBuf;

/// The thin line: packed, delivered, receipted, answered; ten times over, the effect is one.
#[tokio::test(flavor = "multi_thread")]
async fn fa_3_a_parcel_sent_ten_times_is_held_once_and_answered_once() {
    let folder = Folder::new("thin");
    let (running, config) = https(&folder, settings(&folder)).await;
    let link = Link::new(&config).unwrap();
    let dispatches = [new(1), new(2), new(3)];
    let (parcel, bytes) = packed(1, &dispatches, false);
    let mut receipts = Vec::new();
    for _ in 0..10 {
        receipts.push(deliver(&link, &parcel, &bytes).await.unwrap().unwrap());
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1, "the same receipt every time");
    let taken: Vec<_> = receipts[0].answers.iter().map(|a| (a.dispatch, a.says.clone())).collect();
    let expected: Vec<_> = dispatches.iter().map(|d| (d.id, Says::Taken)).collect();
    assert_eq!(taken, expected);
    let held = running.held();
    assert_eq!(held.len(), 3);
    assert!(held.iter().all(|h| h.taken == 1 && h.media && h.version == 1 && !h.withdrawn));

    let page = link.answers(None).await.unwrap().remove(0);
    let heard = answer::read(page.bytes.as_ref().unwrap(), config.answer_bytes).unwrap();
    for (answer, dispatch) in heard.answers.iter().zip(&dispatches) {
        let Tells::New(facts) = &dispatch.tells else { unreachable!() };
        let sha256 = base::unhex(&facts.file.as_ref().unwrap().sha256).unwrap();
        assert_eq!((answer.dispatch, &answer.says), (dispatch.id, &foretold(&sha256, facts.series.as_deref())));
    }
    assert_eq!(heard.answers.len(), 3);
    assert!(link.answers(Some(&page.cursor)).await.unwrap().is_empty());
}

/// Versions in every order end the same; a withdrawal stays.
#[tokio::test(flavor = "multi_thread")]
async fn fa_3_an_older_version_that_comes_late_replaces_nothing() {
    let folder = Folder::new("late");
    let (running, config) = https(&folder, settings(&folder)).await;
    let link = Link::new(&config).unwrap();
    let mut changed = facts(5);
    changed.clause = "4.3".into();
    let all = [
        later(5, 3, Tells::Withdrawal("the agreement ended".into())),
        new(5),
        later(5, 2, Tells::Correction(Box::new(changed))),
    ];
    for (n, dispatch) in all.into_iter().enumerate() {
        let (parcel, bytes) = packed(n as u64, &[dispatch], false);
        assert!(deliver(&link, &parcel, &bytes).await.unwrap().unwrap().bad.is_empty());
    }
    let held = running.held();
    assert_eq!((held.len(), held[0].version, held[0].withdrawn, held[0].taken), (1, 3, true, 3));
}

/// One item that the receiver does not take never takes another with it.
#[tokio::test(flavor = "multi_thread")]
async fn fa_2_one_item_is_rejected_and_the_others_are_taken() {
    let folder = Folder::new("strict");
    let (running, config) = https(&folder, settings(&folder)).await;
    let link = Link::new(&config).unwrap();
    let mut bad = new(2);
    if let Tells::New(facts) = &mut bad.tells {
        (facts.context, facts.series) = (true, None);
    }
    let (parcel, bytes) = packed(1, &[new(1), bad.clone(), new(3)], false);
    let heard = deliver(&link, &parcel, &bytes).await.unwrap().unwrap();
    let rejected: Vec<_> = heard.answers.iter().filter(|a| matches!(a.says, Says::Rejected(_))).collect();
    assert_eq!((heard.answers.len(), rejected.len(), rejected[0].dispatch), (3, 1, bad.id));
    assert_eq!(running.held().len(), 2);
}

/// What was changed on the way, or signed by somebody else, is refused, and nothing of it is kept.
#[tokio::test(flavor = "multi_thread")]
async fn fa_1_a_changed_parcel_is_refused_as_a_whole() {
    let folder = Folder::new("changed");
    let mut strict = settings(&folder);
    strict.key = exchange::package::PublicKey::parse(&base::hex(&[3; 32]));
    let (running, config) = https(&folder, strict).await;
    let link = Link::new(&config).unwrap();
    let (parcel, bytes) = packed(1, &[new(1)], false);
    let Err(Trouble::Refused(why)) = deliver(&link, &parcel, &bytes).await else { panic!("taken") };
    assert!(why.contains("another key"), "{why}");
    // On our own side: it never ends as if it were whole.
    let mut changed = bytes.clone();
    changed[700] ^= 1;
    assert!(matches!(deliver(&link, &parcel, &changed).await, Err(Trouble::Later(_))));
    assert!(matches!(deliver(&link, &parcel, &bytes[..bytes.len() - 1]).await, Err(Trouble::Later(_))));
    assert!(running.held().is_empty());
}

/// Only the two that vouch for each other speak.
#[tokio::test(flavor = "multi_thread")]
async fn se_8_wrong_certificates_of_either_side_are_no_connection() {
    let folder = Folder::new("paper");
    let (running, config) = https(&folder, settings(&folder)).await;
    let port = running.address.unwrap().port();
    let ours = paper::make(&folder.at("paper"), "localhost").unwrap();
    let others = paper::make(&folder.at("others"), "localhost").unwrap();
    let (parcel, bytes) = packed(1, &[new(1)], false);
    // An authority that does not vouch for the receiver.
    let mut wrong_authority = ours.clone();
    wrong_authority.authority = others.authority.clone();
    // A sender that the receiver's authority does not know.
    let mut stranger = others.clone();
    stranger.authority = ours.authority.clone();
    for (paper, what) in [(wrong_authority, "authority"), (stranger, "sender")] {
        let link = Link::new(&https_config(&paper, port)).unwrap();
        assert!(matches!(deliver(&link, &parcel, &bytes).await, Err(Trouble::Later(_))), "{what}");
    }
    // Another name than the certificate's.
    let mut other_name = https_config(&ours, port);
    if let Some(exchange::icse::Transport::Https(https)) = &mut other_name.transport {
        https.url = format!("https://127.0.0.1:{port}/icse");
    }
    let Err(Trouble::Later(why)) = deliver(&Link::new(&other_name).unwrap(), &parcel, &bytes).await else {
        panic!("believed")
    };
    assert!(why.contains("certificates"), "{why}");
    // A private address, unless it is allowed.
    let mut public_only = config.clone();
    public_only.private = false;
    assert!(matches!(deliver(&Link::new(&public_only).unwrap(), &parcel, &bytes).await, Err(Trouble::Later(_))));
    assert!(running.held().is_empty());
    assert!(deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await.is_ok());
}

/// An authority, and a certificate for `localhost` that it vouches for until the end of a year.
fn paper_until(folder: &Folder, name: &str, year: i32) -> paper::Paper {
    let write = |file: &str, text: String| -> PathBuf {
        let path = folder.at(&format!("{name}-{file}"));
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer = rcgen::CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(year, 12, 31));
    let signed = params.signed_by(&key, &issuer).unwrap();
    let authority = write("authority.pem", issuer.pem());
    let (certificate, key) = (write("certificate.pem", signed.pem()), write("key.pem", key.serialize_pem()));
    let server =
        paper::Server { certificate: certificate.clone(), key: key.clone(), client_authority: authority.clone() };
    paper::Paper { authority, server, certificate, key }
}

/// What has run out vouches for nobody, on either side; who shows nothing is not heard.
#[tokio::test(flavor = "multi_thread")]
async fn se_8_expired_and_missing_certificates_are_no_connection() {
    let folder = Folder::new("expired");
    let (good, old) = (paper_until(&folder, "good", 2999), paper_until(&folder, "old", 2021));
    let (parcel, bytes) = packed(1, &[new(1)], false);
    // Receiver, sender, and the authorities that each believes.
    for (n, (server, client, works)) in
        [(&good, &good, true), (&old, &good, false), (&good, &old, false)].into_iter().enumerate()
    {
        let mut paper = server.server.clone();
        paper.client_authority = client.authority.clone();
        let face = Face::Https { listen: "127.0.0.1:0".parse().unwrap(), paper };
        let mut its = settings(&folder);
        its.folder = folder.at(&format!("receiver-{n}"));
        let running = sandbox::serve(its, face).await.unwrap();
        let port = running.address.unwrap().port();
        let mut ours = client.clone();
        ours.authority = server.authority.clone();
        let done = deliver(&Link::new(&https_config(&ours, port)).unwrap(), &parcel, &bytes).await;
        assert_eq!(done.is_ok(), works, "{done:?}");
        assert_eq!(running.held().len(), usize::from(works));
        // Without a certificate there is not even an answer.
        let authority = reqwest::Certificate::from_pem(&std::fs::read(&server.authority).unwrap()).unwrap();
        let nobody = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        assert!(nobody.get(format!("https://localhost:{port}/icse/answers")).send().await.is_err());
    }
}
