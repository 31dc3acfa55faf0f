#![doc = include_str!("../README.md")]

mod book;
pub mod fault;
mod memory;
mod names;
mod paint;
mod port;
mod registry;
pub mod servers;
mod visitors;
mod web;
mod world;

pub use paint::picture;
pub use port::free_port;
pub use world::RANGE;

use memory::Memory;
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
pub(crate) struct State {
    memory: Mutex<Memory>,
    folder: PathBuf,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl State {
    /// Changes what is remembered, also for the next start.
    pub(crate) fn change(&self, how: impl FnOnce(&mut Memory)) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        how(&mut memory);
        // A world that cannot remember goes on all the same.
        drop(memory.write(&self.folder));
    }

    pub(crate) fn has_moved(&self) -> bool {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).moved
    }

    pub(crate) fn tls_port(&self) -> u16 {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).tls_port
    }

    pub(crate) fn has_vanished(&self) -> bool {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).vanished
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

/// Starts everything on free ports; the address database is written into `folder`. What the folder remembers of an earlier
/// start holds again: the ports, as long as they are free, and what has moved or vanished.
pub async fn start(folder: &Path) -> io::Result<Stage> {
    let memory = Memory::read(folder);
    let (port, listeners) = web::listen(memory.port).await?;
    let secure = match TcpListener::bind((world::SECURE, memory.tls_port)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind((world::SECURE, 0)).await?,
    };
    let tls_port = secure.local_addr()?.port();
    let memory = Mutex::new(memory);
    let state = Arc::new(State { memory, folder: folder.to_owned(), asked: Mutex::default() });
    state.change(|memory| (memory.port, memory.tls_port) = (port, tls_port));
    let mut tasks = JoinSet::new();
    for listener in listeners {
        tasks.spawn(web::serve(listener, port, Arc::clone(&state)));
    }
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

/// The sites, with where each is now.
pub(crate) fn sites(port: u16, tls_port: u16, moved: bool) -> Vec<Site> {
    let site =
        |host: &str, path: &str, country, what| Site { url: format!("http://{host}:{port}{path}"), country, what };
    vec![
        site("board.example", "/page", "DE", "a board with six drawings and a background"),
        site("gallery.example", "/", "NL", "a gallery of 200 drawings"),
        site("short.example", "/x", "BE", "a short link over two countries to the board"),
        site("cinema.example", "/", "IE", "a video of test shapes with a poster"),
        site("shop.example", "/", "US", "a page behind a delivery network"),
        site("moving.example", "/", if moved { "NL" } else { "DE" }, "a site that moves to another country"),
        site("vanishing.example", "/", "BE", "a site that vanishes"),
        site("locked.example", "/", "NO", "a page that asks for user name and password"),
        site("referred.example", "/", "NO", "a page that asks for a referrer"),
        Site {
            url: format!("https://secure.example:{}/page", tls_port),
            country: "NL",
            what: "a board over TLS with a certificate that no browser knows",
        },
    ]
}

impl Stage {
    /// The sites, for a visitor.
    pub fn sites(&self) -> Vec<Site> {
        sites(self.port, self.tls_port, self.state.has_moved())
    }

    /// The page of a site by the beginning of its host's name.
    pub fn page(&self, name: &str) -> String {
        let found = self.sites().into_iter().find(|s| s.url.contains(&format!("//{name}.")));
        found.map(|s| s.url).unwrap_or_else(|| format!("http://{name}.example:{}/", self.port))
    }

    /// A page for visitors of this machine, with a button for each thing that can change.
    pub fn visit(&self) -> String {
        format!("http://{}:{}/", world::VISITORS, self.port)
    }

    /// From now on the moving site is in the Netherlands.
    pub fn move_site(&self) {
        self.state.change(|memory| memory.moved = true);
    }

    /// From now on the vanishing site answers that it is gone.
    pub fn vanish(&self) {
        self.state.change(|memory| memory.vanished = true);
    }

    /// How often something was asked for: `names`, `ip`, `autnum`, `domain`, or a host's name.
    pub fn asked(&self, what: &str) -> usize {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).get(what).copied().unwrap_or_default()
    }
}
