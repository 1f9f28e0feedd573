//! Every way to write a number: radixes, parts, letters that look like digits, and IPv6 around IPv4.

#![cfg_attr(not(test), expect(clippy::expect_used, reason = "the numbers are written here, and every one is good"))]

use std::net::{Ipv4Addr, Ipv6Addr};

use super::names::lettering;

type Digits = fn(u32) -> String;

/// `inet_aton` and the WHATWG parser read each part in decimal, octal or hexadecimal by its prefix.
const RADIXES: &[Digits] = &[
    |part| format!("{part}"),
    |part| format!("0{part:o}"),
    |part| format!("000{part:o}"),
    |part| format!("0x{part:x}"),
    |part| format!("0X{part:X}"),
    |part| format!("0x00{part:02x}"),
];

/// Spellings of the number itself, as hosts.
pub fn spellings_of_v4(address: Ipv4Addr) -> Vec<String> {
    let dotted = address.to_string();
    let hex = parts(address, 4).into_iter().map(|part| format!("0x{part:x}")).collect::<Vec<_>>().join(".");
    let in_radixes = (1..=4).flat_map(|count| {
        RADIXES.iter().map(move |digits| parts(address, count).into_iter().map(digits).collect::<Vec<_>>().join("."))
    });
    let in_letters = [dotted.as_str(), hex.as_str()].into_iter().flat_map(lettering);
    let odd = [mixed(address), format!("{dotted}."), format!("{hex}."), format!("{}.", address.to_bits())];
    in_radixes.chain(in_letters).chain(odd).collect()
}

/// IPv6 numbers that carry `address`, as hosts in brackets.
pub fn carriers_of_v4(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let written = [
        format!("[::ffff:{address}]"),
        format!("[::FFFF:{high:X}:{low:X}]"),
        format!("[0:0:0:0:0:ffff:{address}]"),
        format!("[0000:0000:0000:0000:0000:ffff:{high:04x}:{low:04x}]"),
        format!("[::{address}]"),
        format!("[::ffff:0:{address}]"),
        format!("[64:ff9b::{address}]"),
        format!("[0064:FF9B::{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{address}]"),
        format!("[64:ff9b:1:ffff:{high:x}:{low:x}::]"),
        format!("[2002:{high:x}:{low:x}::]"),
        format!("[2002:{high:04X}:{low:04X}::1]"),
        format!("[2001:0:{high:x}:{low:x}::1]"),
        // Teredo writes the client's number inverted.
        format!("[2001:0:4136:e378:8000:63bf:{:x}:{:x}]", !high, !low),
        format!("[fe80::5efe:{address}]"),
        format!("[2606:4700::5efe:{address}]"),
        format!("[2606:4700::200:5efe:{high:x}:{low:x}]"),
    ];
    written.into()
}

/// Spellings of an IPv6 number, as hosts in brackets.
pub fn spellings_of_v6(address: Ipv6Addr) -> Vec<String> {
    let groups = |digits: fn(u16) -> String| address.segments().map(digits).join(":");
    let [.., high, low] = address.segments();
    let v4 = Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    let front: Vec<_> = address.segments().iter().take(6).map(|group| format!("{group:x}")).collect();
    let written = [
        format!("[{address}]"),
        format!("[{}]", address.to_string().to_uppercase()),
        format!("[{}]", groups(|group| format!("{group:x}"))),
        format!("[{}]", groups(|group| format!("{group:04x}"))),
        format!("[{}]", groups(|group| format!("{group:04X}"))),
        format!("[{}:{v4}]", front.join(":")),
        format!("[{address}%25eth0]"),
        format!("[{address}%eth0]"),
        format!("[{address}%251]"),
        format!("%5B{address}%5D"),
        address.to_string(),
        format!("{}.ip6.arpa", nibbles(address)),
        format!("{}.sslip.io", address.to_string().replace(':', "-")),
    ];
    written.into()
}

/// The number in `count` parts, the last of which has all that is left.
fn parts(address: Ipv4Addr, count: usize) -> Vec<u32> {
    let single = address.octets().map(u32::from);
    let rest = address.to_bits() & u32::MAX.checked_shr(8 * u32::try_from(count - 1).expect("1 to 4")).unwrap_or(0);
    single.into_iter().take(count - 1).chain([rest]).collect()
}

/// Every part in another radix.
fn mixed(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("0x{a:X}.0{b:o}.{c}.0x{d:02x}")
}

fn nibbles(address: Ipv6Addr) -> String {
    let hex = format!("{:032x}", address.to_bits());
    hex.chars().rev().map(String::from).collect::<Vec<_>>().join(".")
}
