//! Which addresses may be connected to. Everything that is not plainly the public Internet is refused, in every spelling:
//! a name's spelling does not matter, because only the address that it comes to is looked at, and an IPv6 address that
//! carries an IPv4 address is judged by both.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are never fetched from (IANA's special-purpose registry, RFC 6890, and cloud metadata services).
const NEVER_V4: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // A virtual machine's own host at one big provider.
    "168.63.129.16/32",
];

/// Networks that may be fetched from although they are special: test ranges.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<IpNet>);

impl Allowed {
    /// Reads networks such as `127.20.0.0/16`; the first that is none is named.
    pub fn parse(networks: &[String]) -> Result<Self, String> {
        let read = |n: &String| n.parse::<IpNet>().map_err(|_| format!("`{n}` is not a network such as 127.20.0.0/16"));
        Ok(Self(networks.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether an address may be connected to. Allowed networks are compared with the address as it is, a mapped one with
    /// what it maps.
    pub fn permits(&self, address: IpAddr) -> bool {
        let plain = plain(address);
        self.0.iter().any(|net| net.contains(&plain)) || is_public(plain)
    }
}

/// A mapped IPv4 address as IPv4; the kernel connects to the same.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address is on the public Internet, as far as its number tells.
pub fn is_public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NEVER_V4.iter().filter_map(|n| n.parse::<IpNet>().ok()).any(|net| net.contains(&IpAddr::V4(address)))
}

/// Only 2000::/3 is handed out for public use; of it, what carries or tunnels IPv4 or is for documents and tests is not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let special = match (a, b) {
        // 2001::/23: Teredo, benchmarking, ORCHID and other protocol assignments.
        (0x2001, b) if b < 0x0200 => true,
        // Documentation: 2001:db8::/32, 3fff::/20.
        (0x2001, 0x0db8) => true,
        (0x3fff, b) if b < 0x1000 => true,
        // 6to4.
        (0x2002, _) => true,
        _ => false,
    };
    // ISATAP carries an IPv4 address in its last half.
    let isatap = matches!(address.segments(), [_, _, _, _, 0 | 0x0200, 0x5efe, _, _]);
    global && !special && !isatap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fe_1_every_special_network_is_refused_at_both_ends() {
        for net in NEVER_V4 {
            let net: IpNet = net.parse().unwrap();
            for address in [net.network(), net.broadcast()] {
                assert!(!is_public(address), "{address}");
                let IpAddr::V4(v4) = address else { panic!() };
                let [a, b, c, d] = v4.octets();
                let wide = |x: u8, y: u8| u16::from(x) << 8 | u16::from(y);
                let (high, low) = (wide(a, b), wide(c, d));
                let carried = [
                    Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
                    Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                    Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                    Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
                    Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                    Ipv6Addr::new(0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, !high, !low),
                    Ipv6Addr::new(0x2a00, 1, 2, 3, 0, 0x5efe, high, low),
                ];
                for v6 in carried {
                    assert!(!is_public(IpAddr::V6(v6)), "{v6}");
                }
            }
        }
        for v6 in [
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001:db8::1",
            "5f00::1",
        ] {
            assert!(!is_public(v6.parse().unwrap()), "{v6}");
        }
        for public in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:81b::200e"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_test_range_is_allowed_and_nothing_beside_it() {
        let allowed = Allowed::parse(&["127.20.0.0/16".into()]).unwrap();
        assert!(allowed.permits("127.20.255.255".parse().unwrap()));
        assert!(allowed.permits("::ffff:127.20.0.1".parse().unwrap()), "mapped: the kernel connects to the same");
        for other in ["127.21.0.0", "127.0.0.1", "127.19.255.255", "::7f14:1", "64:ff9b::7f14:1"] {
            assert!(!allowed.permits(other.parse().unwrap()), "{other}");
        }
        assert!(Allowed::parse(&["127.20".into()]).is_err());
    }
}
