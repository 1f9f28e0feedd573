//! Authorizations: from the click on *Authorize* to *Save*.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{CloudId, Oauth1Verifier};
use crate::{
    Account, AuthorizationId, ConnectionId, Kind, NewCredential, Nothing, Site, Timestamp,
    endpoint::endpoints,
    words::{known, object, words},
};

words! {
    /// How far an authorization has come.
    closed AuthorizationStatus {}
    /// The person is at Atlassian, or has not come there yet.
    Waiting = "waiting";
    /// The consent covers several sites; one must be chosen.
    ChooseSite = "choose_site";
    /// The credential is kept until it is saved, or until the authorization expires.
    Authorized = "authorized";
    /// It did not work; `failure` says why.
    Failed = "failed";
}

/// One authorization that somebody started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authorization {
    /// The id of the authorization.
    pub id: AuthorizationId,
    /// The connection that is being reauthorized; `null` for a new one.
    pub connection_id: Option<ConnectionId>,
    /// How far the authorization has come.
    pub status: AuthorizationStatus,
    /// When the authorization expires, ten minutes after it was started. A credential that was not saved is destroyed then.
    pub expires_at: Timestamp,
    /// The sites to choose from, while `status` is `choose_site`.
    pub sites: Vec<SiteChoice>,
    /// The site, once it is known.
    pub site: Option<Site>,
    /// The account that gave the consent, once it is known.
    pub account: Option<Account>,
    /// The scopes granted, once they are known.
    pub scopes: Vec<String>,
    /// The scopes that Causeway needs and that were not granted, as far as that is known.
    #[serde(default)]
    pub missing_scopes: Vec<String>,
    /// What saving will change, when a connection is being reauthorized.
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
    /// The step that is in progress, or that failed.
    pub step: Oauth1Step,
    /// The address at Jira where the person approves and gets a verification code, once it is known.
    pub approve_url: Option<String>,
    /// Why Jira refused the last verification code, while another one can be submitted. After five refused codes the
    /// authorization fails.
    #[serde(default)]
    pub code_failure: Option<Failure>,
}

words! {
    /// A step of OAuth 1.0a.
    #[derive(PartialOrd, Ord)]
    closed Oauth1Step {}
    /// Causeway requests a request token from Jira.
    RequestToken = "request_token";
    /// The person approves the request token at Jira.
    Approval = "approval";
    /// The request token is exchanged for an access token.
    AccessToken = "access_token";
    /// All three steps are done.
    Done = "done";
}

/// The code that Jira showed after the approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerificationCode {
    /// The code, as the person pasted it.
    #[cfg_attr(feature = "openapi", schema(value_type = Oauth1Verifier))]
    pub code: String,
}

/// A site that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteChoice {
    /// The site that can be chosen.
    pub site: Site,
    /// The names of the connections that already use it.
    pub connected_as: Vec<String>,
}

/// What saving a reauthorization will change. The site stays what it is, but its address may be another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    /// The account behind the connection now.
    pub account_before: Option<Account>,
    /// The account behind the connection after saving; `null` if Jira does not tell this credential's account.
    pub account_after: Option<Account>,
    /// The scopes that the connection gains.
    pub scopes_gained: Vec<String>,
    /// The scopes that the connection loses.
    pub scopes_lost: Vec<String>,
    /// The current address, if saving changes where the credential is sent: from here to the address of `site`. Only who
    /// manages the connection can save that. The credential for the current address can be taken back for ten minutes.
    #[serde(default)]
    pub address_before: Option<String>,
}

/// Why an authorization failed, for the person who started it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// The stable code to match on.
    pub code: FailureCode,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it, in one sentence.
    pub remedy: String,
    /// The provider's own message, if it sent one. Plain text, never markup.
    pub details: Option<String>,
}

words! {
    /// The ways in which an authorization fails.
    open FailureCode {}
    /// The person chose *Cancel* at Atlassian.
    Denied = "denied";
    /// The person chose *Cancel* in Causeway.
    Cancelled = "cancelled";
    /// Ten minutes passed without an answer.
    Expired = "expired";
    /// The answer from Atlassian came back in another browser.
    OtherBrowser = "other_browser";
    /// The answer came from another authorization server than the one that was asked.
    OtherServer = "other_server";
    /// Atlassian sent the browser back with another error.
    ProviderError = "provider_error";
    /// Atlassian refused the code.
    CodeRefused = "code_refused";
    /// Atlassian refused Causeway's client id or secret.
    ClientRefused = "client_refused";
    /// Atlassian did not answer, or with something that is no answer.
    ProviderUnavailable = "provider_unavailable";
    /// The consent gives no refresh token: the scope `offline_access` is not enabled for the app.
    NoRefreshToken = "no_refresh_token";
    /// The consent covers no Jira site.
    NoSite = "no_site";
    /// The consent does not cover the site of the connection that is being reauthorized.
    OtherSite = "other_site";
    /// The consent came from another account than that of whoever looks at the charts.
    OtherAccount = "other_account";
    /// The site's IP allowlist refuses Causeway.
    IpAllowList = "ip_allow_list";
    /// The site does not let this account call Jira.
    SiteRefused = "site_refused";
    /// The address may not be called: private, internal or malformed.
    AddressRefused = "address_refused";
    /// The Jira instance does not answer, or with something that is not Jira.
    InstanceUnreachable = "instance_unreachable";
    /// Jira does not know the client id or consumer key, or refuses the client secret.
    LinkUnknown = "link_unknown";
    /// Jira does not take the signature: another public key, or another base URL behind a reverse proxy.
    SignatureInvalid = "signature_invalid";
    /// The clocks are too far apart.
    ClockSkew = "clock_skew";
    /// The request token that came back is not the one that was asked for, or was used already.
    TokenRefused = "token_refused";
    /// The verification code is wrong.
    CodeWrong = "code_wrong";
    /// Jira refuses the name with the password or token.
    PasswordRefused = "password_refused";
    /// Jira wants a CAPTCHA solved first.
    CaptchaRequired = "captcha_required";
    /// Jira has Basic authentication switched off.
    BasicDisabled = "basic_disabled";
    /// The token has expired.
    TokenExpired = "token_expired";
    /// Jira answered anonymously: the credential was not looked at.
    Anonymous = "anonymous";
    /// A scope was asked for that the incoming link does not allow.
    ScopeRefused = "scope_refused";
    /// Basic on Cloud is switched off by this deployment.
    BasicNotAllowed = "basic_not_allowed";
    /// Causeway failed: it could not store what it obtained, or could not open a secret that it had sealed.
    Internal = "internal";
    /// A value that the operator must configure is missing or malformed.
    Misconfigured = "misconfigured";
}

/// Starts an authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartAuthorization {
    /// The kind of authorization.
    #[serde(deserialize_with = "known")]
    pub kind: Kind,
    /// The connection to reauthorize; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The credential, for every kind but `cloud_oauth2`. Absent when reauthorizing: the one that the connection has.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub credential: Option<NewCredential>,
}

/// An authorization that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedAuthorization {
    /// The id of the authorization. Poll it to see how far it has come.
    pub id: AuthorizationId,
    /// The address that the pop-up opens: a path of this origin that works once, in this browser. `null` if nothing has to
    /// be opened, for `basic`: the authorization is `authorized` or `failed` already.
    pub start_url: Option<String>,
    /// When the authorization expires.
    pub expires_at: Timestamp,
}

/// The site that the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseSite {
    /// The `cloud_id` of one of the authorization's `sites`.
    #[cfg_attr(feature = "openapi", schema(value_type = CloudId))]
    pub cloud_id: String,
}

endpoints! {
    /// Exchange a verification code of OAuth 1.0a.
    ///
    /// Exchanges the request token that the person approved. If Jira refuses the code, another one can be submitted, five
    /// in all.
    VerifyAuthorization: Post "/api/v1/authorizations/{id}/verification-code" {
        params: AuthorizationId,
        request: VerificationCode,
        answer: 200 Authorization,
        problems: [AuthorizationNotReady],
    }

    /// Start an authorization.
    ///
    /// The answer names the address at which the pop-up starts. Administrators; to reauthorize, whoever may reauthorize
    /// the connection.
    CreateAuthorization: Post "/api/v1/authorizations" {
        request: StartAuthorization,
        answer: 201 StartedAuthorization,
        problems: [NotFound, ConnectionDeleted, TooManyAuthorizations, AuthorizationNotReady, AddressRefused, KeyNotUsable],
    }

    /// Show how far an authorization has come.
    ///
    /// Only for the session that started the authorization; 404 for every other.
    GetAuthorization: Get "/api/v1/authorizations/{id}" {
        params: AuthorizationId,
        answer: 200 Authorization,
        problems: [],
    }

    /// Choose one of several sites for an authorization.
    ///
    /// The site is called once with the new credential before the answer.
    ChooseAuthorizationSite: Post "/api/v1/authorizations/{id}/site" {
        params: AuthorizationId,
        request: ChooseSite,
        answer: 200 Authorization,
        problems: [AuthorizationNotReady],
    }

    /// Cancel an authorization and destroy its credential.
    ///
    /// A credential that the authorization obtained is destroyed.
    CancelAuthorization: Delete "/api/v1/authorizations/{id}" {
        params: AuthorizationId,
        answer: 204 Nothing,
        problems: [AuthorizationNotReady],
    }
}
