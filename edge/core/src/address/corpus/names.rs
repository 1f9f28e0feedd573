//! Names that lead inside: reserved ones, those of platforms, and those that embed a number.

use std::{collections::BTreeSet, net::Ipv4Addr};

const SINGLE: &[&str] = &[
    "localhost",
    "ip6-localhost",
    "broadcasthost",
    "metadata",
    "instance-data",
    "jira",
    "intranet",
    "kubernetes",
    "redis",
    "wpad",
    "a",
];

const WITH_DOTS: &[&str] = &[
    "app.localhost",
    "localhost.localdomain",
    "localhost6.localdomain6.local",
    "localhost.example.com",
    "jira.local",
    "jira.internal",
    "jira.intranet",
    "jira.intra",
    "jira.lan",
    "jira.corp",
    "jira.home",
    "jira.mail",
    "jira.private",
    "jira.priv",
    "jira.workgroup",
    "jira.home.arpa",
    "1.0.0.127.in-addr.arpa",
    "jira.test",
    "jira.example",
    "jira.invalid",
    "facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion",
    "jira.alt",
    "jira.i2p",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.tencentyun.com",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "instance-data.ec2.internal",
    "ip-10-0-0-1.ec2.internal",
    "vm.c.project.internal",
    "host.docker.internal",
    "gateway.docker.internal",
    "kubernetes.docker.internal",
    "host.containers.internal",
    "jira.docker",
    "kubernetes.default.svc",
    "jira.default.svc.cluster.local",
    "jira.svc.cluster",
    "jira.service.consul",
    "vm.openstacklocal",
    "vm.novalocal",
    "fritz.box",
    "nas.fritz.box",
    "localtest.me",
    "jira.localtest.me",
    "lvh.me",
    "jira.lvh.me",
    "vcap.me",
    "lacolhost.com",
    "fuf.me",
    "localho.st",
    "local.gd",
    "localdev.me",
    "smackaho.st",
    "traefik.me",
    "spoofed.burpcollaborator.net",
    "metadata.nicob.net",
    "7f000001.c0a80001.rbndr.us",
    "make-1.2.3.4-rebind-127.0.0.1-rr.1u.ms",
    "--1.sslip.io",
    "jira.my.local-ip.co",
];

/// Services that resolve the number in a name.
const SERVICES: &[&str] = &[
    "nip.io",
    "sslip.io",
    "xip.io",
    "xip.name",
    "backname.io",
    "ip.addr.tools",
    "ipq.co",
    "local-ip.sh",
    "plex.direct",
    "traefik.me",
];

/// Internal names in every lettering.
pub(super) fn internal() -> BTreeSet<String> {
    SINGLE.iter().chain(WITH_DOTS).flat_map(|name| lettering(name).into_iter().chain([format!("{name}.")])).collect()
}

/// Names that resolve, or look as if they would, to `address`.
pub fn names_of_v4(address: Ipv4Addr) -> Vec<String> {
    let dashed = address.to_string().replace('.', "-");
    let [a, b, c, d] = address.octets();
    let with_services = SERVICES.iter().flat_map(|service| {
        [
            format!("{address}.{service}"),
            format!("jira.{address}.{service}"),
            format!("jira-{dashed}.{service}"),
            format!("{:08x}.{service}", address.to_bits()),
        ]
    });
    let others = [
        format!("app-{:08X}.NIP.IO", address.to_bits()),
        format!("{dashed}.abc.plex.direct"),
        format!("{dashed}.my.local-ip.co"),
        format!("ip-{dashed}.example.com"),
        format!("jira.{address}.example.com"),
        format!("{dashed}.jira.example.com."),
        format!("{d}.{c}.{b}.{a}.in-addr.arpa"),
    ];
    with_services.chain(others).collect()
}

/// The same text in letters, digits and dots that a parser maps to the plain ones, decodes or drops (UTS #46).
pub fn lettering(text: &str) -> Vec<String> {
    let each = |letter: fn(char) -> char| text.chars().map(letter).collect::<String>();
    let percent = |text: &str| text.bytes().flat_map(percent_encoded).collect::<String>();
    let full_width = each(|c| shifted(c, 0xff10, 0xff41));
    let inserted = |invisible: char| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.insert(letters.len().min(1), invisible);
        letters.into_iter().collect::<String>()
    };
    vec![
        text.to_owned(),
        text.to_uppercase(),
        each(|c| shifted(c, 0x1d7ce, 0x1d41a)), // mathematical bold
        each(|c| shifted(c, 0x1d7f6, 0x1d68a)), // mathematical monospace
        each(|c| if c == '0' { '\u{24ea}' } else { shifted(c, 0x245f, 0x24d0) }), // circled
        full_width.replace('.', "\u{ff0e}"),
        text.replace('.', "\u{3002}"),
        text.replace('.', "\u{ff61}"),
        text.replace('.', "%2e"),
        text.replace('o', "\u{ba}").replace('s', "\u{17f}"), // masculine ordinal, long s
        percent(&full_width),
        percent(text),
        inserted('\u{ad}'),   // soft hyphen
        inserted('\u{200b}'), // zero-width space
        inserted('\u{2060}'), // word joiner
        inserted('\u{fe0f}'), // variation selector
        full_width,
    ]
}

fn percent_encoded(byte: u8) -> Vec<char> {
    format!("%{byte:02X}").chars().collect()
}

/// The digit or small letter at the same place after `zero` or `a`; anything else stays.
fn shifted(c: char, zero: u32, a: u32) -> char {
    let moved = match c {
        '0'..='9' => zero + u32::from(c) - u32::from('0'),
        'a'..='z' => a + u32::from(c) - u32::from('a'),
        _ => return c,
    };
    char::from_u32(moved).unwrap_or(c)
}
