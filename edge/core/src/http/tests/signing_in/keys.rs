//! The provider's keys: several that fit, some that do not, new ones.

use std::time::Duration;

use serde_json::{Value, json};

use super::provider::{Provider, Signer, assert_outcome, ec_key, other_rsa_key, requests, rsa_key};
use crate::fakes::FakeResponse;

async fn outcome(provider: &Provider, what: &str, expected: Result<(), &str>) {
    let deployment = provider.deployment();
    let answered = provider.sign_in(&deployment).await;
    assert_outcome(&deployment, what, &answered, expected);
}

fn with_keys(keys: Value, key_id: Option<&'static str>) -> Provider {
    Provider { keys, key_id, ..Provider::new() }
}

#[tokio::test]
async fn the_key_is_found_among_others_with_and_without_key_ids() {
    let (ours, no_id) = (rsa_key(&json!({"kid": "one"})), rsa_key(&json!({"kid": null})));
    let encryption = other_rsa_key(&json!({"kid": "enc", "use": "enc", "alg": "RSA-OAEP"}));
    let unknown = json!({"kty": "AKP", "kid": "new", "alg": "ML-DSA-44", "pub": "AA"});
    let other = other_rsa_key(&json!({"kid": "two"}));
    let nameless = other_rsa_key(&json!({}));
    for (what, keys, key_id) in [
        ("one of two ids", json!([other, ours]), Some("one")),
        ("two keys, a token without an id", json!([other, ours]), None),
        ("two keys without ids", json!([nameless, no_id]), None),
        ("one id twice", json!([other_rsa_key(&json!({"kid": "one"})), ours]), Some("one")),
        ("a key for encryption", json!([encryption, ours]), None),
        ("kinds that nobody knows", json!([unknown, {"kty": "RSA"}, ours]), Some("one")),
        ("an elliptic key beside it", json!([ec_key(&json!({})), ours, other]), None),
        ("unknown members", json!([rsa_key(&json!({"kid": "one", "x5c": ["MII"], "issuer": "x"}))]), Some("one")),
    ] {
        outcome(&with_keys(keys, key_id), what, Ok(())).await;
    }
    let elliptic = Provider { signer: Signer::Es256, ..with_keys(json!([other, ec_key(&json!({}))]), None) };
    outcome(&elliptic, "ES256", Ok(())).await;
}

#[tokio::test]
async fn a_token_that_no_key_has_signed_is_refused() {
    let other = other_rsa_key(&json!({"kid": "one"}));
    for (what, keys, key_id, reason) in [
        ("the right id", json!([other]), Some("one"), "Invalid signature: Crypto error: bad signature"),
        ("no id, two keys", json!([other, other_rsa_key(&json!({}))]), None, "Invalid signature: Crypto error"),
        ("another id", json!([other]), Some("two"), "Invalid signature: No matching key found"),
        ("for encryption only", json!([rsa_key(&json!({"use": "enc"}))]), None, "No matching key found"),
        ("no keys", json!([]), Some("one"), "No matching key found"),
    ] {
        outcome(&with_keys(keys, key_id), what, Err(reason)).await;
    }
    let unnamed = Provider::new().document(&json!({"id_token_signing_alg_values_supported": ["ES256"]}));
    outcome(&unnamed, "another algorithm", Err("algorithm `RS256` is not one of: ES256")).await;
}

#[tokio::test]
async fn new_keys_are_fetched_once_for_a_key_id_that_is_unknown_and_not_again_for_a_minute() {
    let before = with_keys(json!([other_rsa_key(&json!({"kid": "old"}))]), Some("one"));
    let deployment = before.deployment();
    before.sign_in(&deployment).await;
    assert_eq!(requests(&deployment, "/keys").len(), 1, "they are a moment old");

    deployment.world.clock.advance(Duration::from_mins(2));
    Provider::new().publish(&deployment);
    let answered = Provider::new().sign_in(&deployment).await;
    assert_outcome(&deployment, "rotated", &answered, Ok(()));
    assert_eq!(requests(&deployment, "/keys").len(), 2);

    for _ in 0..5 {
        let unknown = Provider { key_id: Some("made up"), ..Provider::new() };
        let refused = unknown.sign_in(&deployment).await;
        assert_outcome(&deployment, "made up", &refused, Err("No matching key found"));
    }
    assert_eq!(requests(&deployment, "/keys").len(), 2);
    assert_eq!(requests(&deployment, "/openid-configuration").len(), 1);
}

#[tokio::test]
async fn signed_userinfo_is_checked_and_read() {
    let about = json!({"email": "ada@example.com", "email_verified": true});
    for (key_id, signer, expected) in [
        ("one", Signer::Rs256, Ok(())),
        ("other", Signer::Rs256, Err("userinfo was refused. Invalid signature: No matching key found")),
        (
            "one",
            Signer::Es256,
            Err("userinfo was refused. Invalid signature: Disallowed signature algorithm: algorithm `ES256`"),
        ),
        ("one", Signer::Unsigned, Err("userinfo was refused. Invalid signature: No signature found")),
    ] {
        let provider = Provider::new().claims(&json!({"email": null, "email_verified": null}));
        let deployment = provider.deployment();
        let signing = Provider { key_id: Some(key_id), signer, ..provider.clone() };
        let token = signing.token(&deployment, &about).await;
        let signed = FakeResponse::of(200, "application/jwt", token.as_bytes());
        let provider = Provider { user_info: Some(signed), ..provider };
        provider.publish(&deployment);
        let answered = provider.sign_in(&deployment).await;
        assert_outcome(&deployment, key_id, &answered, expected);
    }
}
