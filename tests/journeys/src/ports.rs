//! Ports on this machine.

use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback interface on which nobody listens.
///
/// # Panics
/// If the machine has none left.
pub fn free_port() -> u16 {
    port_or_free(0)
}

/// `wanted`, if nobody listens there, and otherwise a free one.
///
/// # Panics
/// If the machine has none left.
pub fn port_or_free(wanted: u16) -> u16 {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = bind(wanted).or_else(|_| bind(0)).expect("no port of the loopback interface is free");
    listener.local_addr().expect("a bound socket has an address").port()
}
