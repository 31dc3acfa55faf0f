//! Wrappings: what is taken, what is refused before it is walked, what ends while it is read.

use crate::support::limits;
use base::Refusal;
use exchange::{
    Limits,
    input::{Pick, open, open_file, open_spooled},
};
use flate2::{
    Compression, Crc,
    write::{DeflateEncoder, GzEncoder},
};
use std::io::{self, Cursor, Read, Write};

/// One entry of an archive that is written as a liar would.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    body: Vec<u8>,
    stored: bool,
    flags: u16,
    method: Option<u16>,
    attributes: u32,
    /// Added to the sizes and the checksum that the directory claims: packed, size, checksum.
    lies: (i64, i64, u32),
    local_name: Option<Vec<u8>>,
    /// Sizes stand in 64 bits.
    wide: bool,
}

fn entry(name: &str, body: &[u8]) -> Entry {
    Entry {
        name: name.into(),
        body: body.into(),
        stored: false,
        flags: 0,
        method: None,
        attributes: 0,
        lies: (0, 0, 0),
        local_name: None,
        wide: false,
    }
}

/// What the end of an archive says.
#[derive(Clone, Default)]
struct Tail {
    entries: Option<u64>,
    shift: i64,
    wide: bool,
    comment: Vec<u8>,
    extra_directory: Vec<u8>,
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn add(value: u64, lie: i64) -> u64 {
    value.checked_add_signed(lie).unwrap()
}

fn archive(entries: &[Entry], tail: &Tail) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for e in entries {
        let offset = out.len() as u32;
        let packed = if e.stored { e.body.clone() } else { deflate(&e.body) };
        let mut crc = Crc::new();
        crc.update(&e.body);
        let (length, size) = (add(packed.len() as u64, e.lies.0), add(e.body.len() as u64, e.lies.1));
        let method = e.method.unwrap_or(if e.stored { 0 } else { 8 });
        let (short_length, short_size) = if e.wide { (u32::MAX, u32::MAX) } else { (length as u32, size as u32) };
        let common = |to: &mut Vec<u8>, name: &[u8], extra: u16| {
            to.extend(20_u16.to_le_bytes());
            to.extend(e.flags.to_le_bytes());
            to.extend(method.to_le_bytes());
            to.extend([0; 4]);
            to.extend((crc.sum() ^ e.lies.2).to_le_bytes());
            to.extend(short_length.to_le_bytes());
            to.extend(short_size.to_le_bytes());
            to.extend((name.len() as u16).to_le_bytes());
            to.extend(extra.to_le_bytes());
        };
        out.extend(b"PK\x03\x04");
        let local_name = e.local_name.as_ref().unwrap_or(&e.name);
        common(&mut out, local_name, 0);
        out.extend(local_name);
        out.extend(&packed);
        let extra = if e.wide {
            [&[1, 0, 16, 0], &size.to_le_bytes()[..], &length.to_le_bytes()[..]].concat()
        } else {
            Vec::new()
        };
        directory.extend(b"PK\x01\x02\x14\x03");
        common(&mut directory, &e.name, extra.len() as u16);
        directory.extend([0; 6]);
        directory.extend(e.attributes.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&e.name);
        directory.extend(&extra);
    }
    directory.extend(&tail.extra_directory);
    let count = tail.entries.unwrap_or(entries.len() as u64);
    let (start, size) = (add(out.len() as u64, tail.shift), directory.len() as u64);
    out.extend(&directory);
    if tail.wide {
        let at = out.len() as u64;
        out.extend(b"PK\x06\x06");
        out.extend(44_u64.to_le_bytes());
        out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [count, count, size, start] {
            out.extend(value.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend(at.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    let short = |value: u64| if tail.wide { u32::MAX } else { value as u32 };
    out.extend(b"PK\x05\x06\0\0\0\0");
    let count = if tail.wide { u16::MAX } else { count as u16 };
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(short(size).to_le_bytes());
    out.extend(short(start).to_le_bytes());
    out.extend((tail.comment.len() as u16).to_le_bytes());
    out.extend(&tail.comment);
    out
}

fn read_with(bytes: &[u8], pick: Pick<'_>, limits: &Limits) -> Result<String, String> {
    let mut text = String::new();
    let mut input = open_file(Cursor::new(bytes), pick, limits).map_err(|r| r.reason)?;
    input.read_to_string(&mut text).map_err(|e| e.to_string())?;
    Ok(text)
}

fn read(bytes: &[u8]) -> Result<String, String> {
    read_with(bytes, Pick::Only, &Limits::default())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn plain_gzip_and_zip_give_the_same_text_in_any_encoding() {
    let text = "md5\nd41d8cd98f00b204e9800998ecf8427e\n";
    let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for body in [text.as_bytes(), &wide, format!("\u{feff}{text}").as_bytes()] {
        let stored = Entry { stored: true, ..entry("x.txt", body) };
        let long = Entry { wide: true, ..entry("x.txt", body) };
        let wide = Tail { wide: true, comment: b"made by a test".to_vec(), ..Tail::default() };
        let two = [gzip(&body[..10]), gzip(&body[10..])].concat();
        for file in [
            body.to_vec(),
            gzip(body),
            two,
            archive(&[entry("lists/x.txt", body)], &Tail::default()),
            archive(&[stored], &Tail::default()),
            archive(&[entry("lists/", b""), entry("__MACOSX/._x", b"1"), long], &wide),
        ] {
            assert_eq!(read(&file).as_deref(), Ok(text));
        }
        let mut streamed = String::new();
        open(&gzip(body)[..], &Limits::default()).unwrap().read_to_string(&mut streamed).unwrap();
        assert_eq!(streamed, text);
    }
    assert_eq!((read(b""), read(b"\x1f")), (Ok(String::new()), Ok("\u{1f}".into())));
    let zip = archive(&[entry("x", b"1")], &Tail::default());
    let refused: Result<_, Refusal> = open(&zip[..], &Limits::default()).map(drop);
    assert_eq!(refused.map_err(|r| r.rule), Err("zip-as-stream"));
}

#[test]
fn one_of_several_entries_is_picked_by_its_name() {
    let files = [entry("rds/NSRLFile.txt", b"files"), entry("rds/NSRLMfg.txt", b"makers")];
    let zip = archive(&files, &Tail::default());
    let named = |name| read_with(&zip, Pick::Named(name), &Limits::default());
    assert_eq!(named("NSRLFile.txt").as_deref(), Ok("files"));
    assert_eq!(named("rds/NSRLMfg.txt").as_deref(), Ok("makers"));
    assert!(named("other").unwrap_err().contains("not in it"));
    assert!(read(&zip).unwrap_err().contains("name the one"));
}

#[test]
fn in_6_dangerous_and_lying_archives_are_refused() {
    let body = "d41d8cd98f00b204e9800998ecf8427e\n".repeat(40).into_bytes();
    let plain = entry("x", &body);
    let with = |change: &dyn Fn(&mut Entry)| {
        let mut changed = plain.clone();
        change(&mut changed);
        archive(&[changed], &Tail::default())
    };
    let tail = |tail: Tail| archive(std::slice::from_ref(&plain), &tail);
    let names = ["../x", "a/../x", "..\\x", "/x", "\\x", "C:\\x", "a\0b", ""];
    let mut bad: Vec<(String, Vec<u8>)> =
        names.iter().map(|n| (format!("name {n:?}"), with(&|e| e.name = n.as_bytes().to_vec()))).collect();
    bad.extend([
        ("link".into(), with(&|e| e.attributes = 0xa1ff_0000)),
        ("encrypted".into(), with(&|e| e.flags = 1)),
        ("another method".into(), with(&|e| e.method = Some(12))),
        ("size too large".into(), with(&|e| e.lies.1 = 1)),
        ("size too small".into(), with(&|e| e.lies.1 = -1)),
        ("packed too large".into(), with(&|e| e.lies.0 = 1)),
        ("packed too small".into(), with(&|e| e.lies.0 = -1)),
        ("checksum".into(), with(&|e| e.lies.2 = 1)),
        ("stored with two sizes".into(), with(&|e| (e.stored, e.lies.1) = (true, -1))),
        ("two names".into(), with(&|e| e.local_name = Some(b"y".to_vec()))),
        ("double".into(), archive(&[plain.clone(), plain.clone()], &Tail::default())),
        ("empty".into(), archive(&[], &Tail::default())),
        ("more than counted".into(), tail(Tail { entries: Some(0), ..Tail::default() })),
        ("fewer than counted".into(), tail(Tail { entries: Some(2), ..Tail::default() })),
        ("directory elsewhere".into(), tail(Tail { shift: 1, ..Tail::default() })),
        ("more directory".into(), tail(Tail { extra_directory: vec![0; 46], ..Tail::default() })),
        ("two ends".into(), tail(Tail { comment: archive(&[entry("y", b"2")], &Tail::default()), ..Tail::default() })),
        ("data before".into(), [b"PK\x03\x04MZ".to_vec(), tail(Tail::default())].concat()),
        ("data behind".into(), [tail(Tail::default()), b"x".to_vec()].concat()),
        ("only a beginning".into(), b"PK\x03\x04".to_vec()),
    ]);
    for (what, file) in bad {
        assert!(read(&file).is_err(), "{what}");
    }
}

/// Everything that an archive can do wrong, in all its spellings: name and bytes.
fn hostile() -> Vec<(String, Vec<u8>)> {
    let body = "d41d8cd98f00b204e9800998ecf8427e\n".repeat(40).into_bytes();
    let plain = entry("x", &body);
    let one = |change: &dyn Fn(&mut Entry)| {
        let mut changed = plain.clone();
        change(&mut changed);
        archive(&[changed], &Tail::default())
    };
    let tail = |tail: Tail| archive(std::slice::from_ref(&plain), &tail);
    let mut bad: Vec<(String, Vec<u8>)> = Vec::new();
    // Names that lead out of it, stored and deflated.
    let ups = [
        "../x",
        "a/../x",
        "a/b/../../../x",
        "..\\x",
        "a\\..\\x",
        "a/..\\x",
        "..",
        "a/..",
        "/x",
        "//x",
        "\\x",
        "\\\\h\\x",
    ];
    let drives = ('A'..='Z').chain('a'..='d').map(|c| format!("{c}:\\x"));
    let zeros = ["a\0b", "\0", "x\0.json", "../\0"].map(str::to_owned);
    for name in ups.into_iter().map(str::to_owned).chain(drives).chain(zeros) {
        for stored in [false, true] {
            bad.push((
                format!("slip {name:?} {stored}"),
                one(&|e| (e.name, e.stored) = (name.clone().into_bytes(), stored)),
            ));
        }
    }
    // Ways of packing that are not read, links with any permissions, encryption beside any other flag.
    bad.extend((1..=99).filter(|m| *m != 8).map(|m| (format!("method {m}"), one(&|e| e.method = Some(m)))));
    bad.extend((0..16).map(|m| (format!("link {m}"), one(&|e| e.attributes = 0xa000_0000 | m << 20))));
    bad.extend((0..16).map(|f| (format!("encrypted {f}"), one(&|e| e.flags = 1 | f << 1))));
    // Sizes and checksums that lie, in one of the two places and in both sizes of number.
    for lie in [1_i64, -1, 2, -2, 100, -100, 1000, 1 << 20, 1 << 30] {
        bad.push((format!("packed {lie}"), one(&|e| e.lies.0 = lie.max(-(20 + lie.abs() % 2)))));
        bad.push((format!("size {lie}"), one(&|e| e.lies.1 = lie)));
        bad.push((format!("stored size {lie}"), one(&|e| (e.stored, e.lies.1) = (true, lie))));
        bad.push((format!("checksum {lie}"), one(&|e| e.lies.2 = lie.unsigned_abs() as u32)));
    }
    // The same name twice, or another one in the two places.
    for n in 2..12 {
        bad.push((format!("{n} doubles"), archive(&vec![plain.clone(); n], &Tail::default())));
        bad.push((format!("name {n}"), one(&|e| e.local_name = Some(vec![b'y'; n]))));
    }
    // Directories that count wrong, stand elsewhere, or come twice; data around and between.
    for n in [0, 2, 3, 10, 999, 1001, 60_000] {
        bad.push((format!("counts {n}"), tail(Tail { entries: Some(n), ..Tail::default() })));
        bad.push((format!("counts {n} wide"), tail(Tail { entries: Some(n), wide: true, ..Tail::default() })));
    }
    for shift in [1, -1, 7, 46, 1 << 20] {
        bad.push((format!("shifted {shift}"), tail(Tail { shift, ..Tail::default() })));
        bad.push((format!("shifted {shift} wide"), tail(Tail { shift, wide: true, ..Tail::default() })));
    }
    for n in [1, 4, 46, 47, 1000] {
        bad.push((format!("{n} more"), tail(Tail { extra_directory: vec![0; n], ..Tail::default() })));
        bad.push((format!("{n} before"), [b"PK\x03\x04".to_vec(), vec![0; n], tail(Tail::default())].concat()));
        bad.push((format!("{n} behind"), [tail(Tail::default()), vec![0; n]].concat()));
    }
    let other = archive(&[entry("y", b"2")], &Tail::default());
    bad.push(("two ends".into(), tail(Tail { comment: other, ..Tail::default() })));
    // Cut anywhere.
    let whole = tail(Tail::default());
    bad.extend((4..whole.len()).step_by(whole.len() / 60 + 1).map(|n| (format!("cut at {n}"), whole[..n].to_vec())));
    // Bombs, by their claim and by what comes out.
    let zeros = vec![b'0'; 8 * 1024 * 1024];
    let length = zeros.len() as i64;
    bad.push(("bomb".into(), archive(&[entry("x", &zeros)], &Tail::default())));
    for less in [1, 1000, length - 1000, length - 1] {
        let lying = Entry { lies: (0, -less, 0), ..entry("x", &zeros) };
        bad.push((format!("bomb that says {less} less"), archive(&[lying], &Tail::default())));
    }
    bad
}

/// Bytes this process has had at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn in_6_three_hundred_hostile_archives_are_refused_in_two_seconds_and_128_megabytes() {
    let bad = hostile();
    assert!(bad.len() >= 300, "{}", bad.len());
    let mut slowest = std::time::Duration::ZERO;
    for (what, file) in &bad {
        let begun = std::time::Instant::now();
        assert!(read(file).is_err(), "{what}");
        // The same as it comes over the network.
        let streamed = open_spooled(&file[..], unnamed, Pick::Only, &Limits::default());
        let fine = streamed.is_ok_and(|mut text| io::copy(&mut text, &mut io::sink()).is_ok());
        // What does not begin like an archive is a text, and a reader of lists finds no row in it.
        assert!(!fine || !file.starts_with(b"PK"), "{what} as a stream");
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest.as_secs() < 2, "{slowest:?}");
    assert!(peak() < 128 << 20, "{} MiB", peak() >> 20);
}

#[test]
fn in_6_a_million_entries_are_refused_in_two_seconds_and_128_megabytes() {
    let path = std::env::temp_dir().join(format!("cport-million-{}.zip", std::process::id()));
    for claimed in [1_000_000_u64, 1000] {
        let mut file = io::BufWriter::new(std::fs::File::create(&path).unwrap());
        file.write_all(b"PK\x03\x04").unwrap();
        let mut record = b"PK\x01\x02\x14\x03".to_vec();
        record.resize(46, 0);
        record[28] = 7;
        for n in 0..1_000_000 {
            file.write_all(&record).unwrap();
            write!(file, "{n:07}").unwrap();
        }
        let size = 53_000_000_u64;
        file.write_all(b"PK\x06\x06").unwrap();
        file.write_all(&44_u64.to_le_bytes()).unwrap();
        file.write_all(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        for value in [claimed, claimed, size, 4] {
            file.write_all(&value.to_le_bytes()).unwrap();
        }
        file.write_all(b"PK\x06\x07\0\0\0\0").unwrap();
        file.write_all(&(4 + size).to_le_bytes()).unwrap();
        file.write_all(&1_u32.to_le_bytes()).unwrap();
        file.write_all(b"PK\x05\x06\0\0\0\0").unwrap();
        file.write_all(&[255; 12]).unwrap();
        file.write_all(&[0; 2]).unwrap();
        drop(file.into_inner().unwrap());
        let begun = std::time::Instant::now();
        let refused = open_file(std::fs::File::open(&path).unwrap(), Pick::Only, &Limits::default()).map(drop);
        let reason = refused.unwrap_err().reason;
        assert!(reason.contains("1000000 entries") || reason.contains("too long"), "{reason}");
        assert!(begun.elapsed().as_secs() < 2 && peak() < 128 << 20, "{:?} {}", begun.elapsed(), peak() >> 20);
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn in_6_an_archive_that_comes_as_a_stream_is_kept_up_to_its_limit() {
    let zip = archive(&[entry("x", b"d41d8cd98f00b204e9800998ecf8427e")], &Tail::default());
    let length = zip.len() as u64;
    let read = |most: u64| {
        let mut text = String::new();
        let mut input =
            open_spooled(&zip[..], unnamed, Pick::Only, &limits(|l| l.archive = most)).map_err(|r| r.rule)?;
        input.read_to_string(&mut text).map_err(|_| "unread")?;
        Ok::<_, &str>(text)
    };
    let text = "d41d8cd98f00b204e9800998ecf8427e";
    assert_eq!((read(length).as_deref(), read(length + 1).as_deref()), (Ok(text), Ok(text)), "in_3");
    assert_eq!(read(length - 1), Err("too-large"));
    let nowhere = || Err(io::Error::other("no disk"));
    assert!(open_spooled(&zip[..], nowhere, Pick::Only, &Limits::default()).is_err());
    let mut plain = String::new();
    open_spooled(text.as_bytes(), nowhere, Pick::Only, &Limits::default()).unwrap().read_to_string(&mut plain).unwrap();
    assert_eq!(plain, text, "what is no archive needs no file");
}

/// A file without a name.
fn unnamed() -> io::Result<std::fs::File> {
    let path = std::env::temp_dir().join(format!("cport-spool-{}", std::process::id()));
    let file = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[test]
fn in_6_ten_million_entries_are_refused_before_they_are_walked() {
    let zip = archive(&[entry("x", b"1")], &Tail { entries: Some(10_000_000), wide: true, ..Tail::default() });
    let start = std::time::Instant::now();
    assert_eq!(read(&zip), Err("the archive has 10000000 entries, at most 1000 are read".into()));
    assert!(start.elapsed().as_millis() < 500);

    let many = |count: u64| {
        let entries: Vec<Entry> = (0..count).map(|n| entry(&format!("{n}"), b"1")).collect();
        read_with(&archive(&entries, &Tail::default()), Pick::Named("0"), &limits(|l| l.entries = 20))
    };
    assert_eq!((many(19).is_ok(), many(20).is_ok(), many(21).is_ok()), (true, true, false), "in_3");
}

#[test]
fn in_6_bombs_end_early() {
    let zeros = vec![b'0'; 20 * 1024 * 1024];
    let claimed = archive(&[entry("x", &zeros)], &Tail::default());
    assert!(read(&claimed).unwrap_err().contains("come out of each packed one"), "by its claim");
    let lying =
        archive(&[Entry { lies: (0, -(zeros.len() as i64) + 1000, 0), ..entry("x", &zeros) }], &Tail::default());
    assert!(read(&lying).is_err(), "by what comes out");
    let mut out = 0_usize;
    let packed = gzip(&zeros);
    let mut input = open(&packed[..], &Limits::default()).unwrap();
    let mut piece = vec![0; 64 * 1024];
    let error = loop {
        match input.read(&mut piece) {
            Ok(count) => out += count,
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("come out of each packed one") && out < 16 * 1024 * 1024, "{out}: {error}");
}

#[test]
fn in_3_a_file_may_have_its_limit_and_not_one_byte_more() {
    for wrap in [|b: &[u8]| b.to_vec(), gzip, |b: &[u8]| archive(&[entry("x", b)], &Tail::default())] {
        let at = |length: usize| read_with(&wrap(&vec![b'x'; length]), Pick::Only, &limits(|l| l.bytes = 100)).is_ok();
        assert_eq!((at(99), at(100), at(101)), (true, true, false));
    }
}

#[test]
fn in_2_damaged_wrappings_never_panic() {
    let body = "d41d8cd98f00b204e9800998ecf8427e\n".repeat(4).into_bytes();
    let wide = Entry { wide: true, ..entry("x", &body) };
    let zip = archive(&[entry("y", b"1"), wide], &Tail { wide: true, ..Tail::default() });
    for file in [zip, gzip(&body)] {
        for at in 0..file.len() {
            _ = read_with(&file[..at], Pick::Named("x"), &Limits::default());
            for byte in [0, 1, 0x7f, 0xff] {
                let mut copy = file.clone();
                copy[at] = byte;
                _ = read_with(&copy, Pick::Named("x"), &Limits::default());
            }
        }
    }
}
