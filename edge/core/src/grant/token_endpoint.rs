//! Asking a token endpoint to refresh, and what its answer means.
//!
//! The messages are those of the `oauth2` crate, form-encoded with the client in the body, which Atlassian and Data Center
//! both take. What is judged here is only what an answer *means*: a refresh token must never be given up because of an
//! answer that somebody on the way may have written.

use std::cell::RefCell;

use http::{StatusCode, header::RETRY_AFTER};
use oauth2::{
    AuthType, RefreshToken, RequestTokenError, TokenResponse,
    basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse, BasicTokenType},
};

use super::{Token, TokenClient};
use crate::ports::{Http, HttpFailure, HttpLimits};

/// The longest life of an access token that is believed, in seconds.
const LONGEST_LIFE: u64 = 30 * 24 * 3600;

/// New tokens, as a token endpoint gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenTokens {
    /// The access token.
    pub access: Token,
    /// The refresh token; without one the old one stays.
    pub refresh: Option<Token>,
    /// The life of the access token in seconds, from 1 to 30 days.
    pub expires_in: u32,
}

impl GivenTokens {
    /// Takes an answer whose every part can be believed; otherwise tells which cannot. Nothing is guessed or clamped.
    pub fn from_answer(answer: &BasicTokenResponse) -> Result<Self, &'static str> {
        let bearer = match answer.token_type() {
            BasicTokenType::Bearer => true,
            BasicTokenType::Extension(name) => name.eq_ignore_ascii_case("bearer"),
            BasicTokenType::Mac => false,
        };
        let seconds = answer.expires_in().map(|life| life.as_secs()).filter(|life| (1..=LONGEST_LIFE).contains(life));
        let refresh = answer.refresh_token().map(|token| Token::parse(token.secret()).ok_or("refresh_token"));
        Ok(Self {
            access: Token::parse(answer.access_token().secret()).filter(|_| bearer).ok_or("access_token")?,
            refresh: refresh.transpose()?,
            expires_in: seconds.and_then(|life| u32::try_from(life).ok()).ok_or("expires_in")?,
        })
    }
}

/// What an answer to a refresh means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// New tokens.
    Given(GivenTokens),
    /// The refresh token is definitely not good.
    GrantRefused,
    /// Our own client id or secret is not good; nothing is said about the refresh token.
    ClientRefused {
        /// The error's name.
        error: String,
    },
    /// Anything else. The refresh token may be spent or not.
    Unclear(Unclear),
}

/// An answer that decides nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unclear {
    /// What came, for logs.
    pub(super) why: String,
    /// The header `Retry-After`, as it came.
    pub(super) retry_after: Option<String>,
    /// New tokens may have been given in an answer that we do not have.
    pub(super) may_be_lost: bool,
}

/// Presents the refresh token, once. A Data Center site wants the redirect URI repeated.
pub(super) async fn refresh(
    http: &impl Http,
    client: &TokenClient,
    token: &Token,
    redirect_uri: Option<&str>,
) -> Verdict {
    let head = RefCell::new(None);
    let send = async |request| {
        let answer = http.send(request, HttpLimits::TOKEN_ENDPOINT).await;
        *head.borrow_mut() = answer.as_ref().ok().map(Head::of);
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
    judge(answer, head.into_inner())
}

/// Status and `Retry-After` of an answer: `oauth2` reads only the body.
struct Head {
    status: StatusCode,
    retry_after: Option<String>,
}

impl Head {
    fn of(response: &http::Response<Vec<u8>>) -> Self {
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { status: response.status(), retry_after }
    }
}

type Answer = Result<BasicTokenResponse, RequestTokenError<HttpFailure, BasicErrorResponse>>;

fn judge(answer: Answer, head: Option<Head>) -> Verdict {
    let status = head.as_ref().map_or(StatusCode::OK, |head| head.status);
    let retry_after = head.and_then(|head| head.retry_after);
    let throttled = status == StatusCode::TOO_MANY_REQUESTS;
    let unclear = |why: String| Verdict::Unclear(Unclear { why, retry_after, may_be_lost: !throttled });
    match answer {
        Ok(answer) => match GivenTokens::from_answer(&answer) {
            Ok(tokens) => Verdict::Given(tokens),
            Err(part) => unclear(format!("{part} of the answer cannot be used")),
        },
        Err(RequestTokenError::ServerResponse(error)) if status.is_client_error() && !throttled => {
            refusal(&error).unwrap_or_else(|| unclear(format!("{status}, error {}", error.error().as_ref())))
        }
        Err(RequestTokenError::Request(failure)) => unclear(failure.to_string()),
        Err(RequestTokenError::Parse(at, _)) => unclear(format!("{status}, not the JSON expected at {}", at.path())),
        Err(RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_)) => {
            unclear(format!("{status}, not an answer of a token endpoint"))
        }
    }
}

/// The errors that decide something. `None` for the others.
fn refusal(error: &BasicErrorResponse) -> Option<Verdict> {
    let name = error.error();
    let client_refused = || Verdict::ClientRefused { error: name.as_ref().to_owned() };
    match name {
        BasicErrorResponseType::InvalidGrant => Some(Verdict::GrantRefused),
        BasicErrorResponseType::UnauthorizedClient if names_the_refresh_token(error) => Some(Verdict::GrantRefused),
        BasicErrorResponseType::UnauthorizedClient | BasicErrorResponseType::InvalidClient => Some(client_refused()),
        BasicErrorResponseType::Extension(name) if name == "access_denied" => Some(client_refused()),
        _ => None,
    }
}

/// Atlassian says `unauthorized_client` with the words `refresh_token is invalid` of a dead refresh token.
fn names_the_refresh_token(error: &BasicErrorResponse) -> bool {
    let words = error.error_description().map(|words| words.to_ascii_lowercase()).unwrap_or_default();
    words.contains("refresh_token") || words.contains("refresh token")
}

#[cfg(test)]
mod tests;
