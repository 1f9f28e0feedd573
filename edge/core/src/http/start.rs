//! `/oauth/start/{ticket}`: redirects the pop-up to the authorization endpoint of Atlassian or of a Jira instance.

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
    authorization::CallbackPath,
    grant::CloudClient,
    http::{
        Edge, Platform, SharedEdge, cookies, failure::RequestFailure, navigation::navigation, page,
        request_id::RequestId, sign_in::redirect,
    },
    organization::{RedeemReaderTicket, RedeemTicket, Refusal},
    secrets::{Secret, SecretUse},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |ticket: Result<Path<String>, PathRejection>, request: Request| {
        let edge: Edge<P> = (*shared).clone();
        // A path that is not UTF-8 holds no ticket of ours.
        let ticket = ticket.map(|Path(ticket)| ticket).unwrap_or_default();
        SendWrapper::new(async move { serve(edge, &ticket, &request).await })
    };
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle_reader = move |ticket: Result<Path<String>, PathRejection>, request: Request| {
        let edge: Edge<P> = (*shared).clone();
        let ticket = ticket.map(|Path(ticket)| ticket).unwrap_or_default();
        SendWrapper::new(async move { serve_reader(edge, &ticket, &RequestId::of(&request)).await })
    };
    routes
        .route("/oauth/start/{ticket}", navigation(handle))
        .route("/oauth/start/reader/{ticket}", navigation(handle_reader))
}

async fn serve_reader<P: Platform>(edge: Edge<P>, ticket: &str, id: &RequestId) -> Response {
    match redirect_reader(&edge, ticket).await {
        Ok(response) => response,
        Err(failure) => {
            let support = edge.configuration.operator().support_url.as_deref();
            failure.page_with(page::HOME, support, id, &*edge.platform)
        }
    }
}

/// Redirects a reader of a page with the Forge app, who has no session. The link opens for whoever has it, and is worth
/// nothing to somebody else: the account that consents must be the reader's.
async fn redirect_reader<P: Platform>(edge: &Edge<P>, ticket: &str) -> Result<Response, RequestFailure> {
    let ticket = Secret::parse(ticket).ok_or(Refusal::Spent)?;
    let edge = edge.for_claim(&ticket.claim(), SecretUse::Ticket).await?.ok_or(Refusal::Spent)?;
    let (state, cookie) = (edge.issue(SecretUse::AuthorizationState).await?, Secret::generate(&*edge.platform));
    let redeem = RedeemTicket { ticket: ticket.digest(), state: state.digest(), cookie: cookie.digest() };
    let accepted = edge.send(&RedeemReaderTicket { redeem }).await?;
    let verifier = verifier(&cookie, &state);
    let url = atlassian_authorize_url(&edge, accepted.client, &accepted.callback_path, &state, &verifier)?;
    let cookie = cookies::set(&cookies::authorization(accepted.slot), &cookie, cookies::REDIRECT_SECONDS);
    Ok(redirect(&url, &[(header::SET_COOKIE, cookie)]))
}

async fn serve<P: Platform>(edge: Edge<P>, ticket: &str, request: &Request) -> Response {
    let id = RequestId::of(request);
    match redirect_to_provider(&edge, ticket, request).await {
        Ok(response) => response,
        Err(failure) if failure.code == ProblemCode::NotSignedIn => not_signed_in_page(&id),
        Err(failure) => {
            let support = edge.configuration.operator().support_url.as_deref();
            failure.page_with(page::HOME, support, &id, &*edge.platform)
        }
    }
}

/// 1. The session that received the ticket redeems it (400 if it is unknown, used or expired, 401 without a session).
/// 2. A cookie binds the callback to this browser.
/// 3. The browser is redirected (303) to Atlassian or to a Jira instance, with a state and an S256 challenge. If an
///    instance gives no request token, the authorization fails, and the browser is redirected to the app's page about it.
async fn redirect_to_provider<P: Platform>(
    edge: &Edge<P>,
    ticket: &str,
    request: &Request,
) -> Result<Response, RequestFailure> {
    let ticket = Secret::parse(ticket).ok_or(Refusal::Spent)?;
    if edge.for_claim(&ticket.claim(), SecretUse::Ticket).await?.is_none() {
        return Err(Refusal::Spent.into());
    }
    let (edge, caller) = edge.clone().for_caller(request.headers()).await?;
    caller.require_any()?;
    if ticket.claim().organization() != &edge.organization {
        return Err(Refusal::Spent.into());
    }
    let (state, cookie) = (edge.issue(SecretUse::AuthorizationState).await?, Secret::generate(&*edge.platform));
    let redeem = RedeemTicket { ticket: ticket.digest(), state: state.digest(), cookie: cookie.digest() };
    let accepted = edge.send_as(&caller, &redeem).await?;
    let verifier = verifier(&cookie, &state);
    let url = match &accepted.credential {
        None => atlassian_authorize_url(&edge, accepted.client, &accepted.callback_path, &state, &verifier)?,
        Some(authorization) => match edge.link_authorize_url(authorization, &state, &verifier).await {
            Ok(url) => url,
            Err(failure) => {
                edge.record_outcome(&authorization.id, Err(failure)).await?;
                return Ok(redirect(&format!("/authorize/{}", authorization.id), &[]));
            }
        },
    };
    let cookie = cookies::set(&cookies::authorization(accepted.slot), &cookie, cookies::REDIRECT_SECONDS);
    Ok(redirect(&url, &[(header::SET_COOKIE, cookie)]))
}

fn atlassian_authorize_url<P: Platform>(
    edge: &Edge<P>,
    client: CloudClient,
    callback_path: &CallbackPath,
    state: &Secret,
    verifier: &Secret,
) -> Result<String, RequestFailure> {
    let (atlassian, public_url) = (edge.configuration.atlassian_of(client)?, edge.configuration.public_url()?);
    let redirect_uri = public_url.at(callback_path.as_str());
    atlassian::authorize_url(&atlassian, &redirect_uri, state.expose(), verifier.expose())
        .map_err(|failure| RequestFailure::new(ProblemCode::Misconfigured, failure.message))
}

/// The PKCE verifier of an authorization. It is derived from the cookie, so it is stored nowhere.
pub(super) fn verifier(cookie: &Secret, state: &Secret) -> Secret {
    cookie.derive("authorize verifier", state.expose())
}

fn not_signed_in_page(id: &RequestId) -> Response {
    let page = page::Page {
        title: "Sign in first",
        message: "You are not signed in to Causeway any more, so nothing was authorized.",
        remedy: "Close this window, sign in again, and authorize from the connection.",
        code: None,
        request: Some(&id.0),
        next: Some(("Sign in", "/sign-in")),
        support: None,
        closes: false,
    };
    page::write(http::StatusCode::UNAUTHORIZED, &page)
}
