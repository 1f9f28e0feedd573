//! Why a connection does not work, in words for its kind: what happened, why, what to do, and who does it.
//!
//! A cause means something else for each kind of credential. Only Jira Cloud has consents, an organization and Atlassian's
//! rate limit; only a Data Center has application links; a personal access token has no user name. [`explain`] is the
//! one declaration of all these texts; [`Cause::sentence`] and [`Cause::remedy`] are for places that know no kind. Out of
//! scope: which cause a connection has.

mod address;
mod credential;
mod link;
mod operator;
mod site;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{BasicForm, Cause, CredentialShown, Diagnosis, FailingCalls, Kind, Responsible, Timestamp};

/// What a connection authenticates with: its kind and, for `basic`, the form of the secret.
///
/// Not part of the contract: it is written only where one part of the edge tells another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// Jira Cloud, OAuth 2.0 (3LO).
    CloudOauth2,
    /// Jira Cloud, an e-mail address with an API token.
    ApiToken,
    /// Jira Cloud, an e-mail address with an API token that has scopes.
    ScopedApiToken,
    /// Jira Data Center, OAuth 2.0.
    DataCenterOauth2,
    /// Jira Data Center, OAuth 1.0a.
    Oauth1,
    /// Jira Data Center, a user name with a password.
    Password,
    /// Jira Data Center, a personal access token.
    PersonalAccessToken,
    /// A kind that this version does not know, or none yet.
    #[default]
    #[serde(other)]
    Unknown,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::CloudOauth2,
        Self::ApiToken,
        Self::ScopedApiToken,
        Self::DataCenterOauth2,
        Self::Oauth1,
        Self::Password,
        Self::PersonalAccessToken,
        Self::Unknown,
    ];

    /// The kind of a connection. A `basic` connection is told apart by what is shown of its credential.
    pub const fn of(kind: Kind, shown: Option<&CredentialShown>) -> Self {
        match (kind, shown) {
            (Kind::CloudOauth2, _) => Self::CloudOauth2,
            (Kind::DataCenterOauth2, _) => Self::DataCenterOauth2,
            (Kind::Oauth1, _) => Self::Oauth1,
            (Kind::Basic, Some(CredentialShown::Basic { form, .. })) => match form {
                BasicForm::ApiToken => Self::ApiToken,
                BasicForm::ScopedApiToken => Self::ScopedApiToken,
                BasicForm::Password => Self::Password,
                BasicForm::PersonalAccessToken => Self::PersonalAccessToken,
            },
            (Kind::Basic | Kind::Unknown(_), _) => Self::Unknown,
        }
    }

    /// Whether the site is one of Jira Cloud. `None`: not known.
    pub const fn is_cloud(self) -> Option<bool> {
        match self {
            Self::CloudOauth2 | Self::ApiToken | Self::ScopedApiToken => Some(true),
            Self::DataCenterOauth2 | Self::Oauth1 | Self::Password | Self::PersonalAccessToken => Some(false),
            Self::Unknown => None,
        }
    }

    /// What people call the secret, with an article.
    pub const fn secret(self) -> &'static str {
        match self {
            Self::CloudOauth2 | Self::DataCenterOauth2 | Self::Oauth1 => "the access token",
            Self::ApiToken | Self::ScopedApiToken => "the API token",
            Self::Password => "the password",
            Self::PersonalAccessToken => "the personal access token",
            Self::Unknown => "the credential",
        }
    }
}

/// What is known of a failure beyond its cause.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The calls that fail in a row.
    pub failing: Option<FailingCalls>,
    /// The status that Jira, or what is in front of it, last answered.
    pub jira_status: Option<u16>,
    /// The status that the token endpoint answered when a new token was requested.
    pub token_status: Option<u16>,
    /// Whether no token can be obtained, so that Jira is not even called.
    pub lacks_token: bool,
    /// Whether the account reaches no Jira site at all.
    pub reaches_no_site: bool,
    /// Whether the last checkup was answered by a web page, such as a sign-in page, instead of Jira.
    pub has_web_page: bool,
    /// Until when a rate limit lasts.
    pub limited_until: Option<Timestamp>,
    /// The scopes that were not granted.
    pub missing_scopes: &'a [String],
    /// The addresses that Causeway calls from, if the operator configured them.
    pub egress_addresses: &'a [String],
    /// Where the operator can be reached, if the operator said so.
    pub support_url: Option<&'a str>,
}

impl Facts<'_> {
    /// The status that Jira answered: to the last failing call, or to the last checkup.
    fn status_of_jira(&self) -> Option<u16> {
        self.failing.map_or(self.jira_status, |failing| failing.http_status)
    }
}

/// The words about one cause.
struct Words {
    headline: Cow<'static, str>,
    why: Cow<'static, str>,
    remedy: Cow<'static, str>,
    who: Responsible,
}

/// The words, in the order in which people read them.
fn words(
    headline: impl Into<Cow<'static, str>>,
    why: impl Into<Cow<'static, str>>,
    remedy: impl Into<Cow<'static, str>>,
    who: Responsible,
) -> Words {
    Words { headline: headline.into(), why: why.into(), remedy: remedy.into(), who }
}

/// Why a connection of this kind does not work.
pub fn explain(cause: Cause, kind: CredentialKind, facts: &Facts<'_>) -> Diagnosis {
    let Words { headline, why, remedy, who } = words_for(cause, kind, facts);
    let http_status = match cause {
        Cause::AtlassianUnreachable | Cause::ClientRefused => facts.token_status,
        _ if facts.lacks_token => facts.token_status,
        Cause::IpAllowList
        | Cause::SiteUnreachable
        | Cause::RateLimited
        | Cause::SiteRefused
        | Cause::CredentialRefused
        | Cause::SiteMoved => facts.status_of_jira(),
        _ => None,
    };
    let names_no_address = cause == Cause::IpAllowList && facts.egress_addresses.is_empty();
    let needs_the_operator = who == Responsible::Operator || names_no_address;
    Diagnosis {
        headline: headline.into_owned(),
        why: why.into_owned(),
        remedy: remedy.into_owned(),
        who,
        http_status,
        limited_until: facts.limited_until.filter(|_| cause == Cause::RateLimited),
        egress_addresses: if cause == Cause::IpAllowList { facts.egress_addresses.to_vec() } else { Vec::new() },
        support_url: facts.support_url.filter(|_| needs_the_operator).map(str::to_owned),
    }
}

fn words_for(cause: Cause, kind: CredentialKind, facts: &Facts<'_>) -> Words {
    match cause {
        Cause::GrantRefused => credential::grant_refused(kind),
        Cause::RotationLost => credential::rotation_lost(kind),
        Cause::PasswordRefused => credential::password_refused(kind),
        Cause::CredentialRefused => credential::credential_refused(kind),
        Cause::CaptchaRequired => credential::captcha_required(),
        Cause::BasicDisabled => credential::basic_disabled(kind),
        Cause::TokenExpired => credential::token_expired(kind),
        Cause::OwnerDeactivated => credential::owner_deactivated(kind),
        Cause::ScopesMissing => credential::scopes_missing(kind, facts.missing_scopes),
        Cause::SignatureInvalid => link::signature_invalid(),
        Cause::ConsumerUnknown => link::consumer_unknown(kind),
        Cause::ClockSkew => link::clock_skew(),
        Cause::IpAllowList => address::ip_allow_list(kind, facts),
        Cause::SiteMoved => address::site_moved(facts),
        Cause::AddressRefused => address::address_refused(),
        Cause::SiteUnreachable => site::site_unreachable(kind, facts),
        Cause::RateLimited => site::rate_limited(kind, facts),
        Cause::SiteRefused => site::site_refused(kind),
        Cause::SiteGone => site::site_gone(kind, facts),
        Cause::AtlassianUnreachable => operator::sign_in_unreachable(kind, facts),
        Cause::ClientRefused => operator::client_refused(kind),
        Cause::Unsealable => operator::unsealable(),
        Cause::Withheld => words(
            "Not working",
            cause.sentence(),
            "Ask somebody who may reauthorize this connection.",
            Responsible::Reauthorizer,
        ),
        Cause::Unknown(_) => words(
            "Not working, for a reason that is new",
            cause.sentence(),
            "Load the page again. If it persists, reauthorize the connection.",
            Responsible::Reauthorizer,
        ),
    }
}

#[cfg(test)]
mod tests;
