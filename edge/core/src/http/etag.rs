//! Versions of what can be edited: `ETag` on answers, `If-Match` on edits (RFC 9110, sections 8.8.3 and 13.1.1).

use api::ProblemCode;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;

use crate::http::failure::RequestFailure;

/// The `ETag` of a version.
pub(super) fn etag(version: u64) -> Vec<(HeaderName, HeaderValue)> {
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).ok();
    tag.into_iter().map(|tag| (header::ETAG, tag)).collect()
}

/// The `ETag` of an answer that is relayed: its field `version`.
pub(super) fn etag_of(answer: &str) -> Vec<(HeaderName, HeaderValue)> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    serde_json::from_str(answer).map_or_else(|_| Vec::new(), |Versioned { version }| etag(version))
}

/// The version in `If-Match: "3"`. A weak or foreign tag matches no version.
pub(super) fn if_match(headers: &HeaderMap) -> Result<u64, RequestFailure> {
    let required =
        || RequestFailure::new(ProblemCode::IfMatchRequired, "An edit needs the ETag that was read as If-Match.");
    let text = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).ok_or_else(required)?;
    let version = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|n| n.parse().ok());
    let conflict = || RequestFailure::new(ProblemCode::EditConflict, "If-Match is not the ETag of what is edited.");
    version.ok_or_else(conflict)
}
