//! Ports on this machine.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// A port of the loopback interface on which nobody listens.
///
/// # Panics
/// If the machine has none left.
pub fn free_port() -> u16 {
    let one = || BELOW_EPHEMERAL + (NEXT.fetch_add(1, Ordering::Relaxed) % SPAN);
    (0..SPAN).map(|_| one()).find(|port| bound(*port).is_some()).expect("no port of the loopback interface is free")
}

/// The system hands out ports from 32768 upwards: one that is found free there may be taken when it is bound a second
/// later. Ports below are not handed out; these processes take them in turn.
const BELOW_EPHEMERAL: u16 = 20_000;
const SPAN: u16 = 12_000;
static NEXT: LazyLock<AtomicU16> =
    LazyLock::new(|| AtomicU16::new(u16::try_from(std::process::id() % u32::from(SPAN)).unwrap_or_default()));

fn bound(port: u16) -> Option<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
}

/// `wanted`, if nobody listens there, and otherwise a free one.
///
/// # Panics
/// If the machine has none left.
pub fn port_or_free(wanted: u16) -> u16 {
    if bound(wanted).is_some() { wanted } else { free_port() }
}
