//! The authorization request and the code exchange of OAuth 2.0 with an incoming link of Jira Data Center.
//!
//! Jira accepts form-encoded requests only, with client id and secret in the body, and its codes may expire after ten
//! seconds. Scopes include the ones below them, so only the highest is requested.

use api::{DataCenterScope, Failure, FailureCode};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, TokenUrl,
    basic::{BasicClient, BasicErrorResponse},
};

use super::refusals::jira_failure;
use crate::{
    address::Address,
    atlassian::Client,
    grant::TokenSet,
    ports::{Clock, Http, HttpFailure, HttpLimits},
};

/// Our side of an incoming link.
#[derive(Clone, Copy)]
pub struct IncomingLink<'a> {
    /// The base URL of Jira.
    pub address: &'a Address,
    /// The redirect URI that the link was registered with.
    pub redirect_uri: &'a str,
    /// The client id.
    pub client_id: &'a str,
    /// The requested scopes.
    pub scopes: &'a [DataCenterScope],
}

impl IncomingLink<'_> {
    /// The authorization URL. The code challenge is S256 of `verifier`.
    pub fn authorize_url(&self, state: &str, verifier: &str) -> Result<String, Failure> {
        let verifier = PkceCodeVerifier::new(verifier.to_owned());
        let highest = self.scopes.iter().max().copied().map(|scope| Scope::new(word(scope).to_owned()));
        let (url, _) = self
            .client("")?
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .add_scopes(highest)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// Exchanges a code, once. The tokens include a refresh token.
    pub async fn exchange(
        &self,
        world: &(impl Http + Clock),
        client_secret: &str,
        code: &str,
        verifier: &str,
    ) -> Result<TokenSet, Failure> {
        let http = |request| world.send(request, HttpLimits::TOKEN_ENDPOINT);
        let answer = self
            .client(client_secret)?
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&http)
            .await
            .map_err(refused)?;
        let unusable = |what| jira_failure(FailureCode::ProviderUnavailable, Some(&format!("{what} is not usable")));
        let requested = self.scopes.iter().max().map(|scope| word(*scope).to_owned());
        let tokens = TokenSet::from_response(&answer, world.now(), requested).map_err(unusable)?;
        if tokens.refresh_token.is_none() {
            return Err(jira_failure(FailureCode::NoRefreshToken, None));
        }
        Ok(tokens)
    }

    fn client(&self, secret: &str) -> Result<Client, Failure> {
        let at = |path: &str| format!("{}/rest/oauth2/latest/{path}", self.address);
        let unusable = |_| jira_failure(FailureCode::AddressRefused, None);
        Ok(BasicClient::new(ClientId::new(self.client_id.to_owned()))
            .set_client_secret(ClientSecret::new(secret.to_owned()))
            .set_auth_type(oauth2::AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(at("authorize")).map_err(unusable)?)
            .set_token_uri(TokenUrl::new(at("token")).map_err(unusable)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect_uri.to_owned()).map_err(unusable)?))
    }
}

/// The name of a scope in Jira.
const fn word(scope: DataCenterScope) -> &'static str {
    match scope {
        DataCenterScope::Read => "READ",
        DataCenterScope::Write => "WRITE",
        DataCenterScope::Admin => "ADMIN",
    }
}

fn refused(error: RequestTokenError<HttpFailure, BasicErrorResponse>) -> Failure {
    match error {
        RequestTokenError::ServerResponse(body) => {
            let code = code_of_error(body.error().as_ref());
            let messages = body.error_description().map_or_else(|| body.error().to_string(), Clone::clone);
            jira_failure(code, Some(&messages))
        }
        RequestTokenError::Request(why) => jira_failure(FailureCode::InstanceUnreachable, Some(&why.to_string())),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            jira_failure(FailureCode::ProviderUnavailable, Some("the token endpoint's answer is not one of OAuth 2.0"))
        }
    }
}

/// The meaning of an OAuth 2.0 `error`, from the token endpoint or in a callback.
pub(crate) fn code_of_error(error: &str) -> FailureCode {
    match error {
        "access_denied" => FailureCode::Denied,
        "invalid_grant" => FailureCode::CodeRefused,
        "invalid_client" | "unauthorized_client" => FailureCode::LinkUnknown,
        "invalid_scope" => FailureCode::ScopeRefused,
        _ => FailureCode::ProviderError,
    }
}
