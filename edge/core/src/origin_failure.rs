//! How the platform reports that it did not reach a server, where it does not fail the call: with a response of its own.
//!
//! Source: Cloudflare's *5xx errors* (520 to 527, and 530 with an error 1xxx such as 1016 for an unknown host name).
//! A server behind another Cloudflare zone is reported in the same way.

use std::fmt;

/// Why a server was not reached, or gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginFailure {
    /// 525, 526: no TLS connection, or its certificate is not accepted.
    Certificate,
    /// 521, 522, 523, 530: no connection could be made, so the request was not sent.
    Unreachable,
    /// 520, 524, 527: the request may have been carried out.
    Unanswered,
}

impl OriginFailure {
    /// Reads a status; `None` if it is the server's own.
    pub(crate) const fn read(status: u16) -> Option<Self> {
        match status {
            525 | 526 => Some(Self::Certificate),
            521..=523 | 530 => Some(Self::Unreachable),
            520 | 524 | 527 => Some(Self::Unanswered),
            _ => None,
        }
    }

    /// The failure in a sentence.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Certificate => {
                "The server's TLS certificate is not accepted: it has expired, is for another name, or lacks its chain."
            }
            Self::Unreachable => {
                "No connection to the server could be made: its name or port does not answer from the internet."
            }
            Self::Unanswered => "The server closed the connection, or gave no usable answer.",
        }
    }

    /// What to do, and who must do it.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Certificate => "A Jira administrator must install a valid certificate with its whole chain.",
            Self::Unreachable | Self::Unanswered => {
                "Try again in a moment. If it persists, a Jira administrator must look at the server and its firewall."
            }
        }
    }
}

impl fmt::Display for OriginFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_the_platform_is_not_the_servers() {
        for status in [500, 502, 503, 504, 511, 519, 528, 529, 531] {
            assert_eq!(OriginFailure::read(status), None, "{status}");
        }
        assert_eq!(OriginFailure::read(526), Some(OriginFailure::Certificate));
        assert_eq!(OriginFailure::read(530), Some(OriginFailure::Unreachable));
        assert_eq!(OriginFailure::read(524), Some(OriginFailure::Unanswered));
    }
}
