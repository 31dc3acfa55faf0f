//! VICS: stored samples of every shape, what others write oddly, damage, and the way back.

use crate::support::{Pieces, collect, damaged, limits, noise, peak, refusals, sample};
use base::Time;
use exchange::{
    End, Limits, Row, Totals,
    vics::{CaseFile, Head, Options, Outcome, Purpose, Shape, Version, Writer, read},
};
use hashlists::{Category, Digests, Flags, Opaque, Pdq, Record};
use proptest::prelude::*;
use serde_json::json;
use std::ops::ControlFlow;

fn rows_with(bytes: &[u8], limits: &Limits, options: &Options) -> (Vec<Row>, Outcome) {
    let mut outcome = None;
    let (rows, _) = collect(|each| {
        let read = read(bytes, limits, options, each);
        outcome.insert(read).done.clone()
    });
    (rows, outcome.unwrap())
}

fn rows(bytes: &[u8]) -> (Vec<Row>, Outcome) {
    rows_with(bytes, &Limits::default(), &Options::default())
}

/// A 2.0 hash set of these records.
fn set(records: &[String]) -> Vec<u8> {
    let context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media";
    format!(r#"{{"@odata.context":"{context}","value":[{}]}}"#, records.join(",")).into_bytes()
}

fn media(more: &str) -> String {
    format!(r#"{{"MediaID":1,"MD5":"{}"{more}}}"#, base::hex(&noise::<16>(1)))
}

fn records(rows: &[Row]) -> Vec<Record> {
    rows.iter().map(|row| row.content.clone().unwrap()).collect()
}

#[test]
fn a_minimal_set_is_read() {
    let (rows, outcome) = rows(&sample("vics/minimal_2_0.json"));
    assert!(outcome.done.is_clean() && outcome.done.rows == 1);
    let expected = Head { version: Some("2.0".into()), region: Some("Default".into()), shape: Some(Shape::HashSet) };
    assert_eq!(outcome.head, expected);
    let record = rows[0].content.as_ref().unwrap();
    assert!(record.digests.md5.is_some() && record.id.as_deref() == Some("1") && record.category.is_none());
}

#[test]
fn a_usual_set_of_1_3_is_read_field_by_field() {
    // With a mark, CR LF, lower-case MD5, numbers and flags as text, .NET times, PhotoDNA as an alternative hash.
    let options = Options { region: Some("US".into()), ..Options::default() };
    let (rows, outcome) = rows_with(&sample("vics/usual_1_3.json"), &Limits::default(), &options);
    assert!(outcome.done.is_clean(), "{:?}", refusals(&rows));
    let [first, second] = &records(&rows)[..] else { panic!("{rows:?}") };
    assert_eq!(first.id.as_deref(), Some("17"));
    assert_eq!(first.category, Some(Category { region: Some("US".into()), code: "1".into() }));
    assert!(first.digests.md5.is_some() && first.digests.sha1.is_some());
    assert_eq!(first.size, Some(48_213));
    let flags = Flags {
        victim_identified: Some(true),
        offender_identified: Some(false),
        distributed: Some(true),
        ..Flags::default()
    };
    assert_eq!(first.flags, flags);
    assert_eq!((first.series.as_deref(), first.tags.join("|")), (Some("Invented Series 3"), "alpha|beta".into()));
    assert_eq!(first.last_change, Some(Time::from_micros(1_686_105_109_830_000)));
    assert_eq!((first.opaque.len(), first.opaque[0].name.as_str()), (1, "photodna"));
    assert_eq!(first.media_type.as_deref(), Some("image/jpeg"));
    // It says "precategorised" of everything, so it is no verdict: kept, not understood. Links of the model are not kept.
    let rest = json!({
        "vics.AlternativeHashes": [{"HashName": "Vendor-X", "HashValue": "anything at all"}],
        "vics.IsPrecategorized": true,
    });
    assert_eq!(first.rest.to_json(), rest.to_string());
    assert_eq!((second.category.clone(), second.digests.sha1), (None, None));
    assert_eq!(second.last_change, first.last_change);
    assert_eq!((rows[0].place.line, rows[1].place.line), (4, 25));
}

#[test]
fn md_4_a_full_case_file_is_read_and_its_thumbnails_are_not() {
    let (rows, outcome) = rows(&sample("vics/full_2_0_cases.json"));
    assert!(outcome.done.is_clean(), "{:?}", refusals(&rows));
    assert_eq!((outcome.done.rows, outcome.done.pictures), (3, 2));
    assert_eq!(outcome.head.shape, Some(Shape::Cases));
    let [first, second] = &outcome.cases[..] else { panic!("{:?}", outcome.cases) };
    assert_eq!((first.number.as_deref(), second.number.as_deref()), (Some("X-1"), Some("X-2")));
    assert_eq!(first.rest["Case No."], "other spelling");
    assert_eq!(first.rest["ContactName"], "n", "also what stands behind the media");

    let records = records(&rows);
    let one = &records[0];
    assert_eq!(one.category, Some(Category { region: Some("UK".into()), code: "2".into() }));
    assert!(one.digests.sha256.is_some() && one.flags.suspected == Some(true));
    assert_eq!(one.flags.self_generated, Some(false));
    assert_eq!(one.pdq, Some(Pdq { bits: [0x55; 32], quality: None }));
    assert_eq!(one.rest.get("vics", "Series"), Some(&json!({"Name": "as object"})));
    assert_eq!(one.rest.get("vics", "Unheard"), Some(&json!({"of": [1, {"deep": null}]})));
    // A time without a zone: understood as UTC, and the text stays.
    assert_eq!(one.rest.get("vics", "DateUpdated"), Some(&json!("2023-06-07T02:31:49")));
    assert!(!one.rest.to_json().contains("/9j/"));

    // Two entries with one MD5: 0 is no verdict, so they do not contradict each other, and both paths stay.
    let (mut twice, again) = (records[1].clone(), records[2].clone());
    twice.merge(again).unwrap();
    assert_eq!(twice.category.unwrap().code, "1");
    assert_eq!(twice.rest.get("vics", "MediaFiles").unwrap()[0]["FileName"], "again.jpg");
}

#[test]
fn known_harmless_files_are_never_read_as_material_that_is_looked_for() {
    let file = sample("vics/harmless_1_2.json");
    let (found, outcome) = rows(&file);
    assert_eq!(refusals(&found), [(1, "file", "known-harmless")]);
    assert!(matches!(outcome.done.end, End::Broken(..)));
    let options = Options { purpose: Purpose::Harmless, ..Options::default() };
    assert!(rows_with(&file, &Limits::default(), &options).1.done.is_clean());
}

#[test]
fn each_wrong_field_refuses_its_row_and_the_good_rows_stand() {
    let other = base::hex(&noise::<16>(2));
    let bad = [
        (r#"{"MediaID":1}"#.into(), "md5", "missing"),
        (r#"{"MD5":"abc"}"#.into(), "md5", "digest-length"),
        (format!(r#"{{"MD5":"{}"}}"#, "g".repeat(32)), "md5", "digest-alphabet"),
        (r#"{"MD5":7}"#.into(), "md5", "malformed"),
        (media(r#","SHA1":"00""#), "sha1", "digest-length"),
        (media(r#","PhotoDNA":"AAAA""#), "photodna", "fingerprint-length"),
        (media(r#","PhotoDNA":"****""#), "photodna", "fingerprint-alphabet"),
        (media(r#","MediaSize":"big""#), "size", "malformed"),
        (media(r#","MediaSize":-1"#), "size", "malformed"),
        (media(r#","IsDistributed":"perhaps""#), "distributed", "malformed"),
        (media(r#","Category":{}"#), "category", "malformed"),
        (media(r#","Comments":"\ud800""#), "record", "malformed"),
        (media(&format!(r#","MD5":"{other}""#)), "md5", "contradiction"),
        (media(r#","Category":1,"Category":2"#), "category", "contradiction"),
        (
            media(&format!(r#","AlternativeHashes":[{{"MD5":"{other}","HashName":"x","HashValue":"y"}}]"#)),
            "md5",
            "contradiction",
        ),
        (media(r#","AlternativeHashes":[{"HashName":"SHA1","HashValue":"y"}]"#), "sha1", "digest-length"),
        ("[]".into(), "record", "malformed"),
        ("7".into(), "record", "malformed"),
        (r#""text""#.into(), "record", "malformed"),
        (r#"{"Media":[]}"#.into(), "", ""),
    ];
    let mut all = Vec::new();
    for (record, ..) in &bad {
        all.extend([record.clone(), media("")]);
    }
    let (found, outcome) = rows(&set(&all));
    assert_eq!(outcome.done.end, End::Whole);
    let expected: Vec<_> = bad
        .iter()
        .zip((1..).step_by(2))
        .filter(|((_, f, _), _)| !f.is_empty())
        .map(|((_, f, r), n)| (n, *f, *r))
        .collect();
    assert_eq!(refusals(&found), expected);
    assert_eq!(found.iter().filter(|row| row.content.is_ok()).count(), bad.len());
    // The same digest written in either case is no contradiction.
    let same = media(&format!(r#","md5":"{}""#, base::hex(&noise::<16>(1)).to_uppercase()));
    assert!(rows(&set(&[same])).1.done.is_clean());
}

#[test]
fn a_file_that_is_something_else_says_so_at_its_place() {
    let cases: [(&[u8], &str, u64); 8] = [
        (b"", "malformed", 0),
        (b"[1]", "malformed", 0),
        (b"{\"@odata.context\":\"http://example.test/#Media\",\"value\":[]}", "other-model", 46),
        (b"{\"value\":[{]}", "malformed", 11),
        (b"{\"value\":[] \n\n", "malformed", 14),
        (b"{\"value\":[]} x", "malformed", 13),
        (b"{\"value\":[],}", "malformed", 12),
        (b"{\"value\":[1,]}", "malformed", 12),
    ];
    for (file, rule, offset) in cases {
        let (found, outcome) = rows(file);
        let End::Broken(place, refusal) = &outcome.done.end else { panic!("{:?}", String::from_utf8_lossy(file)) };
        assert_eq!((refusal.rule, place.offset), (rule, offset), "{:?}", String::from_utf8_lossy(file));
        assert_eq!(found.last().unwrap().content.as_ref(), Err(refusal), "the last row says the same");
    }
}

#[test]
fn in_3_rows_at_a_limit_pass_and_past_it_are_refused_alone() {
    let of_size = |bytes: usize| {
        let one = media(r#","Comments":"""#);
        one.replace(r#""""#, &format!(r#""{}""#, "x".repeat(bytes - one.len())))
    };
    let small = limits(|l| l.record = 500);
    let (found, _) =
        rows_with(&set(&[of_size(499), of_size(500), of_size(501), media("")]), &small, &Options::default());
    assert_eq!(refusals(&found), [(3, "record", "too-large")]);

    let short = limits(|l| l.text = 100);
    let text = |length: usize| media(&format!(r#","Comments":"{}""#, "x".repeat(length)));
    let (found, _) = rows_with(&set(&[text(99), text(100), text(101), media("")]), &short, &Options::default());
    assert_eq!(refusals(&found), [(3, "record", "too-long")]);
    let thumbnail = media(&format!(r#","Miniature":"{}""#, "A".repeat(101)));
    let (_, outcome) = rows_with(&set(&[thumbnail]), &short, &Options::default());
    assert!(outcome.done.is_clean() && outcome.done.pictures == 1, "what is dropped unread may be long");

    let nested = |depth: usize| media(&format!(r#","X":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
    let (found, _) = rows(&set(&[nested(14), nested(15), nested(16), nested(1_000_000 / 4), media("")]));
    assert_eq!(refusals(&found), [(3, "record", "too-deep"), (4, "record", "too-deep")]);

    let few = limits(|l| l.rows = 2);
    let (found, outcome) = rows_with(&set(&[media(""), media("")]), &few, &Options::default());
    assert!(outcome.done.is_clean() && found.len() == 2);
    let (found, outcome) = rows_with(&set(&[media(""), media(""), media("")]), &few, &Options::default());
    assert_eq!(refusals(&found), [(3, "file", "too-many-rows")]);
    assert!(matches!(outcome.done.end, End::Broken(..)));
}

#[test]
fn the_caller_stops_when_it_wants() {
    let mut seen = 0;
    let outcome = read(&set(&[media(""), media(""), media("")])[..], &Limits::default(), &Options::default(), |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, outcome.done.rows, outcome.done.end), (2, 2, End::Stopped));
}

#[test]
fn in_2_damaged_files_never_panic_and_the_rows_before_the_damage_stand() {
    for name in ["minimal_2_0", "usual_1_3", "full_2_0_cases", "harmless_1_2"] {
        damaged(&sample(&format!("vics/{name}.json")), |bytes| _ = rows(bytes));
    }
    let whole = set(&[media(""), media(""), media("")]);
    for cut in 0..whole.len() {
        let (found, outcome) = rows(&whole[..cut]);
        assert!(matches!(outcome.done.end, End::Broken(..)));
        let complete = String::from_utf8_lossy(&whole[..cut]).matches("},").count()
            + usize::from(whole[..cut].ends_with(b"}") && cut > 100)
            + usize::from(whole[..cut].ends_with(b"}]"));
        assert_eq!(found.iter().filter(|r| r.content.is_ok()).count(), complete, "cut at {cut}");
    }
}

/// The same file, one digest after the other, as long as wanted; broken at a row when asked for.
fn long(rows: u64, broken: Option<u64>) -> impl std::io::Read {
    Pieces::new(move |number| match number {
        0 => {
            Some(r#"{"odata.metadata":"http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media","value":["#.into())
        }
        n if n > rows => (n == rows + 1).then(|| "]}".into()),
        n => {
            let comma = if n == 1 { "" } else { "," };
            let colon = if broken == Some(n) { ";" } else { ":" };
            let (md5, sha1) = (base::hex(&noise::<16>(n)), base::hex(&noise::<20>(n)));
            Some(format!("{comma}\n{{\"MediaID\"{colon}{n},\"Category\":1,\"MD5\":\"{md5}\",\"SHA1\":\"{sha1}\"}}"))
        }
    })
}

fn count(input: impl std::io::Read) -> (u64, Outcome) {
    let mut good = 0;
    let outcome = read(input, &Limits::default(), &Options::default(), |row| {
        good += u64::from(row.content.is_ok());
        ControlFlow::Continue(())
    });
    (good, outcome)
}

#[test]
fn memory_does_not_grow_with_the_file() {
    assert_eq!(count(long(2_000, None)).0, 2_000);
    let before = peak();
    let (good, outcome) = count(long(100_000, None));
    assert!(good == 100_000 && outcome.done.is_clean());
    assert!(peak() < before + 4 * 1024, "{} KiB more", peak() - before);
}

#[test]
#[ignore = "long: five million rows"]
fn long_broken_json_at_row_five_million_keeps_the_rows_before_and_names_the_place() {
    count(long(2_000, None));
    let before = peak();
    let (good, outcome) = count(long(6_000_000, Some(5_000_000)));
    assert_eq!((good, outcome.done.rows), (4_999_999, 5_000_000));
    let End::Broken(place, refusal) = outcome.done.end else { panic!("it is broken") };
    assert_eq!((place.row, place.line, refusal.rule), (5_000_000, 5_000_001, "malformed"));
    assert!(peak() < before + 4 * 1024, "{} KiB more", peak() - before);
}

fn written(records: &[Record], version: Version, scheme: Option<&str>) -> (Vec<u8>, Totals) {
    let mut writer = Writer::hash_set(Vec::new(), version, scheme).unwrap();
    for record in records {
        writer.media(record, None).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn what_was_read_is_written_and_read_again_with_everything_unknown() {
    for name in ["minimal_2_0", "usual_1_3", "full_2_0_cases"] {
        let options = Options { region: Some("UK".into()), ..Options::default() };
        let (found, _) = rows_with(&sample(&format!("vics/{name}.json")), &Limits::default(), &options);
        let first = records(&found);
        for version in [Version::V1_3, Version::V2_0] {
            let (file, totals) = written(&first, version, Some("UK"));
            assert_eq!((totals.written, totals.left_out, totals.without_category), (first.len() as u64, 0, 0));
            assert!(serde_json::from_slice::<serde_json::Value>(&file).is_ok());
            let (again, outcome) = rows_with(&file, &Limits::default(), &options);
            assert!(outcome.done.is_clean());
            assert_eq!(records(&again), first, "{name} {version:?}");
        }
    }
}

#[test]
fn a_verdict_of_another_scheme_is_left_out_and_counted() {
    let with = |region: Option<&str>, code: &str| Record {
        digests: Digests { md5: Some(noise(9)), ..Digests::default() },
        category: Some(Category { region: region.map(Into::into), code: code.into() }),
        ..Record::default()
    };
    let gone = Record { tombstone: true, ..with(Some("US"), "1") };
    let bare = Record { pdq: Some(Pdq { bits: [0x55; 32], quality: None }), ..Record::default() };
    let all = [with(Some("us"), "1"), with(Some("UK"), "1"), with(None, "1"), with(Some("US"), "A1"), gone, bare];
    let (file, totals) = written(&all, Version::V2_0, Some("US"));
    assert_eq!(totals, Totals { written: 4, left_out: 2, without_category: 3 });
    let text = String::from_utf8(file).unwrap();
    assert_eq!((text.matches("\"Category\":1").count(), text.matches("\"Category\":null").count()), (1, 3));
    assert!(text.starts_with(r#"{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media","value":["#));
}

#[test]
fn a_case_with_its_files_is_written_as_readers_expect_it() {
    let (found, outcome) = rows(&sample("vics/full_2_0_cases.json"));
    let file = CaseFile {
        path: "files/01/a.jpg".into(),
        name: Some("a.jpg".into()),
        found_at: Some("https://site.example/a.jpg".into()),
        written: None,
    };
    let mut writer = Writer::case(Vec::new(), Version::V2_0, Some("UK"), &outcome.cases[0]).unwrap();
    for record in records(&found) {
        writer.media(&record, Some(&file)).unwrap();
    }
    let (bytes, _) = writer.finish().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert!(json["@odata.context"].as_str().unwrap().ends_with("/2.0.xml/UK/$metadata#Cases"));
    let media = &json["value"][0]["Media"][0];
    assert_eq!(media["RelativeFilePath"], r"files\01\a.jpg");
    assert_eq!(media["MediaFiles"][0]["FileName"], "a.jpg");
    let hash = media["AlternativeHashes"][0].to_string();
    assert!(
        String::from_utf8_lossy(&bytes).contains(r#""HashName":"SHA256","HashValue":"#),
        "name before value: {hash}"
    );
    let (again, read_again) = rows(&bytes);
    assert!(read_again.done.is_clean() && again.len() == 3);
    assert_eq!(read_again.cases, outcome.cases[..1]);
}

fn any_record() -> impl Strategy<Value = Record> {
    let text = "[^\\p{C},]{1,12}".prop_filter("not blank", |t| t.trim() == t && !t.is_empty());
    let digests = (any::<[u8; 16]>(), any::<Option<[u8; 20]>>(), any::<Option<[u8; 32]>>())
        .prop_map(|(md5, sha1, sha256)| Digests { md5: Some(md5), sha1, sha256 });
    let flags = any::<[Option<bool>; 5]>().prop_map(|[a, b, c, d, e]| Flags {
        victim_identified: a,
        offender_identified: b,
        distributed: c,
        suspected: d,
        self_generated: e,
    });
    let opaque = prop::option::of(prop::collection::vec(any::<u8>(), 144)).prop_map(|p| Opaque::photodna(p?).ok());
    let words = prop::collection::vec(text.clone(), 0..3);
    (
        digests,
        flags,
        opaque,
        words,
        (1_u64..1_000_000, prop::option::of(1_u8..9), any::<Option<[u8; 32]>>()),
        text,
        -60_000_000_000_000_000_i64..200_000_000_000_000_000,
    )
        .prop_map(|(digests, flags, opaque, tags, (id, code, pdq), text, micros)| {
            let mut record = Record {
                digests,
                flags,
                opaque: opaque.into_iter().collect(),
                tags,
                id: Some(id.to_string()),
                category: code.map(|c| Category { region: Some("US".into()), code: c.to_string() }),
                pdq: pdq.map(|bits| Pdq { bits, quality: None }),
                size: Some(id * 3),
                series: Some(text.clone()),
                media_type: Some("image/png".into()),
                last_change: Some(Time::from_micros(micros)),
                ..Record::default()
            };
            record.rest.keep("vics", "Comments", json!({ "a": text, "b": [1.5, null, true, micros] }));
            record
        })
}

proptest! {
    #[test]
    fn any_record_goes_there_and_back(all in prop::collection::vec(any_record(), 0..5)) {
        for version in [Version::V1_3, Version::V2_0] {
            let (file, _) = written(&all, version, Some("US"));
            let options = Options { region: Some("US".into()), ..Options::default() };
            let (found, outcome) = rows_with(&file, &Limits::default(), &options);
            prop_assert!(outcome.done.is_clean(), "{:?}", refusals(&found));
            prop_assert_eq!(records(&found), all.clone());
        }
    }

    #[test]
    fn in_2_no_bytes_panic(bytes: Vec<u8>, tail in "[{}\\[\\]\",:0-9a-z\\\\ ]{0,60}") {
        rows(&bytes);
        rows(format!("{{\"value\":[{tail}").as_bytes());
    }
}
