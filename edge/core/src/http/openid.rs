//! The OpenID provider, by the `openidconnect` crate: discovery, the code flow with PKCE, and every check of the ID token
//! (signature against the provider's keys, issuer, audience, expiry, nonce).

mod discovery;

use std::rc::Rc;

use api::ProblemCode;
use chrono::{DateTime, Utc};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndUserEmail, EndUserName,
    EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _, UserInfoUrl,
    core::{CoreClient, CoreJwsSigningAlgorithm, CoreResponseType, CoreUserInfoClaims},
};

use self::discovery::Description;
use crate::{
    configuration::Oidc,
    http::{Platform, failure::RequestFailure},
    ports::HttpLimits,
    secrets::Secret,
};

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A person for whom the provider vouched.
pub(super) struct Person {
    /// The verified address, lower case.
    pub(super) email: String,
    /// The name, or the address where there is none.
    pub(super) name: String,
}

/// The provider as it describes itself today.
pub(super) struct Provider<P> {
    world: Rc<P>,
    client: Client,
    algorithms: Vec<CoreJwsSigningAlgorithm>,
    user_info: Option<UserInfoUrl>,
}

/// Only the error's own words are logged: `Debug` and sources may hold what the provider sent, tokens too.
fn sign_in_failure(why: impl std::fmt::Display) -> RequestFailure {
    let sign_in_failure =
        RequestFailure::new(ProblemCode::SignInFailed, "The OpenID provider did not answer as expected.");
    RequestFailure { cause: Some(why.to_string().chars().take(500).collect()), ..sign_in_failure }
}

/// Reads the provider's description and keys.
pub(super) async fn discover<P: Platform>(
    world: &Rc<P>,
    oidc: &Oidc<'_>,
    redirect_url: &str,
) -> Result<Provider<P>, RequestFailure> {
    let issuer = IssuerUrl::new(oidc.issuer.to_owned()).map_err(sign_in_failure)?;
    let said = Description::read(&**world, &issuer).await?;
    let (keys, algorithms) = (said.keys(&**world).await?, said.algorithms());
    let client = CoreClient::new(ClientId::new(oidc.client_id.to_owned()), issuer, keys)
        .set_client_secret(ClientSecret::new(oidc.client_secret.to_owned()))
        .set_auth_uri(said.authorization_endpoint)
        .set_token_uri(said.token_endpoint)
        .set_redirect_uri(RedirectUrl::new(redirect_url.to_owned()).map_err(sign_in_failure)?);
    Ok(Provider { world: Rc::clone(world), client, algorithms, user_info: said.userinfo_endpoint })
}

fn verifier(cookie: &Secret, state: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(cookie.derive("sign-in verifier", state.expose()).expose().to_owned())
}

fn nonce(cookie: &Secret, state: &Secret) -> Nonce {
    Nonce::new(cookie.derive("sign-in nonce", state.expose()).expose().to_owned())
}

impl<P: Platform> Provider<P> {
    /// Where the browser goes.
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

    /// Exchanges the code, checks the ID token, and learns who it is.
    pub(super) async fn redeem(&self, code: &str, state: &Secret, cookie: &Secret) -> Result<Person, RequestFailure> {
        let http = |request| self.world.send(request, HttpLimits::TOKEN_ENDPOINT);
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(verifier(cookie, state))
            .request_async(&http)
            .await
            .map_err(sign_in_failure)?;
        let id_token = tokens.id_token().ok_or_else(|| sign_in_failure("no ID token"))?;
        let now = now(&*self.world);
        let checks = self.client.id_token_verifier().set_allowed_algs(self.algorithms.clone());
        let checks = checks.set_time_fn(move || now);
        let claims = id_token.claims(&checks, &nonce(cookie, state)).map_err(sign_in_failure)?;
        let person = person(claims.email(), claims.email_verified(), claims.name());
        let Some(user_info) = self.user_info.as_ref().filter(|_| claims.email().is_none()) else { return person };
        // What a scope asks for may be said at the userinfo endpoint only (OpenID Connect Core 1.0, section 5.4).
        let client = self.client.clone().set_user_info_url(user_info.clone());
        let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
        let said: CoreUserInfoClaims = asked.request_async(&http).await.map_err(sign_in_failure)?;
        self::person(said.email(), said.email_verified(), said.name())
    }
}

/// Only a verified e-mail address counts.
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
