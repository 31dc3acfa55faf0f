//! The hash-sharing API's documents: read as a client, written as a server, garbled by a peer.

use crate::support::{collect, damaged, limits, noise, refusals, sample};
use base::Time;
use exchange::{
    End, Limits, Row,
    ncmec::{
        Entries, EntriesQuery, Fingerprint, Group, NAMESPACE, Page, Reason, Status, Submission, Vote, categorizations,
        feedback_reasons, members, query_result, read, read_members, read_reasons, read_status, read_submission,
        status, submission,
    },
};
use hashlists::{Category, Content, Digests, Member, Opaque, Pdq, Record};
use proptest::prelude::*;

fn page_with(bytes: &[u8], limits: &Limits) -> (Vec<Row>, Entries) {
    let mut page = None;
    let (rows, _) = collect(|each| page.insert(read(bytes, limits, each)).done.clone());
    (rows, page.unwrap())
}

fn page(bytes: &[u8]) -> (Vec<Row>, Entries) {
    page_with(bytes, &Limits::default())
}

#[test]
fn an_empty_page_is_read() {
    let (rows, entries) = page(&sample("ncmec/minimal.xml"));
    assert!(rows.is_empty() && entries.is_complete() && entries.next.is_none());
}

#[test]
fn a_full_page_is_read_field_by_field() {
    let (rows, entries) = page(&sample("ncmec/full.xml"));
    assert_eq!(entries.done.end, End::Whole);
    assert_eq!(refusals(&rows), [(3, "md5", "digest-length")], "the others stand");
    assert!(entries.is_complete(), "{entries:?}");
    assert_eq!((entries.images.found, entries.videos.claimed), (3, Some(2)));
    assert_eq!(entries.videos.latest.map(|t| t.to_string()).as_deref(), Some("2017-10-24T15:20:00Z"));
    let next = entries.next.unwrap();
    assert_eq!((next.start, next.size, next.max), (Some(2001), Some(1000), Some(3000)));

    let image = rows[0].content.as_ref().unwrap();
    assert_eq!(image.member, Some(Member { id: "42".into(), name: "Example & Member".into() }));
    assert_eq!((image.id.as_deref(), image.media_type.as_deref()), (Some("image1"), Some("image")));
    assert_eq!(image.category, Some(Category { region: Some("INDUSTRY".into()), code: "A1".into() }));
    assert!(image.digests.md5.is_some() && image.digests.sha1.is_some() && image.opaque[0].name == "photodna");
    assert_eq!((image.opaque.len(), image.pdq), (1, Some(Pdq { bits: [0x55; 32], quality: None })));
    let votes = Vote::of(image);
    let told: Vec<_> = votes.iter().map(|v| (v.member.id.as_str(), v.kind.as_str(), v.against.is_some())).collect();
    assert_eq!(told, [("1", "Md5", false), ("2", "Md5", false), ("3", "Sha1", true), ("4", "Sha1", true)]);
    assert_eq!(votes[3].against.as_ref().unwrap().0, "Example Reason 2");
    assert!(Fingerprint::Sha1.is_of(&votes[3]) && !Fingerprint::Md5.is_of(&votes[3]));
    assert_eq!(image.rest.get("ncmec", "unheard").unwrap().to_string(), r#"{"@of":"x","of":["1"]}"#);

    let gone = rows[1].content.as_ref().unwrap();
    assert!(gone.tombstone && gone.digests.is_empty() && gone.id.as_deref() == Some("image4"));
    let video = rows[3].content.as_ref().unwrap();
    assert_eq!(video.opaque[0].content, Content::Reference("/v2/entries/42/video1/tmk-pdqf".into()));
    assert!(rows[4].content.as_ref().unwrap().tombstone);
    let meaning = hashlists::Profiles::shipped().unwrap();
    assert!(meaning.of_region("INDUSTRY").unwrap().meaning("A1").is_some());
}

#[test]
fn fa_5_a_peer_that_answers_garbage_is_refused_with_a_reason() {
    let entry = |inner: &str| format!("<queryResult xmlns=\"{NAMESPACE}\"><images>{inner}</images></queryResult>");
    let image = |inner: &str| entry(&format!("<image>{inner}</image>"));
    let rows = [
        (image("<id>1</id>"), "member"),
        (image("<member id=\"1\">n</member>"), "id"),
        (image("<member>n</member><id>1</id>"), "member"),
        (image("<member id=\"1\"/><id>1</id>"), "record"),
        (image("<member id=\"1\"/><id>1</id><timestamp>now</timestamp>"), "last_change"),
        (image("<member id=\"1\"/><id>1</id><fingerprints><pdq>00</pdq></fingerprints>"), "pdq"),
        (image("<member id=\"1\"/><id>1</id><fingerprints><pdna>00</pdna></fingerprints>"), "photodna"),
        (entry("<video><member id=\"1\"/><id>1</id></video>"), "record"),
        (entry("<other/>"), "record"),
    ];
    for (text, field) in rows {
        let (rows, entries) = page(text.as_bytes());
        assert_eq!(refusals(&rows).iter().map(|r| r.1).collect::<Vec<_>>(), [field], "{text}");
        assert_eq!(entries.done.end, End::Whole);
    }
    let files = [
        "<html><body>200 OK</body></html>".to_owned(),
        "OK".into(),
        String::new(),
        "<queryResult>".into(),
        "<!DOCTYPE queryResult [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><queryResult>&x;</queryResult>".into(),
        "<queryResult/><queryResult/>".into(),
        "<queryResult><images>".into(),
        "<queryResult><paging><next>http://evil.example/v2/entries?start=1&amp;size=1&amp;max=1</next></paging></queryResult>".into(),
    ];
    for text in files {
        let (rows, entries) = page(text.as_bytes());
        assert!(matches!(entries.done.end, End::Broken(..)) && rows.len() == 1 && !entries.is_complete(), "{text}");
    }
    let short =
        entry("<deletedImage><member id=\"1\"/><id>1</id></deletedImage>").replace("<images>", "<images count=\"2\">");
    let (_, entries) = page(short.as_bytes());
    assert!(entries.done.is_clean() && entries.images.miscounted() && !entries.is_complete());
}

#[test]
fn in_3_an_answer_over_a_limit_ends_there() {
    let bytes = sample("ncmec/full.xml");
    let at = |answer: u64| page_with(&bytes, &limits(|l| l.answer = answer)).1.done.end == End::Whole;
    let length = bytes.len() as u64;
    assert_eq!((at(length), at(length - 2), at(10)), (true, false, false));
    let deep = |depth: usize| page_with(&bytes, &limits(|l| l.depth = depth)).1.done.end == End::Whole;
    assert_eq!((deep(8), deep(7)), (true, false));
}

#[test]
fn in_2_damaged_pages_never_panic() {
    damaged(&sample("ncmec/full.xml"), |bytes| _ = page(bytes));
    damaged(submission(&Submission::Negative(vec!["a".into()])).as_bytes(), |bytes| {
        _ = read_submission(bytes, &Limits::default());
        _ = read_status(bytes, &Limits::default());
        _ = read_reasons(bytes, &Limits::default());
    });
}

fn entry(number: u64) -> Record {
    let mut record = Record {
        digests: Digests { md5: Some(noise(number)), sha1: Some(noise(number)), sha256: None },
        id: Some(format!("entry-{number}")),
        member: Some(Member { id: "7".into(), name: "Hotline <A> & \"B\"".into() }),
        media_type: Some(if number.is_multiple_of(2) { "image" } else { "video" }.into()),
        last_change: Some(Time::from_micros(1_500_000_000_000_000 + number as i64 * 1_000_000)),
        category: Some(Category { region: Some("INDUSTRY".into()), code: "B2".into() }),
        opaque: vec![Opaque::photodna(noise::<144>(number).to_vec()).unwrap()],
        ..Record::default()
    };
    let vote = |id: &str, against: Option<(&str, &str)>| Vote {
        kind: "Md5".into(),
        member: Member { id: id.into(), name: "m".into() },
        against: against.map(|(a, b)| (a.into(), b.into())),
        at: Some("2017-10-24T15:05:00Z".into()),
    };
    Vote::keep(&mut record, &[vote("1", None), vote("2", Some(("wrong", "guid-1")))]);
    record
}

#[test]
fn a_page_that_was_written_is_read_again() {
    let mut gone = Record { tombstone: true, ..entry(3) };
    (gone.digests, gone.opaque, gone.category, gone.rest) = Default::default();
    let records = [entry(2), entry(4), entry(1), gone];
    let next = EntriesQuery { start: Some(5), size: Some(4), max: Some(9), ..EntriesQuery::default() };
    let (text, left_out) = query_result(&Page { records: &records, next: Some(next) });
    let (rows, entries) = page(text.as_bytes());
    assert!(entries.is_complete() && left_out == 0, "{:?}", refusals(&rows));
    let again: Vec<Record> = rows.into_iter().map(|r| r.content.unwrap()).collect();
    assert_eq!((again.as_slice(), entries.next), (records.as_slice(), Some(next)));
    // The client reads its newest time without a fraction, and fails on a member without a name.
    assert!(text.contains("maxTimestamp=\"2017-07-14T02:40:04Z\""), "{text}");
    let nameless = Record { member: Some(Member { id: "7".into(), name: String::new() }), ..entry(2) };
    let nobody = Record { member: None, ..entry(2) };
    let (text, left_out) = query_result(&Page { records: &[nameless, nobody], next: None });
    assert!(text.contains(">unnamed</member>") && left_out == 1 && !text.contains("paging"));
    assert!(query_result(&Page { records: &[], next: None }).0.contains("<images count=\"0\"/><videos count=\"0\"/>"));
}

#[test]
fn small_documents_go_there_and_back() {
    let member = Member { id: "1".into(), name: "A & B".into() };
    let first = Status { address: "192.0.2.1".into(), username: "u".into(), member: member.clone() };
    assert_eq!(read_status(status(&first).as_bytes(), &Limits::default()), Ok(first));
    let all = [member.clone(), Member { id: "2".into(), name: "C".into() }];
    assert_eq!(read_members(members(&all).as_bytes(), &Limits::default()).as_deref(), Ok(&all[..]));
    let reasons = [Reason { guid: "g".into(), name: "n".into(), kind: "Sha1".into() }];
    let text = feedback_reasons(&reasons);
    assert_eq!(read_reasons(text.as_bytes(), &Limits::default()).as_deref(), Ok(&reasons[..]));
    let inside = format!("<r>{}</r>", text.split_once('\n').unwrap().1);
    assert_eq!(read_reasons(inside.as_bytes(), &Limits::default()).as_deref(), Ok(&reasons[..]));
    let groups = [Group { name: "Content".into(), several: false, categories: vec![("g".into(), "n".into())] }];
    let expected = format!(
        "<availableCategorizations xmlns=\"{NAMESPACE}\"><group name=\"Content\" allowMultiple=\"false\">\
         <categorization guid=\"g\" name=\"n\"/></group></availableCategorizations>\n"
    );
    assert_eq!(categorizations(&groups).split_once('\n').unwrap().1, expected);
    for wrong in [status(&Status { address: String::new(), username: String::new(), member }), members(&[])] {
        assert!(read_reasons(wrong.as_bytes(), &Limits::default()).is_err());
    }
}

#[test]
fn a_vote_as_the_client_sends_it_is_understood_and_an_empty_one_refused() {
    let read = |inner: &str| {
        let text = format!("<feedbackSubmission xmlns=\"{NAMESPACE}\">{inner}</feedbackSubmission>");
        read_submission(text.as_bytes(), &Limits::default())
    };
    assert_eq!(read("<affirmative />"), Ok(Submission::Affirmative));
    let against = read("<negative><reasonIds><guid>a</guid><guid>b</guid></reasonIds></negative>");
    assert_eq!(against, Ok(Submission::Negative(vec!["a".into(), "b".into()])));
    for bad in [
        "",
        "<other/>",
        "<negative/>",
        "<negative><reasonIds/></negative>",
        "<affirmative/><negative><reasonIds><guid>a</guid></reasonIds></negative>",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    for one in [Submission::Affirmative, against.unwrap()] {
        assert_eq!(read_submission(submission(&one).as_bytes(), &Limits::default()), Ok(one));
    }
}

proptest! {
    #[test]
    fn in_2_no_bytes_panic(bytes: Vec<u8>, inner in "(<[a-z]{1,9}( id=\"[0-9]\")?/?>|</[a-z]{1,9}>|[a-z0-9&;]){0,20}") {
        page(&bytes);
        page(format!("<queryResult><images><image>{inner}</image></images></queryResult>").as_bytes());
    }
}
