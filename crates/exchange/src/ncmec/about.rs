//! The small documents: who asks, who takes part, which reasons and categories there are.

use super::{NAMESPACE, root, unexpected};
use crate::{
    Limits,
    xml::{Draft, Element},
};
use base::Refusal;
use hashlists::Member;

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// From which address, as the server sees it.
    pub address: String,
    /// Under which user name.
    pub username: String,
    /// For which member.
    pub member: Member,
}

/// Why a fingerprint should not be on a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Its id.
    pub guid: String,
    /// For people.
    pub name: String,
    /// Which fingerprint it is about, such as `Sha1`.
    pub kind: String,
}

/// Categories of which one or several hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// For people.
    pub name: String,
    /// Several may hold.
    pub several: bool,
    /// Id and name of each.
    pub categories: Vec<(String, String)>,
}

/// Writes `<member id="42">Name</member>`. The client fails on an empty name.
pub(super) fn member(draft: &mut Draft, member: &Member) {
    let name = if member.name.trim().is_empty() { "unnamed" } else { &member.name };
    draft.text("member", &[("id", &member.id)], name);
}

fn read_member(element: &Element) -> Result<Member, Refusal> {
    let id = element.tag.attribute("id").map(str::trim).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::new("member", "missing", "a member has no id"))?;
    Ok(Member { id: id.to_owned(), name: element.text.clone() })
}

/// Writes the answer to `GET /v2/status`.
pub fn status(status: &Status) -> String {
    let mut draft = Draft::new("status", NAMESPACE);
    draft.text("ipAddress", &[], &status.address).text("username", &[], &status.username);
    member(&mut draft, &status.member);
    draft.finish("status")
}

/// Reads the answer to `GET /v2/status`.
pub fn read_status(bytes: &[u8], limits: &Limits) -> Result<Status, Refusal> {
    let root = root(bytes, limits)?;
    let text = |name| root.text_of(name).unwrap_or_default().to_owned();
    match root.child("member").filter(|_| root.tag.name == "status") {
        Some(member) => {
            Ok(Status { address: text("ipAddress"), username: text("username"), member: read_member(member)? })
        }
        None => Err(unexpected("status")),
    }
}

/// Writes the answer to `GET /v2/members`.
pub fn members(members: &[Member]) -> String {
    let mut draft = Draft::new("members", NAMESPACE);
    members.iter().for_each(|m| member(&mut draft, m));
    draft.finish("members")
}

/// Reads the answer to `GET /v2/members`.
pub fn read_members(bytes: &[u8], limits: &Limits) -> Result<Vec<Member>, Refusal> {
    let root = root(bytes, limits)?;
    root.children.iter().filter(|c| c.tag.name == "member").map(read_member).collect()
}

/// Writes the answer to `GET /v2/feedback/{TYPE}/reasons`.
pub fn feedback_reasons(reasons: &[Reason]) -> String {
    let mut draft = Draft::new("availableFeedbackReasons", NAMESPACE);
    for reason in reasons {
        draft.empty("reason", &[("guid", &reason.guid), ("name", &reason.name), ("type", &reason.kind)]);
    }
    draft.finish("availableFeedbackReasons")
}

/// Reads the answer to `GET /v2/feedback/{TYPE}/reasons`, also where it stands below another root.
pub fn read_reasons(bytes: &[u8], limits: &Limits) -> Result<Vec<Reason>, Refusal> {
    let root = root(bytes, limits)?;
    let list =
        if root.tag.name == "availableFeedbackReasons" { Some(&root) } else { root.child("availableFeedbackReasons") };
    let list = list.ok_or_else(|| unexpected("availableFeedbackReasons"))?;
    let text = |element: &Element, name| element.tag.attribute(name).unwrap_or_default().to_owned();
    let reasons = list.children.iter().filter(|c| c.tag.name == "reason");
    Ok(reasons.map(|r| Reason { guid: text(r, "guid"), name: text(r, "name"), kind: text(r, "type") }).collect())
}

/// Writes the answer to `GET /v2/categorizations`.
pub fn categorizations(groups: &[Group]) -> String {
    let mut draft = Draft::new("availableCategorizations", NAMESPACE);
    for group in groups {
        let several = if group.several { "true" } else { "false" };
        draft.open("group", &[("name", &group.name), ("allowMultiple", several)]);
        for (guid, name) in &group.categories {
            draft.empty("categorization", &[("guid", guid), ("name", name)]);
        }
        draft.close("group");
    }
    draft.finish("availableCategorizations")
}
