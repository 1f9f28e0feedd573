//! How an instance says that it does not take a credential: in headers of Seraph, the part of Jira that signs people in,
//! in an `oauth_problem`, or in a sentence.
//!
//! A status alone is no such word: a reverse proxy in front of Jira answers 401 as well. Only what Jira itself says of
//! the credential is definitive.

use api::{Cause, Timestamp};
use url::Url;

use crate::{
    grant::Credential,
    oauth1::{Answer, Refusal},
};

/// What is looked at of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a [(String, String)],
    /// The body or its beginning; empty if it was not read.
    pub body: &'a [u8],
}

/// That an instance does not take a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Why.
    pub cause: Cause,
    /// Whether nothing but another credential helps: it must not be tried again.
    pub is_definitive: bool,
}

impl Denial {
    const fn definitive(cause: Cause) -> Self {
        Self { cause, is_definitive: true }
    }

    const fn passing(cause: Cause) -> Self {
        Self { cause, is_definitive: false }
    }

    /// Reads an answer to a call with `credential`; `called` is the address, `now` our clock at the answer. `None`: Jira
    /// does not say that it refuses the credential. A wrong one may be answered with 200, as to nobody.
    pub fn read(seen: &Seen<'_>, credential: &Credential, called: &str, now: Timestamp) -> Option<Self> {
        if let Credential::Oauth1(_) = credential {
            return seen.oauth_problem(called, now).as_ref().and_then(of_oauth1);
        }
        let reason = seen.header("x-seraph-loginreason").unwrap_or_default();
        if seen.header("x-authentication-denied-reason").is_some_and(|why| why.trim().starts_with("CAPTCHA"))
            || reason.contains("AUTHENTICATION_DENIED")
        {
            return Some(Self::definitive(Cause::CaptchaRequired));
        }
        if reason.contains("AUTHENTICATED_FAILED") {
            return Some(Self::definitive(Cause::PasswordRefused));
        }
        let of_a_name = matches!(credential, Credential::Basic(_)) && matches!(seen.status, 401 | 403);
        let words = String::from_utf8_lossy(seen.body).to_ascii_lowercase();
        let is_off = words.contains("basic auth") && (words.contains("disabled") || words.contains("not allowed"));
        (of_a_name && is_off).then_some(Self::passing(Cause::BasicDisabled))
    }
}

impl Seen<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn oauth_problem(&self, called: &str, now: Timestamp) -> Option<Refusal> {
        let challenge = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("www-authenticate");
        let answer = Answer {
            status: self.status,
            challenges: self.headers.iter().filter(challenge).map(|(_, value)| value.as_str()).collect(),
            content_type: self.header("content-type"),
            date: self.header("date"),
            location: None,
            body: self.body,
        };
        answer.problem(&Url::parse(called).ok()?, now)
    }
}

/// A token that Jira took back or let expire is lost for good; keys, clocks and links can be put right.
fn of_oauth1(refusal: &Refusal) -> Option<Denial> {
    Some(match refusal {
        Refusal::TokenExpired => Denial::definitive(Cause::TokenExpired),
        Refusal::TokenRevoked | Refusal::TokenRejected | Refusal::TokenUsed => Denial::definitive(Cause::GrantRefused),
        Refusal::SignatureInvalid(_) | Refusal::SignatureMethodRejected => Denial::passing(Cause::SignatureInvalid),
        Refusal::TimestampRefused(_) => Denial::passing(Cause::ClockSkew),
        Refusal::ConsumerKeyUnknown | Refusal::ConsumerKeyRefused => Denial::passing(Cause::ConsumerUnknown),
        Refusal::PermissionDenied
        | Refusal::PermissionUnknown
        | Refusal::AdditionalAuthorizationRequired
        | Refusal::UserRefused => Denial::passing(Cause::SiteRefused),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use api::ConsumerKey;

    use super::*;
    use crate::grant::{Login, SignedWith, Token};

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn read(credential: &Credential, status: u16, headers: &[(&str, &str)], body: &str) -> Option<(Cause, bool)> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let seen = Seen { status, headers: &headers, body: body.as_bytes() };
        let denial = Denial::read(&seen, credential, "https://jira.example.com/rest/api/2/myself", NOW)?;
        Some((denial.cause, denial.is_definitive))
    }

    fn password() -> Credential {
        Credential::Basic(Login::parse("ada", "secret").expect("a login"))
    }

    fn signed() -> Credential {
        let token = Token::parse("abc").expect("a token");
        let consumer_key = ConsumerKey::parse("causeway").expect("a key");
        Credential::Oauth1(SignedWith { consumer_key, token: token.clone(), private_key: token })
    }

    #[test]
    fn what_seraph_says_of_a_password_is_definitive_whatever_the_status() {
        let captcha =
            ("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp");
        for status in [401, 403] {
            assert_eq!(read(&password(), status, &[captcha], ""), Some((Cause::CaptchaRequired, true)));
            let denied = [("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")];
            assert_eq!(read(&password(), status, &denied, ""), Some((Cause::CaptchaRequired, true)));
        }
        for status in [200, 401, 404] {
            let failed = [("x-seraph-loginreason", "AUTHENTICATED_FAILED")];
            assert_eq!(read(&password(), status, &failed, ""), Some((Cause::PasswordRefused, true)), "{status}");
        }
    }

    #[test]
    fn what_does_not_speak_of_the_credential_is_no_denial() {
        assert_eq!(read(&password(), 200, &[("x-seraph-loginreason", "OK")], ""), None);
        assert_eq!(read(&password(), 401, &[], "<html>Proxy authentication</html>"), None);
        assert_eq!(read(&password(), 403, &[], r#"{"errorMessages":["You may not"]}"#), None);
        assert_eq!(read(&password(), 200, &[], "Basic Authentication has been disabled on this instance."), None);
        assert_eq!(read(&signed(), 401, &[], ""), None);
    }

    #[test]
    fn basic_that_is_switched_off_can_be_switched_on_again() {
        let body = r#"{"message":"Basic Authentication has been disabled on this instance."}"#;
        assert_eq!(read(&password(), 403, &[], body), Some((Cause::BasicDisabled, false)));
    }

    #[test]
    fn every_oauth_problem_has_its_cause_wherever_jira_put_it() {
        let table = [
            ("token_expired", Cause::TokenExpired, true),
            ("token_revoked", Cause::GrantRefused, true),
            ("token_rejected", Cause::GrantRefused, true),
            ("signature_invalid", Cause::SignatureInvalid, false),
            ("timestamp_refused", Cause::ClockSkew, false),
            ("consumer_key_unknown", Cause::ConsumerUnknown, false),
            ("permission_denied", Cause::SiteRefused, false),
        ];
        for (problem, cause, definitive) in table {
            let said = format!("oauth_problem={problem}");
            assert_eq!(read(&signed(), 401, &[], &said), Some((cause, definitive)), "{problem}");
            let challenge = format!("OAuth realm=\"x\", oauth_problem=\"{problem}\"");
            let headers = [("WWW-Authenticate", challenge.as_str())];
            assert_eq!(read(&signed(), 401, &headers, ""), Some((cause, definitive)), "{problem}");
        }
        assert_eq!(read(&signed(), 401, &[], "oauth_problem=nonce_used"), None);
    }
}
