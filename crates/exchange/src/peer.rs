//! Another server that is asked over the network, with limits on where it may be, how long it may take and how much it may
//! say. What it says is material to judge, never trusted.

use base::Refusal;
use reqwest::{Client, Url, header::HeaderMap, redirect::Policy};
use serde::Deserialize;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// Longest time a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest time an answer may take, to its last byte.
const ANSWER: Duration = Duration::from_secs(60);

/// A way into a server, as the subscription keeps it sealed.
#[derive(Clone, Deserialize)]
pub struct Credential {
    /// User name; empty when the password is an access token.
    #[serde(default)]
    pub user: String,
    /// Password or access token.
    pub password: String,
}

/// Why a server could not be asked, or what was wrong with its answer.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The address itself.
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    /// Nobody answers there in time.
    #[error("the server does not answer: {0}")]
    Unreachable(&'static str),
    /// It refuses.
    #[error("the server answers with status {0}")]
    Status(u16),
    /// It says more than it may.
    #[error("the answer is longer than {0} bytes")]
    TooLong(u64),
    /// It says something else than the protocol.
    #[error("the answer cannot be used: {0}")]
    Garbage(String),
    /// Our own side.
    #[error(transparent)]
    Lists(#[from] hashlists::Error),
    /// Our own side.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Garbage(refusal.reason)
    }
}

/// What a server answered with status 200.
#[derive(Debug)]
pub struct Answer {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// A server.
pub struct Peer {
    http: Client,
    base: String,
    credential: Option<Credential>,
}

impl Peer {
    /// Finds a server. Its name is looked up once, and only what was found is asked; redirects are not followed. Addresses
    /// of the own machine and of private networks are refused unless `private`, as whoever subscribes a list is not
    /// thereby let into the network this server stands in.
    pub async fn find(url: &str, credential: Option<Credential>, private: bool) -> Result<Self, Trouble> {
        let parsed = Url::parse(url).map_err(|_| Trouble::Address("it is no URL"))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.username().is_empty() || parsed.query().is_some() {
            return Err(Trouble::Address("only http and https without user name and query are asked"));
        }
        let host = parsed.host_str().ok_or(Trouble::Address("it has no host"))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = parsed.port_or_known_default().ok_or(Trouble::Address("it has no port"))?;
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((bare, port))).await;
        let found = found.ok().and_then(Result::ok).ok_or(Trouble::Unreachable("its name is not known"))?;
        let addresses: Vec<SocketAddr> = found.filter(|a| private || is_public(a.ip())).collect();
        if addresses.is_empty() {
            return Err(Trouble::Address("it is of a private network, which [lists] private_peers forbids"));
        }
        let http = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(Policy::none())
            .no_proxy()
            .resolve_to_addrs(bare, &addresses)
            .build()
            .map_err(|_| Trouble::Unreachable("no client can be made"))?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), credential })
    }

    /// The address without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for something below the server's own address: `url` begins with [`Self::base`].
    pub async fn get(&self, url: &str, most: u64) -> Result<Answer, Trouble> {
        let mut request = self.http.get(url);
        if let Some(Credential { user, password }) = &self.credential {
            let by_token = user.is_empty();
            request = if by_token { request.bearer_auth(password) } else { request.basic_auth(user, Some(password)) };
        }
        let mut response = request.send().await.map_err(|error| unreachable(&error))?;
        if response.status().as_u16() != 200 {
            return Err(Trouble::Status(response.status().as_u16()));
        }
        let (headers, mut body) = (response.headers().clone(), Vec::new());
        while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if body.len() as u64 + piece.len() as u64 > most {
                return Err(Trouble::TooLong(most));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { headers, body })
    }
}

impl Peer {
    /// Tells the server something at its own address; nothing it says is read but the status, which is 2xx when it took it.
    pub async fn post(&self, headers: HeaderMap, body: Vec<u8>) -> Result<(), Trouble> {
        let sent = self.http.post(&self.base).headers(headers).body(body).send().await;
        let status = sent.map_err(|error| unreachable(&error))?.status();
        if status.is_success() { Ok(()) } else { Err(Trouble::Status(status.as_u16())) }
    }
}

/// In our own words: a library's may repeat what the peer sent.
fn unreachable(error: &reqwest::Error) -> Trouble {
    Trouble::Unreachable(if error.is_timeout() {
        "it takes too long"
    } else if error.is_connect() {
        "there is no connection"
    } else {
        "the connection broke off"
    })
}

/// Whether an address is one of the public network.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let other = a == 0 || a >= 240 || (a == 198 && (18..20).contains(&b)) || (a == 192 && b == 0);
            let own = v4.is_loopback() || v4.is_private() || v4.is_link_local();
            !(own || shared || other || v4.is_multicast() || v4.is_broadcast() || v4.is_documentation())
        }
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    if let Some(v4) = v6.to_ipv4_mapped() {
        return is_public(IpAddr::V4(v4));
    }
    // Only the global unicast range is public; 2002::/16 and 64:ff9b::/96 hide addresses of the other kind.
    let [first, second, ..] = v6.segments();
    first & 0xe000 == 0x2000 && first != 0x2002 && !(first == 0x2001 && (second == 0 || second == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se_9_addresses_of_private_networks_are_not_public() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "224.0.0.1",
            "255.255.255.255",
        ];
        for ip in private {
            assert!(!is_public(ip.parse().expect("an address")), "{ip}");
        }
        for ip in ["1.1.1.1", "9.9.9.9", "2606:4700::1111"] {
            assert!(is_public(ip.parse().expect("an address")), "{ip}");
        }
    }

    #[tokio::test]
    async fn se_9_a_private_address_is_refused_before_anything_is_asked() {
        for url in ["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/x"] {
            assert!(matches!(Peer::find(url, None, false).await, Err(Trouble::Address(_))), "{url}");
        }
        for url in ["ftp://1.1.1.1/", "no url", "https://user@1.1.1.1/", "https://1.1.1.1/?a=b"] {
            assert!(matches!(Peer::find(url, None, true).await, Err(Trouble::Address(_))), "{url}");
        }
    }
}
