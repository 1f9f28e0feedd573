//! What is refused, what is allowed, what is said about it, and what an address is good for.

use std::collections::BTreeSet;

use super::{Address, AddressRefused, LAPTOP, PUBLIC_ONLY, Policy, host_of, refused};
use crate::address::{
    OwnHost, SpecialPurpose, StoredAddress,
    corpus::{ALLOWED, forbidden},
};

#[test]
fn every_forbidden_spelling_is_refused() {
    let corpus = forbidden(8443);
    let taken: Vec<_> = corpus.iter().filter(|text| refused(text).is_none()).collect();
    assert!(taken.is_empty(), "{} of {} forbidden spellings were taken: {taken:#?}", taken.len(), corpus.len());
    assert!(corpus.len() >= 3000, "the corpus has only {} distinct spellings", corpus.len());
}

#[test]
fn every_allowed_spelling_is_kept_in_one_form() {
    for (typed, kept) in ALLOWED {
        let address = Address::check(typed, PUBLIC_ONLY).map(|address| address.as_str().to_owned());
        assert_eq!(address.as_deref(), Ok(*kept), "{typed:?}");
    }
    assert!(ALLOWED.len() >= 30, "only {} are allowed", ALLOWED.len());
}

#[test]
fn the_corpus_repeats_every_reason_to_refuse() {
    let reasons: BTreeSet<String> =
        forbidden(8443).iter().filter_map(|text| refused(text)).map(|reason| format!("{reason:?}")).collect();
    for reason in [
        "Empty",
        "TooLong",
        "NotHttps",
        "Credentials",
        "QueryOrFragment",
        "Disguised",
        "Malformed",
        "TrailingDot",
        "Path",
        "Port(22)",
        "InternalName",
        "NumberInName",
    ] {
        assert!(reasons.contains(reason), "nothing is refused as {reason}");
    }
    for purpose in [
        "Unspecified",
        "Loopback",
        "Private",
        "LinkLocal",
        "Shared",
        "Platform",
        "Documentation",
        "Benchmarking",
        "Multicast",
        "Translation",
        "Reserved",
    ] {
        assert!(reasons.iter().any(|reason| reason.ends_with(&format!("{purpose})"))), "nothing is {purpose}");
    }
}

#[test]
fn a_refusal_says_what_was_understood_and_what_to_do() {
    let said = |text: &str| refused(text).map(|reason| (reason.to_string(), reason.remedy()));
    let elsewhere = "Use an address that can be reached from the internet. Ask whoever runs Jira's network for one.";
    let expected = "169.254.169.254 is an address that only reaches neighbours.".to_owned();
    assert_eq!(said("https://0xA9FEA9FE/latest"), Some((expected, elsewhere)));
    assert_eq!(said("https://jira.lan").map(|(_, remedy)| remedy), Some(elsewhere));
    let expected = "The address does not begin with https://.".to_owned();
    assert_eq!(said("jira.example.com:8443").map(|(sentence, _)| sentence), Some(expected));
}

#[test]
fn a_refusal_never_repeats_a_password() {
    let reason = refused("https://ada:hunter2@jira.example.com").expect("credentials are refused");
    assert_eq!(reason, AddressRefused::Credentials);
    assert!(!format!("{reason} {reason:?} {}", reason.remedy()).contains("hunter2"));
}

#[test]
fn a_laptop_reaches_itself_and_nothing_else_that_is_private() {
    for text in ["http://localhost:2990/jira", "https://jira.localhost", "http://127.0.0.1:8080", "http://[::1]:8080"] {
        assert!(Address::check(text, LAPTOP).is_ok(), "{text} was refused");
        assert!(refused(text).is_some(), "{text} was taken without the switch");
    }
    assert_eq!(Address::check("http://jira.example.com", LAPTOP), Err(AddressRefused::NotHttps));
    for text in forbidden(8443) {
        let Ok(address) = Address::check(&text, LAPTOP) else { continue };
        let loopback = match host_of(address.as_str()) {
            Some(Ok(number)) => number.is_loopback(),
            Some(Err(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        assert!(loopback, "{text:?} was taken as {address}");
    }
}

#[test]
fn nothing_is_allowed_unless_somebody_allows_it() {
    assert_eq!(&Policy::default(), PUBLIC_ONLY);
}

#[test]
fn the_host_is_told_without_port_and_path() {
    let host = |text| Address::check(text, PUBLIC_ONLY).map(|address| address.host().to_owned()).ok();
    assert_eq!(host("https://Jira.example.com").as_deref(), Some("jira.example.com"));
    assert_eq!(host("https://jira.example.com:8443/jira").as_deref(), Some("jira.example.com"));
    assert_eq!(host("https://8.8.8.8:8443").as_deref(), Some("8.8.8.8"));
    assert_eq!(host("https://[2606:4700::1]").as_deref(), Some("[2606:4700::1]"));
    assert_eq!(host("https://[2606:4700::1]:8443/jira").as_deref(), Some("[2606:4700::1]"));
}

#[test]
fn a_path_is_joined_beneath_the_context_path_or_not_at_all() {
    let address = Address::check("https://example.com:8443/jira", PUBLIC_ONLY).expect("allowed");
    let joined = |path: &str| address.join(path);
    assert_eq!(joined("/rest/api/2/x?a=b%20c").as_deref(), Some("https://example.com:8443/jira/rest/api/2/x?a=b%20c"));
    assert_eq!(joined("//evil.example").as_deref(), Some("https://example.com:8443/jira//evil.example"));
    for path in [
        "",
        "rest",
        "@evil.example",
        ".evil.example",
        "/../admin",
        "/rest/../../admin",
        "/%2e%2e/admin",
        "/..\\admin",
        "/.\t./admin",
        "\t/../admin",
        "/..",
        "?a=b",
        "#a",
    ] {
        assert_eq!(joined(path), None, "{path:?} was joined");
    }
    let bare = Address::check("https://example.com", PUBLIC_ONLY).expect("allowed");
    assert_eq!(bare.join("@evil.example/"), None);
    assert_eq!(bare.join(".evil.example/"), None);
    assert_eq!(bare.join(":8443/"), None);
    assert_eq!(bare.join("/rest").as_deref(), Some("https://example.com/rest"));
}

#[test]
fn what_was_stored_is_judged_again_before_it_is_used() {
    let address = Address::check("https://example.com/jira/", PUBLIC_ONLY).expect("allowed");
    // A change here makes stored connections unreadable.
    let json = serde_json::to_string(&address).expect("text");
    assert_eq!(json, r#""https://example.com/jira""#);
    let stored: StoredAddress = serde_json::from_str(&json).expect("text");
    assert_eq!(stored, StoredAddress::from(address.clone()));
    assert_eq!(stored.recheck(PUBLIC_ONLY), Ok(address));

    let planted: StoredAddress = serde_json::from_str(r#""https://169.254.169.254/latest""#).expect("any text is read");
    assert_eq!(planted.as_str(), "https://169.254.169.254/latest");
    let number = "169.254.169.254".parse().expect("a number");
    assert_eq!(planted.recheck(PUBLIC_ONLY), Err(AddressRefused::NotPublic(number, SpecialPurpose::LinkLocal)));
}

#[test]
fn an_address_of_a_laptop_is_refused_once_the_switch_is_off() {
    let stored = StoredAddress::from(Address::check("http://127.0.0.1:8080", LAPTOP).expect("allowed"));
    assert!(stored.recheck(LAPTOP).is_ok());
    assert!(stored.recheck(PUBLIC_ONLY).is_err());
}

/// The policy of a deployment at `public_url`.
fn deployed_at(public_url: &str) -> Policy {
    let own_host = url::Url::parse(public_url).ok().as_ref().and_then(OwnHost::of);
    Policy { allow_loopback: true, own_host }
}

#[test]
fn our_own_host_is_refused_however_it_is_written() {
    let policy = deployed_at("https://causeway.acme.com");
    for own in [
        "https://causeway.acme.com",
        "https://CAUSEWAY.acme.com.",
        "https://causeway.acme.com:443/x",
        "https://causeway.acme.com:8443",
        "https://causeway.acme.com/api/v1/connections/con_x/jira",
        "http://causeway.acme.com",
        "https://ｃauseway.acme.com",
    ] {
        assert_eq!(Address::check(own, &policy), Err(AddressRefused::OwnHost), "{own}");
        assert_eq!(StoredAddress::from(own.to_owned()).recheck(&policy), Err(AddressRefused::OwnHost), "{own}");
    }
    for other in
        ["https://acme.com", "https://jira.acme.com", "https://x-causeway.acme.com", "https://notcauseway.acme.com"]
    {
        assert!(Address::check(other, &policy).is_ok(), "{other}");
    }
}

#[test]
fn every_version_of_our_own_script_under_workers_dev_is_refused() {
    let policy = deployed_at("https://causeway.acme.workers.dev");
    for own in ["https://causeway.acme.workers.dev", "https://0aa11bb2-causeway.acme.workers.dev."] {
        assert_eq!(Address::check(own, &policy), Err(AddressRefused::OwnHost), "{own}");
    }
    for other in ["https://jira.acme.workers.dev", "https://causeway.other.workers.dev"] {
        assert!(Address::check(other, &policy).is_ok(), "{other}");
    }
}

#[test]
fn on_a_laptop_other_ports_of_our_own_host_are_other_servers() {
    let policy = deployed_at("http://localhost:8787");
    assert_eq!(Address::check("http://LOCALHOST.:8787/jira", &policy), Err(AddressRefused::OwnHost));
    assert!(Address::check("http://localhost:8788", &policy).is_ok());
}
