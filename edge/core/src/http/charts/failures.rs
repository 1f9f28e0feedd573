//! Why Jira did not answer a chart.

use api::{ProblemCode, RenderState, Timestamp};
use http::{Response, StatusCode};
use serde::Deserialize;

use crate::{
    atlassian::{is_allow_list, is_scope_mismatch},
    excerpt::excerpt,
    http::failure::RequestFailure,
    jira::CallFailed,
    ports::HttpFailure,
    quota_ledger::Spender,
};

/// The most characters of Jira's own words that are shown.
const LONGEST_WORDS: usize = 500;

/// What Atlassian calls the quota of the whole app.
const APP_QUOTA: &str = "jira-quota-global-based";

/// Why Jira did not answer: the state of a chart, and the reason in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct JiraFailure {
    pub(super) state: RenderState,
    pub(super) cause: String,
    /// For an endpoint that draws nothing.
    pub(super) code: ProblemCode,
    /// Whether Jira refuses the credential, so that a checkup has to look at the connection.
    pub(super) refuses_credential: bool,
}

impl JiraFailure {
    pub(super) fn new(state: RenderState, code: ProblemCode, cause: impl Into<String>) -> Self {
        Self { state, cause: cause.into(), code, refuses_credential: false }
    }

    pub(super) fn unreachable(cause: impl Into<String>) -> Self {
        Self::new(RenderState::SiteUnreachable, ProblemCode::UpstreamUnreachable, cause)
    }

    pub(super) fn credential_refused() -> Self {
        let cause = "Jira refuses the credential.";
        let failure = Self::new(RenderState::NoJiraAccess, ProblemCode::CredentialRefused, cause);
        Self { refuses_credential: true, ..failure }
    }
}

impl JiraFailure {
    /// The points of the hour are spent: those of the app, or those that one viewer gets of them.
    pub(super) fn hour_used_up(spender: &Spender, until: Timestamp) -> Self {
        let minutes = until.as_millis().div_euclid(60_000);
        let at = format!("{:02}:{:02} UTC", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60));
        let cause = match spender {
            Spender::Viewer(_) => format!("Your part of Jira's hourly limit for this app is used up; again at {at}."),
            Spender::Charts | Spender::Tasks => format!("Jira's hourly limit for this app is used up; again at {at}."),
        };
        Self::new(RenderState::QuotaExhausted, ProblemCode::UpstreamUnreachable, cause)
    }

    /// Somebody's own consent has ended: they removed it, or nobody used it for too long.
    pub(super) fn consent_ended() -> Self {
        let cause = "Your consent at Atlassian has ended. Accept once more.";
        Self::new(RenderState::ConsentNeeded, ProblemCode::ConsentNeeded, cause)
    }
}

impl From<JiraFailure> for RequestFailure {
    fn from(failure: JiraFailure) -> Self {
        Self::new(failure.code, failure.cause)
    }
}

/// A keeper has no usable token, or cannot be reached.
impl From<RequestFailure> for JiraFailure {
    fn from(failure: RequestFailure) -> Self {
        let state = match failure.code {
            ProblemCode::ConnectionUnauthorized => RenderState::NoJiraAccess,
            _ => RenderState::SiteUnreachable,
        };
        Self::new(state, failure.code, failure.detail)
    }
}

impl From<CallFailed> for JiraFailure {
    fn from(why: CallFailed) -> Self {
        match why {
            CallFailed::Closed(_) => Self::new(
                RenderState::SiteUnreachable,
                ProblemCode::AddressRefused,
                "The address of this Jira may not be called any more.",
            ),
            CallFailed::NotSigned(_) => Self::unreachable("The call to Jira could not be signed."),
            CallFailed::Failed(HttpFailure::Timeout) => Self::unreachable("Jira did not answer within ten seconds."),
            CallFailed::Failed(HttpFailure::TooLarge) => Self::unreachable("Jira answered more than can be read."),
            CallFailed::Failed(HttpFailure::Broken(_)) => Self::unreachable("Jira cannot be reached."),
        }
    }
}

/// What Jira writes when it refuses.
#[derive(Deserialize)]
struct JiraErrors {
    #[serde(default, rename = "errorMessages")]
    messages: Vec<String>,
    #[serde(default)]
    errors: std::collections::BTreeMap<String, String>,
}

/// Jira's own words of a refusal, if it is Jira that refuses.
fn words(body: &[u8]) -> Option<String> {
    let JiraErrors { messages, errors } = serde_json::from_slice(body).ok()?;
    let all: Vec<String> = messages.into_iter().chain(errors.into_values()).collect();
    let text = excerpt(&all.join(" "), LONGEST_WORDS).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Answers what is 200; everything else says why.
pub(super) fn judge(answer: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, JiraFailure> {
    let (status, body) = (answer.status(), answer.body());
    let failure = match status {
        StatusCode::OK => return Ok(answer),
        _ if is_allow_list(body) => JiraFailure::unreachable("The site's IP allowlist refuses calls from Causeway."),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if is_scope_mismatch(body) => JiraFailure::new(
            RenderState::NoJiraAccess,
            ProblemCode::CredentialRefused,
            "The access lacks the scope that this needs.",
        ),
        StatusCode::UNAUTHORIZED => JiraFailure::credential_refused(),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => JiraFailure::new(
            RenderState::NoJiraAccess,
            ProblemCode::CredentialRefused,
            words(body).unwrap_or_else(|| "The account may not use this Jira.".to_owned()),
        ),
        StatusCode::BAD_REQUEST => match words(body) {
            Some(words) => JiraFailure::new(RenderState::QueryRefused, ProblemCode::UpstreamUnreachable, words),
            None => JiraFailure::unreachable("What answered does not write as Jira does."),
        },
        StatusCode::TOO_MANY_REQUESTS => quota(&answer),
        status if status.is_redirection() => JiraFailure::unreachable("Jira redirects calls to another address."),
        status => JiraFailure::unreachable(format!("Jira answers {} instead.", status.as_u16())),
    };
    Err(failure)
}

/// Whether Atlassian refuses a call because the app has spent its hour.
pub(super) fn says_hour_used_up(answer: &Response<Vec<u8>>) -> bool {
    let reason = answer.headers().get("ratelimit-reason").and_then(|value| value.to_str().ok());
    answer.status() == StatusCode::TOO_MANY_REQUESTS && reason.is_some_and(|reason| reason.trim() == APP_QUOTA)
}

fn quota(answer: &Response<Vec<u8>>) -> JiraFailure {
    let seconds = answer.headers().get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let cause = match seconds.and_then(|text| text.trim().parse::<u32>().ok()) {
        Some(seconds) => format!("Jira answers again in {} min.", seconds.div_ceil(60)),
        None => "Jira answers again later.".to_owned(),
    };
    JiraFailure::new(RenderState::QuotaExhausted, ProblemCode::UpstreamUnreachable, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(status: u16, body: &str) -> (RenderState, String) {
        let answer = Response::builder().status(status).header("retry-after", "90").body(body.as_bytes().to_vec());
        let failure = judge(answer.expect("a response")).expect_err("a failure");
        (failure.state, failure.cause)
    }

    #[test]
    fn each_refusal_is_a_state_with_its_reason() {
        let jql = r#"{"errorMessages":["The value 'X' does not exist for the field 'project'."],"errors":{}}"#;
        let scope = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
        for (status, body, expected, words) in [
            (400, jql, RenderState::QueryRefused, "'X' does not exist"),
            (400, "<html>", RenderState::SiteUnreachable, "as Jira does"),
            (401, scope, RenderState::NoJiraAccess, "scope"),
            (401, "{}", RenderState::NoJiraAccess, "refuses the credential"),
            (403, "{}", RenderState::NoJiraAccess, "may not use this Jira"),
            (
                403,
                "The IP address has been rejected because it is not on the allowedlist.",
                RenderState::SiteUnreachable,
                "allowlist",
            ),
            (404, r#"{"errorMessages":["No site."]}"#, RenderState::NoJiraAccess, "No site."),
            (429, "", RenderState::QuotaExhausted, "in 2 min"),
            (302, "", RenderState::SiteUnreachable, "redirects"),
            (503, "", RenderState::SiteUnreachable, "503"),
        ] {
            let (state, cause) = state(status, body);
            assert_eq!(state, expected, "{status} {body}");
            assert!(cause.contains(words), "{cause}");
        }
    }

    #[test]
    fn only_a_refused_credential_is_looked_into() {
        let refused = |status, body: &str| {
            let answer = Response::builder().status(status).body(body.as_bytes().to_vec()).expect("a response");
            judge(answer).expect_err("a failure").refuses_credential
        };
        assert!(refused(401, "{}"));
        assert!(!refused(403, "{}") && !refused(400, "{}") && !refused(429, ""));
    }
}
