//! Calls to a Jira instance of any kind: the URL they go to, and how they are authenticated. [`CredentialAudience`] decides
//! whether two sites are the same to a credential.
//!
//! [`get`] makes the edge's own calls. The proxy makes calls on behalf of others; it uses the same [`JiraTarget`],
//! [`authorization`] and [`Denial`].

mod credential_audience;
mod denial;
mod redirect;
mod site_reference;
mod upstream;

use http::{Method, Request, Response, header};
use url::Url;

pub use credential_audience::CredentialAudience;
pub(crate) use denial::{DENIED_REASON, LOGIN_REASON, is_basic_off, of_seraph};
pub use denial::{Denial, ObservedResponse};
pub use redirect::Redirect;
pub(crate) use redirect::is_web_page;
pub use site_reference::SiteReference;
pub use upstream::{JiraTarget, TargetRefused};

use crate::{
    configuration::Configuration,
    grant::Credential,
    oauth1::{NotSigned, RequestToSign, Rsa, sign},
    ports::{Clock, Http, HttpFailure, HttpLimits, Random},
};

/// Why a call got no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFailed {
    /// The instance may not be called.
    Closed(TargetRefused),
    /// The call could not be signed.
    NotSigned(NotSigned),
    /// No usable answer came.
    Failed(HttpFailure),
}

/// Calls `path` (such as `/rest/api/2/myself`), with a credential or anonymously. Every status is a response; redirects
/// are not followed. The address is checked again for each call.
pub async fn get(
    world: &(impl Http + Rsa + Random + Clock),
    configuration: &Configuration,
    target: &JiraTarget,
    path: &str,
    credential: Option<&Credential>,
) -> Result<Response<Vec<u8>>, CallFailed> {
    get_within(world, configuration, target, path, credential, HttpLimits::RESOURCE).await
}

/// As [`get`], within other limits.
pub async fn get_within(
    world: &(impl Http + Rsa + Random + Clock),
    configuration: &Configuration,
    target: &JiraTarget,
    path: &str,
    credential: Option<&Credential>,
    limits: HttpLimits,
) -> Result<Response<Vec<u8>>, CallFailed> {
    let message = JiraMessage { method: &Method::GET, path, body: None };
    send_within(world, configuration, target, message, credential, limits).await
}

/// A call of the edge's own, before it has an address.
#[derive(Clone, Copy, Debug)]
pub struct JiraMessage<'a> {
    /// The method.
    pub method: &'a Method,
    /// Path and query, from the instance's base on.
    pub path: &'a str,
    /// The body, as JSON; `None` for none.
    pub body: Option<&'a serde_json::Value>,
}

/// Sends a call once, as [`get_within`] does.
pub async fn send_within(
    world: &(impl Http + Rsa + Random + Clock),
    configuration: &Configuration,
    target: &JiraTarget,
    message: JiraMessage<'_>,
    credential: Option<&Credential>,
    limits: HttpLimits,
) -> Result<Response<Vec<u8>>, CallFailed> {
    let JiraMessage { method, path, body } = message;
    let api_url = configuration.api_url();
    let url = target.url(api_url, configuration.address_policy(), path).map_err(CallFailed::Closed)?;
    let mut request = Request::builder().method(method).uri(url.as_str()).header(header::ACCEPT, "application/json");
    let content_type = body.map(|_| "application/json");
    if let Some(content_type) = content_type {
        // Without it, Jira takes a POST for one of a browser's forms.
        request = request.header(header::CONTENT_TYPE, content_type).header("x-atlassian-token", "no-check");
    }
    if let Some(credential) = credential {
        let signed = authorization(world, method.as_str(), &url, content_type, credential).await;
        request = request.header(header::AUTHORIZATION, signed.map_err(CallFailed::NotSigned)?);
    }
    let failed = |error: http::Error| CallFailed::Failed(HttpFailure::Broken(error.to_string()));
    let request = request.body(body.map(|body| body.to_string().into_bytes()).unwrap_or_default()).map_err(failed)?;
    world.send(request, limits).await.map_err(CallFailed::Failed)
}

/// The value of the `Authorization` header. OAuth 1.0a signs every call anew, retries included.
pub async fn authorization(
    world: &(impl Rsa + Random + Clock),
    method: &str,
    url: &str,
    content_type: Option<&str>,
    credential: &Credential,
) -> Result<String, NotSigned> {
    match credential {
        Credential::Bearer(token) => Ok(format!("Bearer {}", token.expose())),
        Credential::Basic(login) => Ok(login.authorization()),
        Credential::Oauth1(signed) => {
            let url = Url::parse(url).map_err(|_| NotSigned::QueryUnreadable)?;
            let signed = signed.to_sign().ok_or(NotSigned::KeyUnusable)?;
            sign(world, RequestToSign { method, url: &url, content_type }, &signed).await
        }
    }
}
