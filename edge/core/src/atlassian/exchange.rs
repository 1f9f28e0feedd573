//! The authorization request and the code exchange, with the `oauth2` crate.

use api::{Failure, FailureCode, Timestamp};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, CsrfToken, EndpointNotSet, EndpointSet, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope,
    basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse},
};

use crate::{
    atlassian::failure,
    configuration::Atlassian,
    grant::TokenSet,
    ports::{Clock, Http, HttpFailure, HttpLimits},
};

/// A client for authorization requests and code exchanges.
pub(crate) type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The authorization URL. The code challenge is S256 of `verifier`.
pub fn authorize_url(
    atlassian: &Atlassian<'_>,
    redirect_uri: &str,
    state: &str,
    verifier: &str,
) -> Result<String, Failure> {
    let verifier = PkceCodeVerifier::new(verifier.to_owned());
    let (url, _) = client(atlassian, redirect_uri)?
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .add_extra_param("audience", "api.atlassian.com")
        .add_extra_param("prompt", "consent")
        .add_scopes(atlassian.scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(url.into())
}

/// Exchanges a code, once. The tokens include a refresh token. If Atlassian does not respond, the exchange is not
/// retried: the code may be spent.
pub async fn exchange(
    world: &(impl Http + Clock),
    atlassian: &Atlassian<'_>,
    redirect_uri: &str,
    code: &str,
    verifier: &str,
) -> Result<TokenSet, Failure> {
    let http = |request| world.send(request, HttpLimits::TOKEN_ENDPOINT);
    let answer = client(atlassian, redirect_uri)?
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
        .request_async(&http)
        .await
        .map_err(refused)?;
    accept(&answer, atlassian.scopes, world.now())
}

fn client(atlassian: &Atlassian<'_>, redirect_uri: &str) -> Result<Client, Failure> {
    let misconfigured = |_| failure(FailureCode::Misconfigured, None);
    let own = atlassian.token_client().map_err(misconfigured)?;
    let authorize = format!("{}/authorize", atlassian.auth_url.as_str().trim_end_matches('/'));
    Ok(BasicClient::new(own.id)
        .set_client_secret(own.secret)
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::new(authorize).map_err(misconfigured)?)
        .set_token_uri(own.token_url)
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).map_err(misconfigured)?))
}

fn accept(answer: &BasicTokenResponse, scopes: &[&str], now: Timestamp) -> Result<TokenSet, Failure> {
    let unusable = |what| failure(FailureCode::ProviderUnavailable, Some(&format!("{what} is not usable")));
    let requested = scopes.iter().map(|scope| (*scope).to_owned());
    let tokens = TokenSet::from_response(answer, now, requested).map_err(unusable)?;
    if tokens.refresh_token.is_none() {
        return Err(failure(FailureCode::NoRefreshToken, None));
    }
    Ok(tokens)
}

/// The `error` decides, not the status: Atlassian sends 403 where RFC 6749 requires 400.
fn refused(error: RequestTokenError<HttpFailure, BasicErrorResponse>) -> Failure {
    match error {
        RequestTokenError::ServerResponse(body) => {
            let code = match body.error() {
                BasicErrorResponseType::InvalidGrant => FailureCode::CodeRefused,
                BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                    FailureCode::ClientRefused
                }
                BasicErrorResponseType::Extension(word) if word == "access_denied" => FailureCode::ClientRefused,
                _ => FailureCode::ProviderError,
            };
            let messages = body.error_description().map_or_else(|| body.error().to_string(), Clone::clone);
            failure(code, Some(&messages))
        }
        RequestTokenError::Request(why) => failure(FailureCode::ProviderUnavailable, Some(&why.to_string())),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            failure(FailureCode::ProviderUnavailable, Some("the token endpoint's answer is not one of OAuth 2.0"))
        }
    }
}
