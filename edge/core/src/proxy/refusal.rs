//! Why the proxy responds instead of Jira.

use std::borrow::Cow;

use api::{ApiFamily, Cause, CredentialKind, Diagnosis, Facts, Problem, ProblemCode, explain};

use crate::{
    oauth1::NotSigned,
    organization::NamedConnection,
    origin_failure::OriginFailure,
    proxy::{families::FamilyRefused, path::PathRefused},
};

/// Every reason for a response of the proxy's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallRefusal {
    // The caller must act.
    Loop,
    NoKey,
    /// `Authorization` has no key of Causeway; `basic`: it is `Basic`.
    NotAKey {
        basic: bool,
    },
    KeyInQuery,
    NotHttps,
    KeyRefused,
    TooManyRequests,
    KeyLacksScope,
    NotFound,
    SiteNotFound,
    Ambiguous {
        connections: Vec<NamedConnection>,
        more: bool,
    },
    Method,
    Path(PathRefused),
    /// A part of Jira that is never passed on.
    Family(FamilyRefused),
    /// The connection's managers did not add the API family. It is named if it can be added as it is.
    FamilyNotAdded(Option<ApiFamily>),
    Query,
    /// The query would sign somebody in.
    SignInQuery,
    /// A form for Data Center.
    Form,
    TooLong,
    ContentLength,
    BodyTooLarge,
    TooManyCalls {
        retry_after: u32,
    },
    UploadTooSlow,
    Redirected,
    // The administrator must act.
    Unauthorized {
        cause: Option<Cause>,
        kind: CredentialKind,
    },
    Deactivated,
    /// Jira refuses this call with the credential.
    CredentialRefused,
    /// The credential was refused, and is not used until Jira accepts it again.
    CredentialSuspended {
        cause: Cause,
        kind: CredentialKind,
    },
    /// Jira gave a reason for refusing the credential that does not end it.
    Denied {
        cause: Cause,
        kind: CredentialKind,
    },
    SiteMoved,
    SignInPage,
    CertificateRefused,
    AddressRefused,
    NotSigned(NotSigned),
    ScopeMissing {
        kind: CredentialKind,
    },
    IpAllowList {
        kind: CredentialKind,
    },
    // Nobody must act: it is temporary.
    OrganizationUnreachable,
    CredentialUnavailable {
        cause: Option<Cause>,
        kind: CredentialKind,
        /// What the token endpoint answered, if it did.
        token_status: Option<u16>,
        retry_after: u32,
    },
    NotReplayable,
    /// Jira's limit for bursts of calls to one endpoint.
    Burst {
        retry_after: u32,
    },
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
            | Self::Burst { retry_after }
            | Self::Quota { retry_after, .. } => Some(*retry_after),
            Self::NotReplayable | Self::OrganizationUnreachable => Some(1),
            Self::TooManyRequests => Some(60),
            _ => None,
        }
    }

    /// The status of the problem.
    pub(super) fn status(&self) -> u16 {
        self.code_and_detail().0.status()
    }

    /// The problem for the caller.
    pub(super) fn problem(&self, request_id: &str) -> Problem {
        let (code, detail) = self.code_and_detail();
        let mut problem = Problem::new(code, detail, request_id);
        if let Some(said) = self.explained() {
            problem.remedy = said.remedy;
        }
        if let Some(remedy) = self.own_remedy() {
            remedy.clone_into(&mut problem.remedy);
        }
        problem
    }

    /// What the cause means for the connection, if there is a cause.
    fn explained(&self) -> Option<Diagnosis> {
        let mut facts = Facts::default();
        let (cause, kind) = match *self {
            Self::Unauthorized { cause: Some(cause), kind }
            | Self::CredentialSuspended { cause, kind }
            | Self::Denied { cause, kind } => (cause, kind),
            Self::CredentialUnavailable { cause: Some(cause), kind, token_status, .. } => {
                facts = Facts { lacks_token: true, token_status, ..facts };
                (cause, kind)
            }
            Self::IpAllowList { kind } => (Cause::IpAllowList, kind),
            _ => return None,
        };
        Some(explain(cause, kind, &facts))
    }

    /// What to do, where that is more than the code says.
    const fn own_remedy(&self) -> Option<&'static str> {
        match self {
            Self::NotAKey { basic: true } => Some(
                "Send an API key of Causeway as Authorization: Bearer cw_…, or as the password of Authorization: Basic. A token of Atlassian's is not one.",
            ),
            Self::NotAKey { basic: false } => {
                Some("Send an API key of Causeway: Authorization: Bearer cw_…. A token of Atlassian's is not one.")
            }
            Self::KeyInQuery => Some(
                "Send the key as Authorization: Bearer cw_…. Queries are logged on their way: rotate this key, and end the old one at once.",
            ),
            Self::SiteNotFound => Some(
                "Check the address, and which connections the key may use. The connection's tab Setup shows its address.",
            ),
            Self::CertificateRefused => Some(OriginFailure::Certificate.remedy()),
            Self::ScopeMissing { kind: CredentialKind::ScopedApiToken } => Some(
                "Check the path. If it is right, the owner of the account must create an API token with the scope that this call needs, and the connection must be reauthorized with it.",
            ),
            Self::SiteMoved => Some(
                "Calls go to the old address until somebody who manages the connection has looked at the new one and confirmed it: Manage connection, Overview.",
            ),
            Self::UploadTooSlow => Some("Send a smaller body, or over a faster connection."),
            Self::Family(_) => {
                Some("Do this in Jira itself. What is taken out, and why: /help/calling-jira/#taken-out")
            }
            Self::FamilyNotAdded(_) => Some(
                "Who manages the connection can add it: Manage connection, Access, Additional API families. Help: /help/calling-jira/#families",
            ),
            Self::SignInQuery => Some("Leave the parameter out: Causeway adds the connection's credential."),
            Self::Form => Some("Send JSON, with Content-Type: application/json."),
            Self::Path(PathRefused::NotRest | PathRefused::DoubleSlash | PathRefused::BeforeRest) => Some(
                "Put the path of Jira's REST interface right after /jira/, such as rest/api/2/myself. Help: /help/calling-jira/",
            ),
            Self::Path(PathRefused::Attachment | PathRefused::Page) => {
                Some("Use a path that begins with rest/. Help: /help/calling-jira/#pasted")
            }
            _ => None,
        }
    }

    fn code_and_detail(&self) -> (ProblemCode, Cow<'static, str>) {
        if let Self::Ambiguous { connections, more } = self {
            return (ProblemCode::ConnectionAmbiguous, Cow::Owned(ambiguity(connections, *more)));
        }
        if let Self::FamilyNotAdded(Some(family)) = self {
            let detail = format!("{family} is not one of the API families that this connection passes on.");
            return (ProblemCode::PathRefused, detail.into());
        }
        let (code, detail) = self.code_and_sentence();
        (code, self.explained().map_or(Cow::Borrowed(detail), |said| Cow::Owned(said.why)))
    }

    fn code_and_sentence(&self) -> (ProblemCode, &'static str) {
        use ProblemCode as Code;
        match self {
            Self::Loop => (Code::LoopDetected, "This is a call of Causeway's own."),
            Self::TooManyRequests => {
                (Code::TooManyRequests, "Too many API keys that are unknown or old come from your address.")
            }
            Self::NoKey => (Code::NotSignedIn, "The call carries no API key."),
            Self::NotAKey { basic: true } => (
                Code::ApiKeyRefused,
                "Authorization: Basic holds no API key of Causeway, neither as password nor as name.",
            ),
            Self::NotAKey { basic: false } => {
                (Code::ApiKeyRefused, "The Authorization header holds no API key of Causeway.")
            }
            Self::KeyInQuery => (Code::InvalidRequest, "The query contains an API key."),
            Self::NotHttps => (Code::HttpsRequired, "The call came over http, so its API key was sent unencrypted."),
            Self::KeyRefused => (Code::ApiKeyRefused, "The API key is unknown, expired or revoked."),
            Self::KeyLacksScope => (Code::Forbidden, "The API key lacks the scope `proxy`."),
            Self::NotFound => (Code::NotFound, "There is no such connection."),
            Self::SiteNotFound => (
                Code::NotFound,
                "The API key may use no connection to a site with this address, or not the one that was chosen.",
            ),
            Self::Ambiguous { .. } => {
                (Code::ConnectionAmbiguous, "The API key may use several connections to this site.")
            }
            Self::Method => (Code::MethodRefused, "This method is not passed on to Jira."),
            Self::Path(why) => (Code::PathRefused, why.sentence()),
            Self::Family(why) => (Code::PathRefused, why.sentence()),
            Self::FamilyNotAdded(_) => {
                (Code::PathRefused, "The path is in none of the API families that this connection passes on.")
            }
            Self::SignInQuery => (
                Code::InvalidRequest,
                "The query has a parameter in which Jira takes sign-ins: os_…, oauth_…, xoauth_…, jwt or access_token.",
            ),
            Self::Form => (
                Code::FormRefused,
                "A form is not sent to Jira Data Center: Jira takes sign-ins from its fields, and bodies are not read.",
            ),
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
            Self::Unauthorized { .. } => (Code::ConnectionUnauthorized, "The connection is not authorized."),
            Self::Deactivated => (Code::ConnectionDeactivated, "The connection is deactivated."),
            Self::CredentialRefused => {
                (Code::CredentialRefused, "Jira refuses the connection's credential for this call.")
            }
            Self::CredentialSuspended { cause, .. } | Self::Denied { cause, .. } => {
                (Code::CredentialRefused, cause.sentence())
            }
            Self::UploadTooSlow => {
                (Code::UpstreamTimeout, "The body was not sent within ten minutes, so the call was aborted.")
            }
            Self::SignInPage => (
                Code::UpstreamSignIn,
                "A sign-in page, or another web page, answered instead of Jira's REST interface.",
            ),
            Self::CertificateRefused => (Code::UpstreamUnreachable, OriginFailure::Certificate.sentence()),
            Self::SiteMoved => (Code::UpstreamRedirected, Cause::SiteMoved.sentence()),
            Self::AddressRefused => (Code::AddressRefused, Cause::AddressRefused.sentence()),
            Self::NotSigned(why) => not_signed(why),
            Self::ScopeMissing { .. } => {
                (Code::ScopeMissing, "Jira says that the credential's scopes do not match this call.")
            }
            Self::IpAllowList { .. } => (Code::IpAllowList, Cause::IpAllowList.sentence()),
            Self::OrganizationUnreachable => {
                (Code::Unavailable, "Whether this call is allowed cannot be determined at the moment.")
            }
            Self::CredentialUnavailable { .. } => {
                (Code::CredentialUnavailable, "A new token cannot be obtained just now.")
            }
            Self::NotReplayable => (
                Code::CredentialUnavailable,
                "Jira refused the call unread because the credential was out of date. It is fresh now: send the call again.",
            ),
            Self::Burst { .. } => (
                Code::QuotaExhausted,
                "Jira limits how many calls of this kind it takes at a time, and that limit is reached.",
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

/// Why a call over OAuth 1.0a could not be signed.
const fn not_signed(why: &NotSigned) -> (ProblemCode, &'static str) {
    match why {
        NotSigned::FormBody => (
            ProblemCode::FormRefused,
            "A form cannot be sent over an OAuth 1.0a connection: its fields would have to be signed, and bodies are not read.",
        ),
        NotSigned::KeyUnusable => {
            (ProblemCode::CredentialRefused, "The private key of this connection cannot be used. Generate a new key.")
        }
        NotSigned::QueryUnreadable | NotSigned::ProtocolParameter => (
            ProblemCode::InvalidRequest,
            "The query cannot be signed: it can be read in several ways, or has a parameter that begins with oauth_.",
        ),
    }
}

fn ambiguity(connections: &[NamedConnection], more: bool) -> String {
    let named: Vec<String> = connections.iter().map(|one| format!("{} ({})", one.name, one.id)).collect();
    let rest = if more { " and others" } else { "" };
    format!("The API key may use several connections to this site: {}{rest}.", named.join(", "))
}
