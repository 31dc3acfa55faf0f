//! Servers of other makes, as a partner would run them, with settings of their own on loopback and ended when dropped: OpenSSH
//! for drop boxes, and an S3 server of the tests' Python. They can be stopped and started again at the same port.

use crate::free_port;
use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Between two looks whether a program listens, and how many.
const LOOK: Duration = Duration::from_millis(25);
const LOOKS: usize = 1200;

/// A program that runs until it is stopped or dropped.
#[derive(Default)]
struct Running(Option<Child>);

impl Running {
    fn stop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    fn start(&mut self, mut command: Command, port: u16) -> io::Result<()> {
        self.stop();
        self.0 = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
        for _ in 0..LOOKS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(());
            }
            thread::sleep(LOOK);
        }
        Err(io::Error::other(format!("nothing listens at port {port}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(program: &str, args: &[&str]) -> io::Result<String> {
    let done = Command::new(program).args(args).output()?;
    if !done.status.success() {
        return Err(io::Error::other(format!("{program}: {}", String::from_utf8_lossy(&done.stderr))));
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// OpenSSH's server.
pub struct Sshd {
    running: Running,
    folder: PathBuf,
    /// Where it listens on loopback.
    pub port: u16,
    /// Who may come in: the user that runs this.
    pub user: String,
}

impl Sshd {
    /// Starts one with a host key and a user's key of its own, made in `folder` with a stranger's; what it shows is `drop` there.
    ///
    /// # Errors
    /// Debian's packages openssh-server and openssh-client are not there.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let at = |name: &str| folder.join(name).display().to_string();
        for key in ["host", "user", "stranger"] {
            run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", &at(key)])?;
        }
        for place in ["incoming", "answers", "done"] {
            fs::create_dir_all(folder.join("drop").join(place))?;
        }
        // Where the server is root, it takes this folder for granted.
        drop(fs::create_dir_all("/run/sshd"));
        let port = free_port()?;
        let settings = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nLogLevel ERROR\n",
            at("host"),
            at("user.pub"),
        );
        fs::write(folder.join("sshd_config"), settings)?;
        let user = run("id", &["-un"])?;
        let mut server = Self { running: Running::default(), folder: folder.to_owned(), port, user };
        server.again()?;
        Ok(server)
    }

    /// Starts at the same port.
    ///
    /// # Errors
    /// It does not start.
    pub fn again(&mut self) -> io::Result<()> {
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]).arg(self.folder.join("sshd_config"));
        command.stderr(fs::File::create(self.folder.join("sshd.log"))?);
        self.running.start(command, self.port)
    }

    /// Nobody is let in any more.
    pub fn stop(&mut self) {
        self.running.stop();
    }

    /// The folder that is shown.
    pub fn drop_box(&self) -> PathBuf {
        self.folder.join("drop")
    }

    /// The user's private key.
    pub fn key(&self) -> PathBuf {
        self.folder.join("user")
    }

    /// The server's public key, a line.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn public(&self) -> io::Result<String> {
        fs::read_to_string(self.folder.join("host.pub"))
    }

    /// A file of known hosts that says this key of the server at `port`.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn known_at(&self, port: u16, public: &str) -> io::Result<PathBuf> {
        let file = self.folder.join(format!("known-{port}"));
        fs::write(&file, format!("[127.0.0.1]:{port} {public}"))?;
        Ok(file)
    }
}

/// An S3 server with one bucket, which is empty after each start.
pub struct S3 {
    running: Running,
    /// The bucket.
    pub bucket: &'static str,
    /// Where it listens on loopback.
    pub port: u16,
}

impl S3 {
    /// Starts one.
    ///
    /// # Errors
    /// `CPORT_PYTHON` is not set to a Python with moto: `scripts/test` does that.
    pub fn start(bucket: &'static str) -> io::Result<Self> {
        let mut server = Self { running: Running::default(), bucket, port: free_port()? };
        server.again()?;
        Ok(server)
    }

    /// Starts at the same port.
    ///
    /// # Errors
    /// It does not start.
    pub fn again(&mut self) -> io::Result<()> {
        let python = std::env::var("CPORT_PYTHON")
            .map_err(|_| io::Error::other("CPORT_PYTHON is not set: run the tests with scripts/test"))?;
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &self.port.to_string()]);
        command.stderr(Stdio::null());
        self.running.start(command, self.port)?;
        let made = self.ask(&format!("PUT /{}", self.bucket))?;
        if made.contains(" 200 ") { Ok(()) } else { Err(io::Error::other(made)) }
    }

    /// It answers no more.
    pub fn stop(&mut self) {
        self.running.stop();
    }

    /// Stops or continues it where it stands, by a signal's name: connections hang.
    ///
    /// # Errors
    /// There is no such signal, or it does not run.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let pid = self.running.0.as_ref().map(|child| child.id().to_string()).unwrap_or_default();
        run("kill", &[name, &pid]).map(drop)
    }

    /// One bare request; the answer's text.
    ///
    /// # Errors
    /// It does not answer.
    pub fn ask(&self, line: &str) -> io::Result<String> {
        let mut way = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        way.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(way, "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        way.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Names of the objects in the bucket.
    ///
    /// # Errors
    /// It does not answer.
    pub fn objects(&self) -> io::Result<Vec<String>> {
        let answer = self.ask(&format!("GET /{}?list-type=2", self.bucket))?;
        let key = |part: &str| part.split('<').next().unwrap_or_default().to_owned();
        Ok(answer.split("<Key>").skip(1).map(key).collect())
    }

    /// A file with credentials, written into `folder`; the server takes any.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn credentials(folder: &Path) -> io::Result<PathBuf> {
        let file = folder.join("credentials");
        fs::write(&file, "[default]\naws_access_key_id = tester\naws_secret_access_key = canary-secret\n")?;
        Ok(file)
    }
}
