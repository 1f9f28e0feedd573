//! Signatures of deliveries, as specified by [Standard Webhooks](https://www.standardwebhooks.com): symmetric, version
//! `v1`.

use std::fmt;

use api::{DeliveryId, Timestamp, WEBHOOK_SECRET_PREFIX, WebhookId};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    organization_id::OrganizationId,
    ports::{Aead, AeadFailure, Mac, MacFailure, Random},
    sealing::{self, KeyRing, OpenError, Sealed, SealingContext},
};

/// The secret that a webhook's deliveries are signed with.
pub struct SigningSecret(Vec<u8>);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The sealing context of a webhook's secret.
fn context<'a>(organization: &'a OrganizationId, webhook: &'a WebhookId) -> SealingContext<'a> {
    SealingContext { organization, owner: webhook.as_str(), generation: 0, field: SigningSecret::FIELD }
}

impl SigningSecret {
    /// The field name in the sealing context.
    pub(crate) const FIELD: &'static str = "signing_secret";

    /// Generates a secret of 256 random bits.
    pub fn generate(random: &impl Random) -> Self {
        let mut bytes = vec![0; 32];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// The form in which the receiver gets it: `whsec_` and base64.
    pub fn expose(&self) -> String {
        format!("{WEBHOOK_SECRET_PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Seals it for its webhook.
    pub async fn seal(
        &self,
        world: &(impl Aead + Random),
        ring: &KeyRing,
        organization: &OrganizationId,
        webhook: &WebhookId,
    ) -> Result<Sealed, AeadFailure> {
        sealing::seal(world, world, ring, &context(organization, webhook), &self.0).await
    }

    /// Opens the secret of a webhook, as it is stored.
    pub async fn open(
        aead: &impl Aead,
        ring: &KeyRing,
        organization: &OrganizationId,
        webhook: &WebhookId,
        stored: &str,
    ) -> Result<Self, OpenError> {
        let sealed = Sealed::from_json(stored.as_bytes())?;
        sealing::open(aead, ring, &context(organization, webhook), &sealed).await.map(Self)
    }

    /// The value of `webhook-signature` for a delivery that is sent `at` this moment.
    pub async fn sign(
        &self,
        mac: &impl Mac,
        delivery: &DeliveryId,
        at: Timestamp,
        body: &str,
    ) -> Result<String, MacFailure> {
        self.sign_as(mac, delivery.as_str(), seconds(at), body).await
    }

    async fn sign_as(&self, mac: &impl Mac, id: &str, seconds: i64, body: &str) -> Result<String, MacFailure> {
        let signed = mac.hmac_sha256(&self.0, format!("{id}.{seconds}.{body}").as_bytes()).await?;
        Ok(format!("v1,{}", STANDARD.encode(signed)))
    }
}

/// The header `webhook-timestamp`: seconds since the epoch.
pub(super) const fn seconds(at: Timestamp) -> i64 {
    at.as_millis() / 1000
}

/// Checks an implementation of HMAC, and the signed content, against the example in the test suites of the Standard
/// Webhooks libraries. Source: github.com/standard-webhooks/standard-webhooks, the test `sign` of each library.
pub async fn self_check(mac: &impl Mac) -> bool {
    let Ok(key) = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") else { return false };
    let signed =
        SigningSecret(key).sign_as(mac, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).await;
    signed.is_ok_and(|signed| signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::fakes::{NativeAead, NativeMac, SeededRandom};

    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        assert!(block_on(self_check(&NativeMac)));
    }

    struct Constant;

    impl Mac for Constant {
        async fn hmac_sha256(&self, _: &[u8], _: &[u8]) -> Result<Vec<u8>, MacFailure> {
            Ok(vec![0; 32])
        }
    }

    #[test]
    fn something_else_is_noticed() {
        assert!(!block_on(self_check(&Constant)));
    }

    #[test]
    fn a_ready_library_takes_the_secret_as_it_is_shown_and_gives_the_same_signature() {
        let secret = SigningSecret::generate(&SeededRandom::new(3));
        let theirs = standardwebhooks::Webhook::new(&secret.expose()).expect("a secret");
        let (id, at) = (DeliveryId::parse("dlv_1").expect("an id"), Timestamp::from_millis(1_795_323_600_999));
        let ours = block_on(secret.sign(&NativeMac, &id, at, "{}")).expect("signed");
        assert_eq!(theirs.sign("dlv_1", 1_795_323_600, b"{}").expect("signed"), ours);
    }

    struct World(SeededRandom);

    impl Random for World {
        fn fill(&self, bytes: &mut [u8]) {
            self.0.fill(bytes);
        }
    }

    impl Aead for World {
        async fn seal(&self, k: &[u8; 32], n: &[u8; 12], a: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
            NativeAead.seal(k, n, a, plain).await
        }

        async fn open(&self, k: &[u8; 32], n: &[u8; 12], a: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
            NativeAead.open(k, n, a, sealed).await
        }
    }

    #[test]
    fn d2_a_secret_opens_only_for_its_own_webhook() {
        let world = World(SeededRandom::new(3));
        let ring = KeyRing::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a ring");
        let organization = OrganizationId::default();
        let [one, two] = ["whk_1", "whk_2"].map(|id| WebhookId::parse(id).expect("an id"));
        let secret = SigningSecret::generate(&world);
        let sealed = block_on(secret.seal(&world, &ring, &organization, &one)).expect("sealed").to_json();
        let opened = block_on(SigningSecret::open(&world, &ring, &organization, &one, &sealed)).expect("opened");
        assert_eq!(opened.expose(), secret.expose());
        let elsewhere = block_on(SigningSecret::open(&world, &ring, &organization, &two, &sealed));
        assert_eq!(elsewhere.err(), Some(OpenError::Tampered));
        let spoilt = block_on(SigningSecret::open(&world, &ring, &organization, &one, "{}"));
        assert_eq!(spoilt.err(), Some(OpenError::Malformed));
        assert_eq!(format!("{opened:?}"), "SigningSecret(…)");
    }
}
