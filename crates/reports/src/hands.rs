//! What the slow stages work with: the scout, the workshop, the evidence store.

use crate::ReportsConfig;
use ::capture::{CaptureConfig, RdapCache, Scout, TraceConfig};
use hashlists::Lists;
use media::Workshop;
use std::sync::Arc;
use storage::{Db, evidence::Vault};

/// What the slow stages work with. Cheap to clone.
#[derive(Clone)]
pub struct Hands {
    /// The database.
    pub db: Db,
    /// Sealed evidence.
    pub vault: Vault,
    /// Where files are described.
    pub workshop: Arc<Workshop>,
    /// Who fetches.
    pub scout: Arc<Scout>,
    /// What registries answered lately.
    pub rdap: Arc<RdapCache>,
    /// What hash lists know.
    pub lists: Arc<Lists>,
    /// Limits of intake.
    pub config: Arc<ReportsConfig>,
    /// What may be fetched, and how.
    pub capture: Arc<CaptureConfig>,
    /// Where hosts are looked up.
    pub trace: Arc<TraceConfig>,
}
