//! Whether a connection works and, if not, why and what to do.

use serde::{Deserialize, Deserializer, Serialize};

use crate::Timestamp;

/// The state of a connection. `since` is when it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// The credential works.
    Authorized,
    /// The credential stands, calls fail.
    Interrupted {
        /// Why calls fail.
        cause: Cause,
        /// Since when.
        since: Timestamp,
    },
    /// There is no working credential.
    Unauthorized {
        /// What ended the credential; `null` if there was none yet.
        cause: Option<Cause>,
        /// Since when; `null` if there was none yet.
        since: Option<Timestamp>,
        /// Who ended it on purpose: a member's name or an API key's.
        #[serde(default)]
        by: Option<String>,
    },
    /// Switched off on purpose: the credential is kept, calls are refused, no checkup runs.
    Deactivated {
        /// Since when.
        since: Timestamp,
        /// By whom: a member's name or an API key's.
        by: String,
    },
}

/// The states without what they carry: for filters, counts and icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// See [`Status::Authorized`].
    Authorized,
    /// See [`Status::Interrupted`].
    Interrupted,
    /// See [`Status::Unauthorized`].
    Unauthorized,
    /// See [`Status::Deactivated`].
    Deactivated,
}

impl Status {
    /// The state alone.
    pub const fn state(&self) -> State {
        match self {
            Self::Authorized => State::Authorized,
            Self::Interrupted { .. } => State::Interrupted,
            Self::Unauthorized { .. } => State::Unauthorized,
            Self::Deactivated { .. } => State::Deactivated,
        }
    }

    /// The cause, if there is one.
    pub const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Interrupted { cause, .. } => Some(*cause),
            Self::Unauthorized { cause, .. } => *cause,
            Self::Authorized | Self::Deactivated { .. } => None,
        }
    }

    /// Since when it is so, where that is known.
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Interrupted { since, .. } | Self::Deactivated { since, .. } => Some(*since),
            Self::Unauthorized { since, .. } => *since,
            Self::Authorized => None,
        }
    }
}

/// Why a connection does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Atlassian refused the refresh token: the consent was removed, the password changed, or it lay idle too long.
    GrantRefused,
    /// An answer with the next refresh token was lost for longer than Atlassian lets a client ask again (ten minutes).
    RotationLost,
    /// Atlassian's token endpoint does not answer as it should.
    AtlassianUnreachable,
    /// Atlassian refuses Causeway's own client id or secret.
    ClientRefused,
    /// The site's IP allow-list refuses Causeway's addresses.
    IpAllowList,
    /// Jira does not answer, though Atlassian's sign-in service does.
    SiteUnreachable,
    /// Atlassian's rate limit is used up.
    RateLimited,
    /// The app was blocked, or the account lost its access to the site.
    SiteRefused,
    /// The token does not reach the site any more: it was removed from the consent, or does not exist any more.
    SiteGone,
    /// A scope that Causeway needs was not granted.
    ScopesMissing,
    /// The sealed credential cannot be opened: its sealing key is not in `SEALING_KEYS` any more.
    Unsealable,
    /// Jira refuses the name with the password or token.
    PasswordRefused,
    /// Jira wants a CAPTCHA solved before it takes this password again.
    CaptchaRequired,
    /// Jira has Basic authentication switched off.
    BasicDisabled,
    /// The API token or personal access token has expired.
    TokenExpired,
    /// Jira does not take the signature: another public key, or another base URL behind a reverse proxy.
    SignatureInvalid,
    /// Jira does not know the consumer key: the application link was removed or changed.
    ConsumerUnknown,
    /// Jira's clock and Causeway's are too far apart for signed calls.
    ClockSkew,
    /// The account behind the credential was deactivated.
    OwnerDeactivated,
    /// The site answers with a redirect to another address.
    SiteMoved,
    /// The address may not be called any more: it is private, internal or otherwise refused.
    AddressRefused,
    /// Why is shown only to those who may reauthorize. Never what really happened.
    Withheld,
    /// A cause that this version does not know.
    Unknown,
}

/// By hand: derived, a choice among so many words is kilobytes of code, anew for each format that it is read from.
impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().chain(&[Self::Withheld]).find(|known| known.as_str() == word);
        Ok(known.copied().unwrap_or(Self::Unknown))
    }
}

impl Cause {
    /// Every cause.
    pub const ALL: &[Self] = &[
        Self::GrantRefused,
        Self::RotationLost,
        Self::AtlassianUnreachable,
        Self::ClientRefused,
        Self::IpAllowList,
        Self::SiteUnreachable,
        Self::RateLimited,
        Self::SiteRefused,
        Self::SiteGone,
        Self::ScopesMissing,
        Self::Unsealable,
        Self::PasswordRefused,
        Self::CaptchaRequired,
        Self::BasicDisabled,
        Self::TokenExpired,
        Self::SignatureInvalid,
        Self::ConsumerUnknown,
        Self::ClockSkew,
        Self::OwnerDeactivated,
        Self::SiteMoved,
        Self::AddressRefused,
    ];

    /// The cause as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GrantRefused => "grant_refused",
            Self::RotationLost => "rotation_lost",
            Self::AtlassianUnreachable => "atlassian_unreachable",
            Self::ClientRefused => "client_refused",
            Self::IpAllowList => "ip_allow_list",
            Self::SiteUnreachable => "site_unreachable",
            Self::RateLimited => "rate_limited",
            Self::SiteRefused => "site_refused",
            Self::SiteGone => "site_gone",
            Self::ScopesMissing => "scopes_missing",
            Self::Unsealable => "unsealable",
            Self::PasswordRefused => "password_refused",
            Self::CaptchaRequired => "captcha_required",
            Self::BasicDisabled => "basic_disabled",
            Self::TokenExpired => "token_expired",
            Self::SignatureInvalid => "signature_invalid",
            Self::ConsumerUnknown => "consumer_unknown",
            Self::ClockSkew => "clock_skew",
            Self::OwnerDeactivated => "owner_deactivated",
            Self::SiteMoved => "site_moved",
            Self::AddressRefused => "address_refused",
            Self::Withheld => "withheld",
            Self::Unknown => "unknown",
        }
    }

    /// What happened, in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::GrantRefused => {
                "Atlassian ended this authorization: the consent was removed, the password was changed, or it was unused for 90 days."
            }
            Self::RotationLost => "The answer with the next token was lost, and could not be asked for again in time.",
            Self::AtlassianUnreachable => "Atlassian's sign-in service is not answering.",
            Self::ClientRefused => "Atlassian refuses Causeway's own client ID or secret.",
            Self::IpAllowList => "The site's IP allowlist refuses calls from Causeway.",
            Self::SiteUnreachable => "The Jira site is not answering.",
            Self::RateLimited => "Atlassian is limiting the number of calls.",
            Self::SiteRefused => {
                "The site refuses this account: the app is blocked there, or the account lost its access."
            }
            Self::SiteGone => "The consent does not cover this site any more.",
            Self::ScopesMissing => "Not all the access that Causeway needs was granted.",
            Self::Unsealable => "The stored credential was sealed with a key that is no longer configured.",
            Self::PasswordRefused => "Jira refuses this name with this password or token.",
            Self::CaptchaRequired => {
                "Jira asks for a CAPTCHA after too many failed logins, and refuses the password until it is solved."
            }
            Self::BasicDisabled => "Jira has Basic authentication switched off.",
            Self::TokenExpired => "The token has expired.",
            Self::SignatureInvalid => {
                "Jira does not accept the signature: its application link has another public key, or a reverse proxy changes the address."
            }
            Self::ConsumerUnknown => {
                "Jira does not know the consumer key or client ID, or refuses its secret: the application link was removed or changed."
            }
            Self::ClockSkew => "Jira's clock and Causeway's are too far apart.",
            Self::OwnerDeactivated => "The account behind this connection was deactivated.",
            Self::SiteMoved => "The site answers from another address now.",
            Self::AddressRefused => "The site's address is not a public one that may be called.",
            Self::Withheld => "Why is shown to those who may reauthorize this connection.",
            Self::Unknown => "A newer version of Causeway noted a cause that this one does not know.",
        }
    }

    /// What to do about it, and who.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::GrantRefused | Self::RotationLost => "Reauthorize the connection.",
            Self::AtlassianUnreachable => "Nothing for you to do: Causeway keeps trying and recovers by itself.",
            Self::ClientRefused => {
                "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Nobody needs to reauthorize."
            }
            Self::Withheld => "Ask an administrator, or somebody with the role issue tracking in your workspace.",
            Self::Unknown => "Load the page again. If it stays, reauthorize the connection.",
            Self::IpAllowList => "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist.",
            Self::SiteUnreachable | Self::RateLimited => {
                "Nothing for you to do: Causeway tries again and recovers by itself."
            }
            Self::SiteRefused => {
                "An Atlassian administrator must allow the app for the site and give the account access to Jira."
            }
            Self::SiteGone => "Reauthorize the connection and choose this site.",
            Self::ScopesMissing => "Reauthorize the connection and accept everything that it asks for.",
            Self::PasswordRefused => "Reauthorize the connection with the right password or a new token.",
            Self::CaptchaRequired => {
                "Reauthorize the connection after signing in to Jira once in a browser as this user and solving the CAPTCHA."
            }
            Self::BasicDisabled => {
                "A Jira administrator must switch Basic authentication on. Or reauthorize with a personal access token or OAuth 2.0."
            }
            Self::TokenExpired => "Reauthorize the connection with a new token, made in Jira.",
            Self::SignatureInvalid => {
                "A Jira administrator must put this connection's public key into the application link, and check that the proxy passes the base URL on."
            }
            Self::ConsumerUnknown => {
                "A Jira administrator must look at the application link. If its values changed, reauthorize with new credentials."
            }
            Self::ClockSkew => "A Jira administrator must correct the clock of the Jira server.",
            Self::OwnerDeactivated => "Reauthorize the connection as another account: hand it over.",
            Self::SiteMoved => "Look at the new address, and confirm it if it is right.",
            Self::AddressRefused => "Connect the site under a public https address.",
            Self::Unsealable => {
                "The operator of Causeway must put the removed key back into SEALING_KEYS. Otherwise reauthorize the connection."
            }
        }
    }
}
