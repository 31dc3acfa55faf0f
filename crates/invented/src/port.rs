//! Ports for programs that cannot choose one by themselves.

use std::{
    io,
    net::{Ipv4Addr, TcpListener, UdpSocket},
    process,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// First of the ports that are given out, and how many: below those that a system gives to outgoing connections (Linux: from
/// 32768, `ip_local_port_range`), one of which could take the port before the program has bound it.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;
/// Ports between two processes that follow each other, so that tests side by side keep out of each other's way.
const APART: u32 = 64;

/// A port of loopback that is free now, for UDP and TCP alike. It is another one each time.
///
/// # Errors
/// If all are taken.
pub fn free_port() -> io::Result<u16> {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let begin = process::id().wrapping_mul(APART);
    for _ in 0..COUNT {
        let at = FIRST + begin.wrapping_add(GIVEN.fetch_add(1, Relaxed)) % COUNT;
        let at = (Ipv4Addr::LOCALHOST, u16::try_from(at).map_err(io::Error::other)?);
        if UdpSocket::bind(at).is_ok() && TcpListener::bind(at).is_ok() {
            return Ok(at.1);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "every port from 10000 to 31999 is taken"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_below_outgoing_ones_and_given_once_while_taken_ones_are_left_out() {
        let first = free_port().unwrap();
        assert!((10_000..32_000).contains(&u32::from(first)));
        let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, first + 1)).ok();
        let second = free_port().unwrap();
        assert!(second != first && (taken.is_none() || second != first + 1), "{first} {second}");
    }
}
