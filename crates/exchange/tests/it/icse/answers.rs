//! What the receiver says, read: every answer there is comes back as it was written, and no bytes break the reader.

use super::support::{NOON, ten};
use base::{DispatchId, ParcelId, Time};
use exchange::icse::{
    IcseConfig, Transport, answer,
    dispatch::{Answer, Says, Word},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const MOST: u64 = 1 << 20;

fn says() -> impl Strategy<Value = Says> {
    let word = prop_oneof![Just(Word::New), Just(Word::Known), Just(Word::Identified), Just(Word::VictimIdentified)];
    prop_oneof![
        Just(Says::Taken),
        "[a-z]([ -~]{0,40}[a-z])?".prop_map(Says::Rejected),
        (word, proptest::option::of("[!-~]{1,100}")).prop_map(|(word, series)| Says::Found { word, series }),
    ]
}

fn an_answer() -> impl Strategy<Value = Answer> {
    ("[!-~]{1,100}", 0..4_000_000_000_000_000_i64, any::<u32>(), says()).prop_map(|(id, at, n, says)| Answer {
        id,
        at: Time::from_micros(at),
        dispatch: DispatchId::new(NOON, ten(u64::from(n))),
        says,
    })
}

/// A good document, of which something is replaced.
fn document() -> Value {
    let dispatch = DispatchId::new(NOON, ten(1)).to_string();
    json!({ "format": answer::FORMAT, "parcel": ParcelId::new(NOON, ten(1)).to_string(), "answers": [
        { "id": "f-1", "at": "2026-03-01T14:05:00Z", "dispatch": dispatch, "says": "found", "word": "known", "series": "S-1" }
    ]})
}

fn read(value: &Value) -> Result<answer::Heard, answer::Bad> {
    answer::read(value.to_string().as_bytes(), MOST)
}

proptest! {
    #[test]
    fn in_2_answers_read_back_as_they_were_written(all in proptest::collection::vec(an_answer(), 0..20)) {
        let text = answer::document(None, None, &all);
        let heard = answer::read(&text, MOST).expect("a document");
        let mut ids = std::collections::BTreeSet::new();
        if all.iter().all(|a| ids.insert(&a.id)) {
            prop_assert_eq!(&heard.answers, &all);
        }
        let twice: Vec<Answer> = all.iter().chain(&all).cloned().collect();
        prop_assert_eq!(answer::read(&answer::document(None, None, &twice), MOST).expect("a document").answers, heard.answers);
    }

    #[test]
    fn in_2_no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in any::<usize>()) {
        _ = answer::read(&bytes, MOST);
        let mut good = document().to_string().into_bytes();
        let at = at % good.len();
        for (to, from) in good[at..].iter_mut().zip(&bytes) {
            *to = *from;
        }
        if let Ok(heard) = answer::read(&good, MOST) {
            for answer in &heard.answers {
                prop_assert!(answer.id.bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}

#[test]
fn fa_5_what_is_wrong_is_named_by_field_and_reason() {
    assert_eq!(read(&document()).unwrap().answers.len(), 1);
    let wrong = [
        ("/answers/0/id", json!(null), "answers[0].id"),
        ("/answers/0/id", json!(""), "answers[0].id"),
        ("/answers/0/id", json!("a b"), "answers[0].id"),
        ("/answers/0/id", json!("x".repeat(101)), "answers[0].id"),
        ("/answers/0/at", json!("2026-03-01T14:05:00"), "answers[0].at"),
        ("/answers/0/at", json!(1_780_000_000), "answers[0].at"),
        ("/answers/0/dispatch", json!("../../etc"), "answers[0].dispatch"),
        ("/answers/0/says", json!("maybe"), "answers[0].says"),
        ("/answers/0/says", json!("rejected"), "answers[0].reason"),
        ("/answers/0/says", json!("taken"), "answers[0]"),
        ("/answers/0/word", json!("guilty"), "answers[0].word"),
        ("/answers/0/series", json!("a\nb"), "answers[0].series"),
        ("/answers/0/series", json!([]), "answers[0].series"),
        ("/answers/0", json!([]), "answers[0]"),
    ];
    for (path, value, field) in wrong {
        let mut bad = document();
        *bad.pointer_mut(path).unwrap() = value.clone();
        let heard = read(&bad).unwrap();
        assert!(heard.answers.is_empty(), "{path} {value}");
        assert_eq!(heard.bad.iter().map(|b| b.field.as_str()).collect::<Vec<_>>(), [field], "{path} {value}");
    }
    let whole = [
        ("/format", json!("cport-icse-answers/2"), "format"),
        ("/parcel", json!("7"), "parcel"),
        ("/parcel", json!(7), "parcel"),
        ("/answers", json!({}), "answers"),
        ("/answers", json!(vec![0; answer::MOST + 1]), "answers"),
    ];
    for (path, value, field) in whole {
        let mut bad = document();
        *bad.pointer_mut(path).unwrap() = value;
        assert_eq!(read(&bad).unwrap_err().field, field, "{path}");
    }
    let mut more = document();
    more["extra\nfield"] = json!(1);
    assert_eq!(read(&more).unwrap_err().field, "extra field");
    assert_eq!(answer::read(&vec![b' '; 2000], 1999).unwrap_err().field, "document");
}

/// One answer that cannot be used takes no other with it; an id that says two things is believed in neither.
#[test]
fn fa_5_a_bad_answer_takes_no_good_one_with_it() {
    let mut mixed = document();
    let good = mixed["answers"][0].clone();
    let mut other = good.clone();
    other["id"] = json!("f-2");
    let mut contradicts = good.clone();
    contradicts["word"] = json!("new");
    mixed["answers"] = json!([good, 7, other, contradicts]);
    let heard = read(&mixed).unwrap();
    assert_eq!(heard.answers.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["f-2"]);
    assert_eq!(heard.bad.len(), 2);
}

#[test]
fn in_4_words_of_the_receiver_are_one_line_without_tricks() {
    let said = answer::plain("first\r\nsecond\u{1b}[31m\u{202e}txt\u{200b}");
    assert_eq!(said, "first  second [31mtxt");
    assert_eq!(answer::plain("\u{feff} \n"), "no reason is given");
    assert!(answer::plain(&"ä".repeat(10_000)).len() <= 500);
}

#[test]
fn op_2_a_drop_box_without_keys_and_unknown_settings_are_refused() {
    assert!(IcseConfig::default().check().is_ok());
    let on = IcseConfig { enabled: true, ..IcseConfig::default() };
    assert_eq!(on.check().unwrap_err().field, "transport");
    let text = r#"{"transport":{"sftp":{"host":"h","user":"u","key":"k","known_hosts":"n"}}}"#;
    let mut config: IcseConfig = serde_json::from_str(text).unwrap();
    assert!(matches!(&config.transport, Some(Transport::Sftp(sftp)) if sftp.port == 22));
    assert_eq!(config.check().unwrap_err().field, "recipient");
    config.recipient = super::support::identity().recipient().unwrap().to_string();
    assert_eq!(config.check().unwrap_err().field, "answer_key");
    config.answer_key = "00".repeat(32);
    assert!(config.check().is_ok());
    config.recipient = "age1nonsense".into();
    assert_eq!(config.check().unwrap_err().field, "recipient");
    assert!(serde_json::from_str::<IcseConfig>(r#"{"transprot":1}"#).is_err());
    assert!(serde_json::from_str::<IcseConfig>(r#"{"transport":{"sftp":{"host":"h","passwd":"x"}}}"#).is_err());
}

/// What two persons release is one destination: any change of where it goes or whom we believe is another.
#[test]
fn se_6_a_destination_is_another_when_anything_of_it_is() {
    let folder = super::support::Folder::new("destination");
    std::fs::write(folder.at("known"), "[h]:22 ssh-ed25519 AAAA").unwrap();
    let base = IcseConfig {
        transport: Some(Transport::Sftp(exchange::icse::SftpConfig {
            host: "h".into(),
            port: 22,
            user: "u".into(),
            key: folder.at("key"),
            known_hosts: folder.at("known"),
            folder: "box".into(),
        })),
        recipient: "age1".into(),
        ..IcseConfig::default()
    };
    let with = |change: &dyn Fn(&mut exchange::icse::SftpConfig, &mut String, &mut String)| {
        let mut config = base.clone();
        let Some(Transport::Sftp(sftp)) = &mut config.transport else { unreachable!() };
        change(sftp, &mut config.recipient, &mut config.answer_key);
        config.digest().unwrap()
    };
    let mut all = vec![
        with(&|_, _, _| {}),
        with(&|s, _, _| s.host = "g".into()),
        with(&|s, _, _| s.port = 23),
        with(&|s, _, _| s.user = "v".into()),
        with(&|s, _, _| s.folder = "bo".into()),
        with(&|_, r, _| *r = "age2".into()),
        with(&|_, _, a| *a = "00".into()),
    ];
    std::fs::write(folder.at("known"), "[h]:22 ssh-ed25519 BBBB").unwrap();
    all.push(with(&|_, _, _| {}));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 8);
    let mut settings = base.clone();
    (settings.poll_seconds, settings.parcel_items) = (5, 7);
    assert_eq!(settings.digest().unwrap(), base.digest().unwrap(), "how often is not where");
    std::fs::remove_file(folder.at("known")).unwrap();
    assert!(base.digest().is_err());
}
