//! Why a fingerprint should not be on a list, and what an entry can be classified as: ids and names. The ids are fixed for
//! ever, as clients keep them; a list may grow.

use base::Refusal;
use exchange::ncmec::{Fingerprint, Group, Reason};

/// Ids and names of reasons.
const REASONS: [(&str, &str); 4] = [
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1a01", "The content is not illegal"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1a02", "The person shown is an adult"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1a03", "The fingerprint is of other content"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1a04", "The fingerprint matches unrelated content"),
];

/// Ids and names of classifications: A prepubescent, B pubescent; 1 sex act, 2 lascivious.
const CLASSES: [(&str, &str); 4] = [
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1b01", "A1"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1b02", "A2"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1b03", "B1"),
    ("6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1b04", "B2"),
];

/// Reasons against a fingerprint of a kind.
pub fn of(kind: Fingerprint) -> Vec<Reason> {
    let reason =
        |(guid, name): (&str, &str)| Reason { guid: guid.into(), name: name.into(), kind: kind.kind().to_owned() };
    REASONS.map(reason).into()
}

/// The reasons with these ids, as a sentence for the publisher.
pub fn said(kind: Fingerprint, guids: &[String]) -> Result<String, Refusal> {
    let refused = || Refusal::new("reasonIds", "unknown-reason", "a reason's guid is none of those we offer");
    let name = |guid: &String| REASONS.iter().find(|(id, _)| id.eq_ignore_ascii_case(guid.trim())).map(|(_, n)| *n);
    let names: Option<Vec<&str>> = guids.iter().take(REASONS.len() + 1).map(name).collect();
    let names = names.filter(|n| !n.is_empty() && n.len() <= REASONS.len()).ok_or_else(refused)?;
    Ok(format!("{}: {}", kind.kind(), names.join("; ")))
}

/// What an entry can be classified as.
pub fn groups() -> Vec<Group> {
    let categories = CLASSES.map(|(guid, name)| (guid.to_owned(), name.to_owned())).into();
    vec![Group { name: "Content".into(), several: false, categories }]
}
