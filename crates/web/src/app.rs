//! What every handler can reach.

use crate::{Error, Signer, error::Result};
use agreements::sign_in::SignedIn;
use capture::{CaptureConfig, RdapCache, Scout, TraceConfig};
use exchange::{blocklist::BlockList, icse::release::Destination, iwol::Domains};
use hashlists::Lists;
use media::Workshop;
use reports::{Hands, ReportsConfig, intake::Reach};
use std::sync::Arc;
use storage::{Db, Tx, evidence::Vault};

/// How the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// With an invented network; sign-in links work.
    Demo,
    /// For real; sign-in links do not exist.
    Live,
}

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Sealed evidence.
    pub vault: Vault,
    /// Where files are described.
    pub workshop: Arc<Workshop>,
    /// Who fetches reported pages.
    pub scout: Arc<Scout>,
    /// What registries answered lately.
    pub rdap: Arc<RdapCache>,
    /// What may be fetched, and how.
    pub capture: Arc<CaptureConfig>,
    /// Where hosts are looked up.
    pub trace: Arc<TraceConfig>,
    /// What hash lists know.
    pub lists: Arc<Lists>,
    /// The block list of domains: its criteria and times.
    pub domains: Arc<Domains>,
    /// The block list of domains, as it goes out to access providers.
    pub blocklist: Arc<BlockList>,
    /// Signs pages of hash lists.
    pub signer: Arc<Signer>,
    /// Signs packages.
    pub packages: Arc<Signer>,
    /// Where the link to victim identification points; nothing where it is off.
    pub destination: Option<Arc<Destination>>,
    /// Limits of intake.
    pub config: Arc<ReportsConfig>,
    /// Demo or live.
    pub mode: Mode,
    /// Whether cookies are sent over TLS only.
    pub secure_cookies: bool,
    /// In the demo: names and sign-in links of its people, for the front page.
    pub personas: Arc<Vec<Persona>>,
    /// In the demo: sites of its invented web, for the front page.
    pub sites: Arc<Vec<Site>>,
}

/// A site of the demo's invented web, to be reported.
#[derive(Clone, Debug)]
pub struct Site {
    /// What to report.
    pub url: String,
    /// Where it is hosted.
    pub country: String,
    /// What it is, in a few words.
    pub what: String,
}

/// Somebody of the demo's invented network.
#[derive(Clone, Debug)]
pub struct Persona {
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: String,
    /// Their organisation.
    pub organisation: String,
    /// Its country; empty where there is none.
    pub country: String,
    /// Path of the sign-in link.
    pub sign_in_path: String,
}

impl App {
    /// What the slow stages work with.
    pub fn hands(&self) -> Hands {
        Hands {
            db: self.db.clone(),
            vault: self.vault.clone(),
            workshop: Arc::clone(&self.workshop),
            scout: Arc::clone(&self.scout),
            rdap: Arc::clone(&self.rdap),
            lists: Arc::clone(&self.lists),
            config: Arc::clone(&self.config),
            capture: Arc::clone(&self.capture),
            trace: Arc::clone(&self.trace),
        }
    }

    /// What is done by itself with reports here.
    pub fn reach(&self) -> Reach {
        Reach { capture: self.capture.enabled, trace: self.trace.is_on() }
    }

    /// What somebody does by a page's form, in one transaction with its line in the log: `verb` returns the act. When it is
    /// refused, nothing of it stays.
    pub(crate) async fn act<A: audit::Act>(
        &self,
        who: &SignedIn,
        verb: impl AsyncFnOnce(&Tx) -> Result<A>,
    ) -> Result<()> {
        self.make(who, async |tx| Ok(((), verb(tx).await?))).await
    }

    /// The same, where something comes of it.
    pub(crate) async fn make<T, A: audit::Act>(
        &self,
        who: &SignedIn,
        verb: impl AsyncFnOnce(&Tx) -> Result<(T, A)>,
    ) -> Result<T> {
        let tx = self.db.begin(&who.actor).await?;
        let (made, act) = verb(&tx).await?;
        tx.commit(&act).await?;
        Ok(made)
    }

    /// Takes the next queued step of the block list, if there is one.
    pub async fn follow_domains(&self) -> Result<bool> {
        Ok(exchange::iwol::work(&self.db, &self.domains, self.reach()).await?)
    }

    /// Tells an LEA's system of the next change of a case, if there is one to tell.
    pub async fn tell_change(&self) -> Result<bool> {
        Ok(exchange::webhooks::work(&self.db, &self.packages, self.lists.config.private_peers).await?)
    }

    /// Takes the next package from the queue, if there is one.
    pub async fn make_package(&self) -> Result<bool> {
        let with = exchange::package::Made {
            db: &self.db,
            vault: &self.vault,
            signer: &self.packages,
            tool: concat!("cport ", env!("CARGO_PKG_VERSION")),
            keep_seconds: i64::from(self.config.package_hours) * 3600,
        };
        Ok(exchange::package::work(&with).await?)
    }

    /// Reads a sealed object after the look at it was logged.
    pub(crate) async fn unseal(&self, locked: storage::evidence::Locked) -> Result<Vec<u8>> {
        self.vault.open_locked(&self.db, locked).await.map_err(Error::from)
    }
}
