//! Strings nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `bytes` random bytes as base64url.
pub(crate) fn opaque(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("the operating system has randomness");
    URL_SAFE_NO_PAD.encode(buffer)
}

/// Shaped like the tokens Atlassian hands out: three parts and some hundreds of characters, so that lengths are met
/// that a cookie or a column would notice.
pub(crate) fn token() -> String {
    format!("eyJ{}.eyJ{}.{}", opaque(24), opaque(450), opaque(64))
}
