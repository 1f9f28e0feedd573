//! Which host names are public.
//!
//! A name is checked in the parser's serialization: lower case, ASCII, with full-width letters, look-alike dots and
//! invisible characters already mapped (UTS #46).

use std::net::Ipv4Addr;

use super::{AddressRefused, special_purpose};

/// Endings that no public name has, each a whole label. Sources: IANA *Special-Use Domain Names* (RFC 6761, 6762, 7686,
/// 8375, 9476); ICANN's reservation of `internal` (2024) and its withheld `corp`, `home` and `mail` (2018); RFC 6762
/// appendix G (`intranet`, `lan`, `private`); and what cloud and container platforms call their insides.
const INTERNAL_ENDINGS: &[&str] = &[
    "alt",
    "arpa",
    "cluster",
    "consul",
    "corp",
    "docker",
    "example",
    "home",
    "i2p",
    "internal",
    "intra",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "mail",
    "novalocal",
    "onion",
    "openstacklocal",
    "priv",
    "private",
    "svc",
    "test",
    "workgroup",
];

/// Public names of internal services: the metadata servers of Google, Tencent and Equinix, and a router.
const INTERNAL_NAMES: &[&str] =
    &["fritz.box", "metadata.goog", "metadata.packet.net", "metadata.platformequinix.com", "metadata.tencentyun.com"];

/// DNS services that resolve a name to an IP address written in it, to this machine, or to something else each time.
const NUMBERING_SERVICES: &[&str] = &[
    "1u.ms",
    "backname.io",
    "burpcollaborator.net",
    "fuf.me",
    "ip.addr.tools",
    "ipq.co",
    "lacolhost.com",
    "local-ip.co",
    "local-ip.sh",
    "local.gd",
    "localdev.me",
    "localho.st",
    "localtest.me",
    "lvh.me",
    "nicob.net",
    "nip.io",
    "plex.direct",
    "rbndr.us",
    "smackaho.st",
    "sslip.io",
    "traefik.me",
    "vcap.me",
    "xip.io",
    "xip.name",
];

/// Checks a name.
pub(super) fn admit(name: &str) -> Result<(), AddressRefused> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    if !is_well_formed(bare) {
        Err(AddressRefused::Malformed)
    } else if is_internal(bare) {
        Err(AddressRefused::InternalName)
    } else if stands_for_a_number(bare) {
        Err(AddressRefused::NumberInName)
    } else if bare.len() < name.len() {
        // A second name of the same host, as far as cookies, certificates and comparisons are concerned.
        Err(AddressRefused::TrailingDot)
    } else {
        Ok(())
    }
}

/// Lengths as in RFC 1035; letters, digits and hyphens as in RFC 952 and in certificates.
fn is_well_formed(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

fn is_internal(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.')
        || INTERNAL_ENDINGS.contains(&ending)
        || name.split('.').any(|label| label == "localhost")
        || INTERNAL_NAMES.iter().any(|internal| is_beneath(name, internal))
}

fn stands_for_a_number(name: &str) -> bool {
    NUMBERING_SERVICES.iter().any(|service| is_beneath(name, service)) || has_private_number(name)
}

fn is_beneath(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether four numbers in a row, separated by dots or hyphens, are the IP address of a host that is not public. There
/// are more such DNS services than can be listed, and internal machines are named like that.
fn has_private_number(name: &str) -> bool {
    let numbers: Vec<Option<u8>> = name.split(['.', '-']).map(|part| part.parse().ok()).collect();
    numbers.windows(4).any(|four| match *four {
        [Some(a), Some(b), Some(c), Some(d)] => special_purpose::of_v4(Ipv4Addr::new(a, b, c, d)).is_some(),
        _ => false,
    })
}
