//! `/sign-in` and `/sign-in/callback`: signing in at the OpenID provider.

use std::rc::Rc;

use api::ProblemCode;
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use http::{HeaderName, HeaderValue, StatusCode, header};
use send_wrapper::SendWrapper;
use url::form_urlencoded;

use crate::{
    excerpt::excerpt,
    http::{
        Edge, Platform, SharedEdge, body,
        failure::RequestFailure,
        navigation::navigation,
        openid::Choice,
        page,
        request_id::RequestId,
        return_to,
        sign_in_cookie::{PendingSignIn, SignInCookie},
        sign_in_outcome::ANOTHER_ACCOUNT,
    },
    organization::CheckSignIn,
    secrets::{Secret, SecretUse},
};

/// The path at which the OpenID provider sends the browser back.
pub(super) const CALLBACK_PATH: &str = "/sign-in/callback";

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let begin = handler(edge, async |edge: Edge<P>, request| redirect_to_provider(&edge, &request).await);
    let finish = handler(edge, async |edge: Edge<P>, request| finish_sign_in(&edge, &request).await);
    let forward = handler(edge, async |edge, request| forward_form(&edge, request).await);
    routes.route("/sign-in", navigation(begin)).route(CALLBACK_PATH, navigation(finish).post(forward))
}

type PageFuture = SendWrapper<LocalBoxFuture<'static, Response>>;

/// A handler whose failures are pages that lead to where the person can go on.
fn handler<P, F>(edge: &Edge<P>, handle: F) -> impl Fn(Request) -> PageFuture + Clone + Send + Sync + 'static
where
    P: Platform,
    F: AsyncFn(Edge<P>, Request) -> Result<Response, RequestFailure> + Copy + Send + Sync + 'static,
{
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        let answer = async move {
            let (id, platform) = (RequestId::of(&request), Rc::clone(&edge.platform));
            let configuration = Rc::clone(&edge.configuration);
            let response = handle(edge, request).await;
            response.unwrap_or_else(|failure| {
                let (next, support) = (next(failure.code), configuration.operator().support_url.as_deref());
                failure.page_with(next, support, &id, &*platform)
            })
        };
        SendWrapper::new(answer.boxed_local())
    }
}

const fn next(code: ProblemCode) -> (&'static str, &'static str) {
    match code {
        ProblemCode::AccountRefused => ANOTHER_ACCOUNT,
        ProblemCode::SignInFailed | ProblemCode::CookieMissing => ("Sign in again", "/sign-in"),
        _ => page::HOME,
    }
}

/// 1. Signing in is configured (503), and the provider's description can be had (400).
/// 2. The browser is redirected to the provider (303). State, nonce and PKCE challenge are bound to a cookie, which also
///    carries where to return to. Nothing is stored.
async fn redirect_to_provider<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    edge.configuration.administrators()?;
    let requested = parameter(request, "return_to").ok().flatten();
    let return_to = return_to::own_path(requested.as_deref()).to_owned();
    let choice = parameter(request, "prompt").ok().flatten().as_deref().and_then(Choice::read);
    let provider = edge.openid_provider().await?;
    let (state, secret) = (edge.issue(SecretUse::SignInState).await?, Secret::generate(&*edge.platform));
    let url = provider.authorize_url(&state, &secret, choice);
    let pending = PendingSignIn { secret, return_to, selects_account: choice == Some(Choice::SelectAccount) };
    Ok(redirect(&url, &edge.begin_sign_in(request.headers(), &state, &pending).await?))
}

/// 1. The state is ours, its cookie came back and opens, and it was not used before (400).
/// 2. The code is exchanged (400), and the provider vouches for the person's e-mail address (403).
/// 3. The state is spent. A person with access gets a session and is redirected (303). Anybody else gets a page that
///    says whom to ask (403).
async fn finish_sign_in<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    edge.configuration.oidc()?;
    edge.configuration.public_url()?;
    let state = once(request, "state")?.as_deref().and_then(Secret::parse).ok_or_else(not_ours)?;
    let edge = &edge.for_claim(&state.claim(), SecretUse::SignInState).await?.ok_or_else(not_ours)?;
    let pending = match edge.returned_sign_in(request.headers(), &state).await {
        SignInCookie::Opened(pending) => pending,
        SignInCookie::Ended => return Err(not_ours()),
        SignInCookie::NoCookies => return Err(RequestFailure::new(ProblemCode::CookieMissing, NO_COOKIE)),
    };
    if pending.selects_account && once(request, "error")?.is_some_and(|error| refuses_prompt(&error)) {
        return Ok(redirect(&sign_in_anew(&pending.return_to), &[]));
    }
    let code = code(request)?;
    if edge.send(&CheckSignIn { state: state.digest() }).await? {
        return edge.finished_already(request).await;
    }
    let provider = edge.openid_provider().await?;
    if let Some(issuer) = once(request, "iss")? {
        provider.is(&issuer)?;
    }
    let person = provider.redeem(&code, &state, &pending.secret).await?;
    edge.open_session(request, person, &state, &pending.return_to).await
}

/// Whether a provider may mean with this error that it does not know `prompt=select_account`. Hydra, Clerk and Logto
/// answer so, and say nowhere which prompts they know.
fn refuses_prompt(error: &str) -> bool {
    ["invalid_request", "account_selection_required", "interaction_required"].contains(&error)
}

/// Where a person chooses an account by signing in anew.
fn sign_in_anew(return_to: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("prompt", "login").append_pair("return_to", return_to);
    format!("/sign-in?{}", query.finish())
}

/// The code, or the provider's error: its own words are shown only here, to a browser with a state of ours and its
/// cookie.
fn code(request: &Request) -> Result<String, RequestFailure> {
    if let Some(error) = once(request, "error")? {
        let description = once(request, "error_description")?;
        let words = description.map_or_else(|| error.clone(), |description| format!("{error}: {description}"));
        let words = excerpt(&words, 300);
        let why = format!("The sign-in was cancelled, or the OpenID provider refused it. It said: {words}");
        return Err(refused(why).with_cause(words));
    }
    once(request, "code")?.ok_or_else(|| refused("The sign-in page sent no code."))
}

/// What a browser is told that keeps no cookies.
pub(super) const NO_COOKIE: &str = "Your browser did not send Causeway's cookie back.";

fn refused(why: impl Into<String>) -> RequestFailure {
    RequestFailure::new(ProblemCode::SignInFailed, why)
}

pub(super) fn not_ours() -> RequestFailure {
    refused("This sign-in was finished already, is too old, or belongs to another browser.")
}

/// The value of a query parameter that may stand there once (400).
fn once(request: &Request, name: &str) -> Result<Option<String>, RequestFailure> {
    parameter(request, name).map_err(|()| refused("The address at which the browser came back was altered."))
}

/// The parameters of an authorization response that [`finish_sign_in`] reads.
const RESPONSE: [&str; 5] = ["state", "code", "error", "error_description", "iss"];
/// The most bytes of a form: more than a code and a state have, and less than fits into an address.
const FORM_BYTES: usize = 8 * 1024;

/// Takes an authorization response that the provider has the browser post (`response_mode=form_post`). A request that
/// another site posts carries no `SameSite=Lax` cookie, but the redirect to the same parameters does.
async fn forward_form<P: Platform>(edge: &Edge<P>, request: Request) -> Result<Response, RequestFailure> {
    let (parts, body) = request.into_parts();
    let form = body::read_at_most(&*edge.platform, &parts.headers, body, FORM_BYTES).await;
    let form = form.map_err(|_| refused("The OpenID provider's form cannot be read."))?;
    let fields = form_urlencoded::parse(&form).filter(|(name, _)| RESPONSE.contains(&name.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Ok(redirect(&format!("{CALLBACK_PATH}?{query}"), &[]))
}

/// The value of a query parameter; an error if it is repeated.
fn parameter(request: &Request, name: &str) -> Result<Option<String>, ()> {
    let query = request.uri().query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

/// A redirect (303) to `url`, which is ours or a configured provider's.
pub(super) fn redirect(url: &str, headers: &[(HeaderName, HeaderValue)]) -> Response {
    let Ok(location) = HeaderValue::from_str(url) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for (name, value) in headers {
        answer.headers_mut().append(name.clone(), value.clone());
    }
    answer
}
