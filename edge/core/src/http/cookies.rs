//! The cookies: one of the session, one while signing in, one of each attempt to authorize.
//!
//! All are `__Host-`: Secure, without Domain, for the whole origin, so no other host can set or shadow them (RFC 6265bis,
//! section 4.1.3.2). `SameSite=Lax` lets them come along when Atlassian or the OpenID provider sends the browser back.

use http::{HeaderMap, HeaderValue, header};

use crate::{organization::SLOTS, secrets::Secret};

/// The session's cookie.
pub(super) const SESSION: &str = "__Host-session";
/// The cookie while signing in.
pub(super) const SIGN_IN: &str = "__Host-sign-in";
/// How long a cookie of a way out and back lives, in seconds.
pub(super) const REDIRECT_SECONDS: u32 = 600;
/// How long the session's cookie lives, in seconds: as long as the session at the most.
pub(super) const SESSION_SECONDS: u32 = 43_200;

/// The cookie of the attempt in `slot`.
pub(super) fn authorization(slot: u8) -> String {
    format!("__Host-authorize-{slot}")
}

/// The secret in the cookie `name`, if it is one. Of two with the same name, neither is believed.
pub(super) fn secret(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let mut found = pairs(headers).filter(|(key, _)| *key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { Secret::parse(value) }
}

/// The secrets of all attempts that this browser has under way.
pub(super) fn authorizations(headers: &HeaderMap) -> Vec<Secret> {
    (0..SLOTS).filter_map(|slot| secret(headers, &authorization(slot))).collect()
}

/// Sets a cookie.
pub(super) fn set(name: &str, secret: &Secret, seconds: u32) -> HeaderValue {
    header_value(&format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}", secret.expose()))
}

/// Removes a cookie.
pub(super) fn clear(name: &str) -> HeaderValue {
    header_value(&format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

fn header_value(cookie: &str) -> HeaderValue {
    // Names are ours and secrets are base64url, so this always is a header value; an empty one sets nothing.
    HeaderValue::from_str(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
