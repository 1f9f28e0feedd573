//! The refresh request, and the meaning of its response.
//!
//! The messages are those of the `oauth2` crate, form-encoded with the client credentials in the body, which Atlassian
//! and Data Center both accept. This module decides only what a response means: a refresh token must never be given up
//! because of a response that an intermediary may have written.

use std::cell::RefCell;

use api::Timestamp;
use http::{StatusCode, header::RETRY_AFTER};
use oauth2::{
    AuthType, RefreshToken, RequestTokenError, TokenResponse,
    basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse, BasicTokenType},
};

use super::{Token, TokenClient};
use crate::ports::{Http, HttpFailure, HttpLimits};

/// The longest plausible lifetime of an access token, in seconds.
const LONGEST_LIFE: u64 = 30 * 24 * 3600;

/// The tokens of a successful token response (RFC 6749, section 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSet {
    /// The access token.
    pub access_token: Token,
    /// The refresh token. `None`: the previous one stays valid.
    pub refresh_token: Option<Token>,
    /// When the access token expires, counted from the moment given to [`Self::from_response`].
    pub access_expires_at: Timestamp,
    /// The granted scopes; those that were requested if the response names none.
    pub scopes: Vec<String>,
}

impl TokenSet {
    /// Reads a response; `from` is when the life of its access token begins. An error names the part that cannot be used: nothing is
    /// guessed or clamped.
    pub fn from_response(
        response: &BasicTokenResponse,
        from: Timestamp,
        requested: impl IntoIterator<Item = String>,
    ) -> Result<Self, &'static str> {
        let is_bearer = match response.token_type() {
            BasicTokenType::Bearer => true,
            BasicTokenType::Extension(name) => name.eq_ignore_ascii_case("bearer"),
            BasicTokenType::Mac => false,
        };
        let seconds = response.expires_in().map(|life| life.as_secs()).filter(|life| (1..=LONGEST_LIFE).contains(life));
        let refresh_token = response.refresh_token().map(|token| Token::parse(token.secret()).ok_or("refresh_token"));
        let access_token =
            Token::parse(response.access_token().secret()).filter(|_| is_bearer).ok_or("access_token")?;
        let refresh_token = refresh_token.transpose()?;
        let seconds = seconds.and_then(|life| i64::try_from(life).ok()).ok_or("expires_in")?;
        let granted = response.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect());
        Ok(Self {
            access_token,
            refresh_token,
            access_expires_at: from.plus_seconds(seconds),
            scopes: granted.unwrap_or_else(|| requested.into_iter().collect()),
        })
    }
}

/// The meaning of the response to a refresh request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RefreshAnswer {
    /// New tokens.
    Given(TokenSet),
    /// The refresh token is definitely invalid.
    GrantRefused,
    /// Our client id or secret is invalid; that says nothing about the refresh token.
    ClientRefused {
        /// The error's name.
        error: String,
    },
    /// Anything else. The refresh token may be spent or not.
    Ambiguous(AmbiguousAnswer),
}

/// An inconclusive response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AmbiguousAnswer {
    /// A description for logs.
    pub(super) why: String,
    /// The header `Retry-After`, unparsed.
    pub(super) retry_after: Option<String>,
    /// New tokens may have been issued in a response that was lost.
    pub(super) may_be_lost: bool,
    /// The status of the response; `None` if none came.
    pub(super) status: Option<u16>,
}

/// Presents the refresh token, once. A Data Center site requires the redirect URI. `sent_at` is the moment of the
/// request.
pub(super) async fn refresh(
    http: &impl Http,
    client: &TokenClient,
    token: &Token,
    redirect_uri: Option<&str>,
    sent_at: Timestamp,
) -> RefreshAnswer {
    let head = RefCell::new(None);
    let send = async |request| {
        let answer = http.send(request, HttpLimits::TOKEN_ENDPOINT).await;
        *head.borrow_mut() = answer.as_ref().ok().map(ResponseHead::of);
        answer
    };
    let oauth = BasicClient::new(client.id.clone())
        .set_client_secret(client.secret.clone())
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(client.token_url.clone());
    let token = RefreshToken::new(token.expose().to_owned());
    let mut request = oauth.exchange_refresh_token(&token);
    if let Some(redirect_uri) = redirect_uri {
        request = request.add_extra_param("redirect_uri", redirect_uri.to_owned());
    }
    let answer = request.request_async(&send).await;
    interpret(answer, head.into_inner(), sent_at)
}

/// Status and `Retry-After` of a response, because `oauth2` keeps only the body.
struct ResponseHead {
    status: StatusCode,
    retry_after: Option<String>,
}

impl ResponseHead {
    fn of(response: &http::Response<Vec<u8>>) -> Self {
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { status: response.status(), retry_after }
    }
}

type TokenEndpointResult = Result<BasicTokenResponse, RequestTokenError<HttpFailure, BasicErrorResponse>>;

fn interpret(answer: TokenEndpointResult, head: Option<ResponseHead>, sent_at: Timestamp) -> RefreshAnswer {
    let answered = head.as_ref().map(|head| head.status.as_u16());
    let status = head.as_ref().map_or(StatusCode::OK, |head| head.status);
    let retry_after = head.and_then(|head| head.retry_after);
    let throttled = status == StatusCode::TOO_MANY_REQUESTS;
    let ambiguous = |why: String| {
        RefreshAnswer::Ambiguous(AmbiguousAnswer { why, retry_after, may_be_lost: !throttled, status: answered })
    };
    match answer {
        Ok(answer) => match TokenSet::from_response(&answer, sent_at, []) {
            Ok(tokens) => RefreshAnswer::Given(tokens),
            Err(part) => ambiguous(format!("{part} of the answer cannot be used")),
        },
        Err(RequestTokenError::ServerResponse(error)) if status.is_client_error() && !throttled => {
            refusal(&error).unwrap_or_else(|| ambiguous(format!("{status}, error {}", error.error().as_ref())))
        }
        Err(RequestTokenError::Request(failure)) => ambiguous(failure.to_string()),
        Err(RequestTokenError::Parse(at, _)) => ambiguous(format!("{status}, not the JSON expected at {}", at.path())),
        Err(RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_)) => {
            ambiguous(format!("{status}, not an answer of a token endpoint"))
        }
    }
}

/// The errors that are conclusive; `None` for the others.
fn refusal(error: &BasicErrorResponse) -> Option<RefreshAnswer> {
    let name = error.error();
    let client_refused = || RefreshAnswer::ClientRefused { error: name.as_ref().to_owned() };
    match name {
        BasicErrorResponseType::InvalidGrant => Some(RefreshAnswer::GrantRefused),
        BasicErrorResponseType::UnauthorizedClient if names_the_refresh_token(error) => {
            Some(RefreshAnswer::GrantRefused)
        }
        BasicErrorResponseType::UnauthorizedClient | BasicErrorResponseType::InvalidClient => Some(client_refused()),
        BasicErrorResponseType::Extension(name) if name == "access_denied" => Some(client_refused()),
        _ => None,
    }
}

/// For a dead refresh token, Atlassian can answer `unauthorized_client` with the text `refresh_token is invalid`.
fn names_the_refresh_token(error: &BasicErrorResponse) -> bool {
    let words = error.error_description().map(|words| words.to_ascii_lowercase()).unwrap_or_default();
    words.contains("refresh_token") || words.contains("refresh token")
}

#[cfg(test)]
mod tests;
