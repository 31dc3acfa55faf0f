//! Tables, lines, forensic forms and the format of our own: stored samples, bad rows, damage, the way back.

use crate::support::{Pieces, collect, damaged, limits, noise, peak, refusals, sample};
use base::Time;
use exchange::{
    Done, End, Limits, Row, Totals, icse,
    sets::{
        columns::Column,
        csv::{self, Columns, Settings},
        hashdeep, jsonl,
        lines::{self, Which},
        nsrl,
    },
};
use hashlists::{Category, Content, Digests, Flags, Member, Opaque, Pdq, Record, Unmatchable};
use proptest::prelude::*;
use serde_json::{Value, json};

type Reader = fn(&[u8], &Limits) -> (Vec<Row>, Done);

const CSV: Reader = |bytes, limits| collect(|each| csv::read(bytes, limits, &Settings::default(), each));
const LINES: Reader = |bytes, limits| collect(|each| lines::read(bytes, limits, Which::ByLength, each));
const NSRL: Reader = |bytes, limits| collect(|each| nsrl::read(bytes, limits, each));
const HASHDEEP: Reader = |bytes, limits| collect(|each| hashdeep::read(bytes, limits, each));
const JSONL: Reader = |bytes, limits| collect(|each| jsonl::read(bytes, limits, each));
const ICSE: Reader = |bytes, limits| collect(|each| icse::read(bytes, limits, each));

fn clean(reader: Reader, bytes: &[u8]) -> Vec<Record> {
    let (rows, done) = reader(bytes, &Limits::default());
    assert!(done.is_clean(), "{:?} {:?}", refusals(&rows), done.end);
    rows.into_iter().map(|row| row.content.unwrap()).collect()
}

fn md5(seed: u64) -> String {
    base::hex(&noise::<16>(seed))
}

#[test]
fn interpols_table_is_read_and_its_baseline_is_a_verdict_of_its_own() {
    let records = clean(ICSE, &sample("sets/icse.csv"));
    let [first, second, third] = &records[..] else { panic!("{records:?}") };
    assert_eq!(first.category, Some(Category { region: Some("INTERPOL".into()), code: "baseline".into() }));
    assert_eq!((second.category.clone(), third.category.clone()), (None, None));
    assert_eq!(first.id.as_deref(), Some("17"));
    assert!(first.digests.md5.is_some() && first.digests.sha1.is_some());
    assert_eq!((first.opaque.len(), second.opaque.len(), third.opaque.len()), (1, 1, 0), "base64 and hexadecimal");
    let flags = |d, v, o| Flags { distributed: d, victim_identified: v, offender_identified: o, ..Flags::default() };
    assert_eq!(first.flags, flags(Some(true), Some(false), Some(false)));
    assert_eq!(second.flags, flags(Some(false), Some(true), None));
    assert_eq!((first.series.as_deref(), first.media_type.as_deref()), (Some("Invented"), Some("image")));
    let kept = json!({"icse.File Available": "true", "icse.Number of submissions": "12", "icse.Unheard": "x"});
    assert_eq!(first.rest.to_json(), kept.to_string());
    let profiles = hashlists::Profiles::shipped().unwrap();
    let meaning = profiles.of_region(icse::REGION).unwrap().meaning("baseline").unwrap();
    assert_eq!(meaning.standing, hashlists::Standing::Baseline);

    let (rows, _) = ICSE(b"MD5;SHA1\n", &Limits::default());
    assert_eq!(refusals(&rows), [(1, "file", "other-format")]);
}

#[test]
fn the_reference_data_sets_text_is_read_with_names_that_are_not_utf_8() {
    let records = clean(NSRL, &sample("sets/NSRLFile.txt"));
    assert_eq!(records[0].size, Some(4096));
    assert!(records.iter().all(|r| r.digests.md5.is_some() && r.digests.sha1.is_some()));
    assert_eq!(records[0].rest.get("nsrl", "FileName"), Some(&json!("a \"quoted\" n\u{fffd}me, with comma.dll")));
    assert_eq!(records[1].rest.get("nsrl", "SpecialCode"), Some(&json!("M")));
}

#[test]
fn forensic_texts_are_read() {
    let deep = clean(HASHDEEP, &sample("sets/hashdeep.txt"));
    assert!(deep[0].digests.md5.is_some() && deep[0].digests.sha256.is_some() && deep[0].size == Some(4096));
    assert_eq!(deep[0].rest.get("hashdeep", "filename"), Some(&json!("/invented/a, with comma.jpg")));
    assert!(deep[0].rest.get("hashdeep", "tiger").is_some(), "a digest we have no field for stays");

    let xways = clean(LINES, &sample("sets/xways.txt"));
    assert!(xways.len() == 2 && xways.iter().all(|r| r.digests.sha1.is_some()));
    let sums = clean(LINES, &sample("sets/md5sum.txt"));
    let names: Vec<_> = sums.iter().map(|r| r.rest.get("lines", "name").and_then(Value::as_str).unwrap()).collect();
    assert_eq!(names, ["a name.jpg", "b.jpg"]);
    let keeper = clean(CSV, &sample("sets/hashkeeper.hsh"));
    assert!(keeper[0].digests.md5.is_some() && keeper[0].size == Some(100));
}

#[test]
fn a_table_of_another_tool_in_utf_16_is_read_by_its_headings() {
    let records = clean(CSV, &sample("sets/usual.csv"));
    let [first, second] = &records[..] else { panic!("{records:?}") };
    assert!(first.digests.md5.is_some() && second.digests.sha256.is_some());
    assert_eq!(first.tags, ["one", "two"]);
    assert_eq!(first.last_change.map(|t| t.to_string()).as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!(first.category, Some(Category { region: None, code: "1".into() }));
    assert_eq!(first.rest.get("csv", "Comment"), Some(&json!("two\nlines; and a \"quote\"")));
}

#[test]
fn columns_are_told_by_the_caller_by_headings_or_by_their_cells() {
    let (a, b) = (md5(1), base::hex(&noise::<32>(2)));
    let told = |text: String, columns: Columns| {
        let settings = Settings { columns, region: Some("US".into()), ..Settings::default() };
        let (rows, done) = collect(|each| csv::read(text.as_bytes(), &Limits::default(), &settings, each));
        assert!(done.is_clean(), "{:?}", refusals(&rows));
        rows.into_iter().map(|r| (r.place.line, r.content.unwrap())).collect::<Vec<_>>()
    };
    let named = Columns::Named(vec![("Fingerprint".into(), Column::Pdq), ("class".into(), Column::Category)]);
    let rows = told(format!("class,fingerprint,md5\n2,{b},{a}\n"), named);
    assert_eq!(rows[0].1.pdq.map(|p| p.bits), Some(noise(2)));
    assert_eq!(rows[0].1.category, Some(Category { region: Some("US".into()), code: "2".into() }));

    let fixed = Columns::Fixed(vec![Column::Ignore, Column::Digest]);
    assert_eq!(told(format!("x,{a}\n\ny,{b},more\n"), fixed).iter().map(|r| r.0).collect::<Vec<_>>(), [1, 3]);
    for end in ["\n", "\r\n"] {
        let text = format!("md5,n\n\n{a},x\n{a},\"two\nlines\"\n\n\n{a},y\n{a},z").replace('\n', end);
        let lines: Vec<u64> = told(text, Columns::Guess).iter().map(|r| r.0).collect();
        assert_eq!(lines, [3, 4, 8, 9], "{end:?}");
    }
    let bare = told(format!("x;{a}\ny;{a}\n"), Columns::Guess);
    assert!(bare.len() == 2 && bare.iter().all(|r| r.1.digests.md5 == Some(noise(1))), "no headings");
    for delimiter in [",", ";", "\t", "|"] {
        let text = format!("name{delimiter}md5\r\n\"a,;|\tb\"{delimiter}{a}\r\n");
        assert_eq!(told(text, Columns::Guess)[0].1.rest.get("csv", "name"), Some(&json!("a,;|\tb")));
    }
}

#[test]
fn each_bad_row_of_a_table_is_refused_with_its_line_and_the_good_rows_stand() {
    let good = format!("{},,,,\n", md5(1));
    let (pdq, zero) = ("55".repeat(32), "0".repeat(64));
    let bad: [(String, &str, &str); 11] = [
        ("abc,,,,".into(), "md5", "digest-length"),
        (format!("{},,,,", "z".repeat(32)), "md5", "digest-alphabet"),
        (",,,,".into(), "record", "nothing-to-match"),
        (format!("{},maybe,,,", md5(1)), "distributed", "malformed"),
        (format!("{},,{pdq},101,", md5(1)), "pdq_quality", "quality"),
        (format!("{},,,50,", md5(1)), "pdq_quality", "malformed"),
        (format!("{},,,,yesterday", md5(1)), "last_change", "malformed"),
        (format!("{},,{},,", md5(1), &pdq[2..]), "pdq", "digest-length"),
        (format!("{}\u{fffd},,,,", &md5(1)[1..]), "md5", "digest-length"),
        (format!("{}\0,,,,", &md5(1)[1..]), "md5", "digest-alphabet"),
        ("=cmd|x,,,,".into(), "md5", "digest-length"),
    ];
    let mut text = "md5,is distributed,pdq,pdq quality,last change\n".to_owned();
    for (row, ..) in &bad {
        text.push_str(&format!("{row}\n{good}"));
    }
    let (rows, done) = CSV(text.as_bytes(), &Limits::default());
    assert_eq!(done.end, End::Whole);
    let expected: Vec<_> = bad.iter().zip((1..).step_by(2)).map(|((_, field, rule), n)| (n, *field, *rule)).collect();
    assert_eq!(refusals(&rows), expected);
    assert!(rows.iter().all(|row| row.place.line == row.place.row + 1));

    // Kept, and known never to match by distance.
    let text = format!("pdq,quality\n{zero},100\n{pdq},49\n{pdq},50\n{}57,100\n", &pdq[2..]);
    let why: Vec<_> = clean(CSV, text.as_bytes()).iter().map(|r| r.pdq.unwrap().unmatchable()).collect();
    let expected = [Some(Unmatchable::Zero), Some(Unmatchable::LowQuality), None, Some(Unmatchable::NotBalanced)];
    assert_eq!(why, expected);

    // Two columns that mean the same have to say the same.
    let (rows, _) = CSV(format!("md5,hash\n{0},{0}\n{0},{1}\n", md5(1), md5(2)).as_bytes(), &Limits::default());
    assert_eq!(refusals(&rows), [(2, "md5", "contradiction")]);
}

#[test]
fn a_file_of_another_kind_is_refused_at_once_and_a_quote_that_stays_open_is_found() {
    let table = format!("md5,note\n{0},a\n{0},\"b\n{0},c\n", md5(1));
    let cases: [(Reader, &[u8], u64, &str); 9] = [
        (CSV, b"name,note\na,b\n", 1, "no-digest-column"),
        (CSV, table.as_bytes(), 2, "malformed"),
        (HASHDEEP, b"", 1, "malformed"),
        (HASHDEEP, b"size,md5\n", 1, "other-format"),
        (HASHDEEP, b"%%%% HASHDEEP-1.0\n%%%% size,filename\n", 1, "no-digest-column"),
        (JSONL, b"", 1, "cut-off"),
        (JSONL, b"{}\n", 1, "other-format"),
        (JSONL, b"{\"format\":\"cport-hashes\",\"version\":2}\n", 1, "other-version"),
        (JSONL, b"{\"format\":\"cport-hashes\",\"version\":1}\n{\"records\":1}\n", 1, "cut-off"),
    ];
    for (reader, text, row, rule) in cases {
        let (rows, done) = reader(text, &Limits::default());
        let End::Broken(place, refusal) = done.end else { panic!("{}", String::from_utf8_lossy(text)) };
        assert_eq!((place.row, refusal.rule), (row, rule), "{}", String::from_utf8_lossy(text));
        assert_eq!(rows.len() as u64, row);
    }
    // A quote that opens and is closed by another row's: the rows between are not lost without a word.
    let text = format!("md5,note\n{0},\"a\n{0},b\n{0},c\"\n{0},d\n", md5(1));
    let (rows, done) = CSV(text.as_bytes(), &Limits::default());
    assert_eq!((refusals(&rows), rows.len(), done.end), (vec![(1, "record", "open-quote")], 2, End::Whole));
    assert!(rows[0].content.as_ref().unwrap_err().reason.contains("2 rows between"));
    // A quote that opens and is megabytes away from closing.
    let long = format!("md5,note\n{},\"{}", md5(1), "x\n".repeat(2_000_000));
    let (rows, done) = CSV(long.as_bytes(), &limits(|l| l.record = 1000));
    assert!(matches!(done.end, End::Broken(..)) && rows.len() == 1);
}

#[test]
fn in_3_lines_and_cells_at_a_limit_pass_and_past_it_are_refused_alone() {
    let short = limits(|l| l.record = 60);
    let named = |length: usize| format!("{} {}\n", md5(1), "n".repeat(length - 33));
    for end in ["", "\r"] {
        let text: String = [59, 60, 61, 1_000_000, 33].map(|l| named(l).replace('\n', &format!("{end}\n"))).concat();
        let (rows, done) = LINES(text.as_bytes(), &short);
        assert_eq!(refusals(&rows), [(3, "record", "too-large"), (4, "record", "too-large")]);
        assert_eq!((done.end, rows[4].place.line), (End::Whole, 5));
    }
    let table = |length: usize| format!("{},{}\n", md5(1), "n".repeat(length - 32));
    let text = format!("md5,n\n{}", [59, 60, 61, 1_000_000, 33].map(table).concat());
    let (rows, _) = CSV(text.as_bytes(), &short);
    assert_eq!(refusals(&rows), [(3, "record", "too-large"), (4, "record", "too-large")]);
    let columns = |count: usize| format!("md5{}\n{}{}\n", ",a".repeat(count - 1), md5(1), ",b".repeat(count - 1));
    for (count, good) in [(255, true), (256, true), (257, false)] {
        assert_eq!(CSV(columns(count).as_bytes(), &Limits::default()).1.is_clean(), good, "{count}");
    }
}

#[test]
fn lines_of_every_kind_are_told_apart() {
    let kinds = format!("{}\n{}\n{}\n", md5(1), base::hex(&noise::<20>(2)), base::hex(&noise::<32>(3)));
    let records = clean(LINES, kinds.as_bytes());
    assert_eq!(records[0].digests.md5, Some(noise(1)));
    assert_eq!((records[1].digests.sha1, records[2].digests.sha256), (Some(noise(2)), Some(noise(3))));
    assert!(records[2].pdq.is_none(), "64 characters are a PDQ only where that is said");
    let named = clean(LINES, format!("pdq {}\n", base::hex(&noise::<32>(3))).as_bytes());
    assert_eq!(named[0].pdq.map(|p| p.bits), Some(noise(3)));
    let (rows, _) = collect(|each| lines::read(kinds.as_bytes(), &Limits::default(), Which::Pdq, each));
    assert_eq!(refusals(&rows), [(1, "pdq", "digest-length"), (2, "pdq", "digest-length")]);
}

#[test]
fn in_2_damaged_files_never_panic() {
    let own = jsonl_of(&[full_record()]);
    let samples: [(Reader, Vec<u8>); 7] = [
        (ICSE, sample("sets/icse.csv")),
        (NSRL, sample("sets/NSRLFile.txt")),
        (HASHDEEP, sample("sets/hashdeep.txt")),
        (LINES, sample("sets/md5sum.txt")),
        (CSV, sample("sets/usual.csv")),
        (CSV, sample("sets/hashkeeper.hsh")),
        (JSONL, own),
    ];
    for (reader, bytes) in samples {
        damaged(&bytes, |bytes| _ = reader(bytes, &Limits::default()));
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let lines = |rows: u64, make: fn(u64) -> String| Pieces::new(move |n| (n < rows).then(|| make(n)));
    let table: fn(u64) -> String = |n| if n == 0 { "md5,note\n".into() } else { format!("{},\"n {n}\"\n", md5(n)) };
    let bare: fn(u64) -> String = |n| format!("{}\n", md5(n));
    let run = |rows| {
        let settings = Settings::default();
        let go = |_| std::ops::ControlFlow::Continue(());
        let (a, b) = (
            csv::read(lines(rows, table), &Limits::default(), &settings, go),
            lines::read(lines(rows, bare), &Limits::default(), Which::Md5, go),
        );
        assert!(a.is_clean() && b.is_clean() && a.rows + 1 == rows && b.rows == rows);
    };
    run(1_000);
    let before = peak();
    run(40_000);
    assert!(peak() < before + 2 * 1024, "{} KiB more", peak() - before);
}

fn full_record() -> Record {
    let mut record = Record {
        digests: Digests { md5: Some(noise(1)), sha1: Some(noise(2)), sha256: Some(noise(3)) },
        pdq: Some(Pdq { bits: [0x55; 32], quality: Some(88) }),
        opaque: vec![
            Opaque::photodna(noise::<144>(5).to_vec()).unwrap(),
            Opaque { name: "tmk-pdqf".into(), content: Content::Reference("/v2/x".into()) },
        ],
        media_type: Some("image/png".into()),
        size: Some(7),
        list: Some("a list".into()),
        member: Some(Member { id: "42".into(), name: "Example".into() }),
        id: Some("entry-1".into()),
        category: Some(Category { region: Some("US".into()), code: "1".into() }),
        flags: Flags {
            victim_identified: Some(true),
            offender_identified: Some(false),
            distributed: Some(true),
            suspected: None,
            self_generated: Some(false),
        },
        series: Some("=SERIES()".into()),
        tags: vec!["a".into(), "b c".into()],
        first_change: Some(Time::from_micros(1_700_000_000_123_456)),
        last_change: Some(Time::from_micros(1_700_000_001_000_000)),
        ..Record::default()
    };
    record.rest.keep("vics", "Comments", json!({"a": [1, 2.5, null]}));
    record
}

fn jsonl_of(records: &[Record]) -> Vec<u8> {
    let mut writer = jsonl::Writer::new(Vec::new()).unwrap();
    records.iter().for_each(|r| writer.record(r).unwrap());
    writer.finish().unwrap().0
}

#[test]
fn our_own_format_is_what_the_readme_says() {
    let text = String::from_utf8(jsonl_of(&[full_record()])).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[2]), (r#"{"format":"cport-hashes","version":1}"#, r#"{"records":1}"#));
    let line: Value = serde_json::from_str(lines[1]).unwrap();
    let mut names: Vec<&String> = line.as_object().unwrap().keys().collect();
    names.sort();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "`{name}` is not in the README");
    }
    assert_eq!(clean(JSONL, text.as_bytes()), [full_record()]);

    let gone = Record { tombstone: true, id: Some("e".into()), ..Record::default() };
    assert_eq!(clean(JSONL, &jsonl_of(std::slice::from_ref(&gone))), [gone]);
}

#[test]
fn our_own_format_refuses_what_it_does_not_know_and_drops_pictures() {
    let file = |line: &str| format!("{{\"format\":\"cport-hashes\",\"version\":1}}\n{line}\n{{\"records\":1}}\n");
    let bad = [
        (r#"{"md5":"00"}"#.to_owned(), "md5"),
        (r#"{"unheard":1}"#.to_owned(), "record"),
        (r#"{"tags":"one"}"#.to_owned(), "record"),
        (r#"{"md5""#.to_owned(), "record"),
        (r#"{}"#.to_owned(), "record"),
        (format!(r#"{{"md5":"{}","pdq_quality":200}}"#, md5(1)), "pdq_quality"),
        (format!(r#"{{"md5":"{}","opaque":[{{"name":"x"}}]}}"#, md5(1)), "opaque"),
        (format!(r#"{{"md5":"{}","opaque":[{{"name":"photodna","base64":"AAAA"}}]}}"#, md5(1)), "photodna"),
    ];
    for (line, field) in bad {
        let (rows, done) = JSONL(file(&line).as_bytes(), &Limits::default());
        assert_eq!((rows[0].content.as_ref().map_err(|r| r.field), done.refused), (Err(field), 1), "{line}");
        assert!(!rows[0].content.as_ref().unwrap_err().reason.contains(&md5(1)), "no digest in a reason");
    }
    let line = format!(r#"{{"md5":"{}","rest":{{"vics.Miniature":"AAAA","vics.A":1}}}}"#, md5(1));
    let (rows, done) = JSONL(file(&line).as_bytes(), &Limits::default());
    assert_eq!((done.pictures, rows[0].content.as_ref().unwrap().rest.to_json()), (1, r#"{"vics.A":1}"#.into()));
}

#[test]
fn forensic_sets_are_written_as_their_tools_read_them_and_withdrawn_records_are_not() {
    let gone = Record { tombstone: true, ..full_record() };
    let bare = Record { digests: Digests { md5: Some(noise(9)), ..Digests::default() }, ..Record::default() };
    let all = [full_record(), gone, bare];
    let (md5, sha1, sha256) = (md5(1), base::hex(&noise::<20>(2)), base::hex(&noise::<32>(3)));

    let mut xways = lines::Writer::new(Vec::new(), Which::Sha1).unwrap();
    let mut deep = hashdeep::Writer::new(Vec::new(), hashdeep::With::All).unwrap();
    let mut rds = nsrl::Writer::new(Vec::new()).unwrap();
    for record in &all {
        xways.record(record).unwrap();
        deep.record(record).unwrap();
        rds.record(record).unwrap();
    }
    let totals = Totals { written: 1, left_out: 2, ..Totals::default() };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (bytes, counted) = xways.finish().unwrap();
    assert_eq!((text(bytes), counted), (format!("SHA-1\n{sha1}\n"), totals));
    let (bytes, counted) = deep.finish().unwrap();
    let heading = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha1,sha256,filename\n";
    assert_eq!((text(bytes), counted), (format!("{heading}7,{md5},{sha1},{sha256},entry-1\n"), totals));
    let (bytes, counted) = rds.finish().unwrap();
    let [sha1, md5] = [sha1, md5].map(|d| d.to_uppercase());
    let row = format!("\"{sha1}\",\"{md5}\",\"00000000\",\"entry-1\",7,0,\"0\",\"\"\r\n");
    let written = text(bytes.clone());
    assert_eq!((written.split_once("\r\n").unwrap().1, counted), (row.as_str(), totals));
    assert_eq!(clean(NSRL, &bytes)[0].digests.md5, Some(noise(1)));
}

#[test]
fn in_8_a_written_table_has_no_formula_and_is_read_again() {
    let tricky = ["=1+1", "+1", "-1", "@x", "＝1", "a,b", "a;b", "say \"x\"", "two\nlines", "'=quoted"];
    let records: Vec<Record> =
        tricky.iter().map(|series| Record { series: Some((*series).into()), ..full_record() }).collect();
    let mut writer = csv::Writer::new(Vec::new()).unwrap();
    records.iter().for_each(|r| writer.record(r).unwrap());
    let (bytes, _) = writer.finish().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    for cell in text.split([',', '\n']).map(|c| c.trim_start_matches('"')) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '＝']), "{cell}");
    }
    let again = clean(CSV, &bytes);
    for (again, first) in again.iter().zip(&records) {
        // A table has no place for what is left over and for large fingerprints.
        let kept = Record { rest: hashlists::Rest::default(), opaque: first.opaque[..1].to_vec(), ..first.clone() };
        assert_eq!(*again, kept);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[A-Za-z]{1,5}x", inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn any_record() -> impl Strategy<Value = Record> {
    let digests = any::<(Option<[u8; 16]>, Option<[u8; 20]>, Option<[u8; 32]>)>();
    let texts = prop::collection::vec(prop::option::of("\\PC{0,20}"), 7);
    let numbers = (any::<Option<u64>>(), prop::option::of(0_u8..=100), any::<[Option<bool>; 5]>(), any::<bool>());
    let fingerprints =
        (any::<[u8; 32]>(), prop::collection::vec(any::<u8>(), 0..300), prop::collection::vec(any::<u8>(), 144));
    let times = (
        prop::option::of(-60_000_000_000_000_000_i64..200_000_000_000_000_000),
        prop::collection::vec("[^\\x00]{0,9}", 0..4),
    );
    (digests, texts, numbers, fingerprints, times, prop::collection::btree_map("[a-z]{1,4}x", any_value(), 0..4))
        .prop_map(
            |(
                (md5, sha1, sha256),
                texts,
                (size, quality, flags, tombstone),
                (bits, other, photodna),
                (time, tags),
                rest,
            )| {
                let [a, b, c, d, e] = flags;
                let text = |at: usize| texts[at].clone();
                let mut record = Record {
                    digests: Digests { md5, sha1, sha256 },
                    pdq: Some(Pdq { bits, quality }),
                    opaque: vec![Opaque::bytes("other", other), Opaque::photodna(photodna).unwrap()],
                    media_type: text(0),
                    size,
                    list: text(1),
                    member: text(2).map(|id| Member { id, name: "n".into() }),
                    id: text(3),
                    category: text(4).map(|code| Category { region: text(5), code }),
                    flags: Flags {
                        victim_identified: a,
                        offender_identified: b,
                        distributed: c,
                        suspected: d,
                        self_generated: e,
                    },
                    series: text(6),
                    tags,
                    first_change: time.map(Time::from_micros),
                    last_change: time.map(|t| Time::from_micros(t / 2)),
                    tombstone,
                    ..Record::default()
                };
                for (name, value) in rest {
                    record.rest.keep("any", &name, value);
                }
                record
            },
        )
}

proptest! {
    #[test]
    fn our_own_format_loses_nothing(records in prop::collection::vec(any_record(), 0..4)) {
        let (rows, done) = JSONL(&jsonl_of(&records), &Limits::default());
        prop_assert!(done.is_clean(), "{:?}", refusals(&rows));
        let again: Vec<Record> = rows.into_iter().map(|row| row.content.unwrap()).collect();
        prop_assert_eq!(again, records);
    }

    #[test]
    fn in_2_no_bytes_panic(bytes: Vec<u8>, text in "[md5,;\"\\n\\r0-9a-f%# ]{0,200}") {
        for reader in [CSV, LINES, NSRL, HASHDEEP, JSONL, ICSE] {
            reader(&bytes, &Limits::default());
            reader(text.as_bytes(), &limits(|l| l.record = 40));
        }
    }
}
