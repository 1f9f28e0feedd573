//! Recognises that Jira refuses a credential: by the headers of Seraph (Jira's sign-in framework), by an
//! `oauth_problem`, or by the text of the response.
//!
//! The status alone proves nothing, because a reverse proxy in front of Jira can answer 401 too. Only what Jira itself
//! says about the credential is definitive.

use api::{Cause, Timestamp};
use url::Url;

use crate::{
    grant::Credential,
    oauth1::{Oauth1Answer, Oauth1Refusal},
};

/// The result of a sign-in by Seraph; `OK` if it succeeded.
pub(crate) const LOGIN_REASON: &str = "x-seraph-loginreason";
/// Contains `CAPTCHA_CHALLENGE` and the address at which the CAPTCHA can be solved.
pub(crate) const DENIED_REASON: &str = "x-authentication-denied-reason";

/// The parts of a response that are examined.
#[derive(Clone, Copy, Debug)]
pub struct ObservedResponse<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a [(String, String)],
    /// The body or its beginning; empty if it was not read.
    pub body: &'a [u8],
}

/// Jira refuses the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The cause.
    pub cause: Cause,
    /// Whether only another credential helps. If so, this one must not be tried again.
    pub is_definitive: bool,
    /// What Jira's own reason means and what to do about it, where that is more precise than the cause.
    pub told: Option<(String, &'static str)>,
}

impl Denial {
    /// Only another credential helps.
    pub const fn definitive(cause: Cause) -> Self {
        Self { cause, is_definitive: true, told: None }
    }

    /// The credential may work again.
    pub(crate) const fn passing(cause: Cause) -> Self {
        Self { cause, is_definitive: false, told: None }
    }

    /// Examines the response to a call with `credential` to the address `called`; `now` is our clock at the response.
    /// `None` if Jira does not refuse the credential. Jira can treat a caller with a wrong password as anonymous and
    /// answer 200.
    pub fn read(seen: &ObservedResponse<'_>, credential: &Credential, called: &str, now: Timestamp) -> Option<Self> {
        if let Credential::Oauth1(_) = credential {
            return seen.oauth_problem(called, now).as_ref().and_then(oauth1_failure);
        }
        let header = |name| seen.header(name).unwrap_or_default();
        if let Some(cause) = of_seraph(header(LOGIN_REASON), header(DENIED_REASON)) {
            return Some(Self::definitive(cause));
        }
        let of_a_name = matches!(credential, Credential::Basic(_)) && matches!(seen.status, 401 | 403);
        (of_a_name && is_basic_off(seen.body)).then_some(Self::passing(Cause::BasicDisabled))
    }
}

/// Why Jira refused a user name with its secret, from Seraph's two headers (empty if absent). A CAPTCHA takes
/// precedence: Jira reports it together with a failed sign-in, and checks no password before it is solved.
pub(crate) fn of_seraph(reason: &str, denied: &str) -> Option<Cause> {
    if denied.contains("CAPTCHA") || reason.contains("AUTHENTICATION_DENIED") {
        return Some(Cause::CaptchaRequired);
    }
    reason.contains("AUTHENTICATED_FAILED").then_some(Cause::PasswordRefused)
}

/// Whether the text of a refusal says that Basic authentication is disabled.
pub(crate) fn is_basic_off(body: &[u8]) -> bool {
    let messages = String::from_utf8_lossy(body).to_ascii_lowercase();
    messages.contains("basic auth") && (messages.contains("disabled") || messages.contains("not allowed"))
}

impl ObservedResponse<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn oauth_problem(&self, called: &str, now: Timestamp) -> Option<Oauth1Refusal> {
        let challenge = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("www-authenticate");
        let answer = Oauth1Answer {
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

/// A revoked or expired token is lost for good; keys, clocks and links can be corrected.
fn oauth1_failure(refusal: &Oauth1Refusal) -> Option<Denial> {
    let denial = match refusal {
        Oauth1Refusal::TokenExpired => Denial::definitive(Cause::TokenExpired),
        Oauth1Refusal::TokenRevoked | Oauth1Refusal::TokenRejected | Oauth1Refusal::TokenUsed => {
            Denial::definitive(Cause::GrantRefused)
        }
        Oauth1Refusal::SignatureInvalid(_) | Oauth1Refusal::SignatureMethodRejected => {
            Denial::passing(Cause::SignatureInvalid)
        }
        Oauth1Refusal::TimestampRefused(_) => Denial::passing(Cause::ClockSkew),
        Oauth1Refusal::ConsumerKeyUnknown | Oauth1Refusal::ConsumerKeyRefused => {
            Denial::passing(Cause::ConsumerUnknown)
        }
        Oauth1Refusal::PermissionDenied
        | Oauth1Refusal::PermissionUnknown
        | Oauth1Refusal::AdditionalAuthorizationRequired
        | Oauth1Refusal::UserRefused => Denial::passing(Cause::SiteRefused),
        _ => return None,
    };
    Some(Denial { told: Some((refusal.cause(), refusal.remedy())), ..denial })
}

#[cfg(test)]
mod tests {
    use api::ConsumerKey;

    use super::*;
    use crate::grant::{Login, SignedWith, Token};

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn read(credential: &Credential, status: u16, headers: &[(&str, &str)], body: &str) -> Option<(Cause, bool)> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let seen = ObservedResponse { status, headers: &headers, body: body.as_bytes() };
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
