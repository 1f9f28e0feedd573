//! Who a request says it is, and whether it comes from where it must.

use api::{PROOF_HEADER, PROOF_VALUE, ProblemCode};
use http::{HeaderMap, Method, header};

use crate::{
    configuration::Origin,
    http::{Edge, Platform, cookies, failure::Failed},
    organization::Caller,
    secrets::api_key_digest,
};

impl<P: Platform> Edge<P> {
    /// Who calls, and the edge for the organization that their credential belongs to.
    pub(super) async fn for_caller(self, headers: &HeaderMap) -> Result<(Self, Caller), Failed> {
        let caller = caller(headers)?;
        Ok((self, caller))
    }
}

/// Who asks: an API key if there is an `Authorization`, else the session's cookie, else nobody.
fn caller(headers: &HeaderMap) -> Result<Caller, Failed> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let session = cookies::secret(headers, cookies::SESSION);
        return Ok(session.map_or(Caller::Nobody, |session| Caller::Session(session.digest())));
    };
    let refused = || Failed::new(ProblemCode::ApiKeyRefused, "The Authorization header has no API key of Causeway.");
    authorization.to_str().ok().and_then(api_key_digest).map(Caller::ApiKey).ok_or_else(refused)
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
