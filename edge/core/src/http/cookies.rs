//! The cookies: one for the session, one while signing in, one for each authorization in progress.
//!
//! All are `__Host-`: Secure, without Domain, for the whole origin, so no other host can set or shadow them (RFC 6265bis,
//! section 4.1.3.2). With `SameSite=Lax` the browser sends them when Atlassian or the OpenID provider
//! redirects it back.

use http::{HeaderMap, HeaderValue, header};

use crate::{organization::SLOTS, secrets::Secret};

/// The session's cookie.
pub(super) const SESSION: &str = "__Host-session";
/// The cookie while signing in.
pub(super) const SIGN_IN: &str = "__Host-sign-in";
/// The lifetime in seconds of a cookie that waits for a redirect back.
pub(super) const REDIRECT_SECONDS: u32 = 600;
/// The lifetime of the session's cookie in seconds: the longest lifetime of a session.
pub(super) const SESSION_SECONDS: u32 = 43_200;

/// The cookie of the authorization in `slot`.
pub(super) fn authorization(slot: u8) -> String {
    format!("__Host-authorize-{slot}")
}

/// The secret in the cookie `name`, if its value has the form of a secret. `None` if there are two of this name, because
/// one of them may come from an attacker.
pub(super) fn secret(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let mut found = pairs(headers).filter(|(key, _)| *key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { Secret::parse(value) }
}

/// The secrets of all authorizations that this browser has in progress.
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
    // Always a valid header value, because names are ours and secrets are base64url. An empty value would set nothing.
    HeaderValue::from_str(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
