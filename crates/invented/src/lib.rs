#![doc = include_str!("../README.md")]

mod book;
mod names;
mod paint;
mod registry;
mod web;
mod world;

pub use paint::picture;
pub use world::RANGE;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    net::{TcpListener, UdpSocket},
    task::JoinSet,
};

/// The invented world, up and running; it ends when this is dropped.
pub struct Stage {
    /// Port of the web servers, the same on every address.
    pub port: u16,
    /// Port of the web server that speaks TLS, with a certificate of its own making.
    pub tls_port: u16,
    /// The name server.
    pub names: SocketAddr,
    /// The registry's base URL.
    pub registry: String,
    /// The address database (MMDB).
    pub database: PathBuf,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

/// What changes while the world runs.
#[derive(Default)]
pub(crate) struct State {
    moved: Mutex<bool>,
    vanished: Mutex<bool>,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl State {
    fn set(switch: &Mutex<bool>, to: bool) {
        *switch.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }

    pub(crate) fn has_moved(&self) -> bool {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_vanished(&self) -> bool {
        *self.vanished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, what: &str) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_owned()).or_default() += 1;
    }
}

/// One site of the invented web.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its page.
    pub url: String,
    /// Country of its host, two letters.
    pub country: &'static str,
    /// What it shows.
    pub what: &'static str,
}

/// Starts everything on free ports; the address database is written into `folder`.
pub async fn start(folder: &Path) -> io::Result<Stage> {
    let state = Arc::new(State::default());
    let mut tasks = JoinSet::new();
    let (port, listeners) = web::listen().await?;
    for listener in listeners {
        tasks.spawn(web::serve(listener, port, Arc::clone(&state)));
    }
    let secure = TcpListener::bind((world::SECURE, 0)).await?;
    let tls_port = secure.local_addr()?.port();
    tasks.spawn(web::serve_encrypted(secure, web::certificate()?, port, Arc::clone(&state)));
    let socket = UdpSocket::bind((Ipv4Addr::new(127, 20, 0, 1), 0)).await?;
    let names = socket.local_addr()?;
    tasks.spawn(names::serve(socket, Arc::clone(&state)));
    let listener = TcpListener::bind((Ipv4Addr::new(127, 20, 0, 1), 0)).await?;
    let registry = format!("http://{}/", listener.local_addr()?);
    tasks.spawn(registry::serve(listener, Arc::clone(&state)));
    let database = folder.join("invented-addresses.mmdb");
    std::fs::write(&database, book::database()?)?;
    Ok(Stage { port, tls_port, names, registry, database, state, _tasks: tasks })
}

impl Stage {
    /// The sites, for a visitor.
    pub fn sites(&self) -> Vec<Site> {
        let site = |host: &str, path: &str, country, what| Site {
            url: format!("http://{host}:{}{path}", self.port),
            country,
            what,
        };
        vec![
            site("board.example", "/page", "DE", "a board with six drawings and a background"),
            site("gallery.example", "/", "NL", "a gallery of 200 drawings"),
            site("short.example", "/x", "BE", "a short link over two countries to the board"),
            site("cinema.example", "/", "IE", "a video of test shapes with a poster"),
            site("shop.example", "/", "US", "a page behind a delivery network"),
            site("moving.example", "/", "DE", "a site that moves to another country"),
            site("vanishing.example", "/", "BE", "a site that vanishes"),
            site("locked.example", "/", "NO", "a page that asks for user name and password"),
            site("referred.example", "/", "NO", "a page that asks for a referrer"),
            Site {
                url: format!("https://secure.example:{}/page", self.tls_port),
                country: "NL",
                what: "a board over TLS with a certificate that no browser knows",
            },
        ]
    }

    /// The page of a site by the beginning of its host's name.
    pub fn page(&self, name: &str) -> String {
        let found = self.sites().into_iter().find(|s| s.url.contains(&format!("//{name}.")));
        found.map(|s| s.url).unwrap_or_else(|| format!("http://{name}.example:{}/", self.port))
    }

    /// From now on the moving site is in the Netherlands.
    pub fn move_site(&self) {
        State::set(&self.state.moved, true);
    }

    /// From now on the vanishing site answers that it is gone.
    pub fn vanish(&self) {
        State::set(&self.state.vanished, true);
    }

    /// How often something was asked for: `names`, `ip`, `autnum`, `domain`, or a host's name.
    pub fn asked(&self, what: &str) -> usize {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).get(what).copied().unwrap_or_default()
    }
}
