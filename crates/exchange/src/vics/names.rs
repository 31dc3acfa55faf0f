//! The names of a Media record's members that mean something to us, and how loosely values are written under them.

use crate::json::{Cursor, Fault, Scalar, Text};
use std::borrow::Cow;

/// What a member of a Media record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name {
    /// The contributor's number of the record.
    MediaId,
    /// The verdict.
    Category,
    /// The record's key.
    Md5,
    /// 40 characters or nothing.
    Sha1,
    /// Seen in extended sets.
    Sha256,
    /// Base64 of 144 bytes.
    PhotoDna,
    /// Bytes of the file.
    MediaSize,
    /// A flag of ours.
    VictimIdentified,
    /// A flag of ours.
    OffenderIdentified,
    /// A flag of ours.
    IsDistributed,
    /// A flag of ours.
    IsSuspected,
    /// A flag of ours.
    SelfGenerated,
    /// Series name.
    Series,
    /// Words between commas.
    Tags,
    /// Last change.
    DateUpdated,
    /// Media type or a bare word.
    MimeType,
    /// Other digests; two spellings.
    AlternativeHashes,
    /// The picture itself: never read.
    Miniature,
    /// The media of a case: the object is no Media record.
    Media,
    /// Links of the model, made anew by every writer.
    Model,
    /// Kept as it is.
    Other,
}

const NAMES: &[(&str, Name)] = &[
    ("MD5", Name::Md5),
    ("MediaID", Name::MediaId),
    ("Category", Name::Category),
    ("SHA1", Name::Sha1),
    ("SHA256", Name::Sha256),
    ("PhotoDNA", Name::PhotoDna),
    ("MediaSize", Name::MediaSize),
    ("VictimIdentified", Name::VictimIdentified),
    ("OffenderIdentified", Name::OffenderIdentified),
    ("IsDistributed", Name::IsDistributed),
    ("IsSuspected", Name::IsSuspected),
    ("SelfGenerated", Name::SelfGenerated),
    ("Series", Name::Series),
    ("Tags", Name::Tags),
    ("DateUpdated", Name::DateUpdated),
    ("MimeType", Name::MimeType),
    ("AlternativeHashes", Name::AlternativeHashes),
    ("AlternativeHashs", Name::AlternativeHashes),
    ("Miniature", Name::Miniature),
    ("Media", Name::Media),
];

/// Which member a name stands for, in any case.
pub fn name(text: &Text<'_>) -> Name {
    let Some(plain) = text.plain() else { return Name::Other };
    let known = NAMES.iter().find(|(known, _)| known.len() == plain.len() && known.as_bytes().eq_ignore_ascii_case(plain));
    match known {
        Some((_, name)) => *name,
        None if memchr::memmem::find(plain, b"odata.").is_some() => Name::Model,
        None => Name::Other,
    }
}

/// A value that should be without parts. `Err` is what is wrong with it, in words; the cursor is behind it either way.
pub type Loose<T> = Result<Option<T>, &'static str>;

/// Text, number or flag as text; null and blank are nothing.
pub fn text<'a>(cursor: &mut Cursor<'a>) -> Result<Loose<Cow<'a, str>>, Fault> {
    Ok(match scalar(cursor)? {
        Err(wrong) => Err(wrong),
        Ok(Scalar::Null) => Ok(None),
        Ok(Scalar::Flag(flag)) => Ok(Some(Cow::Borrowed(if flag { "true" } else { "false" }))),
        Ok(Scalar::Number(number)) => Ok(Some(Cow::Borrowed(number))),
        Ok(Scalar::Text(text)) => match text.decode() {
            None => Err("it is not UTF-8 text"),
            Some(text) if text.trim().is_empty() => Ok(None),
            Some(text) => Ok(Some(text)),
        },
    })
}

/// Bytes of a text that holds nothing to decode: digests, base64.
pub fn bytes<'a>(cursor: &mut Cursor<'a>) -> Result<Loose<&'a [u8]>, Fault> {
    Ok(match scalar(cursor)? {
        Err(wrong) => Err(wrong),
        Ok(Scalar::Null) => Ok(None),
        Ok(Scalar::Text(text)) => match text.plain() {
            Some(plain) => Ok(Some(plain.trim_ascii()).filter(|p| !p.is_empty())),
            None => Err("it has escapes where plain characters are needed"),
        },
        Ok(Scalar::Flag(_) | Scalar::Number(_)) => Err("it is not a text"),
    })
}

/// `true` and `false` as such, as text in any case, as 0 and 1.
pub fn flag(cursor: &mut Cursor<'_>) -> Result<Loose<bool>, Fault> {
    let loose = text(cursor)?;
    Ok(match loose {
        Err(wrong) => Err(wrong),
        Ok(None) => Ok(None),
        Ok(Some(text)) => crate::loose::flag(&text).map(Some).ok_or("it is neither true nor false"),
    })
}

fn scalar<'a>(cursor: &mut Cursor<'a>) -> Result<Result<Scalar<'a>, &'static str>, Fault> {
    match cursor.scalar()? {
        Some(scalar) => Ok(Ok(scalar)),
        None => cursor.skip().map(|_| Err("it has parts where one value is needed")),
    }
}
