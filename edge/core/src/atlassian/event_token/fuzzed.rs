//! Tokens of events that nobody thought of.

use api::Timestamp;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::executor::block_on;
use serde_json::Value;
use url::Url;

use super::{SKEW, verify};
use crate::{configuration::Atlassian, fakes::NativeMac, ports::Mac as _};

pub(super) const CLIENT: &str = "client";
pub(super) const ADDRESS: &str = "https://causeway.example/jira-events";
/// Now, in seconds.
pub(super) const SECOND: i64 = 1_795_323_600;
const SECRET: &str = "CLIENT-SECRET";

pub(super) fn now() -> Timestamp {
    Timestamp::from_millis(SECOND * 1_000)
}

/// What becomes of a token with these parts, signed with the app's secret.
pub(super) fn judged(header: &str, claims: &str) -> Result<Timestamp, &'static str> {
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = block_on(NativeMac.hmac_sha256(SECRET.as_bytes(), signed.as_bytes())).expect("signed");
    judge(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What becomes of a token.
pub(super) fn judge(token: &str) -> Result<Timestamp, &'static str> {
    let url = Url::parse("https://atlassian.example").expect("an address");
    let app = Atlassian { auth_url: &url, api_url: &url, client_id: CLIENT, client_secret: SECRET, scopes: &[] };
    block_on(verify(&NativeMac, &app, ADDRESS, token, now()))
}

/// The header and the claims of a text of the corpus.
fn parts(text: &str) -> (String, String) {
    text.split_once("}.{")
        .map_or((text.to_owned(), "{}".to_owned()), |(header, claims)| (format!("{header}}}"), format!("{{{claims}")))
}

const CORPUS: &str = include_str!("../../../corpus/event-tokens.txt");

#[test]
fn no_token_is_taken_that_nobody_signed() {
    crate::fuzz::fuzz(CORPUS, |text| {
        let (header, claims) = parts(text);
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        for signature in ["", "AA", "=", header.as_str()] {
            assert!(judge(&format!("{header}.{claims}.{signature}")).is_err());
        }
        assert!(judge(text).is_err());
    });
}

#[test]
fn a_token_that_is_taken_is_signed_as_it_says_valid_now_and_for_us() {
    let taken = std::cell::Cell::new(0);
    crate::fuzz::fuzz(CORPUS, |text| {
        let (header, claims) = parts(text);
        let Ok(until) = judged(&header, &claims) else { return };
        taken.set(taken.get() + 1);
        let [header, claims]: [Value; 2] = [header, claims].map(|part| serde_json::from_str(&part).expect("JSON"));
        assert_eq!(header["alg"], "HS256");
        let end = claims["exp"].as_i64().expect("an end");
        assert!(end.saturating_add(SKEW) > SECOND && until > now());
        for from in ["iat", "nbf"] {
            assert!(claims[from].is_null() || claims[from].as_i64().is_some_and(|from| from <= SECOND + SKEW));
        }
        let is_ours = |one: &Value| one == CLIENT || one == ADDRESS;
        let audience = &claims["aud"];
        let several = || audience.as_array().is_some_and(|all| all.iter().any(is_ours));
        assert!(audience.is_null() || is_ours(audience) || several(), "{audience}");
    });
    assert!(taken.get() > 5, "{} were taken", taken.get());
}
