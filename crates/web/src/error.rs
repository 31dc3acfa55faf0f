//! From a refusal to a status and words, once. The API answers with RFC 9457 problem details; pages show the same words.

use crate::files::FileTrouble;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// Result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything a handler can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The house law refused.
    #[error(transparent)]
    Agreements(#[from] agreements::Error),
    /// The library refused.
    #[error(transparent)]
    Lists(#[from] hashlists::Error),
    /// The spine refused.
    #[error(transparent)]
    Reports(#[from] reports::Error),
    /// The removal refused.
    #[error(transparent)]
    Takedown(#[from] takedown::Error),
    /// The loading dock refused.
    #[error(transparent)]
    Exchange(#[from] exchange::Error),
    /// The cellar failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// A value cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An upload cannot be used.
    #[error(transparent)]
    Files(#[from] FileTrouble),
    /// The body is not what the route takes.
    #[error("{1}")]
    Body(StatusCode, String),
    /// A page cannot be drawn.
    #[error("page: {0}")]
    Page(#[from] askama::Error),
}

/// RFC 9457 problem details, with the field where one is at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the rule: `/problems/unknown-country`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/unknown-country")]
    pub kind: String,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A sentence: what is wrong and what to do.
    pub detail: String,
    /// The field at fault, as the caller knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
}

impl Error {
    /// There is no such thing, or not for this caller.
    pub(crate) const NOT_FOUND: Self = Self::Agreements(agreements::Error::NotFound);

    /// The refusal as people and programs see it. What went wrong inside is logged here and not told.
    pub(crate) fn problem(&self) -> Problem {
        use StatusCode as S;
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::Agreements(error) => of_agreements(error),
            Self::Lists(error) => of_lists(error),
            Self::Reports(error) => of_reports(error),
            Self::Takedown(error) => of_takedown(error),
            Self::Exchange(error) => of_exchange(error),
            Self::Storage(error) => of_storage(error),
            Self::Files(trouble) => {
                let (status, rule) = trouble.status();
                problem(status, rule, trouble.to_string(), Some("file"))
            }
            Self::Body(status, detail) => problem(*status, "bad-body", detail.clone(), None),
            Self::Page(error) => {
                tracing::error!(%error, "a page could not be drawn");
                problem(S::INTERNAL_SERVER_ERROR, "internal", INTERNAL.into(), None)
            }
        }
    }
}

const INTERNAL: &str = "something went wrong on our side, nothing was changed, try again";

fn problem(status: StatusCode, rule: &str, detail: String, field: Option<&'static str>) -> Problem {
    let title = status.canonical_reason().unwrap_or("Problem");
    Problem { kind: format!("/problems/{rule}"), title, status: status.as_u16(), detail, field }
}

fn refused(refusal: &Refusal) -> Problem {
    problem(StatusCode::UNPROCESSABLE_ENTITY, refusal.rule, refusal.reason.clone(), Some(refusal.field))
}

fn of_agreements(error: &agreements::Error) -> Problem {
    use agreements::Error as E;
    match error {
        E::Refused(refusal) => refused(refusal),
        E::NotFound => problem(StatusCode::NOT_FOUND, "not-found", "there is nothing here for you".into(), None),
        E::NotYours => problem(StatusCode::FORBIDDEN, "not-yours", error.to_string(), None),
        E::SignInFirst => {
            let detail = "sign in first, or send a valid access token".into();
            problem(StatusCode::UNAUTHORIZED, "sign-in-first", detail, None)
        }
        E::Storage(error) => of_storage(error),
    }
}

fn of_reports(error: &reports::Error) -> Problem {
    use reports::Error as E;
    match error {
        E::Refused(refusal) => refused(refusal),
        E::NotFound => of_agreements(&agreements::Error::NotFound),
        E::Conflict { rule, field, reason } => problem(StatusCode::CONFLICT, rule, reason.clone(), Some(field)),
        E::File { name, why } => {
            let (status, rule) = FileTrouble::of_refused(why);
            problem(status, rule, format!("`{name}`: {why}"), Some("file"))
        }
        E::LyingType { .. } => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "content-type-mismatch", error.to_string(), Some("file"))
        }
        E::Agreements(error) => of_agreements(error),
        E::Lists(error) => of_lists(error),
        E::Storage(error) => of_storage(error),
    }
}

fn of_takedown(error: &takedown::Error) -> Problem {
    use takedown::Error as E;
    match error {
        E::Refused(refusal) => refused(refusal),
        E::NotFound => of_agreements(&agreements::Error::NotFound),
        E::Conflict { rule, field, reason } => problem(StatusCode::CONFLICT, rule, reason.clone(), Some(field)),
        E::Reports(error) => of_reports(error),
        E::Storage(error) => of_storage(error),
    }
}

fn of_exchange(error: &exchange::Error) -> Problem {
    use exchange::Error as E;
    match error {
        E::Refused(refusal) => refused(refusal),
        E::NotFound => of_agreements(&agreements::Error::NotFound),
        E::Conflict { rule, field, reason } => problem(StatusCode::CONFLICT, rule, reason.clone(), Some(field)),
        E::Rule(why) => problem(StatusCode::CONFLICT, why.rule(), why.reason().into(), Some(why.field())),
        E::TooMany => problem(StatusCode::TOO_MANY_REQUESTS, "too-many", error.to_string(), None),
        E::Agreements(error) => of_agreements(error),
        E::Reports(error) => of_reports(error),
        E::Storage(error) => of_storage(error),
    }
}

fn of_lists(error: &hashlists::Error) -> Problem {
    use hashlists::Error as E;
    match error {
        E::Refused(refusal) => refused(refusal),
        E::NotFound => of_agreements(&agreements::Error::NotFound),
        E::Conflict { rule, field, reason } => problem(StatusCode::CONFLICT, rule, reason.clone(), Some(field)),
        E::Agreements(error) => of_agreements(error),
        E::Storage(error) => of_storage(error),
    }
}

fn of_storage(error: &storage::Error) -> Problem {
    use storage::Error as E;
    match error {
        E::Moved => problem(StatusCode::PRECONDITION_FAILED, "changed-meanwhile", error.to_string(), None),
        E::KeyReused => {
            problem(StatusCode::CONFLICT, "idempotency-key-reused", error.to_string(), Some("Idempotency-Key"))
        }
        E::NoRoom { .. } => {
            tracing::error!(%error, "evidence cannot be kept");
            let said = "there is no room for evidence now, nothing of it was kept, send it again later";
            problem(StatusCode::INSUFFICIENT_STORAGE, "no-room", said.into(), None)
        }
        E::Erased(_) => problem(StatusCode::GONE, "erased", "this file was erased".into(), None),
        _ => {
            tracing::error!(%error, "a request failed");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", INTERNAL.into(), None)
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
