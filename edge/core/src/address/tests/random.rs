//! Random numbers in every spelling, and random texts. A failure names its seed and repeats.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Address, LAPTOP, PUBLIC_ONLY, host_of, refused};
use crate::{
    address::corpus::{ALLOWED, carriers_of_v4, forbidden, names_of_v4, spellings_of_v4, spellings_of_v6},
    fakes::SeededRandom,
    ports::Random,
};

const SPECIAL_V4: &[(&str, u32)] = &[
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.31.196.0", 24),
    ("192.52.193.0", 24),
    ("192.88.99.0", 24),
    ("192.168.0.0", 16),
    ("192.175.48.0", 24),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("224.0.0.0", 4),
    ("240.0.0.0", 4),
];

const SPECIAL_V6: &[(&str, u32)] = &[
    ("::", 8),
    ("::ffff:0:0", 96),
    ("64:ff9b::", 96),
    ("64:ff9b:1::", 48),
    ("100::", 64),
    ("2001::", 32),
    ("2001::", 23),
    ("2001:db8::", 32),
    ("2002::", 16),
    ("2620:4f:8000::", 48),
    ("3fff::", 20),
    ("4000::", 2),
    ("5f00::", 16),
    ("8000::", 1),
    ("fc00::", 7),
    ("fe80::", 10),
    ("fec0::", 10),
    ("ff00::", 8),
];

fn number(random: &SeededRandom) -> u128 {
    u128::from(random.next()) << 64 | u128::from(random.next())
}

/// A random number that begins with the first `length` of the 128 bits of `base`.
fn within(base: u128, length: u32, random: &SeededRandom) -> u128 {
    base | number(random) >> length
}

fn v4_within(base: &str, length: u32, random: &SeededRandom) -> Ipv4Addr {
    let base: Ipv4Addr = base.parse().expect("a number");
    let bits = within(u128::from(base.to_bits()) << 96, length, random) >> 96;
    Ipv4Addr::from_bits(u32::try_from(bits).expect("32 bits"))
}

#[test]
fn any_number_in_a_special_block_is_refused_in_every_spelling() {
    let random = SeededRandom::new(1);
    let mut tried = 0;
    for (base, length) in SPECIAL_V4 {
        for _ in 0..15 {
            let address = v4_within(base, *length, &random);
            let spellings =
                [spellings_of_v4(address), carriers_of_v4(address), names_of_v4(address)].into_iter().flatten();
            for host in spellings {
                assert!(refused(&format!("https://{host}/jira")).is_some(), "{address} was taken as {host:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 20_000, "only {tried} were tried");
}

#[test]
fn any_ipv6_number_in_a_special_block_is_refused_in_every_spelling() {
    let random = SeededRandom::new(2);
    for (base, length) in SPECIAL_V6 {
        let base: Ipv6Addr = base.parse().expect("a number");
        for _ in 0..60 {
            let address = Ipv6Addr::from_bits(within(base.to_bits(), *length, &random));
            for host in spellings_of_v6(address) {
                assert!(refused(&format!("https://{host}/")).is_some(), "{address} was taken as {host:?}");
            }
        }
    }
}

#[test]
fn any_number_that_is_allowed_is_public_by_the_standard_library_too() {
    let random = SeededRandom::new(3);
    let mut allowed = 0;
    for _ in 0..20_000 {
        let v4 = IpAddr::V4(v4_within("0.0.0.0", 0, &random));
        let v6 = IpAddr::V6(Ipv6Addr::from_bits(within(1 << 125, 3, &random)));
        for text in [format!("https://{v4}"), format!("https://[{v6}]")] {
            if let Ok(address) = Address::check(&text, PUBLIC_ONLY) {
                assert_public(&address, &text);
                allowed += 1;
            }
        }
    }
    assert!(allowed > 30_000, "only {allowed} were allowed");
}

/// Texts made of what parsers trip over, and of random bytes.
fn some_text(random: &SeededRandom) -> String {
    const SHARDS: &[&str] = &[
        "https://",
        "http://",
        "HTTPS:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        ":443",
        ":8443",
        ":0",
        "?",
        "#",
        "%",
        "%2e",
        "%40",
        "%00",
        "[",
        "]",
        "::1",
        "::",
        "ffff:",
        "127.0.0.1",
        "10",
        "0x7f",
        "0177",
        "1",
        ".",
        "..",
        "。",
        "．",
        "１",
        "①",
        "ⓛ",
        "\u{ad}",
        "\u{200d}",
        "\u{202e}",
        "\t",
        "\n",
        " ",
        "\u{0}",
        "localhost",
        "local",
        "jira.example.com",
        "xn--",
        "xn--bcher-kva",
        "ü",
        "ß",
        "例え",
        "-",
        "_",
        "jira",
        "nip.io",
        "internal",
        "\u{ffff}",
        "😀",
        "é",
        "e\u{301}",
    ];
    let count = 1 + random.below(8);
    let start = if random.below(3) == 0 { "" } else { "https://" };
    (0..count).fold(start.to_owned(), |text, _| {
        if random.below(6) == 0 {
            let mut bytes = vec![0; usize::try_from(random.below(12)).expect("few")];
            random.fill(&mut bytes);
            text + &String::from_utf8_lossy(&bytes)
        } else {
            let shard = usize::try_from(random.below(SHARDS.len() as u64)).expect("an index");
            text + SHARDS[shard]
        }
    })
}

#[test]
fn no_text_is_too_strange_to_be_judged_and_what_is_taken_is_public() {
    let mut taken = 0;
    for seed in 0..40_000 {
        let text = some_text(&SeededRandom::new(seed));
        let Ok(address) = Address::check(&text, PUBLIC_ONLY) else { continue };
        assert_public(&address, &text);
        taken += 1;
    }
    assert!(taken > 200, "only {taken} texts were taken");
}

#[test]
fn what_was_taken_is_taken_again_and_stays_as_it_is() {
    let random = (0..20_000).map(|seed| some_text(&SeededRandom::new(seed)));
    let texts = random.chain(forbidden(8443)).chain(ALLOWED.iter().map(|(typed, _)| (*typed).to_owned()));
    for text in texts {
        for policy in [PUBLIC_ONLY, LAPTOP] {
            if let Ok(address) = Address::check(&text, policy) {
                assert_eq!(Address::check(address.as_str(), policy), Ok(address), "{text:?}");
            }
        }
    }
}

#[test]
fn whatever_is_joined_stays_at_the_address() {
    let address = Address::check("https://example.com/jira", PUBLIC_ONLY).expect("allowed");
    let mut joined = 0;
    for seed in 0..20_000 {
        let path = format!("/{}", some_text(&SeededRandom::new(seed)));
        let Some(text) = address.join(&path) else { continue };
        let url = url::Url::parse(&text).expect("a URL");
        assert_eq!(url.origin().ascii_serialization(), "https://example.com", "{path:?}");
        assert!(url.path().starts_with("/jira/"), "{path:?} led to {url}");
        joined += 1;
    }
    assert!(joined > 500, "only {joined} were joined");
}

/// Judged without our own lists.
fn assert_public(address: &Address, text: &str) {
    assert!(address.as_str().starts_with("https://") && address.as_str().is_ascii(), "{text:?} became {address}");
    let plain = !address.as_str().contains(['@', '?', '#', '%', '\\']) && !address.as_str().ends_with('/');
    assert!(plain, "{text:?} became {address}");
    let public = match host_of(address.as_str()) {
        Some(Ok(IpAddr::V4(number))) => is_public_v4(number),
        Some(Ok(IpAddr::V6(number))) => is_public_v6(number),
        Some(Err(name)) => {
            name.contains('.') && !name.ends_with('.') && name.split('.').all(|label| label != "localhost")
        }
        None => false,
    };
    assert!(public, "{text:?} was taken as {address}");
}

fn is_public_v4(number: Ipv4Addr) -> bool {
    let special = number.is_private()
        || number.is_loopback()
        || number.is_link_local()
        || number.is_multicast()
        || number.is_broadcast()
        || number.is_documentation()
        || number.is_unspecified();
    !special
}

fn is_public_v6(number: Ipv6Addr) -> bool {
    let special = number.is_loopback()
        || number.is_unspecified()
        || number.is_multicast()
        || number.is_unique_local()
        || number.is_unicast_link_local()
        || number.to_ipv4().is_some();
    !special
}
