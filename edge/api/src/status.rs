//! Whether a connection works and, if not, why and what to do.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, UnknownFields, words::words};

/// The state of a connection. `since` is when it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// The credential works.
    Authorized,
    /// There is a credential, but calls fail.
    Interrupted {
        /// The cause of the failures.
        cause: Cause,
        /// Since when it has been so.
        since: Timestamp,
    },
    /// There is no working credential.
    Unauthorized {
        /// Why the credential ended; `null` if there was none yet, or if somebody ended it.
        cause: Option<Cause>,
        /// Since when; `null` if there was none yet.
        since: Option<Timestamp>,
        /// Who ended it on purpose: the name of a member or of an API key.
        #[serde(default)]
        by: Option<String>,
    },
    /// Switched off on purpose: the credential is kept, calls are refused, no checkup runs.
    Deactivated {
        /// Since when it has been so.
        since: Timestamp,
        /// Who switched it off: the name of a member or of an API key.
        by: String,
    },
    /// A state that this version does not know.
    #[serde(untagged)]
    Unknown(UnknownFields),
}

words! {
    /// The state of a connection, without details: for filters, counts and icons.
    open State {}
    /// The credential works.
    Authorized = "authorized";
    /// There is a credential, but calls fail.
    Interrupted = "interrupted";
    /// There is no working credential.
    Unauthorized = "unauthorized";
    /// Switched off on purpose: the credential is kept, calls are refused.
    Deactivated = "deactivated";
}

impl Status {
    /// The state alone.
    pub fn state(&self) -> State {
        match self {
            Self::Authorized => State::Authorized,
            Self::Interrupted { .. } => State::Interrupted,
            Self::Unauthorized { .. } => State::Unauthorized,
            Self::Deactivated { .. } => State::Deactivated,
            Self::Unknown(fields) => State::Unknown(fields.word("state")),
        }
    }

    /// The cause, if there is one.
    pub const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Interrupted { cause, .. } => Some(*cause),
            Self::Unauthorized { cause, .. } => *cause,
            Self::Authorized | Self::Deactivated { .. } | Self::Unknown(_) => None,
        }
    }

    /// Since when the connection has been in this state, where that is known.
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Interrupted { since, .. } | Self::Deactivated { since, .. } => Some(*since),
            Self::Unauthorized { since, .. } => *since,
            Self::Authorized | Self::Unknown(_) => None,
        }
    }
}

words! {
    /// Why a connection does not work.
    open Cause {
        /// What happened, in one sentence.
        sentence: &'static str = "A newer version of Causeway noted a cause that this one does not know.",
        /// What to do about it, and who.
        remedy: &'static str = "Load the page again. If it persists, reauthorize the connection.",
    }
    /// The authorization was ended at the other side: Atlassian or Jira refuses to renew it, or refuses its token for good.
    GrantRefused = "grant_refused",
        "The authorization was ended: it was revoked, or was not used for too long.",
        "Reauthorize the connection.";
    /// An answer with the next refresh token was lost for longer than Atlassian lets a client ask again (ten minutes).
    RotationLost = "rotation_lost",
        "The answer with the next token was lost, and could not be asked for again in time.",
        "Reauthorize the connection.";
    /// Atlassian's token endpoint does not answer as it should.
    AtlassianUnreachable = "atlassian_unreachable",
        "Atlassian's sign-in service is not answering.",
        "No action needed: Causeway keeps trying and recovers by itself.";
    /// Atlassian refuses Causeway's own client id or secret.
    ClientRefused = "client_refused",
        "Atlassian refuses Causeway's own client ID or secret.",
        "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Nobody needs to reauthorize.";
    /// The site's IP allowlist refuses Causeway's addresses.
    IpAllowList = "ip_allow_list",
        "The site's IP allowlist refuses calls from Causeway.",
        "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist.";
    /// Jira does not answer, though Atlassian's sign-in service does.
    SiteUnreachable = "site_unreachable",
        "The Jira site is not answering.",
        "No action needed: Causeway keeps trying and recovers by itself.";
    /// The rate limit of Atlassian, or of Jira, is used up.
    RateLimited = "rate_limited",
        "The site's rate limit is used up.",
        "No action needed: Causeway keeps trying and recovers by itself.";
    /// The app was blocked, or the account lost its access to the site.
    SiteRefused = "site_refused",
        "The site refuses this account: it lost its access, or the app or link is blocked there.",
        "A Jira administrator must give the account access to Jira, and allow the app or link.";
    /// The token does not reach the site any more: it was removed from the consent, or does not exist any more.
    SiteGone = "site_gone",
        "The authorization no longer reaches this site.",
        "Reauthorize the connection and choose this site.";
    /// A scope that Causeway needs was not granted.
    ScopesMissing = "scopes_missing",
        "Not all the access that Causeway needs was granted.",
        "Reauthorize the connection and accept everything that it asks for.";
    /// The sealed credential cannot be opened: its sealing key is not in `SEALING_KEYS` any more.
    Unsealable = "unsealable",
        "The stored credential was sealed with a key that is no longer configured.",
        "The operator of Causeway must put the removed key back into SEALING_KEYS. Otherwise reauthorize the connection.";
    /// Jira refuses the name with the password or token.
    PasswordRefused = "password_refused",
        "Jira refuses this credential: it was changed or revoked, or its account was deactivated.",
        "Reauthorize the connection with the right password or a new token.";
    /// Jira, or something in front of it, refuses the credential without Jira's own word that it is wrong.
    CredentialRefused = "credential_refused",
        "Jira, or something in front of it, refuses the credential and does not say that it is wrong.",
        "A Jira administrator must check whether a reverse proxy or a sign-on page stands in the way. Until Jira accepts the credential again, Causeway does not use it and keeps asking. After a day of refusals the connection becomes unauthorized.";
    /// Jira wants a CAPTCHA solved before it takes this password again.
    CaptchaRequired = "captcha_required",
        "Jira asks for a CAPTCHA after too many failed sign-in attempts, and refuses the password until it is solved.",
        "Sign in to Jira in a browser as this user, and solve the CAPTCHA. Then test the connection; if it is unauthorized, reauthorize it.";
    /// Jira has Basic authentication switched off.
    BasicDisabled = "basic_disabled",
        "Jira has Basic authentication switched off.",
        "A Jira administrator must switch on Basic authentication. Or reauthorize with a personal access token or OAuth 2.0.";
    /// The API token or personal access token has expired.
    TokenExpired = "token_expired",
        "The token has expired.",
        "Reauthorize the connection with a new token, created in Jira.";
    /// Jira does not take the signature: another public key, or another base URL behind a reverse proxy.
    SignatureInvalid = "signature_invalid",
        "Jira does not accept the signature: its application link has another public key, or a reverse proxy changes the address.",
        "A Jira administrator must put this connection's public key into the application link, and check that the proxy passes the base URL on.";
    /// Jira does not know the consumer key: the application link was removed or changed.
    ConsumerUnknown = "consumer_unknown",
        "Jira does not know the consumer key or client ID, or refuses its secret: the application link was removed or changed.",
        "A Jira administrator must look at the application link. If its values changed, reauthorize with new credentials.";
    /// Jira's clock and Causeway's are too far apart for signed calls.
    ClockSkew = "clock_skew",
        "Jira's clock and Causeway's are too far apart.",
        "A Jira administrator must correct the clock of the Jira server.";
    /// The account behind the credential was deactivated.
    OwnerDeactivated = "owner_deactivated",
        "The account behind this connection was deactivated.",
        "Reauthorize the connection as another account: hand it over.";
    /// The site answers with a redirect to another address.
    SiteMoved = "site_moved",
        "The site answers from another address now.",
        "Look at the new address, and confirm it if it is right.";
    /// The address may not be called any more: it is private, internal or otherwise refused.
    AddressRefused = "address_refused",
        "The site's address is not a public one that may be called.",
        "Connect the site under a public https address.";
    @unlisted {
        /// The cause is shown only to those who may reauthorize the connection. This stands in its place.
        Withheld = "withheld",
            "The reason is shown only to those who may reauthorize this connection.",
            "Ask an administrator, or somebody with the role issue tracking in your workspace.";
    }
}
