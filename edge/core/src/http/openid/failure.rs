//! Why signing in fails, in words for the page and for the log. They name what was expected and what came, and hold no
//! token, code or secret.

use std::fmt::Display;

use api::ProblemCode;
use openidconnect::{ClaimsVerificationError, RequestTokenError, UserInfoError};

use super::client::ErrorResponse;
use crate::{excerpt::excerpt, http::failure::RequestFailure, ports::HttpFailure};

/// The most characters of a reason.
const LONGEST: usize = 500;

/// The provider, or its answer, is not as it must be (400).
pub(super) fn failed(why: impl Display) -> RequestFailure {
    because(ProblemCode::SignInFailed, &why.to_string())
}

/// The provider's answer is in order, but with this account nobody may sign in (403).
pub(super) fn account_refused(why: impl Display) -> RequestFailure {
    because(ProblemCode::AccountRefused, &why.to_string())
}

fn because(code: ProblemCode, why: &str) -> RequestFailure {
    let why = excerpt(why, LONGEST);
    RequestFailure::new(code, why.clone()).with_cause(why)
}

pub(super) fn unreachable(what: &str, failure: &HttpFailure) -> RequestFailure {
    failed(format!("The OpenID provider's {what} cannot be reached: {failure}."))
}

/// The members of a token response that are secret. (The crate says nothing of an ID token's own text.)
const SECRET: [&str; 2] = ["access_token", "refresh_token"];

/// The token endpoint gave no tokens.
pub(super) fn no_tokens(error: &RequestTokenError<HttpFailure, ErrorResponse>) -> RequestFailure {
    match error {
        RequestTokenError::ServerResponse(response) => {
            let operator = if response.error().as_ref() == "invalid_client" {
                " The operator must check OIDC_CLIENT_ID, OIDC_CLIENT_SECRET (it may have expired) and OIDC_CLIENT_AUTH."
            } else {
                ""
            };
            failed(format!("The OpenID provider gave no tokens: {response}.{operator}"))
        }
        RequestTokenError::Request(failure) => unreachable("token endpoint", failure),
        RequestTokenError::Parse(error, _) => {
            let place = error.path().to_string();
            let why = if SECRET.contains(&place.as_str()) { place } else { error.inner().to_string() };
            failed(format!("The OpenID provider's token response cannot be read: {why}."))
        }
        RequestTokenError::Other(why) => failed(format!("The OpenID provider's token endpoint failed: {why}.")),
    }
}

pub(super) fn id_token_refused(error: &ClaimsVerificationError) -> RequestFailure {
    failed(format!("The OpenID provider's ID token was refused. {}.", words(error)))
}

pub(super) fn no_user_info(error: &UserInfoError<HttpFailure>) -> RequestFailure {
    let why = match error {
        UserInfoError::ClaimsVerification(error) => words(error),
        UserInfoError::Parse(error) => format!("It cannot be read at `{}`: {}", error.path(), error.inner()),
        UserInfoError::Request(failure) => return unreachable("userinfo endpoint", failure),
        UserInfoError::Response(status, _, why) => format!("Status {}: {why}", status.as_u16()),
        other => other.to_string(),
    };
    failed(format!("The OpenID provider's userinfo was refused. {why}."))
}

/// The crate's words, with those about the signature, which it keeps as the source.
fn words(error: &ClaimsVerificationError) -> String {
    match error {
        ClaimsVerificationError::SignatureVerification(why) => format!("Invalid signature: {why}"),
        other => other.to_string(),
    }
}
