//! The API key of a call.
//!
//! It is the token of `Authorization: Bearer`, or the password (else the name) of `Authorization: Basic`: many clients
//! of Jira can only send an e-mail address with a token. Accepting Basic is safe, because no response asks for it, so no
//! browser stores a key and sends it by itself. What cannot be a key is refused without asking the organization.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{
    proxy::{headers, refusal::CallRefusal},
    secrets::{API_KEY_PREFIX, PresentedKey},
};

/// Base64 with or without padding, as clients send it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads the key of a call.
///
/// 1. A key that travelled unencrypted, or in the query, which is logged on its way and would reach Jira. 2. No
///    `Authorization`. 3. One without a key of Causeway.
pub(super) fn read(headers: &[(String, String)], query: Option<&str>) -> Result<PresentedKey, CallRefusal> {
    // Only Cloudflare sets this header: what the client used, where that is not the scheme of the request's URL.
    if headers::value(headers, "cf-visitor").is_some_and(|visitor| visitor.contains("\"http\"")) {
        return Err(CallRefusal::NotHttps);
    }
    if query.is_some_and(holds_key) {
        return Err(CallRefusal::KeyInQuery);
    }
    let authorization = headers::value(headers, "authorization").ok_or(CallRefusal::NoKey)?;
    let (scheme, value) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let basic = scheme.eq_ignore_ascii_case("basic");
    let key = if basic { of_basic(value.trim()) } else { PresentedKey::read(authorization) };
    key.ok_or(CallRefusal::NotAKey { basic })
}

fn of_basic(value: &str) -> Option<PresentedKey> {
    let login = String::from_utf8(BASE64.decode(value).ok()?).ok()?;
    let (name, password) = login.split_once(':')?;
    PresentedKey::parse(password).or_else(|| PresentedKey::parse(name))
}

fn holds_key(query: &str) -> bool {
    if !query.contains('%') && !query.contains(API_KEY_PREFIX) {
        return false;
    }
    url::form_urlencoded::parse(query.as_bytes()).any(|(_, value)| PresentedKey::parse(value.trim()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::fakes::KEY;

    fn keyed(headers: &[(&str, &str)]) -> Result<PresentedKey, CallRefusal> {
        let headers: Vec<_> = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        read(&headers, None)
    }

    fn basic(login: &str) -> String {
        format!("Basic {}", BASE64.encode(login))
    }

    fn expected() -> PresentedKey {
        PresentedKey::parse(KEY).expect("a key")
    }

    #[test]
    fn a_call_without_a_key_or_with_what_cannot_be_one_is_refused_at_once() {
        assert_eq!(keyed(&[("cookie", "a=b")]), Err(CallRefusal::NoKey));
        let other = format!("Bearer cw_{}", "a".repeat(43));
        for refused in ["", "Bearer", "Bearer ", "Bearer cw_short", &other.replace("cw_", "CW_"), &other[..48], KEY] {
            assert_eq!(keyed(&[("Authorization", refused)]), Err(CallRefusal::NotAKey { basic: false }), "{refused}");
        }
        for refused in ["Basic", "Basic ???", "Basic Y3c6eA==", &basic("ada@example.com:ATATT3x"), &basic(KEY)] {
            assert_eq!(keyed(&[("Authorization", refused)]), Err(CallRefusal::NotAKey { basic: true }), "{refused}");
        }
        assert_eq!(keyed(&[("authorization", &format!("bearer  {KEY}"))]), Ok(expected()));
    }

    #[test]
    fn a_client_that_can_only_send_basic_sends_the_key_as_its_password() {
        let unpadded = basic(&format!("ada:{KEY}")).trim_end_matches('=').to_owned();
        let logins = ["ada@example.com", "", "anything", "ä"].map(|name| basic(&format!("{name}:{KEY}")));
        let as_name = [basic(&format!("{KEY}:")), basic(&format!("{KEY}:x-oauth-basic"))];
        for authorization in logins.iter().chain(&as_name).chain([&unpadded, &unpadded.replace("Basic", "BASIC")]) {
            assert_eq!(keyed(&[("Authorization", authorization)]), Ok(expected()), "{authorization}");
        }
    }

    #[test]
    fn a_key_that_others_may_have_read_on_its_way_is_refused() {
        let sent = [("authorization".to_owned(), format!("Bearer {KEY}"))];
        for query in [format!("api_key={KEY}"), format!("jql=a&os_token=%20{KEY}")] {
            assert_eq!(read(&[], Some(&query)), Err(CallRefusal::KeyInQuery), "{query}");
            assert_eq!(read(&sent, Some(&query)), Err(CallRefusal::KeyInQuery), "{query}");
        }
        assert_eq!(read(&sent, Some("jql=cw_1&access_token=cw_")), Ok(expected()));
        let bearer = format!("Bearer {KEY}");
        let plain = [("authorization", bearer.as_str()), ("CF-Visitor", r#"{"scheme":"http"}"#)];
        assert_eq!(keyed(&plain), Err(CallRefusal::NotHttps));
        assert_eq!(keyed(&[plain[0], ("cf-visitor", r#"{"scheme":"https"}"#)]), Ok(expected()));
    }
}
