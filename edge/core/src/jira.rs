//! A Jira instance, whatever its kind: which way calls go in, and what authenticates them there.
//!
//! [`ask`] is how the edge itself asks an instance something, of whatever kind it is; calls of others go through the
//! proxy, which finds its way by the same [`JiraTarget`], signs by the same [`authorization`] and reads the same [`Denial`].

mod denial;
mod upstream;

use http::{Request, Response, header};
use url::Url;

pub(crate) use denial::{DENIED_REASON, LOGIN_REASON, is_basic_off, of_seraph};
pub use denial::{Denial, ObservedResponse};
pub use upstream::{JiraTarget, TargetRefused};

use crate::{
    configuration::Configuration,
    grant::Credential,
    oauth1::{NotSigned, RequestToSign, Rsa, sign},
    ports::{Clock, Http, HttpFailure, HttpLimits, Random},
};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFailed {
    /// The instance may not be called.
    Closed(TargetRefused),
    /// The call could not be signed.
    NotSigned(NotSigned),
    /// No usable answer came.
    Failed(HttpFailure),
}

/// Asks an instance for `path` (`/rest/api/2/myself`), in somebody's name or in nobody's. Any status is an answer;
/// redirects are not followed. The address is judged again each time.
pub async fn ask(
    world: &(impl Http + Rsa + Random + Clock),
    configuration: &Configuration,
    target: &JiraTarget,
    path: &str,
    credential: Option<&Credential>,
) -> Result<Response<Vec<u8>>, CallFailed> {
    let api_url = configuration.api_url();
    let url = target.url(api_url, configuration.address_policy(), path).map_err(CallFailed::Closed)?;
    let mut request = Request::get(url.as_str()).header(header::ACCEPT, "application/json");
    if let Some(credential) = credential {
        let authorization = authorization(world, "GET", &url, None, credential).await.map_err(CallFailed::NotSigned)?;
        request = request.header(header::AUTHORIZATION, authorization);
    }
    let failed = |error: http::Error| CallFailed::Failed(HttpFailure::Broken(error.to_string()));
    let request = request.body(Vec::new()).map_err(failed)?;
    world.send(request, HttpLimits::RESOURCE).await.map_err(CallFailed::Failed)
}

/// The value of `Authorization` for one try of a call: OAuth 1.0a signs each anew.
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
