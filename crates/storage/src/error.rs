//! What can go wrong in the cellar.

/// Result of the cellar.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. None of it is the caller's fault except [`Error::Moved`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The row is not in the state any more that the caller saw.
    #[error("someone else changed this meanwhile, load it again")]
    Moved,
    /// The change did not reach the disk; it was not made.
    #[error("the change could not be written to disk")]
    NotDurable,
    /// The same request is being worked on, or was, with other contents.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// A sealed object does not open: wrong key, wrong row, or altered bytes.
    #[error("sealed object {0} does not open: its bytes, its key or its row were altered")]
    Unsealed(base::BlobId),
    /// A sealed object was erased.
    #[error("sealed object {0} was erased")]
    Erased(base::BlobId),
    /// A sealed object is neither in the store nor in the spool.
    #[error("sealed object {0} is missing from the evidence store")]
    Missing(base::BlobId),
    /// A local folder could not be used.
    #[error("{at}: {source}")]
    Disk {
        /// Which.
        at: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A sealed object could be written nowhere. Nothing of it stays; it works again when there is room.
    #[error(
        "evidence could be written neither to the store ({store}) nor to the spool ({spool}), make room and send it again"
    )]
    NoRoom {
        /// What the store said.
        store: String,
        /// What the spool said.
        spool: String,
    },
    /// Many stored objects have no row. Nothing was removed.
    #[error(
        "{orphans} of {listed} stored objects have no row: is this the right database? nothing was removed; \
         `cport evidence sweep --all` removes them"
    )]
    TooManyOrphans {
        /// How many have none.
        orphans: usize,
        /// How many there are.
        listed: usize,
    },
    /// The object store could not be used.
    #[error("evidence store: {0}")]
    Store(#[from] object_store::Error),
    /// The root key is missing or malformed.
    #[error("root key: {0}")]
    RootKey(String),
    /// The operating system gave no randomness, or a cipher could not be set up.
    #[error("cryptography failed")]
    Crypto,
    /// The schema is not the one this program needs.
    #[error("schema: {0}")]
    Schema(String),
    /// A stored value cannot be read back.
    #[error("stored value in {0} cannot be read")]
    Stored(&'static str),
}

impl Error {
    pub(crate) fn disk(at: impl AsRef<std::path::Path>, source: std::io::Error) -> Self {
        Self::Disk { at: at.as_ref().display().to_string(), source }
    }

    /// Whether a unique constraint refused a row.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
    }
}
