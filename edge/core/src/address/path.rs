//! Which context paths there are.

use super::AddressRefused;

/// Judges a path after parsing, when its dot segments are resolved. Servlet containers have plain context paths, and
/// whatever stands before them would read anything else in a way of its own.
pub(super) fn admit(path: &str) -> Result<(), AddressRefused> {
    let segments = path.trim_end_matches('/').split('/').skip(1);
    if segments.map(str::as_bytes).all(is_plain) { Ok(()) } else { Err(AddressRefused::Path) }
}

/// The unreserved characters of RFC 3986.
fn is_plain(segment: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    !segment.is_empty() && segment.iter().all(plain)
}
