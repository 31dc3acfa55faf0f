//! The map of the invented world: which name is where, who holds which network.

use std::net::Ipv4Addr;

/// The range that all of it lies in.
pub const RANGE: &str = "127.20.0.0/16";

/// Where the site over TLS is.
pub const SECURE: Ipv4Addr = Ipv4Addr::new(127, 20, 2, 3);

/// Where visitors of this machine find the page with the buttons.
pub const VISITORS: Ipv4Addr = Ipv4Addr::new(127, 20, 0, 1);

/// A network: third byte of its addresses, country, number (RFC 5398), name.
pub const NETWORKS: [(u8, &str, u32, &str); 7] = [
    (1, "DE", 64496, "Example Hosting DE"),
    (2, "NL", 64497, "Example Hosting NL"),
    (3, "BE", 64498, "Example Hosting BE"),
    (4, "IE", 64499, "Example Hosting IE"),
    (5, "NO", 64500, "Example Hosting NO"),
    // Here the sources do not agree.
    (6, "DE", 64501, "Example Disputed"),
    (9, "US", 64502, "Example CDN"),
];

/// Names and their addresses.
pub const NAMES: [(&str, [u8; 2]); 14] = [
    ("board.example", [1, 1]),
    ("origin.shop.example", [1, 3]),
    ("gallery.example", [2, 1]),
    ("secure.example", [2, 3]),
    ("short.example", [3, 1]),
    ("vanishing.example", [3, 2]),
    ("hop.example", [4, 2]),
    ("cinema.example", [4, 1]),
    ("locked.example", [5, 1]),
    ("referred.example", [5, 2]),
    ("disputed.example", [6, 1]),
    ("edge.cdn.example", [9, 1]),
    ("mail.shop.example", [1, 3]),
    ("moving.example", [1, 2]),
];

/// Names that stand for others.
pub const ALIASES: [(&str, &str); 1] = [("shop.example", "edge.cdn.example")];

/// Where the moving site is after it has moved.
pub const MOVED: [u8; 2] = [2, 2];

/// Addresses that web servers listen on.
pub fn addresses() -> Vec<Ipv4Addr> {
    let mut all: Vec<[u8; 2]> = NAMES.iter().map(|(_, at)| *at).chain([MOVED, [0, 1]]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|[c, d]| Ipv4Addr::new(127, 20, c, d)).collect()
}

/// The name of a site that is asked for by its address, as visitors of this machine do who know no name server for it.
pub fn name_at(host: &str, moved: bool) -> Option<&'static str> {
    let found = NAMES.iter().find(|(name, _)| address(name, moved).is_some_and(|a| a.to_string() == host));
    let alias = ALIASES.iter().find(|(_, to)| found.is_some_and(|(name, _)| name == to)).map(|(from, _)| *from);
    alias.or(found.map(|(name, _)| *name))
}

/// A name's address.
pub fn address(name: &str, moved: bool) -> Option<Ipv4Addr> {
    let [c, d] = match name {
        "moving.example" if moved => MOVED,
        name => NAMES.iter().find(|(n, _)| *n == name)?.1,
    };
    Some(Ipv4Addr::new(127, 20, c, d))
}
