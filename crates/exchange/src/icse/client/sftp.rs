//! SFTP: the system's OpenSSH carries, [`super::wire`] speaks (decision 33). Only the host keys of the given file are believed,
//! only the given key is shown; no agent, no passwords, no configuration of a user. A parcel is written under a name that
//! receivers do not look at, brought to the disk, and renamed; nothing of it touches a disk here.

use super::{
    Bad, Body, Delivered, MOST_FILES, Moved, RawAnswer, Trouble, later,
    wire::{Ahead, BLOCK, Wire, Wrong},
};
use crate::{
    icse::{
        config::{IcseConfig, SftpConfig},
        dispatch::Parcel,
    },
    peer,
};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::TryStreamExt;
use std::{net::IpAddr, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

/// Most bytes of what `ssh` complains that are kept.
const COMPLAINT: u64 = 4096;

/// A folder at a server.
pub struct Sftp {
    settings: SftpConfig,
    private: bool,
    connect: Duration,
    idle: Duration,
}

/// An `ssh` that runs, and the session in it. It ends with this.
struct Session {
    wire: Wire<BufReader<ChildStdout>, ChildStdin>,
    _child: Child,
}

impl Sftp {
    pub fn new(settings: &SftpConfig, config: &IcseConfig) -> Result<Self, String> {
        let word = |text: &str| {
            let letter = |b: u8| b.is_ascii_alphanumeric() || b"._-:".contains(&b);
            (1..=255).contains(&text.len()) && text.bytes().all(letter) && !text.starts_with('-')
        };
        if !word(&settings.host) {
            return Err("`icse.transport.sftp.host` is no name of a server".into());
        }
        if !word(&settings.user) {
            return Err("`icse.transport.sftp.user` is no user name".into());
        }
        for path in [&settings.key, &settings.known_hosts] {
            std::fs::metadata(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            // ssh splits what it is told of files at blanks, and replaces what follows a `%`.
            if path.to_str().is_none_or(|p| p.contains(['%', '"', '\\', '~', '$']) || p.contains(char::is_whitespace)) {
                return Err(format!("the path {} has characters that ssh does not take as they are", path.display()));
            }
        }
        let (connect, idle) = (config.connect(), config.idle());
        Ok(Self { settings: settings.clone(), private: config.private, connect, idle })
    }

    fn path(&self, folder: &str, name: &str) -> String {
        match self.settings.folder.trim_end_matches('/') {
            "" if self.settings.folder.is_empty() => format!("{folder}/{name}"),
            below => format!("{below}/{folder}/{name}"),
        }
    }

    /// The server's address, looked up here so that the rules for addresses hold.
    async fn address(&self) -> Result<IpAddr, Trouble> {
        let place = (self.settings.host.as_str(), self.settings.port);
        let found = tokio::time::timeout(self.connect, tokio::net::lookup_host(place)).await;
        let mut found = found.ok().and_then(Result::ok).ok_or_else(|| later("the receiver's name is not known"))?;
        let usable = found.find(|a| self.private || peer::is_public(a.ip()));
        Ok(usable.ok_or_else(|| later("the receiver is in a private network, which `icse.private` allows"))?.ip())
    }

    fn command(&self, address: IpAddr) -> Command {
        let SftpConfig { host, port, user, key, known_hosts, folder: _ } = &self.settings;
        // As known_hosts files name servers.
        let alias = if *port == 22 { host.clone() } else { format!("[{host}]:{port}") };
        let file = |path: &PathBuf| path.display().to_string();
        let options = [
            "BatchMode=yes".to_owned(),
            "StrictHostKeyChecking=yes".into(),
            format!("UserKnownHostsFile={}", file(known_hosts)),
            "GlobalKnownHostsFile=none".into(),
            format!("HostName={address}"),
            format!("HostKeyAlias={alias}"),
            "CheckHostIP=no".into(),
            "UpdateHostKeys=no".into(),
            "VerifyHostKeyDNS=no".into(),
            format!("IdentityFile={}", file(key)),
            "IdentitiesOnly=yes".into(),
            "IdentityAgent=none".into(),
            "PreferredAuthentications=publickey".into(),
            "ClearAllForwardings=yes".into(),
            "ForwardAgent=no".into(),
            "ControlMaster=no".into(),
            "ControlPath=none".into(),
            "PermitLocalCommand=no".into(),
            "LogLevel=ERROR".into(),
            format!("ConnectTimeout={}", self.connect.as_secs().max(1)),
            // Notices a connection that is half open.
            format!("ServerAliveInterval={}", (self.idle.as_secs() / 3).max(1)),
            "ServerAliveCountMax=2".into(),
        ];
        let mut command = Command::new("ssh");
        // No agent, no display, no home; only the place where ssh is.
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.args(["-F", "none", "-p", &port.to_string(), "-l", user]);
        command.args(options.iter().flat_map(|option| ["-o", option.as_str()]));
        command.args(["-s", "--", host, "sftp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    async fn connect(&self, moved: &Moved) -> Result<Session, Trouble> {
        let spawned = self.command(self.address().await?).spawn();
        let mut child = spawned.map_err(|error| later(format!("ssh cannot be started: {error}")))?;
        let (Some(to), Some(from), Some(complains)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(later("ssh cannot be talked to"));
        };
        // Read to its end, so that it never stops ssh; only the beginning is kept.
        let complaint: JoinHandle<String> = tokio::spawn(async move {
            let (mut text, mut complains) = (Vec::new(), complains);
            drop((&mut complains).take(COMPLAINT).read_to_end(&mut text).await);
            drop(tokio::io::copy(&mut complains, &mut tokio::io::sink()).await);
            String::from_utf8_lossy(&text).into_owned()
        });
        match Wire::begin(BufReader::new(from), to, moved.clone()).await {
            Ok(wire) => Ok(Session { wire, _child: child }),
            Err(wrong) => {
                drop(child.kill().await);
                let said = tokio::time::timeout(Duration::from_secs(2), complaint).await;
                Err(why(&said.ok().and_then(Result::ok).unwrap_or_default(), wrong))
            }
        }
    }

    pub async fn deliver(&self, parcel: &Parcel, body: Body, moved: &Moved) -> Result<Delivered, Trouble> {
        let mut session = self.connect(moved).await?;
        let whole = self.path("incoming", &format!("{}.cport", parcel.id));
        let part = self.path("incoming", &format!(".{}.part", parcel.id));
        if session.lies_there(parcel, &whole).await? {
            return Ok(Delivered::Left);
        }
        session.put(&part, body).await?;
        match session.wire.rename(&part, &whole).await {
            Ok(()) => Ok(Delivered::Left),
            // Its answer was lost in an earlier try, or somebody else of ours was faster.
            Err(wrong) => match session.lies_there(parcel, &whole).await? {
                true => Ok(Delivered::Left),
                false => Err(failed(wrong)),
            },
        }
    }

    pub async fn answers(&self, most: u64, moved: &Moved) -> Result<Vec<RawAnswer>, Trouble> {
        let mut session = self.connect(moved).await?;
        let folder = self.path("answers", "");
        let listed = session.wire.list(folder.trim_end_matches('/')).await.map_err(failed)?;
        let mut answers = Vec::new();
        for (name, size) in listed.into_iter().filter(|(name, _)| is_plain(name)).take(MOST_FILES) {
            let bytes = if size > most {
                Err(too_long(most))
            } else {
                match session.read(&self.path("answers", &name), most).await {
                    Ok(bytes) => bytes,
                    // Somebody else of ours was faster, or it is a folder.
                    Err(Wrong::Status(_)) => continue,
                    Err(wrong) => return Err(failed(wrong)),
                }
            };
            answers.push(RawAnswer { cursor: name, bytes });
        }
        Ok(answers)
    }

    pub async fn acknowledge(&self, cursor: &str, moved: &Moved) -> Result<(), Trouble> {
        if !is_plain(cursor) {
            return Err(later("an answer's name is none of a file"));
        }
        let mut session = self.connect(moved).await?;
        let (from, to) = (self.path("answers", cursor), self.path("done", cursor));
        match session.wire.rename_over(&from, &to).await {
            Ok(()) => Ok(()),
            Err(wrong) => match session.wire.size(&from).await {
                Ok(None) => Ok(()),
                _ => Err(failed(wrong)),
            },
        }
    }
}

impl Session {
    /// Whether the parcel lies there already; something else under its name is trouble.
    async fn lies_there(&mut self, parcel: &Parcel, path: &str) -> Result<bool, Trouble> {
        let Some(size) = self.wire.size(path).await.map_err(failed)? else { return Ok(false) };
        let other = || Trouble::Refused("something else lies there under the parcel's name".into());
        if size != parcel.size {
            return Err(other());
        }
        let handle = match self.wire.open(path).await {
            Ok(handle) => handle,
            // Taken away meanwhile: the receiver had it.
            Err(Wrong::Status(_)) => return Ok(true),
            Err(wrong) => return Err(failed(wrong)),
        };
        let (mut digest, mut at) = (Context::new(&SHA256), 0);
        while at < size {
            let block = self.wire.read(&handle, at).await.map_err(failed)?;
            if block.is_empty() {
                return Err(other());
            }
            digest.update(&block);
            at += block.len() as u64;
        }
        if digest.finish().as_ref() == parcel.sha256 { Ok(true) } else { Err(other()) }
    }

    /// Writes a file and brings it to the disk.
    async fn put(&mut self, path: &str, mut body: Body) -> Result<(), Trouble> {
        let handle = self.wire.create(path).await.map_err(failed)?;
        let (mut ahead, mut at) = (Ahead::default(), 0);
        while let Some(piece) =
            body.try_next().await.map_err(|error| later(format!("the parcel cannot be read: {error}")))?
        {
            for block in piece.chunks(BLOCK) {
                self.wire.write(&mut ahead, &handle, at, block).await.map_err(failed)?;
                at += block.len() as u64;
            }
        }
        self.wire.settle(&mut ahead).await.map_err(failed)?;
        self.wire.sync(&handle).await.map_err(failed)?;
        self.wire.close(&handle).await.map_err(failed)
    }

    async fn read(&mut self, path: &str, most: u64) -> Result<Result<Vec<u8>, Bad>, Wrong> {
        let handle = self.wire.open(path).await?;
        let mut bytes = Vec::new();
        loop {
            let block = self.wire.read(&handle, bytes.len() as u64).await?;
            if block.is_empty() {
                break;
            }
            bytes.extend_from_slice(&block);
            if bytes.len() as u64 > most {
                return Ok(Err(too_long(most)));
            }
        }
        self.wire.close(&handle).await?;
        Ok(Ok(bytes))
    }
}

fn too_long(most: u64) -> Bad {
    Bad::new("document", format!("it is longer than {most} bytes"))
}

/// Whether a name is one of an answer: it does not begin with a point and leads nowhere.
fn is_plain(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=200).contains(&name.len()) && name.bytes().all(letter) && !name.starts_with(['.', '-'])
}

fn failed(wrong: Wrong) -> Trouble {
    later(match wrong {
        Wrong::Status(2) => "a folder is missing at the receiver".to_owned(),
        Wrong::Status(3) => "the receiver does not let us write or read there".into(),
        Wrong::Status(4) => "the receiver could not do it, its disk may be full".into(),
        Wrong::Status(status) => format!("the receiver answers with status {status}"),
        Wrong::Over => "the connection to the receiver broke off".into(),
        Wrong::Garbage => "the receiver speaks something else than SFTP".into(),
    })
}

/// Why there is no session, in our own words: what `ssh` says may repeat what the server sent.
fn why(complaint: &str, wrong: Wrong) -> Trouble {
    let said = |text: &str| complaint.contains(text);
    if said("Host key verification failed") || said("host key") {
        later("the receiver's host key is not the one that is known: nothing was sent")
    } else if said("Permission denied") || said("Load key") {
        later("the receiver does not let us in with our key")
    } else if said("refused") || said("timed out") || said("unreachable") || said("No route") {
        later("there is no connection to the receiver")
    } else {
        failed(wrong)
    }
}
