//! Who a request says it is, and whether it comes from where it must.

use api::{PROOF_HEADER, PROOF_VALUE, ProblemCode};
use http::{HeaderMap, Method, header};

use crate::{
    configuration::Origin,
    http::{Edge, Platform, cookies, failure::Failed},
    organization::{Caller, Refusal},
    organization_id::OrganizationId,
    ports::MacFailure,
    secrets::{ClaimCheck, OrganizationClaim, PresentedKey, Secret},
};

impl<P: Platform> Edge<P> {
    /// Who calls, and the edge for the organization whose credential that is: an API key if there is an `Authorization`,
    /// else the session's cookie, else nobody.
    pub(super) async fn for_caller(self, headers: &HeaderMap) -> Result<(Self, Caller), Failed> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let refused = || Failed::new(ProblemCode::ApiKeyRefused, NO_KEY);
            let key = authorization.to_str().ok().and_then(PresentedKey::read).ok_or_else(refused)?;
            let edge = self.for_claim(&key.claim).await?.ok_or(Refusal::ApiKeyRefused)?;
            return Ok((edge, Caller::ApiKey(key.digest)));
        }
        let Some(session) = cookies::secret(headers, cookies::SESSION) else { return Ok((self, Caller::Nobody)) };
        match self.for_claim(&session.claim()).await? {
            Some(edge) => Ok((edge, Caller::Session(session.digest()))),
            None => Ok((self, Caller::Nobody)),
        }
    }

    /// The edge for the organization that a secret says it belongs to; `None` if it was not made here. Nothing is asked.
    pub(super) async fn for_claim(&self, claim: &OrganizationClaim) -> Result<Option<Self>, Failed> {
        let check = match self.configuration.key_ring() {
            Ok(ring) => claim.check(&*self.platform, ring).await.map_err(not_checked)?,
            // Without a ring nothing was ever made that says whose it is.
            Err(_) => ClaimCheck::Unverifiable,
        };
        match check {
            ClaimCheck::Forged => Ok(None),
            ClaimCheck::Verified | ClaimCheck::Unverifiable => {
                Ok(Some(Self { organization: claim.organization().clone(), ..self.clone() }))
            }
        }
    }

    /// Makes a secret that says that it belongs to this organization.
    pub(super) async fn issue(&self) -> Result<Secret, Failed> {
        let ring = match self.configuration.key_ring() {
            Ok(ring) => ring,
            // Signing in works without a ring, and a secret that says nothing belongs to the default organization.
            Err(_) if self.organization == OrganizationId::default() => return Ok(Secret::generate(&*self.platform)),
            Err(missing) => return Err(missing.into()),
        };
        Secret::issue(&*self.platform, ring, &self.organization).await.map_err(not_checked)
    }
}

/// What a request with another `Authorization` is told.
const NO_KEY: &str = "The Authorization header has no API key of Causeway.";

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn not_checked(failure: MacFailure) -> Failed {
    let failed = Failed::new(ProblemCode::Internal, "The platform did not sign.");
    Failed { cause: Some(format!("{failure:?}")), ..failed }
}

/// Refuses a mutating request in a session's name that does not show that it comes from our own pages: it needs a
/// same-origin `Origin` (or `Sec-Fetch-Site`) and a header that a foreign page cannot send unasked.
pub(super) fn same_origin(method: &Method, headers: &HeaderMap, caller: &Caller, own: &Origin) -> Result<(), Failed> {
    if method.is_safe() || matches!(caller, Caller::ApiKey(_)) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let from_us = match text("origin") {
        Some(origin) => origin == own.as_str(),
        None => text("sec-fetch-site") == Some("same-origin"),
    };
    if from_us && text(PROOF_HEADER) == Some(PROOF_VALUE) {
        Ok(())
    } else {
        Err(Failed::new(ProblemCode::CrossSite, "The request does not show that it comes from Causeway's own pages."))
    }
}
