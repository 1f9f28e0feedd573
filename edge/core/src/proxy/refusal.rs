//! Why the proxy responds instead of Jira.

use api::{Cause, Problem, ProblemCode};

use crate::{oauth1::NotSigned, proxy::path::PathRefused};

/// Every reason for a response of the proxy's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallRefusal {
    // The caller must act.
    NoKey,
    KeyRefused,
    KeyLacksScope,
    NotFound,
    Method,
    Path(PathRefused),
    Query,
    TooLong,
    ContentLength,
    BodyTooLarge,
    TooManyCalls {
        retry_after: u32,
    },
    Redirected,
    // The administrator must act.
    Unauthorized {
        cause: Option<Cause>,
    },
    Deactivated,
    /// Jira refuses this call with the credential.
    CredentialRefused,
    /// The credential was refused, and is not used until Jira accepts it again.
    CredentialSuspended {
        cause: Cause,
    },
    /// Jira gave a reason for refusing the credential that does not end it.
    Denied {
        cause: Cause,
    },
    SiteMoved,
    AddressRefused,
    NotSigned(NotSigned),
    ScopeMissing,
    IpAllowList,
    // Nobody must act: it is temporary.
    OrganizationUnreachable,
    CredentialUnavailable {
        cause: Option<Cause>,
        retry_after: u32,
    },
    NotReplayable,
    Quota {
        app: bool,
        retry_after: u32,
    },
    Unreachable,
    Timeout,
    OutcomeUnknown,
    // The operator must act.
    BadSite,
    Misconfigured,
}

impl CallRefusal {
    /// Seconds after which to retry, where known.
    pub(super) fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooManyCalls { retry_after }
            | Self::CredentialUnavailable { retry_after, .. }
            | Self::Quota { retry_after, .. } => Some(*retry_after),
            Self::NotReplayable | Self::OrganizationUnreachable => Some(1),
            _ => None,
        }
    }

    /// The problem for the caller.
    pub(super) fn problem(&self, request_id: &str) -> Problem {
        let (code, detail) = self.code_and_detail();
        let mut problem = Problem::new(code, detail, request_id);
        if let Self::Unauthorized { cause: Some(cause) }
        | Self::CredentialUnavailable { cause: Some(cause), .. }
        | Self::CredentialSuspended { cause }
        | Self::Denied { cause } = self
        {
            cause.remedy().clone_into(&mut problem.remedy);
        }
        problem
    }

    fn code_and_detail(&self) -> (ProblemCode, &'static str) {
        use ProblemCode as Code;
        match self {
            Self::NoKey => (Code::NotSignedIn, "The call carries no API key."),
            Self::KeyRefused => (Code::ApiKeyRefused, "The API key is unknown, expired or revoked."),
            Self::KeyLacksScope => (Code::Forbidden, "The API key lacks the scope `proxy`."),
            Self::NotFound => (Code::NotFound, "There is no such connection."),
            Self::Method => (Code::MethodRefused, "This method is not passed on to Jira."),
            Self::Path(why) => (Code::PathRefused, why.sentence()),
            Self::Query => (Code::InvalidRequest, "The query has a character that must be percent-encoded."),
            Self::TooLong => {
                (Code::HeadersTooLarge, "The headers exceed 32 KiB, or the query exceeds 16 KiB or 512 parameters.")
            }
            Self::ContentLength => (Code::InvalidRequest, "Content-Length is not a number."),
            Self::BodyTooLarge => (Code::BodyTooLarge, "The body is larger than 20 MiB."),
            Self::TooManyCalls { .. } => (Code::TooManyCalls, "Too many calls go through this connection just now."),
            Self::Redirected => {
                (Code::UpstreamRedirected, "Jira answered with a redirect, and redirects are not followed.")
            }
            Self::Unauthorized { cause } => {
                (Code::ConnectionUnauthorized, cause.map_or("The connection is not authorized.", Cause::sentence))
            }
            Self::Deactivated => (Code::ConnectionDeactivated, "The connection is deactivated."),
            Self::CredentialRefused => {
                (Code::CredentialRefused, "Jira refuses the connection's credential for this call.")
            }
            Self::CredentialSuspended { cause } | Self::Denied { cause } => (Code::CredentialRefused, cause.sentence()),
            Self::SiteMoved => (Code::UpstreamRedirected, Cause::SiteMoved.sentence()),
            Self::AddressRefused => (Code::AddressRefused, Cause::AddressRefused.sentence()),
            Self::NotSigned(NotSigned::FormBody) => (
                Code::FormRefused,
                "A form cannot be sent over an OAuth 1.0a connection: its fields would have to be signed, and bodies are not read.",
            ),
            Self::NotSigned(NotSigned::KeyUnusable) => {
                (Code::CredentialRefused, "The private key of this connection cannot be used. Generate a new key.")
            }
            Self::NotSigned(NotSigned::QueryUnreadable | NotSigned::ProtocolParameter) => (
                Code::InvalidRequest,
                "The query cannot be signed: it can be read in several ways, or has a parameter that begins with oauth_.",
            ),
            Self::ScopeMissing => {
                (Code::ScopeMissing, "Jira says that the authorization's scopes do not match this call.")
            }
            Self::IpAllowList => (Code::IpAllowList, Cause::IpAllowList.sentence()),
            Self::OrganizationUnreachable => {
                (Code::Unavailable, "It cannot be found out just now whether this call is allowed.")
            }
            Self::CredentialUnavailable { cause, .. } => (
                Code::CredentialUnavailable,
                cause.map_or("A fresh credential cannot be had just now.", Cause::sentence),
            ),
            Self::NotReplayable => (
                Code::CredentialUnavailable,
                "Jira refused the call unread because the credential was out of date. It is fresh now: send the call again.",
            ),
            Self::Quota { app: true, .. } => {
                (Code::QuotaExhausted, "Atlassian's hourly quota for the whole app is used up.")
            }
            Self::Quota { app: false, .. } => (Code::QuotaExhausted, "Atlassian's quota for this site is used up."),
            Self::Unreachable => (Code::UpstreamUnreachable, "No usable answer came from Jira."),
            Self::Timeout => (Code::UpstreamTimeout, "Jira did not begin to answer within 60 seconds."),
            Self::OutcomeUnknown => (Code::OutcomeUnknown, "The call was sent, and Jira's answer was lost."),
            Self::Misconfigured => (Code::Misconfigured, "Causeway's configuration lacks something that calls need."),
            Self::BadSite => (Code::Internal, "The connection's site cannot be addressed."),
        }
    }
}
