//! The callback after an approval, and whether it belongs to our request token.

use url::Url;

use super::{
    form,
    refusal::Oauth1Refusal,
    tokens::{RequestToken, Verifier},
};

/// Where Jira sends the browser after the approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Our redirect address.
    Address(Url),
    /// None: Jira shows a verification code to paste.
    VerificationCode,
}

impl Callback {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Address(url) => url.as_str(),
            Self::VerificationCode => "oob",
        }
    }
}

/// Reads the verifier from the query of a callback. `asked` is the request token of this browser: Jira does not check
/// that the approved token is the one in the callback, so this does (RFC 5849, section 2.2).
pub fn verifier_in_callback(asked: &RequestToken, query: &str) -> Result<Verifier, Oauth1Refusal> {
    let told = form::read(query).unwrap_or_default();
    if form::only(&told, "oauth_token") != Some(asked.expose()) {
        return Err(Oauth1Refusal::AnotherRequestToken);
    }
    if let Some(problem) = form::only(&told, "oauth_problem") {
        return Err(Oauth1Refusal::named(problem));
    }
    match form::only(&told, "oauth_verifier") {
        Some("denied") => Err(Oauth1Refusal::PermissionDenied),
        Some(verifier) => Verifier::parse(verifier).map_err(|_| Oauth1Refusal::VerifierInvalid),
        None => Err(Oauth1Refusal::VerifierInvalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> RequestToken {
        RequestToken::new("req-1").expect("a token")
    }

    #[test]
    fn an_approval_brings_its_verifier() {
        let verifier = verifier_in_callback(&asked(), "oauth_token=req-1&oauth_verifier=uWq3fK&jira=1");
        assert_eq!(verifier, Ok(Verifier::parse("uWq3fK").expect("a verifier")));
    }

    #[test]
    fn an_approval_of_another_request_token_is_refused_whatever_else_it_says() {
        for query in [
            "oauth_token=req-2&oauth_verifier=uWq3fK",
            "oauth_token=req-1&oauth_token=req-2&oauth_verifier=uWq3fK",
            "oauth_token=req-2&oauth_verifier=denied",
            "oauth_verifier=uWq3fK",
            "oauth_token=req-1&oauth_verifier=%",
            "",
        ] {
            assert_eq!(verifier_in_callback(&asked(), query), Err(Oauth1Refusal::AnotherRequestToken), "{query}");
        }
    }

    #[test]
    fn a_denial_is_recognised_in_both_of_its_spellings() {
        for query in ["oauth_token=req-1&oauth_verifier=denied", "oauth_token=req-1&oauth_problem=permission_denied"] {
            assert_eq!(verifier_in_callback(&asked(), query), Err(Oauth1Refusal::PermissionDenied), "{query}");
        }
        assert_eq!(verifier_in_callback(&asked(), "oauth_token=req-1"), Err(Oauth1Refusal::VerifierInvalid));
    }
}
