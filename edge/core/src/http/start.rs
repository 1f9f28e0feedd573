//! `/oauth/start/{ticket}`: the pop-up leaves for Atlassian.

use api::ProblemCode;
use axum::{
    Router,
    extract::{Path, Request, rejection::PathRejection},
    response::Response,
};
use http::header;
use send_wrapper::SendWrapper;

use crate::{
    atlassian,
    http::{
        Edge, Held, Platform, cookies, failure::Failed, navigation::navigation, page, request_id::RequestId,
        sign_in::redirect,
    },
    organization::{RedeemTicket, Refusal},
    secrets::Secret,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let held: Held<P> = SendWrapper::new(edge.clone());
    let handle = move |ticket: Result<Path<String>, PathRejection>, request: Request| {
        let edge: Edge<P> = (*held).clone();
        // What is not even text is no ticket of ours.
        let ticket = ticket.map(|Path(ticket)| ticket).unwrap_or_default();
        SendWrapper::new(async move { start(edge, &ticket, &request).await })
    };
    routes.route("/oauth/start/{ticket}", navigation(handle))
}

async fn start<P: Platform>(edge: Edge<P>, ticket: &str, request: &Request) -> Response {
    let id = RequestId::of(&request);
    match leave(&edge, ticket, request).await {
        Ok(answer) => answer,
        Err(failed) if failed.code == ProblemCode::NotSignedIn => signed_out(&id),
        Err(failed) => failed.page(&id, &*edge.platform),
    }
}

/// 1. The ticket is spent, by the session that it was given to.
/// 2. A cookie binds the answer to this browser.
/// 3. The browser goes to Atlassian or to a Jira instance, with a state and an S256 challenge. An instance that gives
///    no request token ends the attempt, and the app's page says why.
async fn leave<P: Platform>(edge: &Edge<P>, ticket: &str, request: &Request) -> Result<Response, Failed> {
    let ticket = Secret::parse(ticket).ok_or(Refusal::Spent)?;
    let (edge, caller) = edge.clone().for_caller(request.headers()).await?;
    if ticket.claim().organization() != &edge.organization {
        return Err(Refusal::Spent.into());
    }
    let (state, cookie) = (edge.issue().await?, Secret::generate(&*edge.platform));
    let spend = RedeemTicket { ticket: ticket.digest(), state: state.digest(), cookie: cookie.digest() };
    let left = edge.send_as(&caller, &spend).await?;
    let verifier = verifier(&cookie, &state);
    let url = match &left.brought {
        None => to_atlassian(&edge, &state, &verifier)?,
        Some(brought) => match edge.leave_for_link(brought, &state, &verifier).await {
            Ok(url) => url,
            Err(failure) => {
                edge.conclude_brought(brought, Err(failure)).await?;
                return Ok(redirect(&format!("/authorize/{}", brought.id), &[]));
            }
        },
    };
    let cookie = cookies::set(&cookies::attempt(left.slot), &cookie, cookies::DETOUR_SECONDS);
    Ok(redirect(&url, &[(header::SET_COOKIE, cookie)]))
}

fn to_atlassian<P: Platform>(edge: &Edge<P>, state: &Secret, verifier: &Secret) -> Result<String, Failed> {
    let (atlassian, public_url) = (edge.configuration.atlassian()?, edge.configuration.public_url()?);
    atlassian::authorize_url(&atlassian, public_url, state.expose(), verifier.expose())
        .map_err(|failure| Failed::new(ProblemCode::Misconfigured, failure.message))
}

/// The PKCE verifier of an attempt. It follows from the cookie, so it is stored nowhere.
pub(super) fn verifier(cookie: &Secret, state: &Secret) -> Secret {
    cookie.derive("authorize verifier", state.expose())
}

fn signed_out(id: &RequestId) -> Response {
    let page = page::Page {
        title: "Sign in first",
        message: "You are not signed in to Causeway any more, so nothing was authorized.",
        remedy: "Close this window, sign in again, and authorize from the connection.",
        code: None,
        request: Some(&id.0),
        onward: Some(("Sign in", "/sign-in")),
    };
    page::write(http::StatusCode::UNAUTHORIZED, &page)
}
