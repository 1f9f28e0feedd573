//! Secrets that say whose they are, so that the edge knows which organization to ask without a lookup.
//!
//! `default_` + 43 characters of secret + 12 of check. The check is an HMAC under a key that follows from a sealing key,
//! so a guess names no organization, and costs no call. Its first character is a hint at which sealing key that was. Where
//! that key has been removed and `SEALING_KEYS` still has its name (`k1:`), the check says nothing any more, and the
//! organization itself decides. A hint at a key that `SEALING_KEYS` does not name was not made here.
//!
//! The organization also decides about secrets of 43 characters, which were made before secrets said whose they are. Only
//! API keys can still have that form: sessions ended after 12 hours, guide links after seven days. It can go, with
//! [`ClaimCheck::Unverifiable`] for it, one release after operators were told to replace such keys. Until then they are
//! counted by client address before the organization is asked. Out of scope: whether a secret is known; only its
//! organization can tell.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{
    organization_id::OrganizationId,
    ports::{Mac, MacFailure, Random},
    sealing::{KeyId, KeyRing},
    secrets::{Digest, Secret},
};

/// The characters of the secret itself.
pub(super) const SECRET: usize = 43;
/// The characters of the check: a hint at the key, and 64 bits.
pub(super) const CHECK: usize = 12;
const _: () = assert!(SECRET == api::SECRET_SHORTEST);
const _: () = assert!(OrganizationId::MAX_LENGTH + 1 + SECRET + CHECK == api::SECRET_LONGEST);

/// What a secret is for. The check covers it: a state, which authorization servers see, is no key and no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretUse {
    /// An API key or a session.
    Credential,
    /// The state of a sign-in.
    SignInState,
    /// The state of an authorization.
    AuthorizationState,
    /// The ticket with which a browser begins an authorization.
    Ticket,
    /// The link to a guide.
    Guide,
}

impl SecretUse {
    /// What the key of the check is derived for.
    const fn purpose(self) -> &'static [u8] {
        match self {
            Self::Credential => b"causeway: whose a secret is, version 1",
            Self::SignInState => b"causeway: whose the state of a sign-in is, version 1",
            Self::AuthorizationState => b"causeway: whose the state of an authorization is, version 1",
            Self::Ticket => b"causeway: whose a ticket is, version 1",
            Self::Guide => b"causeway: whose a guide is, version 1",
        }
    }
}

/// Which organization a secret says it belongs to. It is not secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OrganizationClaim {
    organization: OrganizationId,
    /// Digest of the secret itself, and its check. `None` for a secret that does not say whose it is: before there were
    /// several organizations all belonged to the default one.
    proof: Option<(Digest, String)>,
}

/// What the check says about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimCheck {
    /// It was made here for this organization.
    Verified,
    /// The key of the check was removed and only its name is left, or the secret has no check: the organization decides.
    Unverifiable,
    /// It was not made here.
    Forged,
}

impl OrganizationClaim {
    /// What `text` says, if it has the form of a secret.
    pub(super) fn read(text: &str) -> Option<Self> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if text.len() == SECRET && plain(text) {
            return Some(Self::default());
        }
        let (organization, rest) = text.split_at_checked(text.len().checked_sub(SECRET + CHECK)?)?;
        let organization = OrganizationId::parse(organization.strip_suffix('_')?).ok()?;
        let (secret, check) = rest.split_at_checked(SECRET)?;
        plain(rest).then(|| Self { organization, proof: Some((Digest::of(secret), check.to_owned())) })
    }

    /// The organization that is claimed.
    pub const fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// Whether the secret has a check.
    pub(crate) const fn has_proof(&self) -> bool {
        self.proof.is_some()
    }

    /// Whether the claim was made here, for that use.
    pub async fn check(&self, mac: &impl Mac, ring: &KeyRing, used: SecretUse) -> Result<ClaimCheck, MacFailure> {
        let Some((secret, check)) = &self.proof else { return Ok(ClaimCheck::Unverifiable) };
        for id in ring.ids().iter().filter(|id| check.starts_with(&hint(id))) {
            if same(&make(mac, ring, id, &self.organization, secret, used).await?, check) {
                return Ok(ClaimCheck::Verified);
            }
        }
        let is_of_removed_key = ring.removed().iter().any(|id| check.starts_with(&hint(id)));
        Ok(if is_of_removed_key { ClaimCheck::Unverifiable } else { ClaimCheck::Forged })
    }
}

impl Secret {
    /// Makes one that says which organization it belongs to.
    pub async fn issue(
        world: &(impl Mac + Random),
        ring: &KeyRing,
        organization: &OrganizationId,
        used: SecretUse,
    ) -> Result<Self, MacFailure> {
        let secret = Self::generate(world);
        let ids = ring.ids();
        let id = ids.first().ok_or(MacFailure)?;
        let check = make(world, ring, id, organization, &secret.digest(), used).await?;
        Ok(Self(format!("{organization}_{}{check}", secret.expose())))
    }
}

/// The first character of a check: six bits of the sealing key's name.
fn hint(id: &KeyId) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(id.as_str())).chars().take(1).collect()
}

async fn make(
    mac: &impl Mac,
    ring: &KeyRing,
    id: &KeyId,
    organization: &OrganizationId,
    secret: &Digest,
    used: SecretUse,
) -> Result<String, MacFailure> {
    let key = mac.hmac_sha256(ring.key(id).ok_or(MacFailure)?, used.purpose()).await?;
    let message = format!("{organization}\n{}", secret.as_str());
    let tag = URL_SAFE_NO_PAD.encode(mac.hmac_sha256(&key, message.as_bytes()).await?);
    Ok(hint(id).chars().chain(tag.chars().take(CHECK - 1)).collect())
}

/// Compares in a time that does not depend on where two checks differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{NativeMac, SeededRandom};

    struct World(SeededRandom);

    impl Random for World {
        fn fill(&self, bytes: &mut [u8]) {
            self.0.fill(bytes);
        }
    }

    impl Mac for World {
        async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
            NativeMac.hmac_sha256(key, message).await
        }
    }

    const OLD: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    async fn issue(organization: &str, keys: &str) -> String {
        let world = World(SeededRandom::new(7));
        let ring = KeyRing::parse(keys).expect("a ring");
        let organization = OrganizationId::parse(organization).expect("an id");
        let secret = Secret::issue(&world, &ring, &organization, SecretUse::Credential).await.expect("issued");
        assert!(Secret::parse(secret.expose()).is_some(), "it is read as one");
        secret.expose().to_owned()
    }

    async fn check(secret: &str, keys: &str) -> Option<ClaimCheck> {
        let claim = OrganizationClaim::read(secret)?;
        let ring = KeyRing::parse(keys).expect("a ring");
        Some(claim.check(&NativeMac, &ring, SecretUse::Credential).await.expect("checked"))
    }

    #[tokio::test]
    async fn a_secret_says_whose_it_is_and_nobody_else_can_make_it_say_so() {
        let secret = issue("acme-2", OLD).await;
        let claim = OrganizationClaim::read(&secret).expect("a claim");
        assert_eq!(claim.organization().as_str(), "acme-2");
        assert_eq!(check(&secret, OLD).await, Some(ClaimCheck::Verified));
        let elsewhere = secret.replace("acme-2", "other-3");
        assert_eq!(check(&elsewhere, OLD).await, Some(ClaimCheck::Forged));
        let guess = format!("acme-2_{}{}", "x".repeat(SECRET), &secret[secret.len() - CHECK..]);
        assert_eq!(check(&guess, OLD).await, Some(ClaimCheck::Forged));
    }

    #[tokio::test]
    async fn a_secret_for_one_use_is_none_for_another() {
        let uses = [
            SecretUse::Credential,
            SecretUse::SignInState,
            SecretUse::AuthorizationState,
            SecretUse::Ticket,
            SecretUse::Guide,
        ];
        let (world, ring) = (World(SeededRandom::new(7)), KeyRing::parse(OLD).expect("a ring"));
        for made_for in uses {
            let secret = Secret::issue(&world, &ring, &OrganizationId::default(), made_for).await.expect("issued");
            let claim = OrganizationClaim::read(secret.expose()).expect("a claim");
            for used in uses {
                let expected = if used == made_for { ClaimCheck::Verified } else { ClaimCheck::Forged };
                assert_eq!(claim.check(&NativeMac, &ring, used).await, Ok(expected), "{made_for:?} as {used:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_secret_outlives_the_sealing_key_that_it_was_made_under() {
        let secret = issue("acme", OLD).await;
        assert_eq!(check(&secret, &format!("{NEW},{OLD}")).await, Some(ClaimCheck::Verified));
        let name_only = format!("{NEW},k1:");
        assert_eq!(check(&secret, &name_only).await, Some(ClaimCheck::Unverifiable), "then the organization decides");
    }

    #[tokio::test]
    async fn a_hint_at_a_key_that_there_never_was_is_a_guess() {
        let secret = issue("acme", OLD).await;
        assert_eq!(check(&secret, NEW).await, Some(ClaimCheck::Forged));
        for hint in URL_SAFE_NO_PAD.encode([0, 16, 131, 16, 81, 135]).chars() {
            let guess = format!("acme_{}{hint}{}", "s".repeat(SECRET), "m".repeat(CHECK - 1));
            assert_eq!(check(&guess, OLD).await, Some(ClaimCheck::Forged), "{guess}");
        }
    }

    #[tokio::test]
    async fn a_secret_of_before_there_were_several_belongs_to_the_default_organization() {
        let claim = OrganizationClaim::read(&"s".repeat(SECRET)).expect("a claim");
        assert_eq!(claim.organization(), &OrganizationId::default());
        assert_eq!(check(&"s".repeat(SECRET), OLD).await, Some(ClaimCheck::Unverifiable));
    }

    #[test]
    fn what_has_not_the_form_of_a_secret_claims_nothing() {
        let check = "x".repeat(SECRET + CHECK);
        for text in [
            "",
            "short",
            &"ä".repeat(43),
            &check,
            &format!("_{check}"),
            &format!("UPPER_{check}"),
            &format!("-a_{check}"),
        ] {
            assert_eq!(OrganizationClaim::read(text), None, "{text}");
        }
    }
}
