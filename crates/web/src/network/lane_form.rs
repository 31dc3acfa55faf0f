//! A draft's fields and its text: from one to the other and back. What a form cannot say, such as a number in letters, is
//! refused here; what a text must not say, by the agreement itself.

use crate::view::agreement::{ContactForm, LaneForm};
use agreements::{Contact, Document, Lane};
use base::Refusal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most clauses and contacts that a form may carry: a little more than a text may have, so that the text's own rule speaks.
const MOST: usize = 70;

/// What a form sent: names and values, of which some names come several times.
pub struct Sent(BTreeMap<String, Vec<String>>);

impl Sent {
    /// The pairs of a form.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            all.entry(name).or_default().push(value);
        }
        Self(all)
    }

    /// The value of a name, without space around it.
    pub fn one(&self, name: &str) -> String {
        self.0.get(name).and_then(|v| v.first()).map(|v| v.trim().to_owned()).unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn count(&self, name: &str) -> usize {
        self.one(name).parse().unwrap_or(0).min(MOST)
    }

    /// The clauses that were sent.
    pub fn lanes(&self) -> Vec<LaneForm> {
        (0..self.count("lanes")).map(|n| self.lane(n)).collect()
    }

    fn lane(&self, n: usize) -> LaneForm {
        let one = |name: &str| self.one(&format!("l{n}_{name}"));
        let all = |name: &str| self.all(&format!("l{n}_{name}"));
        LaneForm {
            clause: one("clause"),
            hosting: one("hosting"),
            classes: all("classes"),
            ages: all("ages"),
            novelty: one("novelty"),
            sites: all("sites"),
            synthetic: one("synthetic"),
            informed_on: one("informed_on"),
            width: one("width"),
            media: one("media"),
            notice_by: one("notice_by"),
            notice_after: one("notice_after"),
            approval: one("approval"),
            approval_hours: one("approval_hours"),
            written_hours: one("written_hours"),
            hold_days: one("hold_days"),
            onward: all("onward"),
            outcome_days: one("outcome_days"),
            retention_days: one("retention_days"),
        }
    }

    /// The contacts that were sent.
    pub fn contacts(&self) -> Vec<ContactForm> {
        let contact = |n: usize| {
            let one = |name: &str| self.one(&format!("c{n}_{name}"));
            ContactForm { party: one("party"), desk: one("desk"), mail: one("mail"), phone: one("phone") }
        };
        (0..self.count("contacts")).map(contact).collect()
    }
}

/// The text that the fields say.
pub fn document(lanes: &[LaneForm], contacts: &[ContactForm]) -> Result<Document, Refusal> {
    let lanes: Vec<Value> = lanes.iter().map(lane_value).collect::<Result<_, _>>()?;
    let contacts: Vec<Value> = contacts.iter().map(contact_value).collect();
    Document::from_json(&json!({ "lanes": lanes, "contacts": contacts }).to_string())
}

fn lane_value(lane: &LaneForm) -> Result<Value, Refusal> {
    let number = |text: &str, what: &str| {
        let clause = &lane.clause;
        let refuse =
            |_| Refusal::new("lanes", "not-a-number", format!("clause `{clause}`: write {what} as a whole number"));
        if text.is_empty() { Ok(0) } else { text.parse::<u32>().map_err(refuse) }
    };
    let hours = number(&lane.approval_hours, "the hours of the approval")?;
    let written = number(&lane.written_hours, "the hours of the paper")?;
    let approval = match lane.approval.as_str() {
        "oral_then_written" => {
            json!({ "form": "oral_then_written", "deadline_hours": hours, "written_hours": written })
        }
        "none" => json!({ "form": "none" }),
        other => json!({ "form": other, "deadline_hours": hours }),
    };
    let goes = |word: &str| lane.onward.iter().any(|w| w == word);
    let onward: serde_json::Map<String, Value> =
        ONWARD.iter().map(|word| ((*word).to_owned(), Value::Bool(goes(word)))).collect();
    Ok(json!({
        "clause": lane.clause,
        "hosting": lane.hosting,
        "classes": lane.classes,
        "ages": lane.ages,
        "novelty": lane.novelty,
        "sites": lane.sites,
        "synthetic": lane.synthetic,
        "informed_on": lane.informed_on,
        "width": lane.width,
        "media": lane.media == "yes",
        "host_notice": { "by": lane.notice_by, "after_hours": number(&lane.notice_after, "the hours until the host is told")? },
        "approval": approval,
        "hold_days": number(&lane.hold_days, "the days of a hold")?,
        "onward": onward,
        "outcome_days": number(&lane.outcome_days, "the days until an outcome is due")?,
        "retention_days": number(&lane.retention_days, "the days until it is erased")?,
    }))
}

/// Words of the places where things may go on to, as the text names them.
const ONWARD: [&str; 3] = crate::view::agreement::EditorPage::ONWARD;

fn contact_value(contact: &ContactForm) -> Value {
    let phone = Some(&contact.phone).filter(|p| !p.is_empty());
    json!({ "party": contact.party, "desk": contact.desk, "mail": contact.mail, "phone": phone })
}

/// The fields that say a clause.
pub fn of_lane(lane: &Lane) -> LaneForm {
    let value = serde_json::to_value(lane).unwrap_or_default();
    let at = |path: &str| value.pointer(path).cloned().unwrap_or_default();
    let word = |path: &str| match at(path) {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let words = |path: &str| match at(path) {
        Value::Array(all) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    LaneForm {
        clause: lane.clause.clone(),
        hosting: word("/hosting"),
        classes: words("/classes"),
        ages: words("/ages"),
        novelty: word("/novelty"),
        sites: words("/sites"),
        synthetic: word("/synthetic"),
        informed_on: word("/informed_on"),
        width: word("/width"),
        media: if lane.media { "yes" } else { "no" }.into(),
        notice_by: word("/host_notice/by"),
        notice_after: word("/host_notice/after_hours"),
        approval: word("/approval/form"),
        approval_hours: word("/approval/deadline_hours"),
        written_hours: word("/approval/written_hours"),
        hold_days: word("/hold_days"),
        onward: ONWARD.iter().filter(|w| at(&format!("/onward/{w}")) == true).map(|w| (*w).to_owned()).collect(),
        outcome_days: word("/outcome_days"),
        retention_days: word("/retention_days"),
    }
}

/// The fields that say a contact.
pub fn of_contact(contact: &Contact) -> ContactForm {
    ContactForm {
        party: match contact.party {
            agreements::Party::Hotline => "hotline",
            agreements::Party::Lea => "lea",
        }
        .into(),
        desk: contact.desk.clone(),
        mail: contact.mail.clone(),
        phone: contact.phone.clone().unwrap_or_default(),
    }
}

/// A clause to begin with, numbered after the others.
pub fn fresh(lanes: &[LaneForm]) -> LaneForm {
    let taken = |clause: &str| lanes.iter().any(|l| l.clause == clause);
    let free = (1..).map(|n: usize| n.to_string()).find(|clause| !taken(clause));
    let word = str::to_owned;
    LaneForm {
        clause: free.unwrap_or_default(),
        hosting: word("home"),
        classes: vec![word("baseline")],
        novelty: word("any"),
        synthetic: word("any"),
        informed_on: word("own_assessment"),
        width: word("item"),
        media: word("no"),
        notice_by: word("hotline"),
        notice_after: word("0"),
        approval: word("none"),
        hold_days: word("0"),
        outcome_days: word("0"),
        retention_days: word("90"),
        ..LaneForm::default()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;
    use agreements::template::TEMPLATES;

    #[test]
    fn every_template_survives_the_fields() {
        for template in TEMPLATES {
            let mut text = template.document().unwrap();
            text.contacts.push(Contact {
                party: agreements::Party::Lea,
                desk: "Desk".into(),
                mail: "desk@police.example".into(),
                phone: None,
            });
            let lanes: Vec<LaneForm> = text.lanes.iter().map(of_lane).collect();
            let contacts: Vec<ContactForm> = text.contacts.iter().map(of_contact).collect();
            assert_eq!(document(&lanes, &contacts), Ok(text), "{}", template.key);
        }
    }

    #[test]
    fn a_fresh_clause_is_a_text_and_a_word_for_a_number_is_none() {
        let first = fresh(&[]);
        let second = fresh(std::slice::from_ref(&first));
        assert_eq!((first.clause.as_str(), second.clause.as_str()), ("1", "2"));
        assert!(document(&[first.clone(), second], &[]).and_then(Document::checked).is_ok());
        let bad = LaneForm { hold_days: "ten".into(), ..first.clone() };
        assert_eq!(document(&[bad], &[]).map_err(|r| r.rule), Err("not-a-number"));
        let strange = LaneForm { width: "everything".into(), ..first };
        assert_eq!(document(&[strange], &[]).map_err(|r| r.rule), Err("unreadable-agreement"));
    }

    #[test]
    fn a_form_is_read_by_its_numbers() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let sent = Sent::new(vec![
            pair("lanes", "1"),
            pair("l0_clause", " 7 "),
            pair("l0_classes", "baseline"),
            pair("l0_classes", "national"),
            pair("l1_clause", "not counted"),
            pair("contacts", "99999"),
        ]);
        assert_eq!(sent.lanes().len(), 1);
        let lane = sent.lanes().remove(0);
        assert_eq!((lane.clause.as_str(), lane.classes.len()), ("7", 2));
        assert_eq!(sent.contacts().len(), MOST);
    }
}
