//! What is done about packages, in the words of the log.

use audit::{Subject, Verb};
use base::{CaseId, OrgId, PackageId, PersonId};

/// An act about packages.
#[derive(Clone, Debug)]
pub enum Act {
    /// An officer said which public key their packages are encrypted to.
    KeySet(PersonId),
    /// An officer's key was forgotten.
    KeyForgotten(PersonId),
    /// Somebody looked at their key.
    KeyRead(PersonId),
    /// Somebody asked for the key by which packages are signed.
    SigningKeysRead,
    /// An officer asked for a package of a case, and why.
    Asked(PackageId, CaseId, String),
    /// What goes into a package was read: how many files were opened, and why.
    Gathered(PackageId, usize, String),
    /// A package was made.
    Made {
        /// The package.
        package: PackageId,
        /// Files in it.
        files: usize,
        /// Why.
        purpose: String,
        /// The LEA.
        by: OrgId,
    },
    /// A package could not be made.
    Refused {
        /// The package.
        package: PackageId,
        /// The LEA.
        by: OrgId,
    },
    /// A queued step had nothing to do any more.
    NotNeeded,
    /// Somebody looked at how far a package is.
    Read(PackageId),
    /// Somebody looked at their packages.
    ListRead,
    /// Somebody looked at the form for a package of a case.
    FormRead(CaseId),
    /// A package, or a part of one, was downloaded, and why.
    Downloaded(PackageId, String),
    /// A package was erased.
    Erased {
        /// The package.
        package: PackageId,
        /// The LEA.
        by: OrgId,
    },
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::KeySet(_) => "package.key_set",
            Self::KeyForgotten(_) => "package.key_forgotten",
            Self::KeyRead(_) => "package.key_read",
            Self::SigningKeysRead => "packages.keys_read",
            Self::Asked(..) => "package.asked",
            Self::Gathered(..) => "package.gathered",
            Self::Made { .. } => "package.made",
            Self::Refused { .. } => "package.refused",
            Self::NotNeeded => "package.not_needed",
            Self::Read(_) => "package.read",
            Self::ListRead => "packages.read",
            Self::FormRead(_) => "package.form_read",
            Self::Downloaded(..) => "package.downloaded",
            Self::Erased { .. } => "package.erased",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::KeySet(_) | Self::KeyForgotten(_) | Self::Asked(..) | Self::Refused { .. } | Self::NotNeeded => {
                Verb::Alter
            }
            Self::Made { .. } => Verb::Combine,
            Self::Gathered(..) | Self::Downloaded(..) => Verb::Disclose,
            Self::KeyRead(_) | Self::SigningKeysRead | Self::Read(_) | Self::ListRead | Self::FormRead(_) => {
                Verb::Consult
            }
            Self::Erased { .. } => Verb::Erase,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::KeySet(person) | Self::KeyForgotten(person) | Self::KeyRead(person) => {
                Subject::one("person", person.0)
            }
            Self::SigningKeysRead | Self::ListRead | Self::NotNeeded => Subject::list("packages"),
            Self::FormRead(case) => Subject::one("case", case.0),
            Self::Asked(package, ..)
            | Self::Gathered(package, ..)
            | Self::Made { package, .. }
            | Self::Refused { package, .. }
            | Self::Read(package)
            | Self::Downloaded(package, _)
            | Self::Erased { package, .. } => Subject::one("package", package.0),
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::Asked(.., purpose)
            | Self::Gathered(.., purpose)
            | Self::Downloaded(_, purpose)
            | Self::Made { purpose, .. } => Some(purpose),
            _ => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::Asked(_, case, _) => Some(json!({ "case": case })),
            Self::Gathered(_, files, _) | Self::Made { files, .. } => Some(json!({ "files": files })),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::Made { by, .. } | Self::Refused { by, .. } | Self::Erased { by, .. } => Some(*by),
            _ => None,
        }
    }
}
