//! `/sign-in` and `/sign-in/callback`: signing in at the OpenID provider.

use api::ProblemCode;
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use send_wrapper::SendWrapper;
use url::form_urlencoded;

use crate::{
    http::{
        Edge, Platform, SharedEdge, cookies, failure::RequestFailure, navigation::navigation, openid, openid::Person,
        page, request_id::RequestId, return_to,
    },
    organization::{BeginSignIn, CheckNeeds, Needs, OpenSession, Opened, RedeemSignIn},
    secrets::Secret,
};

/// The path at which the OpenID provider sends the browser back.
pub(super) const CALLBACK_PATH: &str = "/sign-in/callback";

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let shared_again = shared.clone();
    let begin = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move { response_or_page(&edge, &request, redirect_to_provider(&edge, &request).await) })
    };
    let finish = move |request: Request| {
        let edge: Edge<P> = (*shared_again).clone();
        SendWrapper::new(async move { response_or_page(&edge, &request, finish_sign_in(&edge, &request).await) })
    };
    routes.route("/sign-in", navigation(begin)).route(CALLBACK_PATH, navigation(finish))
}

fn response_or_page<P: Platform>(
    edge: &Edge<P>,
    request: &Request,
    result: Result<Response, RequestFailure>,
) -> Response {
    let id = RequestId::of(request);
    result.unwrap_or_else(|failure| failure.page(&id, &*edge.platform))
}

/// 1. Signing in is configured (503), and the provider's discovery document can be read (400).
/// 2. The organization stores the state and where to return to (429 if too many people are signing in).
/// 3. The browser is redirected to the provider (303). State, nonce and PKCE challenge are bound to a cookie.
async fn redirect_to_provider<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let oidc = edge.configuration.oidc()?;
    let public_url = edge.configuration.public_url()?;
    edge.configuration.administrators()?;
    let requested = parameter(request, "return_to").ok().flatten();
    let return_to = return_to::own_path(requested.as_deref()).to_owned();
    // Two tabs that sign in at the same time share the cookie; their states differ.
    let cookie = cookies::secret(request.headers(), cookies::SIGN_IN);
    let cookie = cookie.unwrap_or_else(|| Secret::generate(&*edge.platform));
    let state = edge.issue().await?;
    let provider = openid::discover(&edge.platform, &oidc, &public_url.at(CALLBACK_PATH)).await?;
    edge.send(&BeginSignIn { state: state.digest(), cookie: cookie.digest(), return_to }).await?;
    let url = provider.authorize_url(&state, &cookie);
    Ok(redirect(&url, &[(header::SET_COOKIE, cookies::set(cookies::SIGN_IN, &cookie, cookies::REDIRECT_SECONDS))]))
}

/// 1. The state is redeemed (400 if it is unknown, used, expired or from another browser).
/// 2. The code is exchanged, and the provider verifies the person's e-mail address (400).
/// 3. A person with access gets a session and is redirected (303). Anybody else gets a page that names the administrators
///    (403).
async fn finish_sign_in<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let refused = |why: &str| RequestFailure::new(ProblemCode::SignInFailed, why);
    let altered = |()| refused("The address at which the browser came back was altered.");
    let oidc = edge.configuration.oidc()?;
    let public_url = edge.configuration.public_url()?;
    let not_ours = || refused("This sign-in was finished already, is too old, or belongs to another browser.");
    let state =
        parameter(request, "state").map_err(altered)?.as_deref().and_then(Secret::parse).ok_or_else(not_ours)?;
    let edge = &edge.for_claim(&state.claim()).await?.ok_or_else(not_ours)?;
    let cookie = cookies::secret(request.headers(), cookies::SIGN_IN).ok_or_else(not_ours)?;
    let Some(return_to) = edge.send(&RedeemSignIn { state: state.digest(), cookie: cookie.digest() }).await? else {
        // Another tab has redeemed the state: a browser that is signed in already needs no second session.
        return if edge.is_signed_in(request).await { Ok(redirect("/", &[])) } else { Err(not_ours()) };
    };
    if let Some(error) = parameter(request, "error").map_err(altered)? {
        let cause = Some(error.chars().filter(|c| !c.is_control()).take(100).collect());
        return Err(RequestFailure {
            cause,
            ..refused("The sign-in page reported an error, or the sign-in was cancelled.")
        });
    }
    let code = parameter(request, "code").map_err(altered)?.ok_or_else(|| refused("The sign-in page sent no code."))?;
    let provider = openid::discover(&edge.platform, &oidc, &public_url.at(CALLBACK_PATH)).await?;
    let person = provider.redeem(&code, &state, &cookie).await?;
    edge.open_session(request, person, &return_to).await
}

impl<P: Platform> Edge<P> {
    async fn is_signed_in(&self, request: &Request) -> bool {
        let Ok((edge, caller)) = self.clone().for_caller(request.headers()).await else { return false };
        edge.send_as(&caller, &CheckNeeds { needs: Needs::AnySession }).await.is_ok()
    }

    async fn open_session(
        &self,
        request: &Request,
        person: Person,
        return_to: &str,
    ) -> Result<Response, RequestFailure> {
        let session = self.issue().await?;
        let replaces = cookies::secret(request.headers(), cookies::SESSION).map(|old| old.digest());
        let email = person.email.clone();
        let open = OpenSession { email: person.email, name: person.name, session: session.digest(), replaces };
        match self.send(&open).await? {
            Opened::Signed(_) => {
                // The sign-in cookie is kept, because another tab may still need it.
                let set = cookies::set(cookies::SESSION, &session, cookies::SESSION_SECONDS);
                Ok(redirect(return_to, &[(header::SET_COOKIE, set)]))
            }
            Opened::Stranger { ask } => Ok(no_access_page(&email, &ask)),
        }
    }
}

fn no_access_page(email: &str, ask: &[String]) -> Response {
    let page = page::Page {
        title: "You have no access yet",
        message: &format!("You are signed in as {email}, but nobody has given this address access to Causeway."),
        remedy: &format!(
            "Ask an administrator: {}. If you have another account, sign in with that one.",
            ask.join(", ")
        ),
        code: Some(ProblemCode::NoAccess),
        request: None,
        next: Some(("Sign in with another account", "/sign-in")),
    };
    page::write(StatusCode::FORBIDDEN, &page)
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
