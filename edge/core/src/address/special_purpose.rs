//! Which IP addresses are not those of hosts on the public internet.
//!
//! From IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890 and its successors), read strictly:
//! an address that is globally reachable only to operate the network is no place for Jira either.

use std::net::{Ipv4Addr, Ipv6Addr};

use SpecialPurpose::{
    Benchmarking, Documentation, LinkLocal, Loopback, Multicast, Platform, Private, Reserved, Shared, Translation,
    Unspecified,
};

/// The purpose of an address that is not public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialPurpose {
    /// No host in particular. Many systems connect to themselves.
    Unspecified,
    /// This machine.
    Loopback,
    /// Private networks.
    Private,
    /// One link. Cloud platforms serve their credentials there.
    LinkLocal,
    /// Between a carrier and its customers; one cloud platform has its metadata there.
    Shared,
    /// A cloud platform's own services, at an otherwise public number.
    Platform,
    /// Examples in documents.
    Documentation,
    /// Measuring networks.
    Benchmarking,
    /// Many hosts at once.
    Multicast,
    /// IPv6 that carries, or is translated to, an IPv4 address. Whoever has a legitimate use can write the IPv4 address
    /// directly.
    Translation,
    /// Other reserved addresses.
    Reserved,
}

impl SpecialPurpose {
    /// The purpose, as the end of a sentence.
    pub const fn phrase(self) -> &'static str {
        match self {
            Unspecified => "is not the address of a host",
            Loopback => "is the machine itself",
            Private => "is an address inside a private network",
            LinkLocal => "is an address that only reaches neighbours",
            Shared => "is an address inside a carrier's network",
            Platform => "is an address inside a cloud platform",
            Documentation => "is an address for examples only",
            Benchmarking => "is an address for measuring networks",
            Multicast => "is an address of many hosts at once",
            Translation => "is an address that stands for another one",
            Reserved => "is a reserved address",
        }
    }
}

const V4: &[(Ipv4Addr, u32, SpecialPurpose)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, Unspecified),             // RFC 791, "this network"
    (Ipv4Addr::new(10, 0, 0, 0), 8, Private),            // RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10, Shared),          // RFC 6598; Alibaba's metadata is 100.100.100.200
    (Ipv4Addr::new(127, 0, 0, 0), 8, Loopback),          // RFC 1122
    (Ipv4Addr::new(168, 63, 129, 16), 32, Platform),     // Azure's WireServer
    (Ipv4Addr::new(169, 254, 0, 0), 16, LinkLocal),      // RFC 3927; most clouds' metadata is 169.254.169.254
    (Ipv4Addr::new(172, 16, 0, 0), 12, Private),         // RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24, Reserved),         // RFC 6890, protocol assignments; Oracle's metadata
    (Ipv4Addr::new(192, 0, 2, 0), 24, Documentation),    // RFC 5737
    (Ipv4Addr::new(192, 31, 196, 0), 24, Reserved),      // RFC 7535, AS112
    (Ipv4Addr::new(192, 52, 193, 0), 24, Reserved),      // RFC 7450, AMT
    (Ipv4Addr::new(192, 88, 99, 0), 24, Translation),    // RFC 7526, relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16, Private),        // RFC 1918
    (Ipv4Addr::new(192, 175, 48, 0), 24, Reserved),      // RFC 7534, AS112
    (Ipv4Addr::new(198, 18, 0, 0), 15, Benchmarking),    // RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24, Documentation), // RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24, Documentation),  // RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4, Multicast),         // RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4, Reserved),          // RFC 1112, and the limited broadcast of RFC 919
];

/// Of two overlapping blocks, the narrower comes first.
const V6: &[(Ipv6Addr, u32, SpecialPurpose)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, Unspecified),                           // RFC 4291
    (Ipv6Addr::LOCALHOST, 128, Loopback),                                // RFC 4291
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, Translation),       // RFC 4291, IPv4-mapped
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96, Translation),       // RFC 2765, IPv4-translated
    (Ipv6Addr::UNSPECIFIED, 96, Translation),                            // RFC 4291, IPv4-compatible
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, Translation),    // RFC 6052, NAT64
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, Translation),    // RFC 8215, local NAT64
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, Reserved),           // RFC 6666, discard only
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, Translation),       // RFC 4380, Teredo
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, Benchmarking),      // RFC 5180
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Reserved),          // RFC 2928, protocol assignments
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Documentation), // RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Translation),       // RFC 3056, 6to4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, Reserved),  // RFC 7534, AS112
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16, Reserved),          // RFC 3701, the former 6bone
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Documentation),     // RFC 9637
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, Reserved),          // RFC 9602, segment routing
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Private),            // RFC 4193; AWS' metadata is fd00:ec2::254
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LinkLocal),         // RFC 4291
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, Private),           // RFC 3879, the former site-local
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Multicast),          // RFC 4291
];

/// The only block from which public unicast addresses are assigned. Source: IANA, *IPv6 Global Unicast Address
/// Assignments*.
const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The purpose of an IPv4 address that is not public.
pub(super) fn of_v4(address: Ipv4Addr) -> Option<SpecialPurpose> {
    let within = |base: Ipv4Addr, length: u32| (address.to_bits() ^ base.to_bits()).leading_zeros() >= length;
    V4.iter().find(|(base, length, _)| within(*base, *length)).map(|(_, _, purpose)| *purpose)
}

/// The purpose of an IPv6 address that is not public.
pub(super) fn of_v6(address: Ipv6Addr) -> Option<SpecialPurpose> {
    let within = |base: Ipv6Addr, length: u32| (address.to_bits() ^ base.to_bits()).leading_zeros() >= length;
    let listed = V6.iter().find(|(base, length, _)| within(*base, *length)).map(|(_, _, purpose)| *purpose);
    let (base, length) = GLOBAL_UNICAST;
    listed.or_else(|| is_isatap(address).then_some(Translation)).or_else(|| (!within(base, length)).then_some(Reserved))
}

/// RFC 5214: an IPv4 address behind `0000:5efe` or `0200:5efe`, in any network.
fn is_isatap(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _])
}
