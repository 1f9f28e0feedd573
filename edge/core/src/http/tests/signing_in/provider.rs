//! An OpenID provider: what it publishes, and what it answers to a code.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use openidconnect::{
    PrivateSigningKey as _,
    core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use url::Url;

use super::super::world::{Answered, Browser, Deployment, configured};
use crate::{
    fakes::{FakeResponse, NativeMac},
    ports::{Clock as _, Mac as _},
};

pub(super) const ISSUER: &str = "https://id.example";

/// How a token is signed.
#[derive(Clone, Copy)]
pub(super) enum Signer {
    Rs256,
    Es256,
    /// With the client secret.
    Hs256,
    /// Not at all.
    Unsigned,
}

impl Signer {
    const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::Unsigned => "none",
        }
    }

    async fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rs256 => rsa().sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, message).expect("signed"),
            Self::Es256 => {
                let signature: Signature = ec().sign(message);
                signature.to_bytes().to_vec()
            }
            Self::Hs256 => NativeMac.hmac_sha256(b"OIDC-SECRET", message).await.expect("signed"),
            Self::Unsigned => Vec::new(),
        }
    }
}

fn rsa() -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(include_str!("development_only_rsa_key.pem"), None).expect("a key")
}

fn ec() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a key")
}

/// A public key as a key set has it, with the members of `changes`; `null` removes one.
pub(super) fn rsa_key(changes: &Value) -> Value {
    changed(serde_json::to_value(rsa().as_verification_key()).expect("JSON"), changes)
}

/// The same for the elliptic key.
pub(super) fn ec_key(changes: &Value) -> Value {
    let point = ec().verifying_key().to_sec1_point(false);
    let part = |bytes: Option<_>| bytes.map(|bytes: &p256::FieldBytes| URL_SAFE_NO_PAD.encode(bytes));
    changed(json!({"kty": "EC", "crv": "P-256", "use": "sig", "x": part(point.x()), "y": part(point.y())}), changes)
}

/// An RSA key with which nothing here was signed.
pub(super) fn other_rsa_key(changes: &Value) -> Value {
    let mut modulus = [0xc3; 256];
    modulus[255] = 1;
    let key = json!({"kty": "RSA", "use": "sig", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(modulus)});
    changed(key, changes)
}

pub(super) fn changed(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().expect("an object") {
        let members = value.as_object_mut().expect("an object");
        if change.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), change.clone());
        }
    }
    value
}

#[derive(Clone)]
pub(super) struct Provider {
    pub(super) document: Value,
    pub(super) keys: Value,
    pub(super) signer: Signer,
    /// The `kid` of tokens.
    pub(super) key_id: Option<&'static str>,
    /// The ID token's claims, over those that every token has.
    pub(super) claims: Value,
    /// What the userinfo endpoint answers; nothing beyond the subject if it is not set.
    pub(super) user_info: Option<FakeResponse>,
    pub(super) settings: BTreeMap<&'static str, String>,
}

impl Provider {
    /// A provider that vouches for Ada.
    pub(super) fn new() -> Self {
        Self::at(ISSUER)
    }

    pub(super) fn at(issuer: &str) -> Self {
        let base = issuer.trim_end_matches('/');
        Self {
            document: json!({"issuer": issuer, "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"), "userinfo_endpoint": format!("{base}/userinfo"),
                "jwks_uri": format!("{base}/keys"), "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"]}),
            keys: json!([rsa_key(&json!({"kid": "one", "alg": "RS256"}))]),
            signer: Signer::Rs256,
            key_id: Some("one"),
            claims: json!({"sub": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada Admin"}),
            user_info: None,
            settings: [("OIDC_ISSUER", issuer.to_owned())].into(),
        }
    }

    pub(super) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.insert(name, value.to_owned());
        self
    }

    pub(super) fn document(mut self, changes: &Value) -> Self {
        self.document = changed(self.document, changes);
        self
    }

    pub(super) fn claims(mut self, changes: &Value) -> Self {
        self.claims = changed(self.claims, changes);
        self
    }

    pub(super) fn user_info(mut self, claims: &Value) -> Self {
        self.user_info = Some(FakeResponse::json(200, &claims.to_string()));
        self
    }

    /// A deployment that is configured for this provider.
    pub(super) fn deployment(&self) -> Deployment {
        let settings = self.settings.clone();
        let deployment = Deployment::with(move |name| settings.get(name).cloned().or_else(|| configured(name)));
        self.publish(&deployment);
        deployment
    }

    /// Publishes the description and the keys.
    pub(super) fn publish(&self, deployment: &Deployment) {
        let base = self.settings["OIDC_ISSUER"].trim_end_matches('/');
        let description = FakeResponse::json(200, &self.document.to_string());
        answer(deployment, &format!("{base}/.well-known/openid-configuration"), description);
        let keys = FakeResponse::json(200, &json!({"keys": self.keys}).to_string());
        answer(deployment, self.endpoint("jwks_uri").expect("keys"), keys);
        let nothing_more = || FakeResponse::json(200, &json!({"sub": self.claims["sub"]}).to_string());
        if let Some(endpoint) = self.endpoint("userinfo_endpoint") {
            answer(deployment, endpoint, self.user_info.clone().unwrap_or_else(nothing_more));
        }
    }

    fn endpoint(&self, name: &str) -> Option<&str> {
        self.document[name].as_str()
    }

    /// A token about Ada that is signed as this provider signs.
    pub(super) async fn token(&self, deployment: &Deployment, claims: &Value) -> String {
        let now = deployment.world.now().as_millis() / 1000;
        let base = json!({"iss": self.document["issuer"], "aud": "causeway", "iat": now, "exp": now + 3600});
        let claims = changed(changed(base, &self.claims), claims);
        let mut header = json!({"alg": self.signer.name(), "typ": "JWT"});
        if let Some(id) = self.key_id {
            header["kid"] = json!(id);
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.signer.sign(signed.as_bytes()).await))
    }

    /// Begins a sign-in, and has the token endpoint answer to its code. Answers the address to come back to.
    pub(super) async fn leave(&self, browser: &Browser<'_>, deployment: &Deployment) -> String {
        let left = browser.get("/sign-in").await;
        assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
        let sent = query(left.location());
        let token = self.token(deployment, &json!({"nonce": sent["nonce"]})).await;
        let tokens = json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600, "id_token": token});
        answer(deployment, self.endpoint("token_endpoint").expect("one"), FakeResponse::json(200, &tokens.to_string()));
        format!("/sign-in/callback?code=CODE&state={}", sent["state"])
    }

    /// A whole sign-in in a new browser.
    pub(super) async fn sign_in(&self, deployment: &Deployment) -> Answered {
        let browser = deployment.stranger();
        let back = self.leave(&browser, deployment).await;
        browser.get(&back).await
    }
}

pub(super) fn answer(deployment: &Deployment, url: &str, reply: FakeResponse) {
    let url = Url::parse(url).expect("a URL");
    let place = format!("{}{}", url.host_str().expect("a host"), url.path());
    deployment.world.instances.borrow_mut().insert(place, reply);
}

pub(super) fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).expect("a URL").query_pairs().into_owned().collect()
}

/// The requests to the path at the provider.
pub(super) fn requests(deployment: &Deployment, path: &str) -> Vec<Request<Vec<u8>>> {
    let asked = deployment.world.asked.borrow();
    asked.iter().filter(|request| request.uri().path().ends_with(path)).cloned().collect()
}

/// Whether the answer is a session, or else a page that names the reason, which the log has too.
#[track_caller]
pub(super) fn assert_outcome(deployment: &Deployment, who: &str, answered: &Answered, expected: Result<(), &str>) {
    match expected {
        Ok(()) => {
            assert_eq!(answered.status, StatusCode::SEE_OTHER, "{who}: {}", answered.body);
            assert_eq!(answered.location(), "/", "{who}");
            assert!(answered.headers["set-cookie"].to_str().expect("text").starts_with("__Host-session="), "{who}");
        }
        Err(reason) => {
            assert!(answered.status.is_client_error(), "{who}: {}", answered.status);
            assert!(answered.body.contains(reason), "{who}: {}", answered.body);
            let log = deployment.world.log.of("page.failed");
            assert!(format!("{log:?}").contains(reason), "{who}: {log:?}");
        }
    }
}
