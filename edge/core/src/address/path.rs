//! Which context paths are allowed.

use super::AddressRefused;

/// Checks a path after parsing, when its dot segments are resolved. Servlet containers have plain context paths;
/// reverse proxies would interpret anything else in their own ways.
pub(super) fn admit(path: &str) -> Result<(), AddressRefused> {
    let segments = path.trim_end_matches('/').split('/').skip(1);
    if segments.map(str::as_bytes).all(is_plain) { Ok(()) } else { Err(AddressRefused::Path) }
}

/// The unreserved characters of RFC 3986.
fn is_plain(segment: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    !segment.is_empty() && segment.iter().all(plain)
}
