//! Real peers of the tests: OpenSSH's server with its own settings, and an S3 server of the tests' Python, each on a free
//! port of loopback, ended with the test.

use super::support::Folder;
use exchange::icse::{IcseConfig, SftpConfig, Transport};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use storage::S3Config;

fn awaited(port: u16) {
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(25));
    }
    panic!("nothing listens at port {port}");
}

/// Runs a program to its end.
fn run(program: &str, args: &[&str]) -> String {
    let done = Command::new(program).args(args).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// OpenSSH's server.
pub struct Sshd {
    child: Child,
    pub port: u16,
    folder: PathBuf,
}

impl Sshd {
    /// Starts one with a host key and a user's key of its own; what it shows is `drop` in the folder.
    pub fn start(folder: &Folder) -> Self {
        let at = |name: &str| folder.at(name).display().to_string();
        for key in ["host", "user", "stranger"] {
            run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", &at(key)]);
        }
        for place in ["incoming", "answers", "done"] {
            fs::create_dir_all(folder.at("drop").join(place)).unwrap();
        }
        // Where the server is root, it takes this folder for granted.
        drop(fs::create_dir_all("/run/sshd"));
        let port = invented::free_port().unwrap();
        let settings = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nLogLevel ERROR\n",
            at("host"),
            at("user.pub"),
        );
        fs::write(folder.at("sshd_config"), settings).unwrap();
        let log = fs::File::create(folder.at("sshd.log")).unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        awaited(port);
        Self { child, port, folder: folder.0.clone() }
    }

    /// The folder that is shown.
    pub fn drop_box(&self) -> PathBuf {
        self.folder.join("drop")
    }

    /// The config of a link that reaches the server at `port`, and knows its key.
    pub fn config(&self, port: u16) -> IcseConfig {
        let public = fs::read_to_string(self.folder.join("host.pub")).unwrap();
        self.config_knowing(port, &public)
    }

    pub fn config_knowing(&self, port: u16, public: &str) -> IcseConfig {
        let known_hosts = self.folder.join(format!("known-{port}"));
        fs::write(&known_hosts, format!("[127.0.0.1]:{port} {public}")).unwrap();
        let transport = Transport::Sftp(SftpConfig {
            host: "127.0.0.1".into(),
            port,
            user: run("id", &["-un"]).trim().into(),
            key: self.folder.join("user"),
            known_hosts,
            folder: self.drop_box().display().to_string(),
        });
        dropped(transport)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
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

/// An S3 server.
pub struct S3 {
    child: Child,
    pub port: u16,
}

impl S3 {
    pub fn start() -> Self {
        let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON is not set: run the tests with scripts/test");
        let port = invented::free_port().unwrap();
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        awaited(port);
        let server = Self { child, port };
        assert!(server.ask("PUT /parcels").contains(" 200 "));
        server
    }

    fn ask(&self, line: &str) -> String {
        let mut way = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(way, "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        way.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Names of the objects.
    pub fn objects(&self) -> Vec<String> {
        let answer = self.ask("GET /parcels?list-type=2");
        answer.split("<Key>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
    }

    /// The bucket as reached at a port.
    pub fn bucket(folder: &Path, port: u16) -> S3Config {
        let file = folder.join("credentials");
        fs::write(&file, "aws_access_key_id = tester\naws_secret_access_key = canary-secret\n").unwrap();
        S3Config {
            bucket: "parcels".into(),
            endpoint: Some(format!("http://127.0.0.1:{port}")),
            region: "us-east-1".into(),
            prefix: "icse".into(),
            allow_http: true,
            credentials_file: Some(file),
            request_seconds: 5,
        }
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
