//! The last page of a reader's consent. Whoever reads a page of Confluence has no session here, so the page says nothing of
//! the authorization but how it ended; the page of Confluence shows the rest.

use api::FailureCode;
use axum::{Router, response::Response, routing::get};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::http::{page, sign_in::redirect};

/// How a consent can end, with the page about each.
static RESULTS: [(&str, page::Page<'static>); 3] = [
    (
        "/oauth/loaded",
        page::Page {
            title: "Charts are loading",
            message: "You have let Causeway read this Jira as you. All charts of the page appear there now.",
            remedy: "This window closes by itself. If it stays, close it and go back to the page.",
            code: None,
            request: None,
            next: None,
            support: None,
            closes: true,
        },
    ),
    (
        "/oauth/other-account",
        page::Page {
            title: "Another account",
            message: "You accepted as another Atlassian account than the one that you use on the page. Nothing was stored.",
            remedy: "Close this window. Log in to Atlassian with the account of the page, and choose Load chart again.",
            code: None,
            request: None,
            next: None,
            support: None,
            closes: false,
        },
    ),
    (
        "/oauth/not-loaded",
        page::Page {
            title: "Charts are not loaded",
            message: "Causeway was not given access, so nothing was stored. The page that you came from says why.",
            remedy: "Close this window, and choose Load chart again when you are ready.",
            code: None,
            request: None,
            next: None,
            support: None,
            closes: false,
        },
    ),
];

pub(super) fn routes(routes: Router) -> Router {
    RESULTS.iter().fold(routes, |routes, (path, shown)| {
        routes.route(path, get(move || std::future::ready(page::write(StatusCode::OK, shown))))
    })
}

/// Redirects to the page about it, so that neither code nor state stays in an address bar.
pub(super) fn redirect_to(failed: Option<FailureCode>, clear: (HeaderName, HeaderValue)) -> Response {
    let path = match failed {
        None => "/oauth/loaded",
        Some(FailureCode::OtherAccount) => "/oauth/other-account",
        Some(_) => "/oauth/not-loaded",
    };
    redirect(path, &[clear])
}
