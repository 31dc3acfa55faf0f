//! What goes into a package: the facts of a case as wide as they were disclosed, the files that open, and the chain of
//! custody, as plain values. Nothing is in here that the case's page would not show to the same officer.

use super::{Act, Package};
use crate::{Act as ReportAct, CaseItem, Error, MediaFacts, OpenCase, Result, case, custody, store};
use agreements::{directory, sign_in::SignedIn};
use base::{
    AgeGroup, BlobId, CaptureId, CaseId, Class, Country, Gender, ItemId, OrgId, PackageId, PersonId, Time, Width,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use storage::{
    Tx,
    evidence::{Locked, Vault},
};

/// Everything that goes into a package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contents {
    /// The package.
    pub package: PackageId,
    /// When its facts were read.
    pub at: Time,
    /// Who takes it along, and why.
    pub recipient: Recipient,
    /// The case.
    pub case: CaseFacts,
    /// The page; only at page width.
    pub page: Option<PageFacts>,
    /// Where it is hosted.
    pub hosting: HostFacts,
    /// The newest trace as JSON; only at item width.
    pub trace: Option<Value>,
    /// Archives of captures; only at page width where files open.
    pub archives: Vec<Archive>,
    /// Items disclosed.
    pub items: Vec<ItemFacts>,
    /// What was kept back.
    pub withheld: Vec<Kept>,
    /// What the LEA said before.
    pub outcomes: Vec<OutcomeFacts>,
}

/// Who takes a package along, and why: the watermark of its manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recipient {
    /// The officer.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their LEA.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation: String,
    /// Its country.
    pub country: Option<Country>,
    /// The LEA's own number.
    pub case_number: String,
    /// Why.
    pub purpose: String,
    /// Public key that the package is encrypted to.
    pub key: String,
}

/// The case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Its id.
    pub id: CaseId,
    /// The gravest class in it.
    #[serde(with = "words")]
    pub class: Class,
    /// Why the LEA has it, in plain words.
    pub why: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The widest disclosure in it.
    #[serde(with = "words")]
    pub width: Width,
    /// The hotline that reported it.
    pub reporter: String,
    /// When it was disclosed.
    pub disclosed_at: Time,
}

/// The page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PageFacts {
    /// The URL reported.
    pub source_url: String,
    /// When the hotline received it.
    pub received_at: Time,
    /// What the hotline adds.
    pub note: Option<String>,
}

/// Where something is hosted, as far as disclosed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HostFacts {
    /// IP address; only at item width.
    pub ip: Option<String>,
    /// Country.
    pub country: Option<Country>,
    /// Name of the network.
    pub network: Option<String>,
}

/// A capture's archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Archive {
    /// The capture.
    pub capture: CaptureId,
    /// When it ended.
    pub at: Option<Time>,
    /// Program that made it; none in what is not a record of a fetch.
    pub tool: Option<String>,
    /// Where the time comes from.
    pub time_source: Option<String>,
    /// SHA-256 as recorded when it was made, in hexadecimal.
    pub sha256: Option<String>,
    /// Sealed.
    pub blob: BlobId,
}

/// The decision that gave an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// How wide.
    #[serde(with = "words")]
    pub width: Width,
    /// Whether the file opens.
    pub media: bool,
    /// Why, in plain words.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// The judgement in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// What it is.
    #[serde(with = "words")]
    pub class: Class,
    /// For `national`: where it is illegal.
    pub country: Option<Country>,
    /// Apparent age of the youngest victim.
    #[serde(with = "words")]
    pub age_group: AgeGroup,
    /// Gender of the victims.
    #[serde(with = "words")]
    pub gender: Gender,
    /// What the analyst adds; only at page width.
    pub note: Option<String>,
    /// Who judged.
    pub by: String,
    /// When.
    pub at: Time,
}

/// An item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemFacts {
    /// Its id.
    pub id: ItemId,
    /// The decision that gave it.
    pub given: Given,
    /// The judgement.
    pub judged: Judged,
    /// Its own URL, where it has one; only at item width.
    pub url: Option<String>,
    /// Digests, type and size; only at item width.
    pub file: Option<FileFacts>,
    /// The sealed file and its SHA-256, where it opens and is there.
    pub open: Option<(BlobId, String)>,
    /// What happened to it, oldest first; of items whose file opens.
    pub custody: Vec<Event>,
}

/// The file behind an item. Digests in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// SHA-256.
    pub sha256: String,
    /// SHA-1.
    pub sha1: String,
    /// MD5.
    pub md5: String,
    /// PDQ and its quality, 0 to 100; none of a file without one.
    pub pdq: Option<(String, i64)>,
    /// Media type.
    pub kind: String,
    /// Bytes.
    pub size: i64,
    /// Pixels; 0 when unknown.
    pub width: i64,
    /// Pixels; 0 when unknown.
    pub height: i64,
    /// Milliseconds, of a video.
    pub duration_ms: Option<i64>,
}

/// One entry of a chain of custody, from the LEA's own log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// What, as the log names it.
    pub act: String,
    /// Who: a person of the LEA, or a part of the exchange.
    pub who: String,
    /// Why.
    pub purpose: Option<String>,
    /// Its number in the LEA's chain, and its link.
    pub chained: Option<(i64, String)>,
}

/// Something kept back; the same reason for several items is said once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What: `everything`, `files`, `address`, `page`, `series`.
    pub what: String,
    /// The clause, where one fits.
    pub clause: Option<String>,
    /// Why, in plain words.
    pub reason: String,
    /// Items it is about.
    pub items: u64,
}

/// What the LEA said of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeFacts {
    /// What.
    pub kind: String,
    /// In the officer's words.
    pub note: Option<String>,
    /// When.
    pub at: Time,
}

/// Reads what goes into a package, as its officer sees it now, notes what it holds, and logs every file as opened, with the
/// purpose. The transaction is the officer's.
///
/// # Errors
/// `NotFound` when nothing of the case is disclosed any more.
pub async fn gather(tx: &Tx, vault: &Vault, package: &Package, who: &SignedIn) -> Result<(Contents, Files, Act)> {
    let (open, act) = case::open(tx, package.case).await?;
    if open.items.is_empty() {
        return Err(Error::NotFound);
    }
    tx.note(&act).await?;
    let names: BTreeMap<OrgId, String> =
        directory::organisations(tx).await?.into_iter().map(|o| (o.id, o.name)).collect();
    let people: BTreeMap<_, _> = directory::people(tx).await?.into_iter().map(|p| (p.id.0, p.name)).collect();
    let mut items = Vec::with_capacity(open.items.len());
    for item in &open.items {
        items.push(item_facts(tx, item, &names, &people).await?);
    }
    store::package_items_put(tx, package.id, &held(&items)).await?;
    let mut contents = Contents {
        package: package.id,
        at: tx.now(),
        recipient: recipient(package, who),
        items,
        ..around(&open, package.id, &names)
    };
    let files = files(tx, vault, &mut contents).await?;
    let mut opened = 0;
    for item in contents.items.iter().filter(|i| i.open.is_some()) {
        tx.note(&ReportAct::Opened(item.id, package.purpose.clone())).await?;
        opened += 1;
    }
    for archive in &contents.archives {
        tx.note(&ReportAct::ArchiveOpened(archive.capture, package.purpose.clone())).await?;
        opened += 1;
    }
    Ok((contents, files, Act::Gathered(package.id, opened, package.purpose.clone())))
}

/// Sealed files that go into a package, not opened yet.
pub type Files = BTreeMap<BlobId, Locked>;

/// Finds the files; what was erased is not named as one that is in the package.
async fn files(tx: &Tx, vault: &Vault, contents: &mut Contents) -> Result<Files> {
    let mut files = Files::new();
    let media = contents.items.iter().filter_map(|i| i.open.as_ref()).map(|(blob, _)| *blob);
    for blob in media.chain(contents.archives.iter().map(|a| a.blob)) {
        match vault.find(tx, blob).await {
            Ok(Some(locked)) => _ = files.insert(blob, locked),
            Ok(None) | Err(storage::Error::Erased(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    contents.archives.retain(|archive| files.contains_key(&archive.blob));
    for item in &mut contents.items {
        item.open = item.open.take().filter(|(blob, _)| files.contains_key(blob));
    }
    Ok(files)
}

fn held(items: &[ItemFacts]) -> Vec<(ItemId, Width, bool)> {
    items.iter().map(|i| (i.id, i.given.width, i.given.media)).collect()
}

fn recipient(package: &Package, who: &SignedIn) -> Recipient {
    Recipient {
        person: package.person,
        name: who.name.clone(),
        organisation_id: package.org,
        organisation: who.organisation.clone(),
        country: who.actor.country,
        case_number: package.case_number.clone(),
        purpose: package.purpose.clone(),
        key: package.recipient.clone(),
    }
}

/// Everything but the items, the recipient and the time.
fn around(open: &OpenCase, package: PackageId, names: &BTreeMap<OrgId, String>) -> Contents {
    let case = &open.case;
    let nobody = Recipient {
        person: PersonId(uuid::Uuid::nil()),
        name: String::new(),
        organisation_id: OrgId(uuid::Uuid::nil()),
        organisation: String::new(),
        country: None,
        case_number: String::new(),
        purpose: String::new(),
        key: String::new(),
    };
    Contents {
        package,
        at: case.created_at,
        recipient: nobody,
        case: CaseFacts {
            id: case.id,
            class: case.class,
            why: case.why.clone(),
            agreement: case.agreement.clone(),
            version: case.version,
            clause: case.clause.clone(),
            width: case.width,
            reporter: name(names, open.reporter),
            disclosed_at: case.created_at,
        },
        page: open.page.as_ref().map(|page| PageFacts {
            source_url: page.source_url.clone(),
            received_at: page.received_at,
            note: page.note.clone(),
        }),
        hosting: HostFacts {
            ip: open.hosting.ip.map(|ip| ip.to_string()),
            country: open.hosting.country,
            network: open.hosting.network.clone(),
        },
        trace: open.trace.as_ref().and_then(|trace| serde_json::to_value(trace).ok()),
        archives: open.captures.iter().filter_map(archive).collect(),
        items: Vec::new(),
        withheld: withheld(open),
        outcomes: open
            .outcomes
            .iter()
            .map(|o| OutcomeFacts { kind: o.kind.word().into(), note: o.note.clone(), at: o.at })
            .collect(),
    }
}

fn name(names: &BTreeMap<OrgId, String>, org: OrgId) -> String {
    names.get(&org).cloned().unwrap_or_else(|| "unknown organisation".into())
}

fn archive(capture: &crate::Capture) -> Option<Archive> {
    let record = capture.record.as_ref();
    Some(Archive {
        capture: capture.id,
        at: capture.ended_at,
        tool: record.map(|r| r.tool.clone()),
        time_source: record.map(|r| r.time_source.clone()),
        sha256: record.map(|r| r.archive_sha256.clone()),
        blob: capture.archive?,
    })
}

async fn item_facts(
    tx: &Tx,
    item: &CaseItem,
    names: &BTreeMap<OrgId, String>,
    people: &BTreeMap<uuid::Uuid, String>,
) -> Result<ItemFacts> {
    let (given, judged) = (&item.disclosure, &item.assessment);
    // A file opens by the disclosure of media; its digests and URL are another matter.
    let (open, custody) = if item.media {
        let (chain, act) = custody::read(tx, item.id).await?;
        tx.note(&act).await?;
        let media = &chain.item.media;
        let open = media.blob.filter(|_| !media.erased).map(|blob| (blob, base::hex(&media.sha256)));
        (open, chain.events.iter().map(|n| event(n, people)).collect())
    } else {
        (None, Vec::new())
    };
    Ok(ItemFacts {
        id: item.id,
        given: Given {
            agreement: given.agreement.clone(),
            version: given.version,
            clause: given.clause.clone(),
            width: given.width,
            media: given.media,
            reason: given.reason.clone(),
            at: given.at,
        },
        judged: Judged {
            class: judged.class,
            country: judged.country,
            age_group: judged.age_group,
            gender: judged.gender,
            note: judged.note.clone(),
            by: name(names, judged.org),
            at: judged.at,
        },
        url: item.detail.as_ref().and_then(|(url, _)| url.clone()),
        file: item.detail.as_ref().map(|(_, media)| file_facts(media)),
        open,
        custody,
    })
}

pub(crate) fn file_facts(media: &MediaFacts) -> FileFacts {
    FileFacts {
        sha256: base::hex(&media.sha256),
        sha1: base::hex(&media.sha1),
        md5: base::hex(&media.md5),
        pdq: (media.pdq.len() == 32 && media.described).then(|| (base::hex(&media.pdq), media.pdq_quality)),
        kind: media.kind.clone(),
        size: media.size,
        width: media.width,
        height: media.height,
        duration_ms: media.duration_ms,
    }
}

fn event(numbered: &storage::audit_log::Numbered, people: &BTreeMap<uuid::Uuid, String>) -> Event {
    let entry = &numbered.entry;
    let person = entry.person.and_then(|id| people.get(&id).cloned());
    Event {
        at: entry.at,
        act: entry.act.clone(),
        who: person.or_else(|| entry.machine.clone()).unwrap_or_default(),
        purpose: entry.purpose.clone(),
        chained: numbered.seq.zip(numbered.link.as_deref().map(base::hex)),
    }
}

fn withheld(open: &OpenCase) -> Vec<Kept> {
    let mut said: Vec<Kept> = Vec::new();
    for kept in &open.withheld {
        match said.iter_mut().find(|s| s.what == kept.what && s.reason == kept.reason && s.clause == kept.clause) {
            Some(same) => same.items += 1,
            None => said.push(Kept {
                what: kept.what.clone(),
                clause: kept.clause.clone(),
                reason: kept.reason.clone(),
                items: 1,
            }),
        }
    }
    said
}

/// Words of closed vocabularies, by their one spelling.
mod words {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub trait Word: std::str::FromStr + Copy {
        fn spelled(self) -> &'static str;
    }

    macro_rules! words {
        ($($kind:ty),*) => { $(impl Word for $kind {
            fn spelled(self) -> &'static str {
                self.word()
            }
        })* };
    }
    words!(base::Class, base::Width, base::AgeGroup, base::Gender);

    pub fn serialize<S: Serializer, T: Word>(word: &T, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(word.spelled())
    }

    pub fn deserialize<'de, D: Deserializer<'de>, T: Word>(from: D) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a known word")))
    }
}
