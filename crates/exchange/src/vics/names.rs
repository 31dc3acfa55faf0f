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

/// The names of a length. Length first: most names of a record differ in it.
const fn of_length(length: usize) -> &'static [(&'static str, Name)] {
    match length {
        3 => &[("MD5", Name::Md5)],
        4 => &[("SHA1", Name::Sha1), ("Tags", Name::Tags)],
        5 => &[("Media", Name::Media)],
        6 => &[("Series", Name::Series), ("SHA256", Name::Sha256)],
        7 => &[("MediaID", Name::MediaId)],
        8 => &[("Category", Name::Category), ("PhotoDNA", Name::PhotoDna), ("MimeType", Name::MimeType)],
        9 => &[("MediaSize", Name::MediaSize), ("Miniature", Name::Miniature)],
        11 => &[("IsSuspected", Name::IsSuspected), ("DateUpdated", Name::DateUpdated)],
        13 => &[("IsDistributed", Name::IsDistributed), ("SelfGenerated", Name::SelfGenerated)],
        16 => &[("VictimIdentified", Name::VictimIdentified), ("AlternativeHashs", Name::AlternativeHashes)],
        17 => &[("AlternativeHashes", Name::AlternativeHashes)],
        18 => &[("OffenderIdentified", Name::OffenderIdentified)],
        _ => &[],
    }
}

/// Which member a name stands for, in any case.
pub fn name(text: &Text<'_>) -> Name {
    let Some(plain) = text.plain() else { return Name::Other };
    let known = of_length(plain.len()).iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(plain));
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
    let Some(scalar) = cursor.scalar()? else { return parts(cursor) };
    Ok(match scalar {
        Scalar::Null => Ok(None),
        Scalar::Flag(flag) => Ok(Some(Cow::Borrowed(if flag { "true" } else { "false" }))),
        Scalar::Number(number) => Ok(Some(Cow::Borrowed(number))),
        Scalar::Text(text) => match text.decode() {
            None => Err("it is not UTF-8 text"),
            Some(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => Ok(None),
            Some(text) => Ok(Some(text)),
        },
    })
}

/// Bytes of a text that holds nothing to decode: digests, base64.
pub fn bytes<'a>(cursor: &mut Cursor<'a>) -> Result<Loose<&'a [u8]>, Fault> {
    let Some(scalar) = cursor.scalar()? else { return parts(cursor) };
    Ok(match scalar {
        Scalar::Null => Ok(None),
        Scalar::Text(text) => match text.plain() {
            Some(plain) => Ok(Some(plain.trim_ascii()).filter(|p| !p.is_empty())),
            None => Err("it has escapes where plain characters are needed"),
        },
        Scalar::Flag(_) | Scalar::Number(_) => Err("it is not a text"),
    })
}

/// `true` and `false` as such, as text in any case, as 0 and 1.
pub fn flag(cursor: &mut Cursor<'_>) -> Result<Loose<bool>, Fault> {
    let Some(scalar) = cursor.scalar()? else { return parts(cursor) };
    let text = match scalar {
        Scalar::Null => return Ok(Ok(None)),
        Scalar::Flag(flag) => return Ok(Ok(Some(flag))),
        Scalar::Number(number) => Some(Cow::Borrowed(number)),
        Scalar::Text(text) => text.decode(),
    };
    Ok(match text.as_deref().map(str::trim_ascii) {
        Some("") => Ok(None),
        Some(text) => crate::loose::flag(text).map(Some).ok_or("it is neither true nor false"),
        None => Err("it is not UTF-8 text"),
    })
}

/// Steps over what has parts where one value is needed.
#[cold]
fn parts<T>(cursor: &mut Cursor<'_>) -> Result<Loose<T>, Fault> {
    cursor.skip().map(|_| Err("it has parts where one value is needed"))
}
