//! The pages for people whom the provider authenticated, and who get no session.

use api::ProblemCode;
use axum::response::Response;
use http::StatusCode;

use crate::http::{page, request_id::RequestId};

/// Where to continue if this account may not sign in.
pub(super) const ANOTHER_ACCOUNT: (&str, &str) = ("Sign in with another account", "/sign-in?prompt=select_account");

/// For a person who has no access. `ask` says whom to ask.
pub(super) fn no_access(email: &str, ask: &str) -> Response {
    let page = page::Page {
        title: "You have no access yet",
        message: &format!("You are signed in as {email}, but nobody has given this address access to Causeway."),
        remedy: &format!("{ask} If you have another account, sign in with that one."),
        code: Some(ProblemCode::NoAccess),
        request: None,
        next: Some(ANOTHER_ACCOUNT),
    };
    page::write(StatusCode::FORBIDDEN, &page)
}

/// For a person whose address belongs to a member with another account. `ask` says whom to ask.
pub(super) fn other_account(email: &str, ask: &str, id: &RequestId) -> Response {
    let page = page::Page {
        title: ProblemCode::AccountChanged.title(),
        message: &format!("Whoever has the address {email} in Causeway signed in with another account before."),
        remedy: &format!(
            "If that was you, sign in with the account from then. If your account or your address is new, somebody has to \
             release it. {ask}"
        ),
        code: Some(ProblemCode::AccountChanged),
        request: Some(&id.0),
        next: Some(ANOTHER_ACCOUNT),
    };
    page::write(StatusCode::FORBIDDEN, &page)
}
