//! Links to real peers: OpenSSH's server, an S3 server.

use super::support::Folder;
use exchange::icse::{IcseConfig, SftpConfig, Transport};
use invented::servers::{S3, Sshd};
use storage::S3Config;

pub fn sshd(folder: &Folder) -> Sshd {
    Sshd::start(&folder.0).unwrap()
}

pub fn s3() -> S3 {
    S3::start("parcels").unwrap()
}

/// The config of a link that reaches the server at `port`, and knows its key.
pub fn sftp_at(sshd: &Sshd, port: u16) -> IcseConfig {
    sftp_knowing(sshd, port, &sshd.public().unwrap())
}

pub fn sftp_knowing(sshd: &Sshd, port: u16, public: &str) -> IcseConfig {
    dropped(Transport::Sftp(SftpConfig {
        host: "127.0.0.1".into(),
        port,
        user: sshd.user.clone(),
        key: sshd.key(),
        known_hosts: sshd.known_at(port, public).unwrap(),
        folder: sshd.drop_box().display().to_string(),
    }))
}

/// The bucket as reached at a port.
pub fn bucket_at(s3: &S3, folder: &Folder, port: u16) -> S3Config {
    S3Config {
        bucket: s3.bucket.into(),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        region: "us-east-1".into(),
        prefix: "icse".into(),
        allow_http: true,
        credentials_file: Some(S3::credentials(&folder.0).unwrap()),
        request_seconds: 5,
    }
}

/// A config for a drop box.
pub fn dropped(transport: Transport) -> IcseConfig {
    IcseConfig {
        enabled: true,
        private: true,
        recipient: super::support::identity().recipient().unwrap().to_string(),
        answer_key: super::support::answer_signer().public_hex(),
        connect_seconds: 3,
        idle_seconds: 3,
        delivery_seconds: 60,
        transport: Some(transport),
        ..IcseConfig::default()
    }
}
