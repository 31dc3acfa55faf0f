//! SFTP with OpenSSH on both sides.

use super::{
    peers::{sftp_at, sftp_knowing, sshd},
    support::{Folder, answer_signer, deliver, heard, later, new, packed, settings, until},
};
use exchange::icse::{
    IcseConfig, Transport,
    client::{Link, Trouble},
    dispatch::{Says, Tells},
    sandbox::{self, Face, Running, Settings},
};
use invented::servers::Sshd;
use std::{fs, os::unix::fs::symlink, time::Duration};

async fn behind(sshd: &Sshd, settings: Settings) -> Running {
    let face = Face::Folder { root: sshd.drop_box(), every: Duration::from_millis(50), signer: answer_signer() };
    sandbox::serve(settings, face).await.unwrap()
}

/// Left, taken, receipted, answered, put aside; leaving it again while it lies there, and later, changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn fa_3_a_parcel_left_three_times_is_held_once() {
    let folder = Folder::new("sftp");
    let sshd = sshd(&folder);
    let link = Link::new(&sftp_at(&sshd, sshd.port)).unwrap();
    let (parcel, bytes) = packed(1, &[new(1), new(2)], true);
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None), "the same bytes lie there");
    let names: Vec<_> =
        fs::read_dir(sshd.drop_box().join("incoming")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, [format!("{}.cport", parcel.id).as_str()]);
    let running = behind(&sshd, settings(&folder)).await;
    let first = heard(&link, 2).await;
    assert_eq!(first.iter().filter(|a| a.says == Says::Taken).count(), 2);
    assert_eq!(first.len(), 4, "two receipts, two answers: {first:?}");
    // It was taken away; leaving it again is one more receipt of the same.
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    let again = heard(&link, 1).await;
    assert!(again.iter().all(|a| first.contains(a)), "{again:?}");
    assert!(running.held().iter().all(|h| h.taken == 1) && running.held().len() == 2);
    assert!(link.answers(None).await.unwrap().is_empty());
    assert_eq!(fs::read_dir(sshd.drop_box().join("done")).unwrap().count(), 2, "a receipt's name is its parcel's");
}

/// Nothing is written at a server whose key is another, and a stranger is not let in.
#[tokio::test(flavor = "multi_thread")]
async fn se_8_another_host_key_and_another_user_key_are_refused() {
    let folder = Folder::new("ssh-keys");
    let sshd = sshd(&folder);
    let (parcel, bytes) = packed(1, &[new(1)], true);
    let other = fs::read_to_string(folder.at("stranger.pub")).unwrap();
    let refused = |config: IcseConfig, what: &'static str| {
        let (parcel, bytes) = (parcel.clone(), bytes.clone());
        async move {
            let Err(Trouble::Later(why)) = deliver(&Link::new(&config).unwrap(), &parcel, &bytes).await else {
                panic!("delivered")
            };
            assert!(why.contains(what), "{why}");
        }
    };
    refused(sftp_knowing(&sshd, sshd.port, &other), "host key").await;
    refused(sftp_knowing(&sshd, sshd.port, "# nobody is known\n"), "host key").await;
    let mut stranger = sftp_at(&sshd, sshd.port);
    if let Some(Transport::Sftp(sftp)) = &mut stranger.transport {
        sftp.key = folder.at("stranger");
    }
    refused(stranger, "does not let us in").await;
    let mut public_only = sftp_at(&sshd, sshd.port);
    public_only.private = false;
    refused(public_only, "private network").await;
    assert_eq!(fs::read_dir(sshd.drop_box().join("incoming")).unwrap().count(), 0);
}

/// A full disk is said, nothing appears under the parcel's name, and with room again it arrives.
#[tokio::test(flavor = "multi_thread")]
async fn du_3_a_full_disk_there_is_trouble_and_no_half_parcel() {
    let folder = Folder::new("full");
    let sshd = sshd(&folder);
    let link = Link::new(&sftp_at(&sshd, sshd.port)).unwrap();
    let (parcel, bytes) = packed(1, &[new(1)], true);
    // What is written to it meets a disk that is full.
    let part = sshd.drop_box().join("incoming").join(format!(".{}.part", parcel.id));
    symlink("/dev/full", &part).unwrap();
    let Err(Trouble::Later(why)) = deliver(&link, &parcel, &bytes).await else { panic!("delivered") };
    assert!(why.contains("disk"), "{why}");
    assert!(!sshd.drop_box().join("incoming").join(format!("{}.cport", parcel.id)).exists());
    fs::remove_file(&part).unwrap();
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    // Something else under its name is never taken for it.
    fs::write(sshd.drop_box().join("incoming").join(format!("{}.cport", parcel.id)), vec![0; bytes.len()]).unwrap();
    assert!(matches!(deliver(&link, &parcel, &bytes).await, Err(Trouble::Refused(_))));
}

/// An answer that anybody who can write there could have made is not believed.
#[tokio::test(flavor = "multi_thread")]
async fn fa_5_an_unsigned_answer_is_none() {
    let folder = Folder::new("forged");
    let sshd = sshd(&folder);
    let link = Link::new(&sftp_at(&sshd, sshd.port)).unwrap();
    let document = exchange::icse::answer::document(None, None, &[]);
    let answers = sshd.drop_box().join("answers");
    fs::write(answers.join("a.json"), &document).unwrap();
    fs::write(answers.join("b.json"), [&document[..], b"\ned25519 0011223344556677 00\n"].concat()).unwrap();
    fs::write(answers.join(".c.part"), &document).unwrap();
    symlink("/etc/passwd", answers.join("e.json")).unwrap();
    fs::create_dir(answers.join("folder")).unwrap();
    let said = link.answers(None).await.unwrap();
    assert_eq!(said.iter().map(|a| a.cursor.as_str()).collect::<Vec<_>>(), ["a.json", "b.json", "e.json"]);
    assert!(said.iter().all(|a| a.bytes.as_ref().is_err_and(|bad| bad.field == "signature")), "{said:?}");
    for answer in said {
        link.acknowledge(&answer.cursor).await.unwrap();
    }
    assert!(link.answers(None).await.unwrap().is_empty());
    assert!(link.acknowledge("../../a").await.is_err());
}

/// The same things happen once while the stand-in fails at every second look.
#[tokio::test(flavor = "multi_thread")]
async fn fa_2_a_stand_in_that_often_fails_takes_everything_once() {
    let folder = Folder::new("flaky-drop");
    let sshd = sshd(&folder);
    let link = Link::new(&sftp_at(&sshd, sshd.port)).unwrap();
    let mut flaky = settings(&folder);
    (flaky.fail, flaky.repeat) = (50, true);
    let running = behind(&sshd, flaky).await;
    for n in 0..6 {
        let (parcel, bytes) = packed(n, &[new(n), later(n, 2, Tells::Withdrawal("over".into()))], true);
        assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    }
    until(|| running.held().len() == 6).await;
    assert!(running.held().iter().all(|h| h.taken == 2 && h.withdrawn));
}
