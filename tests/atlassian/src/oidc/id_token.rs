//! ID tokens and the key that signs them: RS256 with a key that is for development only, the same in every model.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

use super::{SignIn, claims};
use crate::settings::IdTokenFlaw;
use crate::world::World;

const KEY_ID: &str = "model-1";
const LIFE_SECONDS: u64 = 600;

static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(|| {
    let file = include_str!("development_only_signing_key.pem");
    let pem = &file[file.find("-----BEGIN").expect("the file holds a key")..];
    RsaPrivateKey::from_pkcs8_pem(pem).expect("the file holds a key in PKCS #8")
});

/// The JWKS.
pub(super) fn keys() -> Value {
    json!({ "keys": [published_key(KEY_ID)] })
}

/// The public key as a key set has it, under an id.
pub(crate) fn published_key(id: &str) -> Value {
    let key = RsaPublicKey::from(&*KEY);
    let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": number(key.n()), "e": number(key.e()) })
}

/// A signed ID token, with the configured flaw.
pub(super) fn for_sign_in(world: &World, sign_in: &SignIn) -> String {
    let flaw = world.read(|state| state.settings.id_token_flaw);
    let mut body = claims(world, sign_in);
    let now = world.now().0;
    let issued = if flaw == IdTokenFlaw::Expired { now - LIFE_SECONDS - 3_600 } else { now };
    body["iat"] = json!(issued);
    body["exp"] = json!(issued + LIFE_SECONDS);
    body["iss"] =
        json!(if flaw == IdTokenFlaw::WrongIssuer { "https://elsewhere.example".into() } else { world.url() });
    body["aud"] =
        json!(if flaw == IdTokenFlaw::WrongAudience { "another-client" } else { &world.options.oidc_client_id });
    body["nonce"] =
        json!(if flaw == IdTokenFlaw::WrongNonce { Some("not-the-nonce") } else { sign_in.nonce.as_deref() });
    sign(KEY_ID, &body, flaw == IdTokenFlaw::WrongSignature)
}

/// A JWT with these claims, signed with the key under an id.
pub(crate) fn signed(key_id: &str, claims: &Value) -> String {
    sign(key_id, claims, false)
}

fn sign(key_id: &str, body: &Value, wrongly: bool) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "RS256", "typ": "JWT", "kid": key_id });
    let signed = format!("{}.{}", part(&head), part(body));
    let mut signature = SigningKey::<Sha256>::new(KEY.clone()).sign(signed.as_bytes()).to_vec();
    if wrongly {
        signature[0] ^= 1;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
