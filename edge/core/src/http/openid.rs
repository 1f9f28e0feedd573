//! The OpenID provider, by the `openidconnect` crate: discovery, the code flow with PKCE, and every check of the ID token
//! (signature against the provider's keys, issuer, audience, expiry, nonce).
//!
//! Providers differ within what the specification allows, and somewhat beyond. The files beside this one say where and
//! with which provider; the tests have a row for each.

mod claims;
mod client;
mod discovery;
mod failure;
#[cfg(test)]
mod fuzzed;
mod id_token;
mod provider_cache;

use chrono::{DateTime, Utc};
use openidconnect::{
    AccessToken, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthPrompt, CoreResponseType},
};
use serde::Serialize;
use serde_json::Value;

pub(super) use self::claims::Person;
pub(super) use self::provider_cache::ProviderCache;
use self::{
    claims::Claims,
    client::{Client, IdToken, IdTokenClaims, UserInfo},
    failure::{failed, id_token_refused, no_tokens, no_user_info},
    id_token::{Checks, is_of_unknown_key},
    provider_cache::Known,
};
use crate::{
    configuration::Oidc,
    http::{Edge, Platform, failure::RequestFailure, sign_in::CALLBACK_PATH},
    ports::{Clock, HttpLimits},
    secrets::Secret,
};

/// The issuer that sends scopes' claims only with `response_mode=form_post`.
/// Source: Apple, *Request an authorization to the Sign in with Apple server*, `response_mode`.
const APPLE: &str = "https://appleid.apple.com";

/// How a person is to choose an account at the provider (`OpenID` Connect Core 1.0, section 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// By `prompt=select_account`, or as [`Choice::Login`] where the provider says that it does not know that.
    SelectAccount,
    /// By signing in anew: `prompt=login`.
    Login,
}

impl Choice {
    /// Reads the parameter `prompt` of `/sign-in`.
    pub(super) fn read(prompt: &str) -> Option<Self> {
        match prompt {
            "select_account" => Some(Self::SelectAccount),
            "login" => Some(Self::Login),
            _ => None,
        }
    }
}

/// The provider, and us as its client.
pub(super) struct Provider<'e, P> {
    edge: &'e Edge<P>,
    oidc: Oidc<'e>,
    known: Known,
    client: Client,
}

impl<P: Platform> Edge<P> {
    /// The configured provider (503 without its configuration, 400 if it is not as it must be).
    pub(super) async fn openid_provider(&self) -> Result<Provider<'_, P>, RequestFailure> {
        let (oidc, public_url) = (self.configuration.oidc()?, self.configuration.public_url()?);
        let known = self.isolate.provider.get(&*self.platform, &oidc).await?;
        let auth = known.description.client_auth(oidc.client_auth)?;
        let secret = oidc.client_secret.filter(|_| auth.is_some()).map(|secret| ClientSecret::new(secret.to_owned()));
        let metadata = known.description.metadata.clone().set_jwks((*known.keys).clone());
        let client = Client::from_provider_metadata(metadata, ClientId::new(oidc.client_id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(public_url.at(CALLBACK_PATH)).map_err(failed)?);
        let client = auth.into_iter().fold(client, Client::set_auth_type);
        Ok(Provider { edge: self, oidc, known, client })
    }
}

fn verifier(secret: &Secret, state: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(secret.derive("sign-in verifier", state.expose()).expose().to_owned())
}

fn nonce(secret: &Secret, state: &Secret) -> Nonce {
    Nonce::new(secret.derive("sign-in nonce", state.expose()).expose().to_owned())
}

impl<P: Platform> Provider<'_, P> {
    /// The URL that the browser is redirected to. With a `choice`, the provider lets the person choose an account.
    pub(super) fn authorize_url(&self, state: &Secret, secret: &Secret, choice: Option<Choice>) -> String {
        let (csrf, nonce) = (CsrfToken::new(state.expose().to_owned()), nonce(secret, state));
        let mut request = self
            .client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || csrf.clone(),
                move || nonce.clone(),
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier(secret, state)));
        if self.has_profiles() {
            request = request.add_scope(Scope::new("profile".to_owned()));
        }
        if let Some(prompt) = choice.and_then(|choice| self.prompt(choice)) {
            request = request.add_prompt(prompt);
        }
        if self.oidc.issuer == APPLE {
            request = request.add_extra_param("response_mode", "form_post");
        }
        request.url().0.into()
    }

    /// Whether the scope `profile` may be asked for. A provider need not list its scopes, so one that is not listed may
    /// exist; but Apple refuses this one, and nobody is kept out for want of a name.
    fn has_profiles(&self) -> bool {
        let scopes = self.known.description.metadata.scopes_supported();
        scopes.is_none_or(|scopes| scopes.iter().any(|scope| scope.as_str() == "profile"))
    }

    /// The prompt for a choice, as far as the provider says which it knows. Most say nothing.
    fn prompt(&self, choice: Choice) -> Option<CoreAuthPrompt> {
        let prompts = self.known.description.metadata.additional_metadata().prompt_values_supported.as_ref();
        let knows = |prompt: &str| prompts.is_none_or(|prompts| prompts.iter().any(|other| other == prompt));
        if choice == Choice::SelectAccount && knows("select_account") {
            return Some(CoreAuthPrompt::SelectAccount);
        }
        knows("login").then_some(CoreAuthPrompt::Login)
    }

    /// Whether `issuer`, which the authorization response names (RFC 9207), is this provider.
    pub(super) fn is(&self, issuer: &str) -> Result<(), RequestFailure> {
        let description = &self.known.description;
        let expected = description.metadata.issuer().as_str();
        if description.is_template || issuer == expected {
            return Ok(());
        }
        Err(failed(format!("The answer comes from the issuer `{issuer}`; expected `{expected}`.")))
    }

    /// Exchanges the code, validates the ID token, and returns the person.
    pub(super) async fn redeem(&self, code: &str, state: &Secret, secret: &Secret) -> Result<Person, RequestFailure> {
        let http = |request| self.edge.platform.send(request, HttpLimits::TOKEN_ENDPOINT);
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(failed)?
            .set_pkce_verifier(verifier(secret, state))
            .request_async(&http)
            .await
            .map_err(|error| no_tokens(&error))?;
        let id_token = tokens.id_token().ok_or_else(|| failed("The OpenID provider sent no ID token."))?;
        let id_token = self.verified(id_token, &nonce(secret, state)).await?;
        let mut claims = as_claims(id_token)?;
        // Where every tenant can sign in, any administrator of any tenant can enter any address.
        let trusts_email = self.oidc.trusts_email && !self.known.description.is_template;
        if claims::need_user_info(&claims, &self.oidc) && self.client.user_info_url().is_some() {
            match self.user_info(tokens.access_token(), id_token).await {
                Ok(user_info) => claims::add_user_info(&mut claims, user_info),
                // The ID token says enough by itself.
                Err(_) if claims::person(&claims, &self.oidc, trusts_email).is_ok() => {}
                Err(failure) => return Err(failure),
            }
        }
        claims::person(&claims, &self.oidc, trusts_email)
    }

    /// The claims of the ID token. If it is signed with a key that we do not know, the provider's keys are fetched again.
    async fn verified<'t>(&self, token: &'t IdToken, nonce: &Nonce) -> Result<&'t IdTokenClaims, RequestFailure> {
        let platform = &*self.edge.platform;
        let checks = Checks { oidc: &self.oidc, description: &self.known.description, nonce, now: now(platform) };
        let verified = checks.claims(token, &self.known.keys);
        if verified.as_ref().is_err_and(is_of_unknown_key)
            && let Some(newer) = self.edge.isolate.provider.with_newer_keys(platform, &self.oidc, &self.known).await?
        {
            return checks.claims(token, &newer.keys).map_err(|refused| id_token_refused(&refused));
        }
        verified.map_err(|refused| id_token_refused(&refused))
    }

    async fn user_info(&self, token: &AccessToken, id_token: &IdTokenClaims) -> Result<Claims, RequestFailure> {
        let http = |request| self.edge.platform.send(request, HttpLimits::TOKEN_ENDPOINT);
        let request = self.client.user_info(token.clone(), Some(id_token.subject().clone())).map_err(failed)?;
        let request = request.require_issuer_match(!self.known.description.is_template);
        let claims: UserInfo = request.request_async(&http).await.map_err(|error| no_user_info(&error))?;
        as_claims(&claims)
    }
}

/// The claims by name, as the provider wrote them but for booleans and dates, which the crate has read.
fn as_claims(claims: &impl Serialize) -> Result<Claims, RequestFailure> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => Ok(claims),
        other => Err(failed(format!("The claims cannot be read: {:?}.", other.err()))),
    }
}

fn now(clock: &impl Clock) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(clock.now().as_millis()).unwrap_or(DateTime::UNIX_EPOCH)
}
