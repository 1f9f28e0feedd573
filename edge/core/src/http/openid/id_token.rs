//! Checks an ID token with the `openidconnect` crate (`OpenID` Connect Core 1.0, section 3.1.3.7), where providers go
//! beyond what the crate takes: several keys that fit, audiences beside ours, an issuer for each tenant.

use chrono::{DateTime, Utc};
use openidconnect::{
    ClaimsVerificationError as Refused, ClientId, ClientSecret, IdTokenVerifier, JsonWebKeySet, Nonce,
    SignatureVerificationError,
    core::{CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet},
};
use serde_json::Value;

use super::{
    client::{IdToken, IdTokenClaims},
    discovery::Description,
};
use crate::configuration::Oidc;

/// What an ID token is checked against.
pub(super) struct Checks<'a> {
    pub(super) oidc: &'a Oidc<'a>,
    pub(super) description: &'a Description,
    pub(super) nonce: &'a Nonce,
    pub(super) now: DateTime<Utc>,
}

impl Checks<'_> {
    /// The token's claims, if every check passes: signature, issuer, audience, expiry, nonce.
    pub(super) fn claims<'t>(
        &self,
        token: &'t IdToken,
        keys: &CoreJsonWebKeySet,
    ) -> Result<&'t IdTokenClaims, Refused> {
        let claims = self.with_one_of(token, keys)?;
        self.check_audience(claims)?;
        self.check_issuer(claims)?;
        Ok(claims)
    }

    /// A token without a key id may have been signed with any of the keys that fit: each is tried.
    fn with_one_of<'t>(&self, token: &'t IdToken, keys: &CoreJsonWebKeySet) -> Result<&'t IdTokenClaims, Refused> {
        let verified = token.claims(&self.verifier(keys.clone()), self.nonce);
        let Err(Refused::SignatureVerification(SignatureVerificationError::AmbiguousKeyId(_))) = verified else {
            return verified;
        };
        let mut last = Refused::SignatureVerification(SignatureVerificationError::NoMatchingKey);
        for key in keys.keys() {
            match token.claims(&self.verifier(JsonWebKeySet::new(vec![key.clone()])), self.nonce) {
                // A key of another kind says nothing about the token.
                Err(Refused::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {}
                Err(other @ Refused::SignatureVerification(_)) => last = other,
                decided => return decided,
            }
        }
        Err(last)
    }

    fn verifier(&self, keys: JsonWebKeySet<CoreJsonWebKey>) -> CoreIdTokenVerifier<'static> {
        let id = ClientId::new(self.oidc.client_id.to_owned());
        let issuer = self.description.metadata.issuer().clone();
        let verifier = match self.oidc.client_secret {
            Some(secret) => {
                IdTokenVerifier::new_confidential_client(id, ClientSecret::new(secret.to_owned()), issuer, keys)
            }
            None => IdTokenVerifier::new_public_client(id, issuer, keys),
        };
        let now = self.now;
        verifier
            .set_allowed_algs(self.description.metadata.id_token_signing_alg_values_supported().clone())
            .set_time_fn(move || now)
            .set_other_audience_verifier_fn(|_| true)
            .require_issuer_match(!self.description.is_template)
    }

    /// A token for several audiences must name us as the party that it was issued to (steps 4 and 5). Zitadel adds its
    /// project and the project's other clients.
    fn check_audience(&self, claims: &IdTokenClaims) -> Result<(), Refused> {
        let party = claims.authorized_party().map(|party| party.as_str());
        match party {
            Some(party) if party != self.oidc.client_id => {
                let why = format!("authorized party: expected `{}` (found `{party}`)", self.oidc.client_id);
                Err(Refused::InvalidAudience(why))
            }
            None if claims.audiences().len() > 1 => {
                Err(Refused::InvalidAudience("several audiences, and no authorized party (azp)".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn check_issuer(&self, claims: &IdTokenClaims) -> Result<(), Refused> {
        let tenant = claims.additional_claims().0.get("tid").and_then(Value::as_str);
        let (expected, found) = (self.description.issuer_for(tenant), claims.issuer().as_str());
        if expected.as_deref() == Some(found) {
            return Ok(());
        }
        let expected = expected.unwrap_or_else(|| "that of the tenant in `tid`".to_owned());
        Err(Refused::InvalidIssuer(format!("expected `{expected}` (found `{found}`)")))
    }
}

/// Whether the provider may have a key that we have not fetched yet.
pub(super) fn is_of_unknown_key(refused: &Refused) -> bool {
    matches!(refused, Refused::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}
