//! `/sign-in` and `/sign-in/callback`: out to the OpenID provider and back.

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
    let out: SharedEdge<P> = SendWrapper::new(edge.clone());
    let back = out.clone();
    let go = move |request: Request| {
        let edge: Edge<P> = (*out).clone();
        SendWrapper::new(async move { shown(&edge, &request, leave(&edge, &request).await) })
    };
    let come = move |request: Request| {
        let edge: Edge<P> = (*back).clone();
        SendWrapper::new(async move { shown(&edge, &request, come_back(&edge, &request).await) })
    };
    routes.route("/sign-in", navigation(go)).route(CALLBACK_PATH, navigation(come))
}

fn shown<P: Platform>(edge: &Edge<P>, request: &Request, answer: Result<Response, RequestFailure>) -> Response {
    let id = RequestId::of(&request);
    answer.unwrap_or_else(|failed| failed.page(&id, &*edge.platform))
}

/// Sends the browser to the provider, with state, nonce and challenge that follow from a cookie of this browser.
async fn leave<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let oidc = edge.configuration.oidc()?;
    let public_url = edge.configuration.public_url()?;
    edge.configuration.administrators()?;
    let asked = parameter(request, "return_to").ok().flatten();
    let return_to = return_to::own_path(asked.as_deref()).to_owned();
    // Two tabs that sign in at once share the cookie; their states differ.
    let cookie = cookies::secret(request.headers(), cookies::SIGN_IN);
    let cookie = cookie.unwrap_or_else(|| Secret::generate(&*edge.platform));
    let state = edge.issue().await?;
    let provider = openid::discover(&edge.platform, &oidc, &public_url.at(CALLBACK_PATH)).await?;
    edge.send(&BeginSignIn { state: state.digest(), cookie: cookie.digest(), return_to }).await?;
    let url = provider.authorize_url(&state, &cookie);
    Ok(redirect(&url, &[(header::SET_COOKIE, cookies::set(cookies::SIGN_IN, &cookie, cookies::REDIRECT_SECONDS))]))
}

/// 1. The state is spent.
/// 2. The provider vouches for a person.
/// 3. That person is somebody here, and gets a session; or is a stranger, and gets a page that says whom to ask.
async fn come_back<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let refused = |why: &str| RequestFailure::new(ProblemCode::SignInFailed, why);
    let altered = |()| refused("The address at which the browser came back was altered.");
    let oidc = edge.configuration.oidc()?;
    let public_url = edge.configuration.public_url()?;
    let spent = || refused("This sign-in was finished already, is too old, or belongs to another browser.");
    let state = parameter(request, "state").map_err(altered)?.as_deref().and_then(Secret::parse).ok_or_else(spent)?;
    let edge = &edge.for_claim(&state.claim()).await?.ok_or_else(spent)?;
    let cookie = cookies::secret(request.headers(), cookies::SIGN_IN).ok_or_else(spent)?;
    let Some(return_to) = edge.send(&RedeemSignIn { state: state.digest(), cookie: cookie.digest() }).await? else {
        // Another tab was quicker: who is signed in already needs no second session.
        return if edge.is_signed_in(request).await { Ok(redirect("/", &[])) } else { Err(spent()) };
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
                // The sign-in's cookie stays: another tab may be on its way with it.
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
        onward: Some(("Sign in with another account", "/sign-in")),
    };
    page::write(StatusCode::FORBIDDEN, &page)
}

/// The value of a query parameter; refused if it is there twice.
fn parameter(request: &Request, name: &str) -> Result<Option<String>, ()> {
    let query = request.uri().query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

/// A 303 to `url`, which is ours or a configured provider's.
pub(super) fn redirect(url: &str, headers: &[(HeaderName, HeaderValue)]) -> Response {
    let Ok(location) = HeaderValue::from_str(url) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for (name, value) in headers {
        answer.headers_mut().append(name.clone(), value.clone());
    }
    answer
}
