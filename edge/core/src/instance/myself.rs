//! Whose credential it is: `/myself` never answers anonymous callers, so a 200 proves the credential.

use api::{Account, Cause, Failure, FailureCode, Timestamp};
use http::{HeaderMap, Request, Response, StatusCode, header};
use url::Url;

use super::{
    refusals::{jira_failure, oauth1_failure},
    server_info::{SIGN_IN_PAGE, leads_to_sign_in, moved_to},
};
use crate::{
    address::Address,
    atlassian::{is_allow_list, is_scope_mismatch},
    jira::{DENIED_REASON, LOGIN_REASON, is_basic_off, of_seraph},
    myself::read_account,
    oauth1,
    origin_failure::OriginFailure,
    ports::{Clock, Http, HttpLimits},
};

/// Calls `/myself` at `url` with this `Authorization`, once: a refused credential is never retried automatically.
/// `address` is the instance's, to interpret a redirect.
pub async fn fetch_account(
    world: &(impl Http + Clock),
    address: &Address,
    url: &str,
    authorization: &str,
) -> Result<Account, Failure> {
    let unusable = |_| jira_failure(FailureCode::PasswordRefused, Some("it cannot be sent in a header"));
    let request = Request::get(url).header(header::ACCEPT, "application/json");
    let request = request.header(header::AUTHORIZATION, authorization).body(Vec::new()).map_err(unusable)?;
    let answer = world.send(request, HttpLimits::TOKEN_ENDPOINT).await;
    let answer = answer.map_err(|why| jira_failure(FailureCode::InstanceUnreachable, Some(&why.to_string())))?;
    judge(&answer, address, url, world.now())
}

/// 1. A redirect.
/// 2. A CAPTCHA, whatever the status.
/// 3. An OAuth 1.0a problem.
/// 4. A 200 counts only if it names an account and no header says that the sign-in failed.
/// 5. Any other status.
fn judge(answer: &Response<Vec<u8>>, address: &Address, url: &str, now: Timestamp) -> Result<Account, Failure> {
    if answer.status().is_redirection() {
        let path = url.strip_prefix(address.as_str()).unwrap_or(url);
        if leads_to_sign_in(answer, address, path) {
            return Err(in_words(SIGN_IN_PAGE, "A Jira administrator must correct this. Then authorize again."));
        }
        return Err(moved(moved_to(answer, address)));
    }
    let (login, denied) = (text(answer.headers(), LOGIN_REASON), text(answer.headers(), DENIED_REASON));
    let seraph = of_seraph(login, denied);
    if seraph == Some(Cause::CaptchaRequired) {
        return Err(jira_failure(FailureCode::CaptchaRequired, Some(denied)));
    }
    if let Some(problem) = Url::parse(url).ok().and_then(|url| oauth1::Oauth1Answer::of(answer).problem(&url, now)) {
        return Err(oauth1_failure(&problem));
    }
    if answer.status() != StatusCode::OK {
        return Err(refused(answer, login));
    }
    match (seraph, read_account(answer.body())) {
        (Some(_), _) => Err(jira_failure(FailureCode::PasswordRefused, Some(login))),
        (None, Some(account)) => Ok(account),
        (None, None) => Err(jira_failure(FailureCode::Anonymous, None)),
    }
}

fn moved(to: Option<String>) -> Failure {
    let mut failure = jira_failure(FailureCode::InstanceUnreachable, None);
    if let Some(to) = to {
        failure.message = format!("The address has moved to {to}.");
        "If that is your Jira, begin again with that address.".clone_into(&mut failure.remedy);
    }
    failure
}

/// No usable answer came, for a reason that is known.
fn in_words(message: &str, remedy: &str) -> Failure {
    let mut failure = jira_failure(FailureCode::InstanceUnreachable, None);
    message.clone_into(&mut failure.message);
    remedy.clone_into(&mut failure.remedy);
    failure
}

fn refused(answer: &Response<Vec<u8>>, login: &str) -> Failure {
    let (status, body) = (answer.status(), answer.body());
    if let Some(failure) = OriginFailure::read(status.as_u16()) {
        return in_words(failure.sentence(), failure.remedy());
    }
    let messages = String::from_utf8_lossy(body).to_lowercase();
    let code = match status {
        _ if is_allow_list(body) => FailureCode::IpAllowList,
        _ if is_basic_off(body) => FailureCode::BasicDisabled,
        StatusCode::UNAUTHORIZED if is_scope_mismatch(body) => FailureCode::ScopeRefused,
        StatusCode::UNAUTHORIZED if messages.contains("expired") => FailureCode::TokenExpired,
        StatusCode::UNAUTHORIZED => FailureCode::PasswordRefused,
        StatusCode::FORBIDDEN => FailureCode::SiteRefused,
        _ => FailureCode::InstanceUnreachable,
    };
    let details = if login.is_empty() { status.to_string() } else { format!("{status}: {login}") };
    jira_failure(code, Some(&details))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
