//! A real S3 server of the tests' Python, on loopback, ended with the test.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use storage::{S3Config, StoreConfig};

pub const BUCKET: &str = "evidence";

pub struct Server {
    child: Option<Child>,
    pub port: u16,
}

impl Server {
    pub fn start() -> Self {
        let port = invented::free_port().unwrap();
        let mut server = Self { child: None, port };
        server.again();
        server
    }

    /// Starts at the same port, with an empty bucket.
    pub fn again(&mut self) {
        let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON is not set: run the tests with scripts/test");
        let port = self.port.to_string();
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port]);
        self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        for _ in 0..600 {
            if self.ask(&format!("PUT /{BUCKET}")).is_some_and(|answer| answer.contains(" 200 ")) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the S3 server did not start");
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Stops or continues the server where it stands: connections hang.
    pub fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// One bare request; the answer's text.
    pub fn ask(&self, line: &str) -> Option<String> {
        let mut way = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        way.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        write!(way, "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = Vec::new();
        way.read_to_end(&mut answer).ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Names of the objects the bucket has.
    pub fn objects(&self) -> Vec<String> {
        let answer = self.ask(&format!("GET /{BUCKET}?list-type=2")).unwrap();
        answer.split("<Key>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
    }

    /// The config of a store in it; credentials from a file in the folder.
    pub fn config(&self, folder: &std::path::Path) -> StoreConfig {
        let file = folder.join("credentials");
        std::fs::write(&file, "[default]\naws_access_key_id = tester\naws_secret_access_key = canary-secret\n")
            .unwrap();
        StoreConfig::S3(S3Config {
            bucket: BUCKET.into(),
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            region: "us-east-1".into(),
            prefix: "exchange".into(),
            allow_http: true,
            credentials_file: Some(file),
            request_seconds: 5,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.signal("-CONT");
        }
        self.stop();
    }
}
