//! Config sections `[database]` and `[evidence]`.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where rows are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://user:password@host:port/name`. The environment's `DATABASE_URL` wins.
    pub url: String,
    /// PostgreSQL: URL of the role that owns the tables, used only by `migrate`. Empty: the same as `url`.
    pub owner_url: String,
    /// PostgreSQL: role that the program works as. It owns nothing and is subject to row-level security.
    pub app_role: String,
    /// Most connections at once.
    pub max_connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:var/cport/cport.db".into(),
            owner_url: String::new(),
            app_role: "cport_app".into(),
            max_connections: 16,
        }
    }
}

/// Where sealed evidence is kept, and under which root key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceConfig {
    /// Where sealed objects lie: `"folder"`, or a table `[evidence.store.s3]`.
    pub store: StoreConfig,
    /// Local folder for sealed objects, where `store` is `"folder"`.
    pub folder: PathBuf,
    /// Local folder in which sealed objects wait while the store is full or cannot be reached. Best on another disk.
    pub spool: PathBuf,
    /// Hours after which a stored object that no row names is taken for the rest of an interrupted upload and removed.
    pub orphan_hours: u32,
    /// What holds the root key: `"file"`, or a table `[evidence.root.pkcs11]`.
    pub root: RootConfig,
    /// File with the root key, where `root` is `"file"`: 64 hexadecimal digits, readable by its owner only. Made by
    /// `cport admin root-key`.
    pub root_key_file: PathBuf,
    /// The root key before, while it is being replaced: `[evidence.old_root.file]` or `[evidence.old_root.pkcs11]`.
    /// Take it out once `cport evidence rotate --root` has run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_root: Option<OldRoot>,
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self {
            store: StoreConfig::Folder,
            folder: "var/cport/evidence".into(),
            spool: "var/cport/spool".into(),
            orphan_hours: 24,
            root: RootConfig::File,
            root_key_file: "var/cport/root.key".into(),
            old_root: None,
        }
    }
}

/// Where sealed objects lie.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreConfig {
    /// The local folder `evidence.folder`.
    Folder,
    /// A bucket that talks S3.
    S3(S3Config),
}

/// A bucket that talks S3. Give it a lifecycle rule that ends multipart uploads left unfinished: nobody else can see them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// The bucket's name. It has to be there.
    pub bucket: String,
    /// Where the service is, such as `https://s3.example`. Without it: Amazon's, by region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The region's name.
    #[serde(default = "usual_region")]
    pub region: String,
    /// What stands in front of every object's name; lets several exchanges share a bucket.
    #[serde(default)]
    pub prefix: String,
    /// Whether `http://` will do: for a service on the same machine.
    #[serde(default)]
    pub allow_http: bool,
    /// File with the credentials, readable by its owner only: lines `aws_access_key_id = …`,
    /// `aws_secret_access_key = …` and, where there is one, `aws_session_token = …`. Without it: the environment's
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or what the cloud's machine is entitled to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_file: Option<PathBuf>,
    /// Seconds for one request, of up to 8 MiB.
    #[serde(default = "usual_request_seconds")]
    pub request_seconds: u64,
}

fn usual_region() -> String {
    "us-east-1".into()
}

fn usual_request_seconds() -> u64 {
    60
}

/// What holds the root key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootConfig {
    /// The file `evidence.root_key_file`.
    File,
    /// A token reached over PKCS#11: a hardware security module, or software that acts like one.
    Pkcs11(Pkcs11Config),
}

/// A key in a token reached over PKCS#11. The key never leaves it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11Config {
    /// The token's library, a shared object.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label: AES, 256 bits. Made by `cport admin root-key`.
    pub key: String,
    /// File with the user's PIN, readable by its owner only.
    pub pin_file: PathBuf,
}

/// A root key that is being replaced.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OldRoot {
    /// A key file.
    File {
        /// Where it is.
        path: PathBuf,
    },
    /// A token.
    Pkcs11(Pkcs11Config),
}
