//! A receiver for victim identification, and a world's link to it, over each transport with a real peer.

use exchange::{
    Signer,
    age::Identity,
    icse::{
        IcseConfig, SftpConfig,
        client::Link,
        config::{HttpsConfig, Transport},
        deliver::{self, Out},
        pack::{self, Press},
        queue,
        release::Destination,
        sandbox::{self, Face, Held, Running, Settings, paper},
        take,
    },
};
use invented::servers::{S3, Sshd};
use std::{fs, path::PathBuf, sync::Arc, time::Duration};
use storage::S3Config;
use testkit::World;

/// How often a stand-in looks into its drop box.
const EVERY: Duration = Duration::from_millis(20);

/// How parcels get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Https,
    Sftp,
    Bucket,
}

/// What is between the link and the stand-in.
enum Peer {
    Https { paper: paper::Paper, port: u16 },
    Sftp(Sshd),
    Bucket(S3, S3Config),
}

/// A receiver, and the way to it.
pub struct Linked {
    running: Option<Running>,
    peer: Peer,
    pub settings: Settings,
    pub config: IcseConfig,
    link: Link,
    pub destination: Destination,
}

fn answer_signer() -> Signer {
    Signer::from_seed(&[10; 32]).unwrap()
}

impl Linked {
    /// Starts a stand-in over HTTPS and points the world's link to it.
    pub async fn new(world: &mut World, change: impl FnOnce(&mut Settings)) -> Self {
        Self::by(Way::Https, world, change).await
    }

    /// Starts a stand-in and points the world's link to it.
    pub async fn by(way: Way, world: &mut World, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = world.folder().join("receiver");
        fs::create_dir_all(&folder).unwrap();
        let mut settings = Settings::new(&folder);
        settings.clock = world.app.db.clock().clone();
        change(&mut settings);
        let mut config =
            IcseConfig { enabled: true, private: true, connect_seconds: 2, idle_seconds: 5, ..IcseConfig::default() };
        if way != Way::Https {
            let identity = Identity::from_bytes([42; 32]);
            config.recipient = identity.recipient().unwrap().to_string();
            config.answer_key = answer_signer().public_hex();
            settings.identity = Some(identity);
        }
        let mut peer = begin(way, world.folder().join("peer")).await;
        let running = start(&settings, &mut peer).await;
        config.transport = Some(transport(&peer));
        let link = Link::new(&config).expect("a link");
        let destination = Destination::of(&config).expect("a destination");
        world.app.destination = Some(Arc::new(destination.clone()));
        world.router = web::router(world.app.clone());
        Self { running: Some(running), peer, settings, config, link, destination }
    }

    /// The receiver does nothing any more; over HTTPS nobody answers.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// It works again.
    pub async fn start(&mut self) {
        self.running = Some(start(&self.settings, &mut self.peer).await);
    }

    /// The receiver is gone, and the server in between too.
    pub fn cut(&mut self) {
        self.stop();
        match &mut self.peer {
            Peer::Https { .. } => {}
            Peer::Sftp(sshd) => sshd.stop(),
            Peer::Bucket(s3, _) => s3.stop(),
        }
    }

    /// The server is there again, and still nobody behind it.
    pub fn mend(&mut self) {
        match &mut self.peer {
            Peer::Https { .. } => {}
            Peer::Sftp(sshd) => sshd.again().unwrap(),
            Peer::Bucket(s3, _) => s3.again().unwrap(),
        }
    }

    /// What the receiver holds.
    pub fn held(&self) -> Vec<Held> {
        self.running.as_ref().expect("runs").held()
    }

    /// Everything that can be done now: queue, pack, hand over, take answers in.
    pub async fn works(&self, world: &World) {
        world.settle().await;
        let app = &world.app;
        let press =
            Press { db: &app.db, vault: &app.vault, signer: &app.packages, tool: "CPORT story", config: &self.config };
        let out = Out {
            db: &app.db,
            vault: &app.vault,
            link: &self.link,
            destination: &self.destination,
            answer_bytes: self.config.answer_bytes,
        };
        while queue::next(&app.db, &self.config.national).await.expect("queues") {}
        while pack::next(&press).await.expect("packs") {}
        while deliver::next(&out).await.expect("hands over") {}
        self.looked().await;
        while take::next(&out).await.expect("takes in") {}
    }

    /// Waits until a stand-in behind a drop box has taken what lies there and left what is due.
    async fn looked(&self) {
        let Some(running) = &self.running else { return };
        let left =
            || fs::read_to_string(self.settings.folder.join("answered")).map_or(0, |n| n.trim().parse().unwrap_or(0));
        for _ in 0..1500 {
            let lies = match &self.peer {
                Peer::Https { .. } => return,
                Peer::Sftp(sshd) => fs::read_dir(sshd.drop_box().join("incoming"))
                    .unwrap()
                    .any(|e| e.unwrap().file_name().to_string_lossy().ends_with(".cport")),
                Peer::Bucket(s3, _) => s3.objects().unwrap().iter().any(|name| name.contains("/incoming/")),
            };
            if !lies && running.receiver().due(left()).is_none() {
                return;
            }
            tokio::time::sleep(EVERY).await;
        }
        panic!("the stand-in does not take what lies there");
    }
}

async fn begin(way: Way, folder: PathBuf) -> Peer {
    fs::create_dir_all(&folder).unwrap();
    match way {
        Way::Https => Peer::Https { paper: paper::make(&folder, "localhost").expect("certificates"), port: 0 },
        Way::Sftp => Peer::Sftp(Sshd::start(&folder).unwrap()),
        Way::Bucket => {
            let s3 = S3::start("parcels").unwrap();
            let config = S3Config {
                bucket: s3.bucket.into(),
                endpoint: Some(format!("http://127.0.0.1:{}", s3.port)),
                region: "us-east-1".into(),
                prefix: "icse".into(),
                allow_http: true,
                credentials_file: Some(S3::credentials(&folder).unwrap()),
                request_seconds: 5,
            };
            Peer::Bucket(s3, config)
        }
    }
}

fn transport(peer: &Peer) -> Transport {
    match peer {
        Peer::Https { paper, port } => Transport::Https(HttpsConfig {
            url: format!("https://localhost:{port}/"),
            certificate: paper.certificate.clone(),
            key: paper.key.clone(),
            authority: paper.authority.clone(),
        }),
        Peer::Sftp(sshd) => Transport::Sftp(SftpConfig {
            host: "127.0.0.1".into(),
            port: sshd.port,
            user: sshd.user.clone(),
            key: sshd.key(),
            known_hosts: sshd.known_at(sshd.port, &sshd.public().unwrap()).unwrap(),
            folder: sshd.drop_box().display().to_string(),
        }),
        Peer::Bucket(_, config) => Transport::Bucket(config.clone()),
    }
}

/// Starts the stand-in; over HTTPS at the port it had before, if it had one.
async fn start(settings: &Settings, peer: &mut Peer) -> Running {
    for _ in 0..50 {
        let signer = answer_signer();
        let face = match peer {
            Peer::Https { paper, port } => {
                Face::Https { listen: ([127, 0, 0, 1], *port).into(), paper: paper.server.clone() }
            }
            Peer::Sftp(sshd) => Face::Folder { root: sshd.drop_box(), every: EVERY, signer },
            Peer::Bucket(_, config) => Face::Bucket { bucket: config.clone(), every: EVERY, signer },
        };
        let Ok(running) = sandbox::serve(settings.clone(), face).await else {
            // The port of the one before is not free yet.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        if let (Peer::Https { port, .. }, Some(address)) = (peer, running.address) {
            *port = address.port();
        }
        return running;
    }
    panic!("the stand-in does not start");
}
