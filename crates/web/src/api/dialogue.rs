//! JSON shapes of what police and hotline say to each other about a case: requests, holds, messages.

use crate::names::Names;
use base::Time;
use reports as r;
use serde::Serialize;
use takedown as t;
use utoipa::ToSchema;

/// What an LEA asked its hotline for.
#[derive(Serialize, ToSchema)]
pub struct Request {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// The report behind it.
    pub report_id: String,
    /// Who asks.
    pub organisation: String,
    /// page, series, files, trace or recheck.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// By when.
    pub due: String,
    /// The officer who asked.
    pub author: String,
    /// When.
    pub at: String,
    /// open, granted, declined or taken_back.
    pub state: &'static str,
    /// When it was answered or taken back.
    pub answered_at: Option<String>,
    /// Why it was declined.
    pub answer: Option<String>,
    /// What a look-up or fetch came to: a country or `unknown`; `there` or `gone`.
    pub result: Option<String>,
}

impl Request {
    /// The request with names.
    pub fn new(request: &r::Request, names: &Names) -> Self {
        Self {
            id: request.id.to_string(),
            case_id: request.case.to_string(),
            report_id: request.report.to_string(),
            organisation: names.of(request.lea),
            kind: request.kind.word(),
            reason: request.reason.clone(),
            due: request.due.to_string(),
            author: request.author.clone(),
            at: request.at.to_string(),
            state: request.state.word(),
            answered_at: request.answered_at.map(|t| t.to_string()),
            answer: request.answer.clone(),
            result: request.result.clone(),
        }
    }
}

/// A magistrate's approval as an officer recorded it.
#[derive(Serialize, ToSchema)]
pub struct Approval {
    /// The magistrate's office.
    pub office: String,
    /// Its reference.
    pub reference: String,
    /// The officer who recorded it.
    pub by: String,
    /// When.
    pub at: String,
}

impl From<&t::Approved> for Approval {
    fn from(given: &t::Approved) -> Self {
        let t::Approved { office, reference, by, at } = given.clone();
        Self { office, reference, by, at: at.to_string() }
    }
}

/// A police request to leave content up.
#[derive(Serialize, ToSchema)]
pub struct Hold {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// The report behind it.
    pub report_id: String,
    /// The LEA.
    pub organisation: String,
    /// The item that stays up; null: everything disclosed of the case.
    pub item_id: Option<String>,
    /// provisional, in_force, ended, lapsed or over.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// The officer who placed it.
    pub author: String,
    /// When.
    pub at: String,
    /// Until when.
    pub until: String,
    /// The latest end that the agreement allows.
    pub latest: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The approval that is due next: oral or written.
    pub due_form: Option<&'static str>,
    /// By when; without it the hold lapses.
    pub due: Option<String>,
    /// A magistrate's word.
    pub oral: Option<Approval>,
    /// A magistrate's paper.
    pub written: Option<Approval>,
    /// When it was ended early.
    pub ended_at: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
}

impl Hold {
    /// The hold as it is at a time, with names.
    pub fn new(hold: &t::Hold, now: Time, names: &Names) -> Self {
        Self {
            id: hold.id.to_string(),
            case_id: hold.case.to_string(),
            report_id: hold.report.to_string(),
            organisation: names.of(hold.lea),
            item_id: hold.item.map(|i| i.to_string()),
            state: hold.state(now).word(),
            reason: hold.reason.clone(),
            author: hold.author.clone(),
            at: hold.at.to_string(),
            until: hold.until.to_string(),
            latest: hold.latest.to_string(),
            agreement: hold.agreement.clone(),
            version: hold.version,
            clause: hold.clause.clone(),
            due_form: hold.due().map(|(form, _)| form.word()),
            due: hold.due().map(|(_, at)| at.to_string()),
            oral: hold.oral.as_ref().map(Into::into),
            written: hold.written.as_ref().map(Into::into),
            ended_at: hold.ended_at.map(|t| t.to_string()),
            end_reason: hold.end_reason.clone(),
        }
    }
}

/// A message about a case.
#[derive(Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// The report behind it.
    pub report_id: String,
    /// The person who wrote it.
    pub author: String,
    /// Where they work.
    pub organisation: String,
    /// Plain text.
    pub text: String,
    /// When.
    pub at: String,
    /// When somebody at the other side said to have read it.
    pub read_at: Option<String>,
    /// Who.
    pub read_by: Option<String>,
}

impl Message {
    /// The message with names.
    pub fn new(message: &r::Message, names: &Names) -> Self {
        Self {
            id: message.id.to_string(),
            case_id: message.case.to_string(),
            report_id: message.report.to_string(),
            author: message.author.clone(),
            organisation: names.of(message.org),
            text: message.text.clone(),
            at: message.at.to_string(),
            read_at: message.read_at.map(|t| t.to_string()),
            read_by: message.read_by.clone(),
        }
    }
}
