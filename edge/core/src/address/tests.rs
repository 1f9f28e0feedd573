//! The rules against the corpus, against random numbers and texts, and in front of a socket.

mod fuzzed;
mod listener;
mod random;
mod rules;

use std::net::IpAddr;

use url::{Host, Url};

use super::{Address, AddressRefused, Policy};

const PUBLIC_ONLY: &Policy = &Policy { allow_loopback: false, own_host: None };
const LAPTOP: &Policy = &Policy { allow_loopback: true, own_host: None };

fn refused(text: &str) -> Option<AddressRefused> {
    Address::check(text, PUBLIC_ONLY).err()
}

/// The host of a text by the parser alone, unjudged: the number it has, or the name.
fn host_of(text: &str) -> Option<Result<IpAddr, String>> {
    match Url::parse(text).ok()?.host()? {
        Host::Domain(name) => Some(Err(name.to_owned())),
        Host::Ipv4(address) => Some(Ok(address.into())),
        Host::Ipv6(address) => Some(Ok(address.into())),
    }
}
