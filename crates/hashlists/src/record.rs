//! The neutral record: one known file as any list describes it. Every format of a partner is read into this and written
//! from it, so that what comes in by one can go out by another.
//!
//! There is deliberately no field for a picture, a thumbnail or a name of a person; see [`Rest`].

use crate::{Opaque, Pdq, Rest};
use base::{AgeGroup, Gender, Refusal, Time};

/// What a list says of one file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Record {
    /// Digests of the file's bytes; at least one, or a fingerprint, is there in a usable record.
    pub digests: Digests,
    /// PDQ of the picture. It may be one that must not match: [`Pdq::unmatchable`].
    pub pdq: Option<Pdq>,
    /// Fingerprints of other algorithms.
    pub opaque: Vec<Opaque>,
    /// Media type as stated: `image/jpeg`, or a bare `image` or `video`.
    pub media_type: Option<String>,
    /// Length of the file in bytes, where stated.
    pub size: Option<u64>,
    /// Name of the list it stands on, where the record itself says so.
    pub list: Option<String>,
    /// Who contributed it.
    pub member: Option<Member>,
    /// The contributor's own id for it. Unique for the member, not for the list.
    pub id: Option<String>,
    /// The verdict in the words of its region.
    pub category: Option<Category>,
    /// Age group of the youngest victim, where the record says it.
    pub age_group: Option<AgeGroup>,
    /// Gender of the victims, where the record says it.
    pub gender: Option<Gender>,
    /// Facts about victim, offender and spread.
    pub flags: Flags,
    /// Series of pictures it belongs to.
    pub series: Option<String>,
    /// Free words, in the order given.
    pub tags: Vec<String>,
    /// First seen on the list.
    pub first_change: Option<Time>,
    /// Last changed on the list.
    pub last_change: Option<Time>,
    /// The contributor withdrew it: what it settled is open again. Digests may be missing then.
    pub tombstone: bool,
    /// What else the partner's record said.
    pub rest: Rest,
}

/// Digests of the whole file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Digests {
    /// MD5.
    pub md5: Option<[u8; 16]>,
    /// SHA-1.
    pub sha1: Option<[u8; 20]>,
    /// SHA-256.
    pub sha256: Option<[u8; 32]>,
}

/// What kind of file it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A still or animated picture.
    Picture,
    /// A video.
    Video,
}

impl Kind {
    /// The media type without its second half.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "image",
            Self::Video => "video",
        }
    }

    /// Of a media type, or of a bare word such as `image`, either case.
    pub fn of_media_type(text: &str) -> Option<Self> {
        let start = |word: &str| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
        match () {
            () if start("image") || start("picture") => Some(Self::Picture),
            () if start("video") => Some(Self::Video),
            () => None,
        }
    }
}

/// The organisation behind a record, as its network numbers it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Member {
    /// Its id there.
    pub id: String,
    /// Its name there; may be empty.
    pub name: String,
}

/// A verdict as it was given. The code's meaning is the region's and is looked up in a [`crate::Profile`], never assumed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Category {
    /// Whose scheme it is, as the file says it, such as `US`; `None` when the file does not say.
    pub region: Option<String>,
    /// The code, such as `1` or `A2`.
    pub code: String,
}

/// Facts beside the verdict. `None`: the record does not say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flags {
    /// The victim is identified.
    pub victim_identified: Option<bool>,
    /// The offender is identified.
    pub offender_identified: Option<bool>,
    /// It is known to be passed around.
    pub distributed: Option<bool>,
    /// Suspected only, not confirmed.
    pub suspected: Option<bool>,
    /// The person shown made it.
    pub self_generated: Option<bool>,
}

impl Record {
    /// Refuses a record by which nothing can be found: no digest and no fingerprint. A tombstone may have none when it
    /// says whose entry goes. Refuses texts that no table and no line of a log could hold as they are: names longer than
    /// [`MOST_NAME`] or with control characters, free texts longer than [`MOST_TEXT`] or with a zero in them.
    pub fn check(&self) -> Result<(), Refusal> {
        let found = !self.digests.is_empty() || self.pdq.is_some() || !self.opaque.is_empty();
        let withdrawn = self.tombstone && self.id.is_some();
        if !found && !withdrawn {
            return Err(Refusal::new("record", "nothing-to-match", "the record has no digest and no fingerprint"));
        }
        let (region, code) = self.category.as_ref().map(|c| (c.region.as_deref(), c.code.as_str())).unzip();
        name("id", self.id.as_deref())?;
        name("media_type", self.media_type.as_deref())?;
        name("list", self.list.as_deref())?;
        name("member", self.member.as_ref().map(|m| m.id.as_str()))?;
        name("category", code)?;
        name("region", region.flatten())?;
        self.opaque.iter().try_for_each(|one| name("opaque", Some(&one.name)))?;
        text("member", self.member.as_ref().map(|m| m.name.as_str()))?;
        text("series", self.series.as_deref())?;
        if self.tags.len() > MOST_TAGS {
            return Err(Refusal::new("tags", "too-many", format!("the record has more than {MOST_TAGS} tags")));
        }
        self.tags.iter().try_for_each(|tag| text("tags", Some(tag)))
    }

    /// Picture or video, where stated.
    pub fn kind(&self) -> Option<Kind> {
        self.media_type.as_deref().and_then(Kind::of_media_type)
    }

    /// Takes over what another record of the same file says. What is stated twice must be the same for digests, PDQ bits,
    /// size and verdict, or the field is refused and this record stays as it was (rule `contradiction`).
    pub fn merge(&mut self, other: Self) -> Result<(), Refusal> {
        if let Some(field) = contradiction(self, &other) {
            let reason = format!("`{field}` differs from another record of the same file");
            return Err(Refusal::new(field, "contradiction", reason));
        }
        self.digests.fill(other.digests);
        self.pdq = self.pdq.or(other.pdq);
        for one in other.opaque {
            if !self.opaque.contains(&one) {
                self.opaque.push(one);
            }
        }
        for tag in other.tags {
            if !self.tags.contains(&tag) {
                self.tags.push(tag);
            }
        }
        self.flags.fill(other.flags);
        fill(&mut self.media_type, other.media_type);
        fill(&mut self.size, other.size);
        fill(&mut self.list, other.list);
        fill(&mut self.member, other.member);
        fill(&mut self.id, other.id);
        fill(&mut self.category, other.category);
        fill(&mut self.series, other.series);
        fill(&mut self.age_group, other.age_group);
        fill(&mut self.gender, other.gender);
        self.first_change = [self.first_change, other.first_change].into_iter().flatten().min();
        self.last_change = self.last_change.max(other.last_change);
        self.rest.merge(other.rest);
        Ok(())
    }
}

/// Bytes of a name in a record: id, list, media type, member's id, category, region, kind of fingerprint.
pub const MOST_NAME: usize = 255;
/// Bytes of a free text in a record: series, a tag, a member's name.
pub const MOST_TEXT: usize = 4096;
/// Tags of a record.
pub const MOST_TAGS: usize = 1000;

fn name(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    if text.len() > MOST_NAME {
        let reason = format!("`{field}` has more than {MOST_NAME} bytes");
        return Err(Refusal::new(field, "too-long", reason));
    }
    let plain = text.bytes().all(|b| matches!(b, b' '..=b'~'));
    if plain || !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Refusal::new(field, "bad-character", format!("`{field}` has control characters")))
}

fn text(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    match text {
        Some(text) if text.len() > MOST_TEXT => {
            let reason = format!("`{field}` has more than {MOST_TEXT} bytes");
            Err(Refusal::new(field, "too-long", reason))
        }
        Some(text) if text.as_bytes().contains(&0) => {
            Err(Refusal::new(field, "bad-character", format!("`{field}` has a zero character")))
        }
        _ => Ok(()),
    }
}

/// The first field in which two records of one file cannot both be right.
pub fn contradiction(a: &Record, b: &Record) -> Option<&'static str> {
    let checks = [
        ("md5", differ(&a.digests.md5, &b.digests.md5)),
        ("sha1", differ(&a.digests.sha1, &b.digests.sha1)),
        ("sha256", differ(&a.digests.sha256, &b.digests.sha256)),
        ("pdq", differ(&a.pdq.map(|p| p.bits), &b.pdq.map(|p| p.bits))),
        ("size", differ(&a.size, &b.size)),
        ("category", differ(&a.category, &b.category)),
        ("age_group", differ(&a.age_group, &b.age_group)),
        ("gender", differ(&a.gender, &b.gender)),
        ("tombstone", a.tombstone != b.tombstone),
    ];
    checks.into_iter().find(|(_, differs)| *differs).map(|(field, _)| field)
}

fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

fn fill<T>(mine: &mut Option<T>, theirs: Option<T>) {
    if mine.is_none() {
        *mine = theirs;
    }
}

impl Digests {
    /// None is known.
    pub const fn is_empty(&self) -> bool {
        self.md5.is_none() && self.sha1.is_none() && self.sha256.is_none()
    }

    fn fill(&mut self, other: Self) {
        fill(&mut self.md5, other.md5);
        fill(&mut self.sha1, other.sha1);
        fill(&mut self.sha256, other.sha256);
    }
}

impl Flags {
    /// A fact stated by either record is a fact: true wins.
    fn fill(&mut self, other: Self) {
        self.victim_identified = self.victim_identified.max(other.victim_identified);
        self.offender_identified = self.offender_identified.max(other.offender_identified);
        self.distributed = self.distributed.max(other.distributed);
        self.suspected = self.suspected.max(other.suspected);
        self.self_generated = self.self_generated.max(other.self_generated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(md5: u8) -> Record {
        Record { digests: Digests { md5: Some([md5; 16]), ..Digests::default() }, ..Record::default() }
    }

    #[test]
    fn a_record_by_which_nothing_can_be_found_is_refused() {
        assert_eq!(Record::default().check().map_err(|r| r.rule), Err("nothing-to-match"));
        assert_eq!(known(1).check(), Ok(()));
        let gone = Record { tombstone: true, id: Some("7".into()), ..Record::default() };
        assert_eq!(gone.check(), Ok(()));
        assert!(Record { tombstone: true, ..Record::default() }.check().is_err());
    }

    #[test]
    fn in_3_texts_are_as_long_as_their_limit_and_not_one_byte_longer() {
        let named = |length: usize| Record { id: Some("x".repeat(length)), ..known(1) }.check().map_err(|r| r.rule);
        assert_eq!((named(254), named(255), named(256)), (Ok(()), Ok(()), Err("too-long")));
        let free = |length: usize| Record { series: Some("x".repeat(length)), ..known(1) }.check().map_err(|r| r.rule);
        assert_eq!((free(4095), free(4096), free(4097)), (Ok(()), Ok(()), Err("too-long")));
        let tags = |count: usize| Record { tags: vec!["x".into(); count], ..known(1) }.check().map_err(|r| r.rule);
        assert_eq!((tags(999), tags(1000), tags(1001)), (Ok(()), Ok(()), Err("too-many")));
    }

    #[test]
    fn in_4_what_would_break_a_log_line_or_a_table_is_refused() {
        for bad in ["a\nb", "a\u{1b}[31m", "a\0", "\u{85}"] {
            let category = Some(Category { region: None, code: bad.into() });
            let list = Some(bad.to_owned());
            for record in [Record { category, ..known(1) }, Record { list, ..known(1) }] {
                assert_eq!(record.check().map_err(|r| r.rule), Err("bad-character"), "{bad:?}");
            }
        }
        assert_eq!(Record { id: Some("número 7".into()), ..known(1) }.check(), Ok(()));
        assert_eq!(Record { series: Some("two\nlines".into()), ..known(1) }.check(), Ok(()));
        assert!(Record { tags: vec!["a\0".into()], ..known(1) }.check().is_err());
    }

    #[test]
    fn two_records_of_one_file_become_one_or_are_refused_whole() {
        let mut first = Record { tags: vec!["a".into()], last_change: Some(Time::from_micros(5)), ..known(1) };
        let mut second = Record { tags: vec!["a".into(), "b".into()], size: Some(9), ..known(1) };
        second.flags.distributed = Some(true);
        second.digests.sha1 = Some([2; 20]);
        first.merge(second).unwrap();
        assert_eq!((first.tags.len(), first.size, first.flags.distributed), (2, Some(9), Some(true)));
        assert_eq!(first.digests.sha1, Some([2; 20]));

        let before = first.clone();
        let category = |code: &str| Some(Category { region: None, code: code.into() });
        for (field, other) in [
            ("md5", known(2)),
            ("size", Record { size: Some(8), ..known(1) }),
            ("tombstone", Record { tombstone: true, ..known(1) }),
        ] {
            let refusal = first.merge(other).unwrap_err();
            assert_eq!((refusal.field, refusal.rule), (field, "contradiction"));
        }
        first.category = category("1");
        let refusal = first.merge(Record { category: category("2"), ..known(1) }).unwrap_err();
        assert_eq!(refusal.field, "category");
        first.category = None;
        assert_eq!(first, before);
    }

    #[test]
    fn kinds_are_told_by_media_type_or_bare_word() {
        assert_eq!(Kind::of_media_type("Image/JPEG"), Some(Kind::Picture));
        assert_eq!(Kind::of_media_type("video"), Some(Kind::Video));
        assert_eq!(Kind::of_media_type("text"), None);
        assert_eq!(Kind::of_media_type("é"), None);
    }
}
