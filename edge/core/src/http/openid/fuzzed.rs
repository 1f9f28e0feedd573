//! Documents and ID tokens of `OpenID` providers that nobody thought of.

use std::str::FromStr as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use futures::executor::block_on;
use openidconnect::Nonce;

use super::{
    client::IdToken,
    discovery::{Description, fetch_description, fetch_keys},
    id_token::Checks,
};
use crate::{
    configuration::{ClientAuth, Oidc, RequiredClaims},
    fakes::{FakeResponse, ScriptedHttp},
};

const DOCUMENTS: &str = include_str!("../../../corpus/openid-documents.txt");

fn oidc(required_claims: &RequiredClaims) -> Oidc<'_> {
    Oidc {
        issuer: "https://id.example.com",
        client_id: "causeway",
        client_secret: Some("a-secret"),
        client_auth: ClientAuth::Discovered,
        required_claims,
        trusts_email: false,
    }
}

fn described(document: &str, required: &RequiredClaims) -> Option<Description> {
    let http = ScriptedHttp::default();
    http.then(FakeResponse::json(200, document));
    block_on(fetch_description(&http, &oidc(required))).ok()
}

#[test]
fn a_description_that_is_accepted_is_that_of_the_issuer_that_was_configured() {
    let required = RequiredClaims::default();
    crate::fuzz::fuzz(DOCUMENTS, |document| {
        let Some(description) = described(document, &required) else { return };
        assert_eq!(description.issuer_for(None).as_deref(), Some("https://id.example.com"));
        assert!(description.metadata.token_endpoint().is_some());
        let _auth = description.client_auth(ClientAuth::Discovered);
        let http = ScriptedHttp::default();
        http.then(FakeResponse::json(200, document));
        let _keys = block_on(fetch_keys(&http, &description));
    });
}

#[test]
fn no_id_token_is_accepted_that_nobody_signed() {
    let required = RequiredClaims::default();
    let (first, _) = DOCUMENTS.split_once("\n====\n").expect("several documents");
    let description = described(first, &required).expect("a description");
    let keys = DOCUMENTS.split("\n====\n").nth(3).expect("keys");
    let keys = serde_json::from_str(keys).expect("keys");
    let (oidc, nonce) = (oidc(&required), Nonce::new("n".to_owned()));
    let now = DateTime::from_timestamp(1_795_323_600, 0).expect("a moment");
    let checks = Checks { oidc: &oidc, description: &description, nonce: &nonce, now };
    crate::fuzz::fuzz(include_str!("../../../corpus/id-tokens.txt"), |text| {
        let (header, claims) = text.split_once("}.{").map_or((text.to_owned(), "{}".to_owned()), |(header, claims)| {
            (format!("{header}}}"), format!("{{{claims}"))
        });
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        for signature in ["", "AA", "MEUCIQ", header.as_str()] {
            for token in [format!("{header}.{claims}.{signature}"), text.to_owned()] {
                if let Ok(token) = IdToken::from_str(&token) {
                    assert!(checks.claims(&token, &keys).is_err());
                }
            }
        }
    });
}
