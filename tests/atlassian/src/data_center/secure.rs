//! `/secure/attachment` and `/secure/thumbnail`: the bytes of an instance's attachments, for whoever may browse the issue.
//! An anonymous caller is sent to the log-in page, as a browser would be.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::At;
use super::caller::{self, Identified, basic_failure, tell_reason};
use super::rest::visitor;
use crate::jira::{Where, api};

pub(super) fn routes() -> Router<At> {
    Router::new().route("/secure/attachment/{id}/{name}", get(read)).route("/secure/thumbnail/{id}/{name}", get(read))
}

async fn read(State(at): State<At>, Path((id, _)): Path<(String, String)>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    match caller::identify(&at, &head, &[]) {
        Identified::As(caller) => {
            let mut response = api::file(&at.world, Where::Instance(at.instance), visitor(&at, caller.person), &id);
            tell_reason(&mut response, "OK");
            response
        }
        Identified::Refused(response) => response,
        Identified::Mistaken => basic_failure(StatusCode::UNAUTHORIZED, "AUTHENTICATED_FAILED"),
        Identified::Nobody => at.redirect("/login.jsp"),
    }
}
