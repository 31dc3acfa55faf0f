//! What is done to keys and stored objects, in the words of the log.

use audit::{Subject, Verb};
use base::OrgId;
use serde_json::{Value, json};

/// An act on keys or stored objects.
#[derive(Clone, Debug)]
pub enum Act {
    /// An organisation got a new key; its objects' keys will be wrapped by it.
    RotationBegun(OrgId, i64),
    /// Keys of objects were wrapped by an organisation's newest key: which version, how many.
    Rewrapped(OrgId, i64, usize),
    /// An organisation's older keys are gone.
    Rotated(OrgId, i64),
    /// An organisation's key was wrapped by the newer root key.
    RootRotated(OrgId, i64),
    /// Objects were opened to prove them; how many, and how many findings there were.
    Verified(u64, u64),
    /// Stored bytes that no row names, or whose key is destroyed, were removed.
    Swept(usize),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::RotationBegun(..) => "key.rotation_begun",
            Self::Rewrapped(..) => "key.objects_rewrapped",
            Self::Rotated(..) => "key.rotated",
            Self::RootRotated(..) => "key.root_rotated",
            Self::Verified(..) => "evidence.verified",
            Self::Swept(_) => "evidence.swept",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::RotationBegun(..) | Self::Rewrapped(..) | Self::RootRotated(..) => Verb::Alter,
            Self::Rotated(..) | Self::Swept(_) => Verb::Erase,
            Self::Verified(..) => Verb::Consult,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::RotationBegun(org, _)
            | Self::Rewrapped(org, ..)
            | Self::Rotated(org, _)
            | Self::RootRotated(org, _) => Subject::one("organisation", org.0),
            Self::Verified(..) | Self::Swept(_) => Subject::list("evidence"),
        }
    }

    fn detail(&self) -> Option<Value> {
        Some(match self {
            Self::RotationBegun(_, version) | Self::Rotated(_, version) | Self::RootRotated(_, version) => {
                json!({ "version": version })
            }
            Self::Rewrapped(_, version, keys) => json!({ "version": version, "keys": keys }),
            Self::Verified(objects, findings) => json!({ "objects": objects, "findings": findings }),
            Self::Swept(objects) => json!({ "objects": objects }),
        })
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::RotationBegun(org, _)
            | Self::Rewrapped(org, ..)
            | Self::Rotated(org, _)
            | Self::RootRotated(org, _) => Some(*org),
            Self::Verified(..) | Self::Swept(_) => None,
        }
    }
}
