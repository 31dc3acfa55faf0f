//! A store in a real S3 server.

use invented::servers::S3;
use std::path::Path;
use storage::{S3Config, StoreConfig};

pub fn start() -> S3 {
    S3::start("evidence").unwrap()
}

/// The config of a store in it; credentials from a file in the folder.
pub fn config(server: &S3, folder: &Path) -> StoreConfig {
    StoreConfig::S3(S3Config {
        bucket: server.bucket.into(),
        endpoint: Some(format!("http://127.0.0.1:{}", server.port)),
        region: "us-east-1".into(),
        prefix: "exchange".into(),
        allow_http: true,
        credentials_file: Some(S3::credentials(folder).unwrap()),
        request_seconds: 5,
    })
}
