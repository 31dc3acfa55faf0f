//! One entry of the log, and the bytes that are hashed for it.

use crate::{Act, Verb};
use base::{Actor, EntryId, OrgId, Time, Who};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One act as it stands in an organisation's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The entry's own id.
    pub id: EntryId,
    /// Whose log it stands in.
    pub org: OrgId,
    /// When, by the clock of the node that committed it.
    pub at: Time,
    /// The person, when one acted.
    pub person: Option<Uuid>,
    /// The token used, when one was.
    pub token: Option<Uuid>,
    /// Part of the exchange that acted by itself, such as `routing`.
    pub machine: Option<String>,
    /// The actor's role at that moment.
    pub role: String,
    /// Name of the act.
    pub act: String,
    /// Operation by LED art. 25.
    pub verb: Verb,
    /// Kind of thing it is about.
    pub subject_kind: String,
    /// Which one.
    pub subject: Option<Uuid>,
    /// Why, where the actor had to say.
    pub purpose: Option<String>,
    /// Further facts, JSON text exactly as stored.
    pub detail: Option<String>,
}

impl Entry {
    /// What `actor` did at a time, as an entry.
    pub fn new(id: EntryId, at: Time, actor: &Actor, act: &dyn Act) -> Self {
        let (person, token, machine) = match &actor.who {
            Who::Person(person, token) => (Some(person.0), token.map(|t| t.0), None),
            Who::Machine(part) => (None, None, Some((*part).to_owned())),
        };
        let subject = act.subject();
        Self {
            id,
            org: act.on_behalf_of().unwrap_or(actor.org),
            at,
            person,
            token,
            machine,
            role: actor.role.word().to_owned(),
            act: act.name().to_owned(),
            verb: act.verb(),
            subject_kind: subject.kind.to_owned(),
            subject: subject.id,
            purpose: act.purpose().map(str::to_owned),
            detail: act.detail().map(|d| d.to_string()),
        }
    }

    /// SHA-256 of the entry: `0x00`, then each field as one presence byte, its length (8 bytes, big endian), its bytes.
    pub fn leaf(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        sum.update([0]);
        let mut field = |bytes: Option<&[u8]>| {
            sum.update([u8::from(bytes.is_some())]);
            let bytes = bytes.unwrap_or_default();
            sum.update((bytes.len() as u64).to_be_bytes());
            sum.update(bytes);
        };
        field(Some(self.id.0.as_bytes()));
        field(Some(self.org.0.as_bytes()));
        field(Some(&self.at.micros().to_be_bytes()));
        field(self.person.as_ref().map(|p| p.as_bytes().as_slice()));
        field(self.token.as_ref().map(|t| t.as_bytes().as_slice()));
        field(self.machine.as_deref().map(str::as_bytes));
        field(Some(self.role.as_bytes()));
        field(Some(self.act.as_bytes()));
        field(Some(self.verb.word().as_bytes()));
        field(Some(self.subject_kind.as_bytes()));
        field(self.subject.as_ref().map(|s| s.as_bytes().as_slice()));
        field(self.purpose.as_deref().map(str::as_bytes));
        field(self.detail.as_deref().map(str::as_bytes));
        sum.finalize().into()
    }
}
