//! Fetches an `OpenID` provider's discovery document (`OpenID` Connect Discovery 1.0, section 4) and its keys.
//!
//! The `openidconnect` crate's own discovery is not used: it reads every member, so that one malformed member that nobody
//! needs keeps everybody out; it fetches the keys each time; and it knows no issuer with a template. What is read is read
//! by the crate's types.

use http::{Request, header};
use openidconnect::{AuthType, IssuerUrl, core::CoreClientAuthMethod, core::CoreJsonWebKeySet};
use serde_json::{Map, Value};

use super::{
    client::Metadata,
    failure::{failed, unreachable},
};
use crate::{
    configuration::{ClientAuth, Oidc},
    http::{failure::RequestFailure, key_set},
    ports::{Http, HttpLimits},
};

/// Where the tenant stands in the issuer of Microsoft Entra ID for several tenants.
/// Source: Microsoft, *OpenID Connect on the Microsoft identity platform*, on `common` and `organizations`.
const TENANT: &str = "{tenantid}";

/// The members of a discovery document that signing in needs.
const MEMBERS: [&str; 11] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "scopes_supported",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "prompt_values_supported",
];

/// What a discovery document says.
pub(super) struct Description {
    pub(super) metadata: Metadata,
    /// Whether its issuer is a template for the issuers of several tenants.
    pub(super) is_template: bool,
}

/// The discovery document of the configured issuer. One without a token endpoint is refused, because the code flow needs
/// it.
pub(super) async fn fetch_description(http: &impl Http, oidc: &Oidc<'_>) -> Result<Description, RequestFailure> {
    let issuer = IssuerUrl::new(oidc.issuer.to_owned()).map_err(failed)?;
    let url = issuer.join(".well-known/openid-configuration").map_err(failed)?;
    let metadata = read(&get(http, url.as_str()).await?)
        .map_err(|why| failed(format!("The OpenID provider's description at {url} cannot be read: {why}.")))?;
    if metadata.token_endpoint().is_none() {
        return Err(failed(format!("The OpenID provider's description at {url} names no token endpoint.")));
    }
    let is_template = check_issuer(metadata.issuer(), oidc)?;
    Ok(Description { metadata, is_template })
}

/// The provider's keys, without those that the crate does not know.
pub(super) async fn fetch_keys(
    http: &impl Http,
    description: &Description,
) -> Result<CoreJsonWebKeySet, RequestFailure> {
    let url = description.metadata.jwks_uri();
    let keys = key_set::fetch(http, url).await;
    keys.map_err(|why| failed(format!("The OpenID provider's keys at {} cannot be loaded: {why}.", url.as_str())))
}

/// A document of the provider: status 200, and JSON if it says what it is.
async fn get(http: &impl Http, url: &str) -> Result<Vec<u8>, RequestFailure> {
    let request = Request::get(url).header(header::ACCEPT, "application/json").body(Vec::new()).map_err(failed)?;
    let response = http.send(request, HttpLimits::RESOURCE).await.map_err(|why| unreachable("description", &why))?;
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json =
        |text: &str| text.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case("application/json"));
    match (response.status().as_u16(), media_type) {
        (200, None) => Ok(response.into_body()),
        (200, Some(text)) if is_json(text) => Ok(response.into_body()),
        (200, Some(other)) => Err(failed(format!("The OpenID provider's description at {url} is {other}, not JSON."))),
        (status, _) => Err(failed(format!("The OpenID provider answered {status} at {url}; expected 200."))),
    }
}

fn read(document: &[u8]) -> serde_json::Result<Metadata> {
    let members: Map<String, Value> = serde_json::from_slice(document)?;
    // Some providers write what they do not have as null or as an empty text.
    let says = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let needed = members.into_iter().filter(|(name, value)| MEMBERS.contains(&name.as_str()) && says(value));
    serde_json::from_value(Value::Object(needed.collect()))
}

/// Whether the document's issuer is a template of which the configured one is an instance. It is refused if it is neither
/// that nor the configured one itself (section 4.3).
fn check_issuer(issuer: &IssuerUrl, oidc: &Oidc<'_>) -> Result<bool, RequestFailure> {
    if issuer.as_str() == oidc.issuer {
        return Ok(false);
    }
    let is_instance = issuer.split_once(TENANT).is_some_and(|(before, after)| {
        let tenant = oidc.issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        tenant.is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/'))
    });
    if !is_instance {
        return Err(failed(format!(
            "The OpenID provider calls itself `{}`, but OIDC_ISSUER is `{}`. The operator must set OIDC_ISSUER to exactly \
             what the provider calls itself.",
            issuer.as_str(),
            oidc.issuer
        )));
    }
    if oidc.required_claims.values_of("tid").is_empty() {
        return Err(failed(format!(
            "OIDC_ISSUER is `{}`, where people of every tenant can sign in. The operator must set OIDC_ISSUER to the issuer \
             of one tenant, or name the tenants in OIDC_REQUIRED_CLAIMS (tid=…).",
            oidc.issuer
        )));
    }
    Ok(true)
}

impl Description {
    /// The issuer of a token: of a template, that of the tenant in its claim `tid`.
    pub(super) fn issuer_for(&self, tenant: Option<&str>) -> Option<String> {
        let issuer = self.metadata.issuer().as_str();
        let plain = |tenant: &&str| tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !self.is_template {
            return Some(issuer.to_owned());
        }
        tenant.filter(plain).map(|tenant| issuer.replace(TENANT, tenant))
    }

    /// How the client authenticates; `None` for a public client. Without a word of the provider's it is
    /// `client_secret_basic` (section 3).
    pub(super) fn client_auth(&self, configured: ClientAuth) -> Result<Option<AuthType>, RequestFailure> {
        let methods = self.metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
        match configured {
            ClientAuth::Public => Ok(None),
            ClientAuth::Basic => Ok(Some(AuthType::BasicAuth)),
            ClientAuth::Post => Ok(Some(AuthType::RequestBody)),
            ClientAuth::Discovered if takes(CoreClientAuthMethod::ClientSecretBasic) => Ok(Some(AuthType::BasicAuth)),
            ClientAuth::Discovered if takes(CoreClientAuthMethod::ClientSecretPost) => Ok(Some(AuthType::RequestBody)),
            ClientAuth::Discovered => {
                let known = serde_json::to_string(&methods).unwrap_or_default();
                Err(failed(format!(
                    "The OpenID provider authenticates clients by {known} only. Causeway knows client_secret_basic, \
                     client_secret_post and, if OIDC_CLIENT_AUTH says so, none."
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests;
