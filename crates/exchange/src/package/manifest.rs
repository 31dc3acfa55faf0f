//! The manifest: who took what along, why, and by which decision; and its signature.
//!
//! `manifest.sig` is one line: `ed25519 <key> <signature>` and a line feed, where the key is named by the first 16 hexadecimal
//! characters of the SHA-256 of its 32 bytes, and the signature is 128 hexadecimal characters in lower case, of the bytes
//! [`SIGNATURE_CONTEXT`] followed by those of `manifest.json` as they stand in the package.

use base::{CaseId, ItemId, OrgId, PackageId, PersonId, Time};
use reports::package::{Contents, Given, Kept};
use serde::{Deserialize, Serialize};

/// What a manifest of this form says of itself.
pub const FORMAT: &str = "cport-package/1";
/// What is signed before the manifest's bytes, so that a signature of something else is never one of a manifest.
pub const SIGNATURE_CONTEXT: &[u8] = b"cport-package/1\n";

/// The manifest of a package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The package.
    pub package: PackageId,
    /// When its facts were read.
    pub made_at: Time,
    /// Program and version that made it.
    pub tool: String,
    /// Public key that signs, 64 hexadecimal characters. It proves nothing by itself: compare it with the exchange's.
    pub signing_key: String,
    /// The watermark.
    pub recipient: Watermark,
    /// The case.
    pub case: Case,
    /// What was kept back, and by which clause.
    pub withheld: Vec<Kept>,
    /// Every file but the manifest and its signature, in the order in which they stand.
    pub files: Vec<Listed>,
}

/// Who took the package along, and why. It stands here and in the report, never in the media.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Watermark {
    /// The officer.
    pub officer: PersonId,
    /// Their name.
    pub name: String,
    /// Their LEA.
    pub organisation: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// The LEA's own number.
    pub case_number: String,
    /// Why.
    pub purpose: String,
    /// Public key that the package is encrypted to.
    pub age_recipient: String,
}

/// The case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Why the LEA has it, in plain words.
    pub why: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The widest disclosure in it.
    pub width: String,
    /// The hotline that reported it.
    pub reporter: String,
}

/// One file of a package.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Its path.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, 64 hexadecimal characters in lower case.
    pub sha256: String,
    /// Media type.
    pub media_type: String,
    /// Items that it is the file of, each with the decision that gave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Disclosed>,
    /// The capture whose archive it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<base::CaptureId>,
}

/// An item and the decision that gave it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Disclosed {
    /// The item.
    pub item: ItemId,
    /// The decision.
    #[serde(flatten)]
    pub given: Given,
}

impl Manifest {
    /// The manifest of a package with these files, signed by this key.
    pub fn new(contents: &Contents, files: Vec<Listed>, tool: &str, signing_key: String) -> Self {
        let (to, case) = (&contents.recipient, &contents.case);
        Self {
            format: FORMAT.into(),
            package: contents.package,
            made_at: contents.at,
            tool: tool.into(),
            signing_key,
            recipient: Watermark {
                officer: to.person,
                name: to.name.clone(),
                organisation: to.organisation_id,
                organisation_name: to.organisation.clone(),
                case_number: to.case_number.clone(),
                purpose: to.purpose.clone(),
                age_recipient: to.key.clone(),
            },
            case: Case {
                id: case.id,
                why: case.why.clone(),
                agreement: case.agreement.clone(),
                version: case.version,
                clause: case.clause.clone(),
                width: case.width.word().into(),
                reporter: case.reporter.clone(),
            },
            withheld: contents.withheld.clone(),
            files,
        }
    }
}

/// The line of a signature.
pub fn signature_line(key: &str, signature: &str) -> String {
    format!("ed25519 {key} {signature}\n")
}
