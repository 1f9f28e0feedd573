//! Authorization codes of Atlassian, of the issuer and of Data Center: single use, short-lived, bound to the
//! authorization request.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Moment;

/// How long a code can be exchanged, but at Data Center.
pub(crate) const CODE_LIFE: Duration = Duration::from_mins(5);

/// The codes that were not exchanged yet, each with its grant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Codes<T>(BTreeMap<String, Code<T>>);

/// One code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code<T> {
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) issued: Moment,
    pub(crate) stands_for: T,
}

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    UnknownUsedOrExpired,
    OtherRedirect,
    WrongVerifier,
}

/// What the client sends when it exchanges a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) verifier: Option<&'a str>,
    pub(crate) verifies_pkce: bool,
    /// How long codes live here.
    pub(crate) life: Duration,
}

impl<T> Default for Codes<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Codes<T> {
    pub(crate) fn keep(&mut self, name: String, code: Code<T>) {
        self.0.insert(name, code);
    }

    /// Redeems the code. It is used up even if a later check fails.
    pub(crate) fn spend(&mut self, shown: Exchange<'_>, now: Moment) -> Result<T, CodeRefusal> {
        let code = self.0.remove(shown.code).ok_or(CodeRefusal::UnknownUsedOrExpired)?;
        if now.since(code.issued) >= shown.life {
            Err(CodeRefusal::UnknownUsedOrExpired)
        } else if shown.redirect_uri != Some(code.redirect_uri.as_str()) {
            Err(CodeRefusal::OtherRedirect)
        } else if shown.verifies_pkce && !code.is_verified_by(shown.verifier) {
            Err(CodeRefusal::WrongVerifier)
        } else {
            Ok(code.stands_for)
        }
    }

    pub(crate) fn forget(&mut self, which: impl Fn(&T) -> bool) {
        self.0.retain(|_, code| !which(&code.stands_for));
    }
}

impl<T> Code<T> {
    fn is_verified_by(&self, verifier: Option<&str>) -> bool {
        match (&self.challenge, verifier) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(challenge), Some(verifier)) => {
                *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const SHOWN: Exchange<'_> = Exchange {
        code: "code",
        redirect_uri: Some("here"),
        verifier: Some(VERIFIER),
        verifies_pkce: true,
        life: CODE_LIFE,
    };

    fn one_code() -> Codes<&'static str> {
        let mut codes = Codes::default();
        let challenge = Some(CHALLENGE.into());
        codes.keep("code".into(), Code { redirect_uri: "here".into(), challenge, issued: Moment(0), stands_for: "x" });
        codes
    }

    #[test]
    fn a_code_is_exchanged_once() {
        let mut codes = one_code();
        assert_eq!(codes.spend(SHOWN, Moment(1)), Ok("x"));
        assert_eq!(codes.spend(SHOWN, Moment(1)), Err(CodeRefusal::UnknownUsedOrExpired));
    }

    #[test]
    fn a_code_lives_five_minutes() {
        assert!(one_code().spend(SHOWN, Moment(299)).is_ok());
        assert!(one_code().spend(SHOWN, Moment(300)).is_err());
    }

    #[test]
    fn a_code_is_bound_to_the_redirect_and_to_the_challenge() {
        let elsewhere = Exchange { redirect_uri: Some("there"), ..SHOWN };
        assert_eq!(one_code().spend(elsewhere, Moment(1)), Err(CodeRefusal::OtherRedirect));
        for verifier in [None, Some("wrong")] {
            let shown = Exchange { verifier, ..SHOWN };
            assert_eq!(one_code().spend(shown, Moment(1)), Err(CodeRefusal::WrongVerifier));
        }
    }
}
