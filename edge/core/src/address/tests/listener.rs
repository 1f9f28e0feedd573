//! The check in front of a real socket: a listener on loopback, and a client that does what the edge does.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use url::Url;

use super::{Address, LAPTOP, PUBLIC_ONLY, Policy, host_of};
use crate::address::corpus::forbidden;

/// Counts everybody who connects, and only then greets them: who was greeted was counted.
struct Listener {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Listener {
    /// Listens until the test process ends.
    fn start() -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let port = socket.local_addr().expect("bound").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for mut stream in socket.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                // Whoever is gone already was counted all the same.
                let _ = stream.write_all(b"!");
            }
        });
        Self { port, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// What the edge does with an address: check it, and connect only if it is allowed.
fn call(text: &str, policy: &Policy) -> bool {
    Address::check(text, policy).is_ok_and(|address| connect(address.as_str()))
}

/// Connects to where the URL parser says that `text` leads, judging nothing. Tests stay on this machine, so a number that
/// is not loopback, or not taken for it by a system (0.0.0.0, IPv4-mapped), counts as not reached.
fn connect(text: &str) -> bool {
    let (Some(host), Ok(url)) = (host_of(text), Url::parse(text)) else { return false };
    let number = match host {
        Ok(number) => number.to_canonical(),
        Err(name) if name.trim_end_matches('.') == "localhost" => Ipv4Addr::LOCALHOST.into(),
        Err(_) => return false,
    };
    let here = number.is_loopback() || number == IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let port = url.port_or_known_default().unwrap_or_default();
    here && TcpStream::connect((number, port)).is_ok_and(|mut stream| stream.read_exact(&mut [0]).is_ok())
}

#[test]
fn no_forbidden_spelling_makes_a_connection() {
    let listener = Listener::start();
    let corpus = forbidden(listener.port);
    let called = corpus.iter().filter(|text| call(text, PUBLIC_ONLY)).count();
    assert_eq!((called, listener.connections()), (0, 0), "of {} spellings", corpus.len());

    // The listener would have counted: it is there, and an allowed call reaches it.
    assert!(call(&format!("http://127.0.0.1:{}/jira", listener.port), LAPTOP));
    assert_eq!(listener.connections(), 1);
}

#[test]
fn without_the_check_hundreds_of_spellings_reach_the_listener() {
    let listener = Listener::start();
    let reached = forbidden(listener.port).iter().filter(|text| connect(text)).count();
    assert_eq!(listener.connections(), reached);
    assert!(reached >= 100, "only {reached} spellings reached the listener");
}
