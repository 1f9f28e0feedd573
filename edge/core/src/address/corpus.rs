//! Addresses to try the check with: thousands of spellings of forbidden targets, each made by rule from a target and a
//! way of writing it, and the allowed ones with how they are kept.
//!
//! For tests only (of this crate, and of others through the feature `fakes`). The targets are written out again here
//! rather than taken from the rules, so that a rule that goes missing is missed. Nothing here asks the rules anything.

mod allowed;
mod names;
mod numbers;
mod wrappings;

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, Ipv6Addr},
};

pub use allowed::ALLOWED;
pub use names::{lettering, names_of_v4};
pub use numbers::{carriers_of_v4, spellings_of_v4, spellings_of_v6};

/// Every forbidden spelling, each once, in a fixed order. Those that lead to a host do so at `port` as well as at the
/// default one, so that a listener there would notice.
pub fn forbidden(port: u16) -> BTreeSet<String> {
    let hosts = forbidden_hosts();
    let ports = hosts.iter().flat_map(|host| [format!("https://{host}"), format!("https://{host}:{port}/jira")]);
    let wrapped = WRAPPED.iter().flat_map(|host| wrappings::cx(host, port));
    ports.chain(wrapped).chain(wrappings::of_a_public_host()).collect()
}

/// Hosts that are forbidden in any address.
fn forbidden_hosts() -> BTreeSet<String> {
    let v4 = V4.iter().flat_map(|address| {
        let written = spellings_of_v4(*address).into_iter();
        written.chain(carriers_of_v4(*address)).chain(names_of_v4(*address))
    });
    let v6 = V6.iter().flat_map(|address| spellings_of_v6(*address));
    v4.chain(v6).chain(names::internal()).collect()
}

/// Hosts that are put into every wrapping.
const WRAPPED: &[&str] = &[
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "10.0.0.1",
    "169.254.169.254",
    "metadata.google.internal",
    "jira.corp",
    "127.0.0.1.nip.io",
];

/// The ends of every forbidden block, and well-known numbers within.
const V4: &[Ipv4Addr] = &[
    Ipv4Addr::UNSPECIFIED,
    Ipv4Addr::new(0, 255, 255, 255),
    Ipv4Addr::new(10, 0, 0, 0),
    Ipv4Addr::new(10, 255, 255, 255),
    Ipv4Addr::new(100, 64, 0, 0),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(100, 127, 255, 255),
    Ipv4Addr::new(127, 0, 0, 0),
    Ipv4Addr::LOCALHOST,
    Ipv4Addr::new(127, 0, 0, 53),
    Ipv4Addr::new(127, 255, 255, 255),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(169, 254, 0, 0),
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 255, 255),
    Ipv4Addr::new(172, 16, 0, 0),
    Ipv4Addr::new(172, 17, 0, 1),
    Ipv4Addr::new(172, 31, 255, 255),
    Ipv4Addr::new(192, 0, 0, 0),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(192, 0, 0, 255),
    Ipv4Addr::new(192, 0, 2, 1),
    Ipv4Addr::new(192, 31, 196, 1),
    Ipv4Addr::new(192, 52, 193, 1),
    Ipv4Addr::new(192, 88, 99, 1),
    Ipv4Addr::new(192, 168, 0, 0),
    Ipv4Addr::new(192, 168, 1, 1),
    Ipv4Addr::new(192, 168, 255, 255),
    Ipv4Addr::new(192, 175, 48, 1),
    Ipv4Addr::new(198, 18, 0, 0),
    Ipv4Addr::new(198, 19, 255, 255),
    Ipv4Addr::new(198, 51, 100, 255),
    Ipv4Addr::new(203, 0, 113, 0),
    Ipv4Addr::new(224, 0, 0, 1),
    Ipv4Addr::new(239, 255, 255, 255),
    Ipv4Addr::new(240, 0, 0, 0),
    Ipv4Addr::BROADCAST,
];

const V6: &[Ipv6Addr] = &[
    Ipv6Addr::UNSPECIFIED,
    Ipv6Addr::LOCALHOST,
    Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 2),
    Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0x0808, 0x0808),
    Ipv6Addr::new(0x64, 0xff9b, 1, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x1fff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, 0x3fff, 0xfdd2),
    Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2001, 0x10, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2001, 0x1ff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2002, 0x0808, 0x0808, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0x3fff, 0x0fff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0x4000, 0, 0, 0, 0, 0, 0, 0),
    Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfdff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfebf, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
    Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
];
