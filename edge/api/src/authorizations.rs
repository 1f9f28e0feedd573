//! Attempts to authorize: from the click to *Save*.

use serde::{Deserialize, Serialize};

use crate::{Account, AuthorizationId, ConnectionId, Endpoint, Kind, Method, Nothing, Site, Timestamp};

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorizationStatus {
    /// The person is at Atlassian, or has not come there yet.
    Waiting,
    /// The consent covers several sites; one must be chosen.
    ChooseSite,
    /// A grant is kept until *Save*, or until the attempt ends.
    Authorized,
    /// It did not work; `failure` says why.
    Failed,
}

/// One attempt to authorize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authorization {
    /// The attempt's id.
    pub id: AuthorizationId,
    /// The connection that is being reauthorized; `null` for a new one.
    pub connection_id: Option<ConnectionId>,
    /// How far it has come.
    pub status: AuthorizationStatus,
    /// When the attempt ends by itself, ten minutes after the click. What was not saved by then is destroyed.
    pub expires_at: Timestamp,
    /// What can be chosen, while `status` is `choose_site`.
    pub sites: Vec<SiteChoice>,
    /// The site, once it is known.
    pub site: Option<Site>,
    /// Who gave the consent, once it is known.
    pub account: Option<Account>,
    /// The scopes granted, once they are known.
    pub scopes: Vec<String>,
    /// What *Save* will change, when a connection is being reauthorized.
    pub changes: Option<Changes>,
    /// Why it failed, when `status` is `failed`.
    pub failure: Option<Failure>,
}

/// A site that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteChoice {
    /// The site.
    pub site: Site,
    /// The names of the connections that already use it.
    pub connected_as: Vec<String>,
}

/// What saving a reauthorization will change. The site never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    /// The account behind the connection now.
    pub account_before: Option<Account>,
    /// The account behind it after *Save*.
    pub account_after: Account,
    /// Scopes that come.
    pub scopes_gained: Vec<String>,
    /// Scopes that go.
    pub scopes_lost: Vec<String>,
}

/// Why an attempt failed, in words for the person who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// What happened.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The provider's own words, if it said any. Text, never markup.
    pub details: Option<String>,
}

/// The ways in which an attempt fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The person chose *Cancel* at Atlassian.
    Denied,
    /// The person chose *Cancel* in Causeway.
    Cancelled,
    /// Ten minutes passed.
    Expired,
    /// The answer from Atlassian came back in another browser.
    OtherBrowser,
    /// Atlassian sent the browser back with another error.
    ProviderError,
    /// Atlassian refused the code.
    CodeRefused,
    /// Atlassian refused Causeway's client id or secret.
    ClientRefused,
    /// Atlassian did not answer, or with something that is no answer.
    ProviderUnavailable,
    /// The consent gives no refresh token: the scope `offline_access` is not enabled for the app.
    NoRefreshToken,
    /// The consent covers no Jira site.
    NoSite,
    /// The consent does not cover the site of the connection that is being reauthorized.
    OtherSite,
    /// The site's IP allow-list refuses Causeway.
    IpAllowList,
    /// The site does not let this account call Jira.
    SiteRefused,
    /// A failure that this version does not know.
    #[serde(other)]
    Unknown,
}

impl FailureCode {
    /// Every failure.
    pub const ALL: &[Self] = &[
        Self::Denied,
        Self::Cancelled,
        Self::Expired,
        Self::OtherBrowser,
        Self::ProviderError,
        Self::CodeRefused,
        Self::ClientRefused,
        Self::ProviderUnavailable,
        Self::NoRefreshToken,
        Self::NoSite,
        Self::OtherSite,
        Self::IpAllowList,
        Self::SiteRefused,
    ];

    /// The code as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::OtherBrowser => "other_browser",
            Self::ProviderError => "provider_error",
            Self::CodeRefused => "code_refused",
            Self::ClientRefused => "client_refused",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::NoRefreshToken => "no_refresh_token",
            Self::NoSite => "no_site",
            Self::OtherSite => "other_site",
            Self::IpAllowList => "ip_allow_list",
            Self::SiteRefused => "site_refused",
            Self::Unknown => "unknown",
        }
    }
}

/// Asks for an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartAuthorization {
    /// How to authorize. For now `cloud_oauth2`.
    pub kind: Kind,
    /// The connection to reauthorize; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
}

/// An attempt has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedAuthorization {
    /// The attempt's id: poll it.
    pub id: AuthorizationId,
    /// Where the pop-up goes: a path of this origin that works once, in this browser.
    pub start_url: String,
    /// When the attempt ends by itself.
    pub expires_at: Timestamp,
}

/// The site that the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseSite {
    /// The `cloud_id` of one of the attempt's `sites`.
    pub cloud_id: String,
}

/// `POST /api/v1/authorizations`.
pub struct CreateAuthorization;

impl Endpoint for CreateAuthorization {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/authorizations";
    const SUCCESS: u16 = 201;
    type Params = ();
    type Request = StartAuthorization;
    type Answer = StartedAuthorization;
}

/// `GET /api/v1/authorizations/{id}`. Only for the session that began the attempt; 404 for every other.
pub struct GetAuthorization;

impl Endpoint for GetAuthorization {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/authorizations/{id}";
    type Params = AuthorizationId;
    type Request = Nothing;
    type Answer = Authorization;
}

/// `POST /api/v1/authorizations/{id}/site`. Settles the site; the site is probed before the answer.
pub struct ChooseAuthorizationSite;

impl Endpoint for ChooseAuthorizationSite {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/authorizations/{id}/site";
    type Params = AuthorizationId;
    type Request = ChooseSite;
    type Answer = Authorization;
}

/// `DELETE /api/v1/authorizations/{id}`. Ends the attempt and destroys what it got.
pub struct CancelAuthorization;

impl Endpoint for CancelAuthorization {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/authorizations/{id}";
    const SUCCESS: u16 = 204;
    type Params = AuthorizationId;
    type Request = Nothing;
    type Answer = Nothing;
}
