//! A record as a column holds it: what its own columns do not say, as JSON, and back without loss. And a record as a row
//! of one of our lists: what its category means by the region's profile, and whether that fits the list. Pure.

use crate::{
    Category, Content, Flags, Hashes, List, ListClass, Member, Opaque, Pdq, Profiles, Record, Rest, Says, Standing,
    profile::Meaning, write::Row,
};
use base::{AgeGroup, Gender, Refusal, Time};
use serde_json::{Map, Value, json};

/// Name under which hashes of a video's frames come: a JSON array of `"hex,quality,seconds"`.
const FRAMES: &str = "vpdq";

/// The JSON of a record without its digests and PDQ.
pub fn write(record: &Record) -> String {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null()
            || value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            out.insert(name.into(), value);
        }
    };
    put("opaque", record.opaque.iter().map(opaque_out).collect());
    put("media_type", json!(record.media_type));
    put("size", json!(record.size));
    put("list", json!(record.list));
    put("member", record.member.as_ref().map_or(Value::Null, |m| json!([m.id, m.name])));
    put("id", json!(record.id));
    put("category", record.category.as_ref().map_or(Value::Null, |c| json!([c.region, c.code])));
    put("age_group", json!(record.age_group));
    put("gender", json!(record.gender));
    put("flags", flags_out(&record.flags));
    put("series", json!(record.series));
    put("tags", json!(record.tags));
    put("first", json!(record.first_change.map(Time::micros)));
    put("last", json!(record.last_change.map(Time::micros)));
    put("rest", record.rest.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect());
    Value::Object(out).to_string()
}

/// Reads what [`write()`] wrote, with the entry's own hashes; `None` when it is not of that shape.
pub fn read(text: &str, hashes: &Hashes) -> Option<Record> {
    let stored: Value = serde_json::from_str(text).ok()?;
    let of = |name: &str| stored.get(name);
    let text_of = |name: &str| of(name).and_then(Value::as_str).map(str::to_owned);
    let time = |name: &str| of(name).and_then(Value::as_i64).map(Time::from_micros);
    let pair = |name: &str| -> Option<(Option<String>, String)> {
        let pair = of(name)?.as_array()?;
        Some((pair.first()?.as_str().map(str::to_owned), pair.get(1)?.as_str()?.to_owned()))
    };
    Some(Record {
        digests: hashes.digests,
        pdq: hashes.pdq,
        opaque: of("opaque").and_then(Value::as_array).into_iter().flatten().map(opaque_in).collect::<Option<_>>()?,
        media_type: text_of("media_type"),
        size: of("size").and_then(Value::as_u64),
        list: text_of("list"),
        member: pair("member").map(|(id, name)| Member { id: id.unwrap_or_default(), name }),
        id: text_of("id"),
        category: pair("category").map(|(region, code)| Category { region, code }),
        age_group: text_of("age_group").and_then(|word| word.parse().ok()),
        gender: text_of("gender").and_then(|word| word.parse().ok()),
        flags: flags_in(of("flags")),
        series: text_of("series"),
        tags: of("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|t| Some(t.as_str()?.into()))
            .collect(),
        first_change: time("first"),
        last_change: time("last"),
        tombstone: false,
        rest: match of("rest") {
            Some(rest) => Rest::from_json(&rest.to_string())?,
            None => Rest::default(),
        },
    })
}

/// What the PhotoDNA value in a stored record is compared by, if it has one.
pub fn photodna(text: &str) -> Option<[u8; 32]> {
    if !text.contains(crate::PHOTODNA) {
        return None;
    }
    read(text, &Hashes::default())?.opaque.iter().find_map(Opaque::equal_by)
}

fn opaque_out(opaque: &Opaque) -> Value {
    match &opaque.content {
        Content::Bytes(bytes) => json!({ "name": opaque.name, "hex": base::hex(bytes) }),
        Content::Reference(at) => json!({ "name": opaque.name, "at": at }),
    }
}

fn opaque_in(value: &Value) -> Option<Opaque> {
    let name = value.get("name")?.as_str()?.to_owned();
    let content = match (value.get("hex"), value.get("at")) {
        (Some(hex), _) => Content::Bytes(base::unhex(hex.as_str()?)?),
        (None, at) => Content::Reference(at?.as_str()?.to_owned()),
    };
    Some(Opaque { name, content })
}

const FLAGS: [&str; 5] = ["victim_identified", "offender_identified", "distributed", "suspected", "self_generated"];

fn flags_out(flags: &Flags) -> Value {
    let Flags { victim_identified, offender_identified, distributed, suspected, self_generated } = *flags;
    let all = [victim_identified, offender_identified, distributed, suspected, self_generated];
    FLAGS.into_iter().zip(all).filter_map(|(name, flag)| Some((name.to_owned(), Value::Bool(flag?)))).collect()
}

fn flags_in(stored: Option<&Value>) -> Flags {
    let of = |name: &str| stored.and_then(|s| s.get(name)).and_then(Value::as_bool);
    let [victim_identified, offender_identified, distributed, suspected, self_generated] = FLAGS.map(of);
    Flags { victim_identified, offender_identified, distributed, suspected, self_generated }
}

/// A record as a row of a list. `profile`: the scheme by which a category without a region is read; a region that names
/// its own scheme wins.
pub fn row(
    list: &List,
    record: &Record,
    profiles: &Profiles,
    profile: Option<&str>,
    line: i64,
) -> Result<Row, Refusal> {
    record.check()?;
    let photodna = record.opaque.iter().find_map(Opaque::equal_by);
    let hashes = Hashes { digests: record.digests, photodna, pdq: record.pdq, frames: frames(record) };
    let class = class(list, record, profiles, profile)?;
    let meaning = meaning(record, profiles, profile);
    let id = record.id.clone().unwrap_or_else(|| Row::key(&hashes));
    Ok(Row {
        line,
        source: record.member.as_ref().map(|m| m.id.clone()).unwrap_or_default(),
        source_id: id,
        says: Says {
            class,
            // What the record says of itself goes before what its category means.
            age_group: record.age_group.or(meaning.and_then(|m| m.age_group)).unwrap_or(AgeGroup::Unknown),
            gender: record.gender.or(meaning.and_then(|m| m.gender)).unwrap_or(Gender::Unknown),
        },
        hashes,
        record: write(record),
        withdrawn: record.tombstone.then(|| "withdrawn at its source".to_owned()),
        ..Row::default()
    })
}

/// What the record's category means, where a profile knows it.
fn meaning<'a>(record: &Record, profiles: &'a Profiles, profile: Option<&str>) -> Option<&'a Meaning> {
    let category = record.category.as_ref()?;
    let region = category.region.as_deref().and_then(|r| profiles.of_region(r));
    region.or_else(|| profiles.get(profile?))?.meaning(&category.code)
}

/// What the entry says: the list's own class when the record says nothing, never more than the list.
fn class(list: &List, record: &Record, profiles: &Profiles, profile: Option<&str>) -> Result<ListClass, Refusal> {
    let Some(category) = record.category.as_ref().filter(|_| !record.tombstone) else {
        return Ok(if record.flags.suspected == Some(true) { ListClass::Context } else { list.class });
    };
    let region = category.region.as_deref().and_then(|r| profiles.of_region(r));
    let scheme = region.or_else(|| profiles.get(profile?)).ok_or_else(|| {
        let reason = "no profile says what this category means, name one for the import";
        Refusal::new("category", "unknown-region", reason)
    })?;
    let code: String = category.code.chars().take(40).collect();
    let meaning = scheme.meaning(&category.code).ok_or_else(|| {
        Refusal::new("category", "unknown-category", format!("profile `{}` has no category `{code}`", scheme.name))
    })?;
    let elsewhere = scheme.country.is_some() && list.country.is_some() && scheme.country != list.country;
    let said = match (meaning.standing, list.class) {
        (Standing::Context, _) | (Standing::Baseline | Standing::National, ListClass::Context) => ListClass::Context,
        (Standing::National, ListClass::National) if elsewhere => {
            let reason = format!("category `{code}` speaks of the law of another country than the list's");
            return Err(Refusal::new("category", "another-country", reason));
        }
        (Standing::Baseline | Standing::National, ListClass::National) => ListClass::National,
        (Standing::Baseline, ListClass::Baseline) => ListClass::Baseline,
        (Standing::National, ListClass::Baseline) => {
            let reason = format!("category `{code}` is illegal in a country, which is less than a baseline list says");
            return Err(Refusal::new("category", "class-not-of-this-list", reason));
        }
        (Standing::NotIllegal | Standing::None, _) => {
            let reason = format!("category `{code}` does not say that the content is illegal");
            return Err(Refusal::new("category", "not-illegal", reason));
        }
    };
    Ok(if record.flags.suspected == Some(true) { ListClass::Context } else { said })
}

/// Hashes of a video's frames, of a record that has them.
fn frames(record: &Record) -> Vec<Pdq> {
    let found = record.opaque.iter().find_map(|o| match &o.content {
        Content::Bytes(bytes) if o.name == FRAMES => serde_json::from_slice::<Vec<String>>(bytes).ok(),
        Content::Bytes(_) | Content::Reference(_) => None,
    });
    let frame = |text: String| {
        let mut parts = text.split(',');
        let bits = base::unhex(parts.next()?)?.try_into().ok()?;
        Some(Pdq { bits, quality: parts.next()?.trim().parse().ok() })
    };
    found.into_iter().flatten().filter_map(frame).take(MOST_FRAMES).collect()
}

/// Frames kept of one entry.
const MOST_FRAMES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digests;

    #[test]
    fn a_record_survives_its_column() {
        let mut record = Record {
            digests: Digests { md5: Some([1; 16]), ..Digests::default() },
            opaque: vec![Opaque::bytes("photodna", vec![7; 144])],
            media_type: Some("video/mp4".into()),
            size: Some(9),
            member: Some(Member { id: "12".into(), name: "Example".into() }),
            id: Some("a-1".into()),
            category: Some(Category { region: None, code: "A2".into() }),
            series: Some("s".into()),
            tags: vec!["t".into()],
            last_change: Some(Time::from_micros(5)),
            ..Record::default()
        };
        record.flags.distributed = Some(false);
        (record.age_group, record.gender) = (Some(AgeGroup::Infant), Some(Gender::Both));
        record.rest.keep("x", "more", json!({ "deep": [1, 2] }));
        let hashes = Hashes { digests: record.digests, ..Hashes::default() };
        assert_eq!(read(&write(&record), &hashes), Some(record));
        assert_eq!(write(&Record::default()), "{}");
        assert_eq!(read("[]", &Hashes::default()).map(|r| r.tags.len()), Some(0));
        assert_eq!(read("{", &Hashes::default()), None);
    }
}
