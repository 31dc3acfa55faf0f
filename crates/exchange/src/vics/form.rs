//! One Media record, theirs → ours. The walk goes over the bytes once; the first thing that is wrong with a record refuses
//! it, and the walk goes on to its end, so that the next one can be read.

use super::{
    FORMAT, alternative,
    names::{self, Loose, Name},
};
use crate::{
    json::{Cursor, Fault, Text},
    loose,
};
use base::Refusal;
use hashlists::{Category, Record, digest};
use serde_json::Value;
use std::borrow::Cow;

/// A record in the making.
#[derive(Default)]
pub struct Draft {
    /// What was understood.
    pub record: Record,
    /// The first thing that was wrong.
    wrong: Option<Refusal>,
    /// Pictures dropped.
    pub pictures: u32,
}

impl Draft {
    /// Walks over one Media record. [`Fault::Enough`] when it turns out to be a Case. `region` is whose categories they
    /// are. A walk that is begun again begins with nothing.
    pub fn media(&mut self, cursor: &mut Cursor<'_>, region: Option<&str>) -> Result<(), Fault> {
        *self = Self::default();
        cursor.object(|name, cursor| self.member(name, cursor, region))
    }

    /// The record, or why it is refused.
    pub fn finish(self) -> Result<Record, Refusal> {
        match self.wrong {
            Some(refusal) => Err(refusal),
            None if self.record.digests.md5.is_none() => Err(Refusal::new("md5", "missing", "`MD5` is missing")),
            None => Ok(with_victim(self.record)),
        }
    }

    /// Notes the first thing that is wrong.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.wrong.get_or_insert(refusal);
    }

    fn member(&mut self, text: Text<'_>, cursor: &mut Cursor<'_>, region: Option<&str>) -> Result<(), Fault> {
        match names::name(&text) {
            Name::Md5 => self.digest("md5", cursor, |r| &mut r.digests.md5),
            Name::Sha1 => self.digest("sha1", cursor, |r| &mut r.digests.sha1),
            Name::Sha256 => self.digest("sha256", cursor, |r| &mut r.digests.sha256),
            Name::MediaId => self.text("id", cursor, |r| &mut r.id),
            Name::PhotoDna => {
                let value = names::bytes(cursor)?;
                self.photodna(value);
                Ok(())
            }
            Name::Category => self.category(cursor, region),
            Name::MediaSize => self.size(cursor),
            Name::VictimIdentified => self.flag("victim_identified", cursor, |r| &mut r.flags.victim_identified),
            Name::OffenderIdentified => self.flag("offender_identified", cursor, |r| &mut r.flags.offender_identified),
            Name::IsDistributed => self.flag("distributed", cursor, |r| &mut r.flags.distributed),
            Name::IsSuspected => self.flag("suspected", cursor, |r| &mut r.flags.suspected),
            Name::SelfGenerated => self.flag("self_generated", cursor, |r| &mut r.flags.self_generated),
            // Once met as an object: then it is kept, not understood.
            Name::Series if cursor.peek()? != b'{' => self.text("series", cursor, |r| &mut r.series),
            Name::Tags => self.tags(cursor),
            Name::DateUpdated => self.changed(text, cursor),
            Name::MimeType => self.text("media_type", cursor, |r| &mut r.media_type),
            Name::AlternativeHashes => alternative::read(self, cursor),
            Name::Miniature => {
                self.pictures += 1;
                cursor.pass()
            }
            Name::Media if cursor.peek()? == b'[' => Err(Fault::Enough),
            Name::Model => cursor.skip().map(drop),
            Name::Other | Name::Series | Name::Media => self.other(text, cursor),
        }
    }

    /// What of a loosely written value can be used; a wrong one refuses the record.
    fn usable<T>(&mut self, field: &'static str, loose: Loose<T>) -> Option<T> {
        match loose {
            Ok(value) => value,
            Err(wrong) => {
                self.refuse(Refusal::new(field, "malformed", format!("`{field}`: {wrong}")));
                None
            }
        }
    }

    /// Sets a field that may be stated once, or twice the same.
    pub fn set<T: PartialEq>(&mut self, field: &'static str, place: impl Fn(&mut Record) -> &mut Option<T>, value: T) {
        let place = place(&mut self.record);
        if place.as_ref().is_some_and(|before| *before != value) {
            let reason = format!("`{field}` is stated twice and differs");
            self.refuse(Refusal::new(field, "contradiction", reason));
        } else {
            *place = Some(value);
        }
    }

    fn digest<const N: usize>(
        &mut self,
        field: &'static str,
        cursor: &mut Cursor<'_>,
        place: impl Fn(&mut Record) -> &mut Option<[u8; N]>,
    ) -> Result<(), Fault> {
        let value = names::bytes(cursor)?;
        self.digest_of(field, value, place);
        Ok(())
    }

    /// A digest from its characters.
    pub fn digest_of<const N: usize>(
        &mut self,
        field: &'static str,
        value: Loose<&[u8]>,
        place: impl Fn(&mut Record) -> &mut Option<[u8; N]>,
    ) {
        if let Some(text) = self.usable(field, value) {
            match digest(field, text) {
                Ok(bytes) => self.set(field, place, bytes),
                Err(refusal) => self.refuse(refusal),
            }
        }
    }

    /// A PhotoDNA value from its characters.
    pub fn photodna(&mut self, value: Loose<&[u8]>) {
        let Some(text) = self.usable("photodna", value) else { return };
        match loose::photodna(text) {
            Err(refusal) => self.refuse(refusal),
            Ok(one) if self.record.opaque.contains(&one) => (),
            Ok(one) if self.record.opaque.iter().any(|o| o.name == one.name) => {
                self.refuse(Refusal::new("photodna", "contradiction", "`photodna` is stated twice and differs"));
            }
            Ok(one) => self.record.opaque.push(one),
        }
    }

    fn text(
        &mut self,
        field: &'static str,
        cursor: &mut Cursor<'_>,
        place: impl Fn(&mut Record) -> &mut Option<String>,
    ) -> Result<(), Fault> {
        let value = names::text(cursor)?;
        if let Some(text) = self.usable(field, value) {
            self.set(field, place, text.into_owned());
        }
        Ok(())
    }

    fn flag(
        &mut self,
        field: &'static str,
        cursor: &mut Cursor<'_>,
        place: impl Fn(&mut Record) -> &mut Option<bool>,
    ) -> Result<(), Fault> {
        let value = names::flag(cursor)?;
        if let Some(flag) = self.usable(field, value) {
            self.set(field, place, flag);
        }
        Ok(())
    }

    /// 0 is "not categorised", like nothing.
    fn category(&mut self, cursor: &mut Cursor<'_>, region: Option<&str>) -> Result<(), Fault> {
        let value = names::text(cursor)?;
        match self.usable("category", value) {
            None => (),
            Some(code) if code.trim_ascii() == "0" => _ = self.record.rest.keep(FORMAT, "Category", Value::from(0)),
            Some(code) => {
                let category = Category { region: region.map(Into::into), code: code.trim_ascii().into() };
                self.set("category", |r| &mut r.category, category);
            }
        }
        Ok(())
    }

    fn size(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let value = names::text(cursor)?;
        if let Some(text) = self.usable("size", value) {
            match text.trim_ascii().parse() {
                Ok(size) => self.set("size", |r| &mut r.size, size),
                Err(_) => self.refuse(Refusal::new("size", "malformed", "`MediaSize` is not a whole number")),
            }
        }
        Ok(())
    }

    fn tags(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let value = names::text(cursor)?;
        if let Some(text) = self.usable("tags", value) {
            let tags = text.split(',').map(str::trim_ascii).filter(|t| !t.is_empty());
            self.record.tags.extend(tags.map(str::to_owned));
        }
        Ok(())
    }

    /// The text stays beside the value when it does not say by itself which instant it is.
    fn changed(&mut self, name: Text<'_>, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let value = names::text(cursor)?;
        if let Some(text) = self.usable("last_change", value) {
            self.record.last_change = loose::time(&text);
            if !text.ends_with('Z') || self.record.last_change.is_none() {
                self.keep(&name, Value::from(text.into_owned()));
            }
        }
        Ok(())
    }

    /// Keeps a member as it is.
    fn other(&mut self, name: Text<'_>, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let raw = cursor.skip()?;
        match serde_json::from_slice(raw) {
            Ok(value) => self.keep(&name, value),
            Err(_) => {
                let reason = "a member of the record is not UTF-8 text or has a number out of range";
                self.refuse(Refusal::new("record", "malformed", reason));
            }
        }
        Ok(())
    }

    /// Keeps a value under its name there.
    pub fn keep(&mut self, name: &Text<'_>, value: Value) {
        match name.decode() {
            Some(name) => self.keep_as(name, value),
            None => self.refuse(Refusal::new("record", "malformed", "a name in the record is not UTF-8 text")),
        }
    }

    fn keep_as(&mut self, name: Cow<'_, str>, value: Value) {
        self.pictures += self.record.rest.keep(FORMAT, &name, value);
    }
}

/// With age group and gender, where an exporter says them in words that are understood: as members of its own or among the
/// properties. The model has no place for them; what was said stays as it was said.
fn with_victim(mut record: Record) -> Record {
    let mut said: Vec<(&str, &str)> = Vec::new();
    for (name, value) in record.rest.iter() {
        match (name.strip_prefix(FORMAT).and_then(|n| n.strip_prefix('.')), value) {
            (Some(name), Value::String(text)) => said.push((name, text)),
            (Some("MediaMetadata"), Value::Array(all)) => said.extend(
                all.iter()
                    .filter_map(|one| Some((one.get("PropertyName")?.as_str()?, one.get("PropertyValue")?.as_str()?))),
            ),
            _ => {}
        }
    }
    let of = |names: &[&str]| {
        let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        said.iter().find(|(name, _)| names.iter().any(|n| plain(name).eq_ignore_ascii_case(n))).map(|(_, text)| *text)
    };
    let age = of(&["AgeGroup", "AgeRange", "AgeBand", "VictimAge", "Age"]).and_then(loose::age_group);
    let gender = of(&["Gender", "VictimGender", "Sex"]).and_then(loose::gender);
    (record.age_group, record.gender) = (age, gender);
    record
}
