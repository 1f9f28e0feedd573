//! Why an address is refused, and what the person who typed it can do.

use std::{fmt, net::IpAddr};

use super::SpecialPurpose;

/// Why an address is refused. The person who typed it must act. `Display` is the reason, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressRefused {
    /// Nothing was typed.
    Empty,
    /// Longer than a base address can sensibly be.
    TooLong,
    /// Another scheme than `https`, or none.
    NotHttps,
    /// A user, a password, or just the `@` that would follow them.
    Credentials,
    /// A query or a fragment.
    QueryOrFragment,
    /// A backslash, a blank, a control character, or an encoded host: parsers disagree about these.
    Disguised,
    /// No URL, or no host name.
    Malformed,
    /// The host ends with a dot.
    TrailingDot,
    /// A path with anything but plain segments.
    Path,
    /// A port that belongs to something that is no web server.
    Port(u16),
    /// The number of a host that is not on the public internet, however it was spelled.
    NotPublic(IpAddr, SpecialPurpose),
    /// A name that only means something inside a network.
    InternalName,
    /// A name made from the number of a host.
    NumberInName,
    /// The host of this deployment.
    OwnHost,
}

impl AddressRefused {
    /// What to do.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Empty => "Enter the address that people open Jira at, such as https://jira.example.com.",
            Self::TooLong => "Enter only the start of the address, up to Jira's context path.",
            Self::NotHttps => "Begin with https://. If Jira has no TLS, put it behind a proxy that has.",
            Self::Credentials => {
                "Remove everything before the host, up to the @. Credentials have fields of their own."
            }
            Self::QueryOrFragment => "Remove the ? or # and everything after it.",
            Self::Disguised => "Type the address again by hand, with letters, digits, dots, hyphens and slashes.",
            Self::Malformed => "Check the address for typing errors.",
            Self::TrailingDot => "Remove the dot at the end of the host.",
            Self::Path => "Enter only the host and Jira's context path, such as https://example.com/jira.",
            Self::Port(_) => "Use the port that people open Jira at.",
            Self::NotPublic(..) | Self::InternalName => {
                "Use an address that can be reached from the internet. Ask whoever runs Jira's network for one."
            }
            Self::NumberInName => "Use the name that whoever runs Jira gave it.",
            Self::OwnHost => "Enter the address of the other system, not that of Causeway.",
        }
    }
}

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::Empty => "The address is missing.",
            Self::TooLong => "The address is longer than 1,024 bytes.",
            Self::NotHttps => "The address does not begin with https://.",
            Self::Credentials => "The address has a user or password in it.",
            Self::QueryOrFragment => "The address has a query or fragment.",
            Self::Disguised => "The address has a backslash, a blank, an invisible character or an encoded host.",
            Self::Malformed => "This is not a web address.",
            Self::TrailingDot => "The host ends with a dot.",
            Self::Path => "The path has an empty, encoded or unusual part.",
            Self::Port(port) => return write!(f, "Port {port} is not for web servers."),
            Self::NotPublic(address, purpose) => return write!(f, "{address} {}.", purpose.phrase()),
            Self::InternalName => "The host is a name that only exists inside a network.",
            Self::NumberInName => "The host is a name that stands for a number, which could be inside a network.",
            Self::OwnHost => "The host is that of Causeway itself.",
        };
        f.write_str(sentence)
    }
}

impl std::error::Error for AddressRefused {}
