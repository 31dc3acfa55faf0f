//! From a URL's host to the one address that is connected to. A name is resolved once; when any of its addresses is
//! forbidden, the name is.

use crate::{Failed, address::Allowed};
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RecordType,
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use url::{Host, Url};

/// Ports that no browser fetches from (WHATWG Fetch, "bad port").
const BAD_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Asks name servers.
pub struct Names {
    resolver: TokioResolver,
    allowed: Allowed,
}

impl Names {
    /// With these name servers, or the machine's own when none are named.
    pub fn new(servers: &[SocketAddr], allowed: Allowed) -> Result<Self, String> {
        let provider = TokioRuntimeProvider::default();
        let mut builder = if servers.is_empty() {
            TokioResolver::builder(provider).map_err(|e| format!("name servers of this machine: {e}"))?
        } else {
            let servers = servers.iter().map(|at| server(*at)).collect();
            TokioResolver::builder_with_config(ResolverConfig::from_parts(None, Vec::new(), servers), provider)
        };
        let options = builder.options_mut();
        options.timeout = Duration::from_secs(3);
        options.attempts = 2;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        Ok(Self { resolver: builder.build().map_err(|e| format!("name servers: {e}"))?, allowed })
    }

    /// The addresses of a URL's host, all of them permitted, and its port.
    pub async fn addresses(&self, url: &Url) -> Result<(Vec<IpAddr>, u16), Failed> {
        let host = url.host().ok_or_else(|| Failed::BadUrl("it has no host".into()))?;
        let port = url.port_or_known_default().unwrap_or(80);
        if BAD_PORTS.contains(&port) {
            return Err(Failed::BadUrl(format!("port {port} is never fetched from")));
        }
        let addresses = match host {
            Host::Ipv4(v4) => vec![IpAddr::V4(v4)],
            Host::Ipv6(v6) => vec![IpAddr::V6(v6)],
            Host::Domain(name) => self.resolve(name).await?,
        };
        match addresses.iter().find(|a| !self.allowed.permits(**a)) {
            Some(address) => Err(Failed::Forbidden { host: host.to_string(), address: *address }),
            None => Ok((addresses, port)),
        }
    }

    /// Addresses of a name, whether permitted or not.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Failed> {
        let plain = name.trim_end_matches('.');
        if plain.is_empty()
            || plain.eq_ignore_ascii_case("localhost")
            || plain.to_ascii_lowercase().ends_with(".localhost")
        {
            return Err(Failed::NoAddress(name.to_owned()));
        }
        // A name with its final dot, so that no search list is applied.
        match self.resolver.lookup_ip(format!("{plain}.")).await {
            Ok(found) => {
                let addresses: Vec<IpAddr> = found.iter().take(16).collect();
                if addresses.is_empty() { Err(Failed::NoAddress(name.to_owned())) } else { Ok(addresses) }
            }
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => {
                Err(Failed::NoAddress(name.to_owned()))
            }
            Err(_) => Err(Failed::NameServers(name.to_owned())),
        }
    }
}

impl Names {
    /// The names that a name is an alias of, in order.
    pub async fn aliases(&self, name: &str) -> Vec<String> {
        let mut aliases: Vec<String> = Vec::new();
        let mut next = name.trim_end_matches('.').to_owned();
        for _ in 0..8 {
            let Some(to) = self.one(&next, RecordType::CNAME).await else { break };
            if aliases.contains(&to) {
                break;
            }
            aliases.push(to.clone());
            next = to;
        }
        aliases
    }

    /// The first host that takes mail for a name.
    pub async fn mail(&self, name: &str) -> Option<String> {
        self.one(name.trim_end_matches('.'), RecordType::MX).await
    }

    /// The name that the first record of a kind points to.
    async fn one(&self, name: &str, kind: RecordType) -> Option<String> {
        let found = self.resolver.lookup(format!("{name}."), kind).await.ok()?;
        let records = found.answers().iter().filter(|r| r.record_type() == kind);
        let target = records.map(|r| r.data.to_string()).next()?;
        let bare = target.rsplit(' ').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        Some(bare).filter(|n| !n.is_empty() && n.len() < 256)
    }
}

fn server(at: SocketAddr) -> NameServerConfig {
    let with_port = |mut connection: ConnectionConfig| {
        connection.port = at.port();
        connection
    };
    let connections = vec![with_port(ConnectionConfig::udp()), with_port(ConnectionConfig::tcp())];
    NameServerConfig::new(at.ip(), true, connections)
}
