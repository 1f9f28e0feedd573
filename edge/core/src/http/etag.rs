//! Versions of editable resources: `ETag` in responses, `If-Match` in edits (RFC 9110, sections 8.8.3 and 13.1.1).

use api::ProblemCode;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;

use crate::{http::failure::RequestFailure, organization::IfMatch};

/// The `ETag` of a version.
pub(super) fn etag(version: u64) -> Vec<(HeaderName, HeaderValue)> {
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).ok();
    tag.into_iter().map(|tag| (header::ETAG, tag)).collect()
}

/// The `ETag` of a relayed response, from its field `version`.
pub(super) fn etag_of(answer: &str) -> Vec<(HeaderName, HeaderValue)> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    serde_json::from_str(answer).map_or_else(|_| Vec::new(), |Versioned { version }| etag(version))
}

/// The condition in `If-Match` (428 without the header).
///
/// `*` matches every version. Of a list, which may be spread over several fields, one tag has to match. Tags are
/// compared strongly (RFC 9110, section 8.8.3.2): a weak one matches nothing, and neither does one that is not ours. A
/// condition that matches nothing is refused here (412), whatever the version is.
pub(super) fn if_match(headers: &HeaderMap) -> Result<IfMatch, RequestFailure> {
    let fields: Vec<&str> = headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
    if fields.iter().all(|field| field.trim().is_empty()) {
        return Err(RequestFailure::new(ProblemCode::IfMatchRequired, REQUIRED));
    }
    if fields.iter().all(|field| field.trim() == "*") {
        return Ok(IfMatch::Any);
    }
    let versions: Vec<u64> = fields.iter().flat_map(|field| field.split(',')).filter_map(version).collect();
    match versions.as_slice() {
        [] => Err(RequestFailure::new(ProblemCode::EditConflict, NO_VERSION)),
        _ => Ok(IfMatch::Versions(versions)),
    }
}

const REQUIRED: &str = "An edit needs the ETag that was read as If-Match.";
const NO_VERSION: &str =
    "If-Match names no version: it takes the ETag that was read, for example \"3\", and no weak tag (W/).";

/// The version that one of our tags names. None of them contains a comma.
fn version(tag: &str) -> Option<u64> {
    let digits = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&'static str]) -> Result<IfMatch, ProblemCode> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(header::IF_MATCH, HeaderValue::from_static(field));
        }
        if_match(&headers).map_err(|failure| failure.code)
    }

    #[test]
    fn one_of_several_strong_tags_has_to_match() {
        let both = Ok(IfMatch::Versions(vec![1, 3]));
        assert_eq!(read(&["\"1\", \"3\""]), both);
        assert_eq!(read(&["\"1\"", "\"3\""]), both, "over several fields");
        assert_eq!(read(&["W/\"2\" ,\"1\",\"of another, server\",, \"3\""]), both, "others match nothing");
    }

    #[test]
    fn a_star_matches_every_version_and_a_weak_tag_none() {
        assert_eq!(read(&["*"]), Ok(IfMatch::Any));
        assert_eq!(read(&[" * "]), Ok(IfMatch::Any));
        for none in ["W/\"1\"", "1", "\"\"", "\"+1\"", "\"1", "'1'", "*, \"x\"", "\"99999999999999999999\""] {
            assert_eq!(read(&[none]), Err(ProblemCode::EditConflict), "{none}");
        }
    }

    #[test]
    fn an_edit_without_a_condition_is_refused_as_that() {
        for fields in [&[] as &[_], &[""], &["", " "]] {
            assert_eq!(read(fields), Err(ProblemCode::IfMatchRequired), "{fields:?}");
        }
    }
}
