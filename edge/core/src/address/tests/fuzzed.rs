//! Addresses that nobody thought of.

use std::net::IpAddr;

use url::Url;

use super::{PUBLIC_ONLY, host_of};
use crate::address::Address;

/// What the standard library calls private, loopback, link-local or no address of a host.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.to_ipv4().is_some_and(|v4| is_inside(v4.into()))
        }
    }
}

fn is_sound(address: &Address) {
    let url = Url::parse(address.as_str()).expect("an address");
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none(), "{address}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{address}");
    match host_of(address.as_str()).expect("a host") {
        Ok(number) => assert!(!is_inside(number), "{address}"),
        Err(name) => {
            let name = name.trim_end_matches('.');
            let inner = ["localhost", "local", "internal", "corp", "home.arpa", "lan"];
            let last = |end: &&str| name == *end || name.ends_with(&format!(".{end}"));
            assert!(name.contains('.') && !inner.iter().any(last), "{address}");
        }
    }
    assert_eq!(Address::check(address.as_str(), PUBLIC_ONLY).as_ref(), Ok(address), "it is read as it is kept");
    let below = address.join("/rest/api/2/serverInfo").expect("a path below it");
    assert_eq!(Url::parse(&below).expect("an address").origin(), url.origin());
}

#[test]
fn an_address_that_is_accepted_is_public_and_stays_what_it_is() {
    crate::fuzz::fuzz(include_str!("../../../corpus/addresses.txt"), |text| {
        let read = [Address::check(text, PUBLIC_ONLY).ok(), Address::read(text, PUBLIC_ONLY).ok()];
        let suggested = Address::suggested(text, PUBLIC_ONLY);
        read.iter().flatten().chain(&suggested).for_each(is_sound);
        if let Some(address) = &read[0] {
            for path in ["/../admin", "//evil.example", "/%2e%2e/x", "@evil.example", "\\evil"] {
                let below = address.join(path);
                assert!(below.is_none_or(|url| url.starts_with(&format!("{address}/"))), "{path}");
            }
        }
    });
}
