//! What an OpenID provider says of itself (OpenID Connect Discovery 1.0, section 4), as far as signing in needs it.
//!
//! The crate's own reading knows every list that a provider may publish, each of a kind of its own; it took more of the
//! Worker than the rest of signing in. The keys and what is checked with them are the crate's.

use http::{Request, Response, StatusCode, header};
use openidconnect::{
    AuthUrl, IssuerUrl, JsonWebKeySet, JsonWebKeySetUrl, TokenUrl, UserInfoUrl,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;

use super::sign_in_failure;
use crate::{
    http::{Platform, failure::RequestFailure},
    ports::HttpLimits,
};

/// A provider's description. What it lacks is a failure, except where it is optional.
#[derive(Deserialize)]
pub(super) struct Description {
    pub(super) issuer: IssuerUrl,
    pub(super) authorization_endpoint: AuthUrl,
    pub(super) token_endpoint: TokenUrl,
    pub(super) userinfo_endpoint: Option<UserInfoUrl>,
    jwks_uri: JsonWebKeySetUrl,
    id_token_signing_alg_values_supported: Vec<serde_json::Value>,
}

impl Description {
    /// Reads the description that `issuer` publishes.
    pub(super) async fn read(world: &impl Platform, issuer: &IssuerUrl) -> Result<Self, RequestFailure> {
        let url = issuer.join(".well-known/openid-configuration").map_err(sign_in_failure)?;
        let request = Request::get(url.as_str()).header(header::ACCEPT, "application/json").body(Vec::new());
        let answer =
            world.send(request.map_err(sign_in_failure)?, HttpLimits::RESOURCE).await.map_err(sign_in_failure)?;
        accept(&answer, issuer)
    }

    /// Fetches the keys.
    pub(super) async fn keys(&self, world: &impl Platform) -> Result<JsonWebKeySet<CoreJsonWebKey>, RequestFailure> {
        let http = |request| world.send(request, HttpLimits::RESOURCE);
        JsonWebKeySet::fetch_async(&self.jwks_uri, &http).await.map_err(sign_in_failure)
    }

    /// With what ID tokens may be signed. What nobody here knows is left out.
    pub(super) fn algorithms(&self) -> Vec<CoreJwsSigningAlgorithm> {
        let named = self.id_token_signing_alg_values_supported.iter();
        named.filter_map(|name| CoreJwsSigningAlgorithm::deserialize(name).ok()).collect()
    }
}

/// 1. It is an answer. 2. It is JSON, if it says what it is. 3. It is of the issuer that was asked (section 4.3).
fn accept(answer: &Response<Vec<u8>>, issuer: &IssuerUrl) -> Result<Description, RequestFailure> {
    if answer.status() != StatusCode::OK {
        return Err(sign_in_failure(format!("the description was answered with {}", answer.status())));
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| !essence.eq_ignore_ascii_case("application/json")) {
        return Err(sign_in_failure("the description is not JSON"));
    }
    let description: Description = serde_json::from_slice(answer.body()).map_err(sign_in_failure)?;
    if description.issuer != *issuer {
        return Err(sign_in_failure(format!("the description is of {}", description.issuer.as_str())));
    }
    Ok(description)
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreJwsSigningAlgorithm::{EcdsaP256Sha256, RsaSsaPkcs1V15Sha256};
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn description() -> Value {
        json!({"issuer": ISSUER, "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://id.example.com/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "XX999"]})
    }

    fn read(status: u16, media_type: Option<&str>, said: &Value) -> Option<Description> {
        let answer = Response::builder().status(status);
        let answer = media_type.into_iter().fold(answer, |answer, text| answer.header("content-type", text));
        let answer = answer.body(said.to_string().into_bytes()).expect("an answer");
        accept(&answer, &IssuerUrl::new(ISSUER.to_owned()).expect("a URL")).ok()
    }

    #[test]
    fn a_description_is_read_and_algorithms_that_nobody_knows_are_left_out() {
        for media_type in [None, Some("application/json"), Some("Application/JSON; charset=utf-8")] {
            let read = read(200, media_type, &description()).expect("a description");
            assert_eq!(read.algorithms(), [RsaSsaPkcs1V15Sha256, EcdsaP256Sha256]);
            assert!(read.userinfo_endpoint.is_none());
        }
    }

    #[test]
    fn what_is_no_description_of_this_issuer_is_refused() {
        assert!(read(404, Some("application/json"), &description()).is_none());
        assert!(read(200, Some("text/html"), &description()).is_none());
        for other in ["https://id.example.com/", "https://evil.example", "http://id.example.com"] {
            let mut said = description();
            said["issuer"] = json!(other);
            assert!(read(200, None, &said).is_none(), "{other}");
        }
        for needed in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let mut said = description();
            said.as_object_mut().expect("an object").remove(needed);
            assert!(read(200, None, &said).is_none(), "{needed}");
        }
    }
}
