//! Attempts to authorize: from the click to *Save*.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Account, AuthorizationId, ConnectionId, Endpoint, Kind, Method, NewCredential, Nothing, Site, Timestamp};

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
    /// How far the three steps of OAuth 1.0a have come.
    #[serde(default)]
    pub oauth1: Option<Oauth1Progress>,
}

/// The three steps of OAuth 1.0a: a request token, its approval by a person, an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Oauth1Progress {
    /// The step that is under way, or that failed.
    pub step: Oauth1Step,
    /// Where the person approves, when a verification code is to be pasted: Jira's address, once it is known.
    pub approve_url: Option<String>,
}

/// A step of OAuth 1.0a.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Oauth1Step {
    /// Jira is asked for a request token.
    RequestToken,
    /// The person approves it at Jira.
    Approval,
    /// It is exchanged for an access token.
    AccessToken,
    /// All three are done.
    Done,
}

/// The code that Jira showed after the approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerificationCode {
    /// As the person pasted it.
    pub code: String,
}

/// `POST /api/v1/authorizations/{id}/verification-code`: *Verify*. Exchanges the approved request token.
pub struct VerifyAuthorization;

impl Endpoint for VerifyAuthorization {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/authorizations/{id}/verification-code";
    type Params = AuthorizationId;
    type Request = VerificationCode;
    type Answer = Authorization;
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

/// What saving a reauthorization will change. A Cloud site stays what it is; a Data Center site may have another address.
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
    /// The address of the Data Center site now, if it will be another one. The credential for it ends with *Save*.
    #[serde(default)]
    pub address_before: Option<String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
    /// The address may not be called: private, internal or malformed.
    AddressRefused,
    /// The Jira instance does not answer, or with something that is not Jira.
    InstanceUnreachable,
    /// Jira does not know the client id or consumer key, or refuses the client secret.
    LinkUnknown,
    /// Jira does not take the signature: another public key, or another base URL behind a reverse proxy.
    SignatureInvalid,
    /// The clocks are too far apart.
    ClockSkew,
    /// The request token that came back is not the one that was asked for, or was used already.
    TokenRefused,
    /// The verification code is wrong.
    CodeWrong,
    /// Jira refuses the name with the password or token.
    PasswordRefused,
    /// Jira wants a CAPTCHA solved first.
    CaptchaRequired,
    /// Jira has Basic authentication switched off.
    BasicDisabled,
    /// The token has expired.
    TokenExpired,
    /// Jira answered anonymously: the credential was not looked at.
    Anonymous,
    /// A scope was asked for that the incoming link does not allow.
    ScopeRefused,
    /// Basic on Cloud is switched off by this deployment.
    BasicNotAllowed,
    /// A failure that this version does not know.
    Unknown,
}

/// By hand: derived, a choice among so many words is kilobytes of code, anew for each format that it is read from.
impl<'de> Deserialize<'de> for FailureCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|known| known.as_str() == word);
        Ok(known.copied().unwrap_or(Self::Unknown))
    }
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
        Self::AddressRefused,
        Self::InstanceUnreachable,
        Self::LinkUnknown,
        Self::SignatureInvalid,
        Self::ClockSkew,
        Self::TokenRefused,
        Self::CodeWrong,
        Self::PasswordRefused,
        Self::CaptchaRequired,
        Self::BasicDisabled,
        Self::TokenExpired,
        Self::Anonymous,
        Self::ScopeRefused,
        Self::BasicNotAllowed,
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
            Self::AddressRefused => "address_refused",
            Self::InstanceUnreachable => "instance_unreachable",
            Self::LinkUnknown => "link_unknown",
            Self::SignatureInvalid => "signature_invalid",
            Self::ClockSkew => "clock_skew",
            Self::TokenRefused => "token_refused",
            Self::CodeWrong => "code_wrong",
            Self::PasswordRefused => "password_refused",
            Self::CaptchaRequired => "captcha_required",
            Self::BasicDisabled => "basic_disabled",
            Self::TokenExpired => "token_expired",
            Self::Anonymous => "anonymous",
            Self::ScopeRefused => "scope_refused",
            Self::BasicNotAllowed => "basic_not_allowed",
            Self::Unknown => "unknown",
        }
    }
}

/// Asks for an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartAuthorization {
    /// How to authorize.
    pub kind: Kind,
    /// The connection to reauthorize; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// With what, for every kind but `cloud_oauth2`. When reauthorizing, absent: with what the connection has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<NewCredential>,
}

/// An attempt has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedAuthorization {
    /// The attempt's id: poll it.
    pub id: AuthorizationId,
    /// Where the pop-up goes: a path of this origin that works once, in this browser. `null` if no browser has to go
    /// anywhere, for `basic`: the attempt is `authorized` or `failed` already.
    pub start_url: Option<String>,
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
