//! The cookies: one for the session, one for each sign-in and each authorization in progress.
//!
//! All are `__Host-`: Secure, without Domain, for the whole origin, so no other host can set or shadow them (RFC 6265bis,
//! section 4.1.3.2). With `SameSite=Lax` the browser sends them when Atlassian or the OpenID provider
//! redirects it back.

use http::{HeaderMap, HeaderValue, header};

use crate::{organization::SLOTS, secrets::Secret};

/// The session's cookie.
pub(super) const SESSION: &str = "__Host-session";
/// What the names of the cookies while signing in begin with.
pub(super) const SIGN_IN: &str = "__Host-sign-in-";
/// The lifetime in seconds of a cookie that waits for a redirect back.
pub(super) const REDIRECT_SECONDS: u32 = 600;
/// The lifetime of the session's cookie in seconds: the longest lifetime of a session.
pub(super) const SESSION_SECONDS: u32 = 43_200;

/// The cookie of the authorization in `slot`.
pub(super) fn authorization(slot: u8) -> String {
    format!("__Host-authorize-{slot}")
}

/// The value of the cookie `name`. `None` if there are two of this name, because one of them may come from an attacker.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = pairs(headers).filter(|(key, _)| *key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { Some(value) }
}

/// The secret in the cookie `name`, if its value has the form of a secret.
pub(super) fn secret(headers: &HeaderMap, name: &str) -> Option<Secret> {
    value(headers, name).and_then(Secret::parse)
}

/// The cookies whose names begin with `prefix`, with their values.
pub(super) fn beginning_with<'a>(headers: &'a HeaderMap, prefix: &str) -> Vec<(&'a str, &'a str)> {
    pairs(headers).filter(|(name, _)| name.starts_with(prefix)).collect()
}

/// Whether the browser sent any cookie of ours. One that sends none keeps none, or was never here.
pub(super) fn is_any_ours(headers: &HeaderMap) -> bool {
    pairs(headers).any(|(name, _)| name.starts_with("__Host-"))
}

/// The secrets of all authorizations that this browser has in progress.
pub(super) fn authorizations(headers: &HeaderMap) -> Vec<Secret> {
    (0..SLOTS).filter_map(|slot| secret(headers, &authorization(slot))).collect()
}

/// Sets a cookie to a secret.
pub(super) fn set(name: &str, secret: &Secret, seconds: u32) -> HeaderValue {
    set_value(name, secret.expose(), seconds)
}

/// Sets a cookie to characters of base64url, digits and dots.
pub(super) fn set_value(name: &str, value: &str, seconds: u32) -> HeaderValue {
    header_value(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"))
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
