use openidconnect::core::CoreJwsSigningAlgorithm::{EcdsaP256Sha256, RsaSsaPkcs1V15Sha256};
use serde_json::json;

use super::*;
use crate::{
    configuration::{Configuration, RequiredClaims},
    fakes::{FakeResponse, ScriptedHttp},
};

const ISSUER: &str = "https://id.example.com";

fn document() -> Value {
    json!({"issuer": ISSUER, "authorization_endpoint": "https://id.example.com/authorize",
        "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://id.example.com/keys",
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "XX999"]})
}

fn answer(status: u16, media_type: Option<&str>, document: &Value) -> FakeResponse {
    let body = document.to_string().into_bytes();
    let headers = media_type.map(|text| ("content-type", text.to_owned())).into_iter().collect();
    FakeResponse::Answer { status, headers, body }
}

async fn described(issuer: &str, required: &RequiredClaims, reply: FakeResponse) -> Result<Description, String> {
    let http = ScriptedHttp::default();
    http.then(reply);
    let oidc = Oidc {
        issuer,
        client_id: "causeway",
        client_secret: None,
        client_auth: ClientAuth::Discovered,
        required_claims: required,
        trusts_email: false,
    };
    let described = fetch_description(&http, &oidc).await.map_err(|failure| failure.detail);
    let asked = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    assert_eq!(http.requests().iter().map(|request| request.uri().to_string()).collect::<Vec<_>>(), [asked]);
    described
}

async fn read(reply: FakeResponse) -> Result<Description, String> {
    described(ISSUER, &RequiredClaims::default(), reply).await
}

#[tokio::test]
async fn a_description_is_read_and_algorithms_that_nobody_knows_are_left_out() {
    for media_type in [None, Some("application/json"), Some("Application/JSON; charset=utf-8")] {
        let read = read(answer(200, media_type, &document())).await.expect("a description");
        let algorithms = read.metadata.id_token_signing_alg_values_supported();
        assert_eq!(algorithms, &[RsaSsaPkcs1V15Sha256, EcdsaP256Sha256]);
        assert!(read.metadata.userinfo_endpoint().is_none() && !read.is_template);
    }
}

#[tokio::test]
async fn what_is_no_description_is_refused_with_what_came_instead() {
    let json = Some("application/json");
    for (reply, reason) in [
        (answer(404, json, &document()), "answered 404"),
        (answer(200, Some("text/html"), &document()), "is text/html, not JSON"),
        (answer(200, json, &json!("text")), "cannot be read"),
        (FakeResponse::Failure(crate::ports::HttpFailure::Timeout), "cannot be reached: no answer in time"),
    ] {
        let refused = read(reply).await.err().expect("refused");
        assert!(refused.contains(reason), "{refused}");
    }
    for needed in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let mut document = document();
        document.as_object_mut().expect("an object").remove(needed);
        let refused = read(answer(200, json, &document)).await.err().expect("refused");
        assert!(refused.contains(&needed.replace('_', " ")) || refused.contains(needed), "{needed}: {refused}");
    }
}

#[tokio::test]
async fn a_member_that_nobody_needs_keeps_nobody_out() {
    let mut document = document();
    for (name, value) in [
        ("service_documentation", json!("")),
        ("op_policy_uri", json!("/policy")),
        ("userinfo_endpoint", json!("")),
        ("claims_supported", json!(null)),
        ("ui_locales_supported", json!("en de")),
        ("request_parameter_supported", json!("true")),
    ] {
        document[name] = value;
    }
    assert!(read(answer(200, None, &document)).await.expect("read").metadata.userinfo_endpoint().is_none());
}

#[tokio::test]
async fn another_issuer_than_the_configured_one_is_refused_and_both_are_named() {
    for other in ["https://id.example.com/", "https://evil.example", "http://id.example.com"] {
        let mut document = document();
        document["issuer"] = json!(other);
        let refused = read(answer(200, None, &document)).await.err().expect("refused");
        assert!(refused.contains(&format!("`{other}`")) && refused.contains(&format!("`{ISSUER}`")), "{refused}");
    }
}

#[tokio::test]
async fn an_issuer_for_every_tenant_needs_to_be_told_which_tenants() {
    let mut document = document();
    document["issuer"] = json!("https://login.microsoftonline.com/{tenantid}/v2.0");
    let common = "https://login.microsoftonline.com/organizations/v2.0";
    let all = described(common, &RequiredClaims::default(), answer(200, None, &document)).await;
    assert!(all.err().expect("refused").contains("tid"));
    let configured = Configuration::read(|name| match name {
        "OIDC_REQUIRED_CLAIMS" => Some("tid=11-22".to_owned()),
        "OIDC_ISSUER" => Some(common.to_owned()),
        "OIDC_CLIENT_ID" | "OIDC_CLIENT_SECRET" => Some("text".to_owned()),
        _ => None,
    });
    let required = configured.oidc().expect("configured");
    let read = described(common, required.required_claims, answer(200, None, &document)).await.expect("read");
    let tenants = [Some("11-22"), Some("../evil"), None].map(|tenant| read.issuer_for(tenant));
    assert_eq!(tenants, [Some("https://login.microsoftonline.com/11-22/v2.0".to_owned()), None, None]);
    for other in ["https://evil.example/organizations/v2.0", "https://login.microsoftonline.com/a/b/v2.0"] {
        let refused = described(other, required.required_claims, answer(200, None, &document)).await;
        assert!(refused.err().expect("refused").contains("calls itself"));
    }
}
