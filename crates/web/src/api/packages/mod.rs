//! Packages: what an officer takes along of a case, and the keys they are encrypted to and signed by.

pub mod create;
pub mod file;
pub mod key;
pub mod keys;
pub mod list;
pub mod of_case;
pub mod read;

use crate::{App, error::Result};
use reports::package;
use serde::Serialize;
use storage::jobs;
use utoipa::ToSchema;

/// A package and its justification.
#[derive(Serialize, ToSchema)]
pub struct Package {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// Where it is: asked, ready, refused, erased.
    pub state: &'static str,
    /// Why it was taken along.
    pub purpose: String,
    /// The LEA's own number.
    pub case_number: String,
    /// Public key that it is encrypted to.
    pub recipient: String,
    /// Why it could not be made.
    pub problem: Option<String>,
    /// When it was asked for.
    pub created_at: String,
    /// When it was made.
    pub ready_at: Option<String>,
    /// Until when it is kept.
    pub kept_until: Option<String>,
    /// Bytes of the encrypted file.
    pub size: Option<i64>,
    /// SHA-256 of the encrypted file.
    pub sha256: Option<String>,
    /// While it is made: bytes of evidence put in.
    pub done: Option<u64>,
    /// While it is made: bytes of evidence to put in.
    pub total: Option<u64>,
}

impl From<&package::Package> for Package {
    fn from(p: &package::Package) -> Self {
        Self {
            id: p.id.to_string(),
            case_id: p.case.to_string(),
            state: p.state.word(),
            purpose: p.purpose.clone(),
            case_number: p.case_number.clone(),
            recipient: p.recipient.clone(),
            problem: p.problem.clone(),
            created_at: p.created_at.to_string(),
            ready_at: p.ready_at.map(|t| t.to_string()),
            kept_until: p.until.map(|t| t.to_string()),
            size: p.size,
            sha256: p.sha256.as_deref().map(base::hex),
            done: None,
            total: None,
        }
    }
}

/// How far a package is, while it is made. Its owner was found before.
pub async fn progress(app: &App, package: &package::Package) -> Result<Option<(u64, u64)>> {
    if package.state != package::State::Asked {
        return Ok(None);
    }
    Ok(jobs::advanced(&app.db, package::STEP, package.id.0).await?)
}

/// Name under which a package is saved.
pub fn file_name(id: base::PackageId) -> String {
    format!("attachment; filename=\"package-{id}.zip.age\"")
}
