//! The OpenID provider, by the `openidconnect` crate: discovery, the code flow with PKCE, and every check of the ID token
//! (signature against the provider's keys, issuer, audience, expiry, nonce).

mod discovery;

use std::rc::Rc;

use api::ProblemCode;
use chrono::{DateTime, Utc};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndUserEmail, EndUserName,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreClient, CoreResponseType, CoreUserInfoClaims},
};

use self::discovery::fetch_metadata;
use crate::{
    configuration::Oidc,
    http::{Platform, failure::RequestFailure},
    ports::HttpLimits,
    secrets::Secret,
};

/// A client with the endpoints that a discovery document has: token and userinfo are optional there.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A person whose e-mail address the provider has verified.
pub(super) struct Person {
    /// The verified address, lower case.
    pub(super) email: String,
    /// The name, or the address if the provider gives no name.
    pub(super) name: String,
}

/// The provider, as its discovery document describes it.
pub(super) struct Provider<P> {
    world: Rc<P>,
    client: Client,
}

/// Only the error's own message is logged: its `Debug` form and its sources may contain the provider's response, tokens
/// included.
fn sign_in_failure(why: impl std::fmt::Display) -> RequestFailure {
    let failure = RequestFailure::new(ProblemCode::SignInFailed, "The OpenID provider did not answer as expected.");
    failure.with_cause(why.to_string().chars().take(500).collect::<String>())
}

/// Fetches the provider's discovery document and keys.
pub(super) async fn discover<P: Platform>(
    world: &Rc<P>,
    oidc: &Oidc<'_>,
    redirect_url: &str,
) -> Result<Provider<P>, RequestFailure> {
    let issuer = IssuerUrl::new(oidc.issuer.to_owned()).map_err(sign_in_failure)?;
    let metadata = fetch_metadata(&**world, issuer).await?;
    let (id, secret) = (ClientId::new(oidc.client_id.to_owned()), ClientSecret::new(oidc.client_secret.to_owned()));
    let client = CoreClient::from_provider_metadata(metadata, id, Some(secret))
        .set_redirect_uri(RedirectUrl::new(redirect_url.to_owned()).map_err(sign_in_failure)?);
    Ok(Provider { world: Rc::clone(world), client })
}

fn verifier(cookie: &Secret, state: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(cookie.derive("sign-in verifier", state.expose()).expose().to_owned())
}

fn nonce(cookie: &Secret, state: &Secret) -> Nonce {
    Nonce::new(cookie.derive("sign-in nonce", state.expose()).expose().to_owned())
}

impl<P: Platform> Provider<P> {
    /// The URL that the browser is redirected to.
    pub(super) fn authorize_url(&self, state: &Secret, cookie: &Secret) -> String {
        let (csrf, nonce) = (CsrfToken::new(state.expose().to_owned()), nonce(cookie, state));
        let (url, ..) = self
            .client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || csrf.clone(),
                move || nonce.clone(),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier(cookie, state)))
            .url();
        url.into()
    }

    /// Exchanges the code, validates the ID token, and returns the person.
    pub(super) async fn redeem(&self, code: &str, state: &Secret, cookie: &Secret) -> Result<Person, RequestFailure> {
        let http = |request| self.world.send(request, HttpLimits::TOKEN_ENDPOINT);
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(sign_in_failure)?
            .set_pkce_verifier(verifier(cookie, state))
            .request_async(&http)
            .await
            .map_err(sign_in_failure)?;
        let id_token = tokens.id_token().ok_or_else(|| sign_in_failure("no ID token"))?;
        let now = now(&*self.world);
        let checks = self.client.id_token_verifier().set_time_fn(move || now);
        let claims = id_token.claims(&checks, &nonce(cookie, state)).map_err(sign_in_failure)?;
        let person = person(claims.email(), claims.email_verified(), claims.name());
        if claims.email().is_some() || self.client.user_info_url().is_none() {
            return person;
        }
        // Some providers return the claims of a scope only from the userinfo endpoint (OpenID Connect Core 1.0, section
        // 5.4).
        let subject = Some(claims.subject().clone());
        let user_info = self.client.user_info(tokens.access_token().clone(), subject).map_err(sign_in_failure)?;
        let claims: CoreUserInfoClaims = user_info.request_async(&http).await.map_err(sign_in_failure)?;
        self::person(claims.email(), claims.email_verified(), claims.name())
    }
}

/// The person in the claims (400 without a verified e-mail address).
fn person(
    email: Option<&EndUserEmail>,
    verified: Option<bool>,
    name: Option<&LocalizedClaim<EndUserName>>,
) -> Result<Person, RequestFailure> {
    let unverified = || {
        RequestFailure::new(ProblemCode::SignInFailed, "The OpenID provider does not vouch for your e-mail address.")
    };
    let email = email.filter(|_| verified == Some(true)).map(|email| email.as_str().trim().to_ascii_lowercase());
    let email = email.ok_or_else(unverified)?;
    let name = name.and_then(|name| name.get(None)).map(|name| name.as_str().chars().take(255).collect());
    Ok(Person { name: name.unwrap_or_else(|| email.clone()), email })
}

fn now(world: &impl crate::ports::Clock) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(world.now().as_millis()).unwrap_or(DateTime::UNIX_EPOCH)
}
