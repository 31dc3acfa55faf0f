//! `vics.json`: the items whose digests were disclosed, as a VICS 2.0 case.
//!
//! Categories of that model are a country's numbers, and none of them is verified here, so no number is guessed: the judgement
//! stands in the tags, in the exchange's own words, and `Category` is null. An item's own id is a tag too.

use super::media_path;
use crate::vics::{Case, CaseFile, Version, Writer};
use base::ItemId;
use hashlists::{Digests, Pdq, Record};
use reports::package::{Contents, FileFacts, ItemFacts, Judged};
use serde_json::{Map, Value, json};

/// The case.
pub fn write(contents: &Contents, tool: &str) -> Result<Vec<u8>, super::Failed> {
    let mut writer = Writer::case(Vec::new(), Version::V2_0, None, &case(contents, tool))?;
    for item in &contents.items {
        if let Some(file) = &item.file {
            writer.media(&record(item.id, &item.judged, file), place(item).as_ref())?;
        }
    }
    Ok(writer.finish()?.0)
}

fn case(contents: &Contents, tool: &str) -> Case {
    let (name, version) = tool.split_once(' ').unwrap_or((tool, ""));
    let id = contents.case.id.to_string();
    let facts = [
        ("Package", contents.package.to_string()),
        ("Purpose", contents.recipient.purpose.clone()),
        ("Officer", contents.recipient.name.clone()),
        ("Reporter", contents.case.reporter.clone()),
        ("Agreement", contents.case.agreement.clone()),
        ("AgreementVersion", contents.case.version.to_string()),
        ("Clause", contents.case.clause.clone()),
        ("Reason", contents.case.why.clone()),
    ];
    let page = contents.page.iter().flat_map(|page| {
        let note = page.note.clone().map(|note| ("Note", note));
        [("SourceUrl", page.source_url.clone()), ("Received", page.received_at.to_string())].into_iter().chain(note)
    });
    let host = [("HostAddress", contents.hosting.ip.clone()), ("HostNetwork", contents.hosting.network.clone())];
    let host = host.into_iter().chain([("HostCountry", contents.hosting.country.map(|c| c.to_string()))]);
    let host = host.filter_map(|(name, value)| Some((name, value?)));
    let metadata: Vec<Value> = facts
        .into_iter()
        .chain(page)
        .chain(host)
        .map(|(name, value)| json!({ "CaseID": id, "PropertyName": name, "PropertyValue": value }))
        .collect();
    let media = contents.items.iter().filter(|i| i.file.is_some()).count();
    let rest = Map::from_iter([
        ("ContactName".to_owned(), Value::from(contents.recipient.name.clone())),
        ("CaseMetadata".to_owned(), Value::from(metadata)),
        ("TotalMediaFiles".to_owned(), Value::from(media)),
    ]);
    Case {
        id: Some(id),
        number: Some(contents.recipient.case_number.clone()),
        organisation: Some(contents.recipient.organisation.clone()),
        application: Some((name.into(), version.into())),
        rest,
    }
}

/// An item's record: digests, type, size, and in the tags what the model has no place for.
pub fn record(item: ItemId, judged: &Judged, file: &FileFacts) -> Record {
    let mut tags = vec![
        format!("item:{item}"),
        format!("class:{}", judged.class.word()),
        format!("age:{}", judged.age_group.word()),
        format!("gender:{}", judged.gender.word()),
    ];
    tags.extend(judged.country.map(|country| format!("class-country:{country}")));
    Record {
        digests: Digests { md5: bytes(&file.md5), sha1: bytes(&file.sha1), sha256: bytes(&file.sha256) },
        pdq: file
            .pdq
            .as_ref()
            .and_then(|(bits, quality)| Some(Pdq { bits: bytes(bits)?, quality: u8::try_from(*quality).ok() })),
        media_type: Some(file.kind.clone()),
        size: u64::try_from(file.size).ok(),
        tags,
        last_change: Some(judged.at),
        ..Record::default()
    }
}

/// Where the file lies in the package and was found; nothing where it was not disclosed.
fn place(item: &ItemFacts) -> Option<CaseFile> {
    let (_, sha256) = item.open.as_ref()?;
    Some(CaseFile { path: media_path(sha256), name: None, found_at: item.url.clone(), written: None })
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    base::unhex(hex)?.try_into().ok()
}
