//! Fetches an OpenID provider's discovery document (OpenID Connect Discovery 1.0, section 4) and its keys, with the
//! `openidconnect` crate: it requires JSON, and that the document is of the configured issuer (section 4.3).

use openidconnect::{IssuerUrl, core::CoreProviderMetadata};

use super::sign_in_failure;
use crate::{
    http::failure::RequestFailure,
    ports::{Http, HttpLimits},
};

/// The provider's metadata, with its keys. A provider without a token endpoint is refused, because the code flow needs it.
pub(super) async fn fetch_metadata(
    world: &impl Http,
    issuer: IssuerUrl,
) -> Result<CoreProviderMetadata, RequestFailure> {
    let http = |request| world.send(request, HttpLimits::RESOURCE);
    let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(sign_in_failure)?;
    if metadata.token_endpoint().is_none() {
        return Err(sign_in_failure("the discovery document has no token endpoint"));
    }
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreJwsSigningAlgorithm::{EcdsaP256Sha256, RsaSsaPkcs1V15Sha256};
    use serde_json::{Value, json};

    use super::*;
    use crate::fakes::{FakeResponse, ScriptedHttp};

    const ISSUER: &str = "https://id.example.com";

    fn description() -> Value {
        json!({"issuer": ISSUER, "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://id.example.com/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "XX999"]})
    }

    async fn read(status: u16, media_type: Option<&str>, document: &Value) -> Option<CoreProviderMetadata> {
        let body = document.to_string().into_bytes();
        let headers = media_type.map(|text| ("content-type", text.to_owned())).into_iter().collect();
        let http = ScriptedHttp::default();
        http.then(FakeResponse::Answer { status, headers, body }).then(FakeResponse::json(200, r#"{"keys":[]}"#));
        let metadata = fetch_metadata(&http, IssuerUrl::new(ISSUER.to_owned()).expect("a URL")).await.ok()?;
        let fetched: Vec<String> = http.requests().iter().map(|request| request.uri().to_string()).collect();
        assert_eq!(fetched, ["https://id.example.com/.well-known/openid-configuration", "https://id.example.com/keys"]);
        Some(metadata)
    }

    #[tokio::test]
    async fn a_description_is_read_and_algorithms_that_nobody_knows_are_left_out() {
        for media_type in [None, Some("application/json"), Some("Application/JSON; charset=utf-8")] {
            let read = read(200, media_type, &description()).await.expect("a description");
            assert_eq!(read.id_token_signing_alg_values_supported(), &[RsaSsaPkcs1V15Sha256, EcdsaP256Sha256]);
            assert!(read.userinfo_endpoint().is_none());
        }
    }

    #[tokio::test]
    async fn what_is_no_description_of_this_issuer_is_refused() {
        assert!(read(404, Some("application/json"), &description()).await.is_none());
        assert!(read(200, Some("text/html"), &description()).await.is_none());
        for other in ["https://id.example.com/", "https://evil.example", "http://id.example.com"] {
            let mut document = description();
            document["issuer"] = json!(other);
            assert!(read(200, None, &document).await.is_none(), "{other}");
        }
        for needed in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let mut document = description();
            document.as_object_mut().expect("an object").remove(needed);
            assert!(read(200, None, &document).await.is_none(), "{needed}");
        }
    }
}
