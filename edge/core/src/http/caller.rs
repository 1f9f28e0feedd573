//! The caller of a request, and protection against cross-site requests.

use api::{PROOF_HEADER, PROOF_VALUE, ProblemCode};
use http::{HeaderMap, Method, header};

use crate::{
    configuration::Origin,
    http::{Edge, Platform, cookies, failure::RequestFailure, guard::ClientAddress},
    organization::{Caller, Refusal},
    organization_id::OrganizationId,
    ports::MacFailure,
    secrets::{ClaimCheck, Digest, OrganizationClaim, PresentedKey, Secret, SecretUse},
};

impl<P: Platform> Edge<P> {
    /// The caller, and the edge for the organization that the caller's credential belongs to. The credential is the API
    /// key in `Authorization` (401 if that holds none of ours), else the session's cookie; without either, the caller is
    /// `Nobody`. Makes no call.
    pub(super) async fn for_caller(self, headers: &HeaderMap) -> Result<(Self, Caller), RequestFailure> {
        let client = ClientAddress::of(headers);
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let refused = || RequestFailure::new(ProblemCode::ApiKeyRefused, NO_API_KEY);
            let key = authorization.to_str().ok().and_then(PresentedKey::read).ok_or_else(refused)?;
            let edge = self.for_credential(&key.claim, &key.digest, client.as_ref()).await?;
            return Ok((edge.ok_or(Refusal::ApiKeyRefused)?, Caller::ApiKey(key.digest)));
        }
        let Some(session) = cookies::secret(headers, cookies::SESSION) else { return Ok((self, Caller::Nobody)) };
        let digest = session.digest();
        match self.for_credential(&session.claim(), &digest, client.as_ref()).await? {
            Some(edge) => Ok((edge, Caller::Session(digest))),
            None => Ok((self, Caller::Nobody)),
        }
    }

    /// The edge for the organization that a session or an API key belongs to, or `None` if it was not issued here. One
    /// that cannot be verified is counted by the client's address (429). Makes no call.
    pub(super) async fn for_credential(
        &self,
        claim: &OrganizationClaim,
        credential: &Digest,
        client: Option<&ClientAddress>,
    ) -> Result<Option<Self>, RequestFailure> {
        let check = self.check(claim, SecretUse::Credential).await?;
        let is_doubtful = check == ClaimCheck::Unverifiable || self.isolate.guard.was_refused(credential);
        if check != ClaimCheck::Forged && is_doubtful {
            self.count_unverified(credential, client).await?;
        }
        Ok((check != ClaimCheck::Forged).then(|| self.of(claim)))
    }

    /// The edge for the organization that a secret of one of our pages names, or `None` if the secret was not issued here
    /// for that use. Makes no call. Whoever opens such a page was counted already.
    ///
    /// One that cannot be verified may be ours, if it names this organization: otherwise anybody could have objects made
    /// for organizations that do not exist. Without a check it is ours only where nothing can be verified.
    pub(super) async fn for_claim(
        &self,
        claim: &OrganizationClaim,
        used: SecretUse,
    ) -> Result<Option<Self>, RequestFailure> {
        let may_be_ours = || {
            let has_its_form = claim.has_proof() || self.configuration.key_ring().is_err();
            has_its_form && claim.organization() == &self.organization
        };
        let is_ours = match self.check(claim, used).await? {
            ClaimCheck::Verified => true,
            ClaimCheck::Unverifiable => may_be_ours(),
            ClaimCheck::Forged => false,
        };
        Ok(is_ours.then(|| self.of(claim)))
    }

    async fn check(&self, claim: &OrganizationClaim, used: SecretUse) -> Result<ClaimCheck, RequestFailure> {
        match self.configuration.key_ring() {
            Ok(ring) => claim.check(&*self.platform, ring, used).await.map_err(mac_failure),
            // Nothing can be verified without a key ring.
            Err(_) => Ok(ClaimCheck::Unverifiable),
        }
    }

    fn of(&self, claim: &OrganizationClaim) -> Self {
        Self { organization: claim.organization().clone(), ..self.clone() }
    }

    /// Issues a secret that names this organization and its use, verifiably.
    pub(super) async fn issue(&self, used: SecretUse) -> Result<Secret, RequestFailure> {
        let ring = match self.configuration.key_ring() {
            Ok(ring) => ring,
            // Signing in works without a key ring: a secret that names no organization belongs to the default one.
            Err(_) if self.organization == OrganizationId::default() => return Ok(Secret::generate(&*self.platform)),
            Err(missing) => return Err(missing.into()),
        };
        Secret::issue(&*self.platform, ring, &self.organization, used).await.map_err(mac_failure)
    }
}

/// The detail for an `Authorization` without an API key of ours.
const NO_API_KEY: &str = "The Authorization header has no API key of Causeway: send it as Authorization: Bearer cw_….";

fn mac_failure(failure: MacFailure) -> RequestFailure {
    RequestFailure::new(ProblemCode::Internal, "The platform did not sign.").with_cause(format!("{failure:?}"))
}

/// Refuses a mutating request with a session's cookie that may come from another site (403). It needs a same-origin
/// `Origin` or `Sec-Fetch-Site`, and a header that another site can send only after a CORS preflight, which fails.
pub(super) fn same_origin(
    method: &Method,
    headers: &HeaderMap,
    caller: &Caller,
    own: &Origin,
) -> Result<(), RequestFailure> {
    if method.is_safe() || matches!(caller, Caller::ApiKey(_)) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_same_origin = match text("origin") {
        Some(origin) => origin == own.as_str(),
        None => text("sec-fetch-site") == Some("same-origin"),
    };
    if is_same_origin && text(PROOF_HEADER) == Some(PROOF_VALUE) {
        Ok(())
    } else {
        Err(RequestFailure::new(
            ProblemCode::CrossSite,
            "The request does not show that it comes from Causeway's own pages.",
        ))
    }
}
