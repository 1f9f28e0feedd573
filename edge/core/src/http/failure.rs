//! The one table from failures to responses: a problem (RFC 9457) for programs, a page with the same content for people.

use api::{Cause, Finding, PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};

use crate::{
    grant::KeeperAnswer,
    http::{page, request_id::RequestId},
    organization::{Refusal, SessionEnd},
    ports::{Level, Log, PortFailure},
};

/// Why a request fails. It becomes the response as a problem or as a page.
#[derive(Debug)]
pub(super) struct RequestFailure {
    pub(super) code: ProblemCode,
    pub(super) detail: String,
    /// For the log only; the response does not contain it.
    pub(super) cause: Option<String>,
    /// The seconds for `Retry-After`, where they differ from the code's usual ones.
    pub(super) retry_after: Option<u32>,
}

impl RequestFailure {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), cause: None, retry_after: None }
    }

    /// The same failure, with its cause for the log.
    pub(super) fn with_cause(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// A keeper has no fresh token now, and requests one again by itself after `retry_after` seconds.
    pub(super) fn credential_unavailable(cause: Cause, retry_after: u32) -> Self {
        let detail = format!("{} Causeway asks again in {retry_after} s.", cause.sentence());
        Self { retry_after: Some(retry_after), ..Self::new(ProblemCode::CredentialUnavailable, detail) }
    }

    /// A keeper did not answer, or gave an answer that does not belong to the command.
    pub(super) fn keeper_unreachable(answer: &Result<KeeperAnswer, PortFailure>) -> Self {
        let detail = "The credential cannot be reached at the moment.";
        let failure = Self::new(ProblemCode::CredentialUnavailable, detail).with_cause(format!("{answer:?}"));
        Self { retry_after: Some(1), ..failure }
    }

    /// The response for programs. The cause is logged here, once.
    pub(super) fn problem(self, id: &RequestId, log: &impl Log) -> Response {
        let event = "request.failed";
        self.respond(event, problem, id, log)
    }

    /// The response for people: a page with the same content. The cause is logged here, once.
    pub(super) fn page(self, id: &RequestId, log: &impl Log) -> Response {
        self.page_with(page::HOME, None, id, log)
    }

    /// The same page, which continues at `next`: a label and a path of ours. `support` is where the operator can be
    /// reached.
    pub(super) fn page_with(
        self,
        next: (&str, &str),
        support: Option<&str>,
        id: &RequestId,
        log: &impl Log,
    ) -> Response {
        let event = "page.failed";
        self.respond(event, |content| page::problem_with(content, next, support), id, log)
    }

    fn respond(
        self,
        event: &'static str,
        write: impl FnOnce(&Problem) -> Response,
        id: &RequestId,
        log: &impl Log,
    ) -> Response {
        if let Some(cause) = &self.cause {
            log.log(Level::Warning, event, &[("request", &id.0), ("code", self.code.as_str()), ("cause", cause)]);
        }
        let retry_after = self.retry_after.or(retry_after(self.code));
        let mut response = write(&Problem::new(self.code, self.detail, id.0.as_str()));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Refusal> for RequestFailure {
    fn from(refusal: Refusal) -> Self {
        let (code, detail) = match refusal {
            Refusal::NotSignedIn => (ProblemCode::NotSignedIn, "The session has ended, or there was none."),
            Refusal::SessionOver(SessionEnd::Age) => (ProblemCode::NotSignedIn, "The session ended after 12 hours."),
            Refusal::SessionOver(SessionEnd::Disuse) => {
                (ProblemCode::NotSignedIn, "The session ended after an hour without use.")
            }
            Refusal::ApiKeyRefused => (ProblemCode::ApiKeyRefused, "The API key is unknown, expired or revoked."),
            Refusal::Forbidden => (ProblemCode::Forbidden, "You may not do this."),
            Refusal::NotFound => (ProblemCode::NotFound, "Nothing exists at this address, or you may not see it."),
            Refusal::NameTaken => (ProblemCode::NameTaken, "This name is already taken."),
            Refusal::EditConflict => (ProblemCode::EditConflict, "Somebody else saved this after you loaded it."),
            Refusal::AuthorizationNotReady => (
                ProblemCode::AuthorizationNotReady,
                "This authorization cannot be used: it is unfinished, has expired, or was already used.",
            ),
            Refusal::ConnectionDeleted => (ProblemCode::ConnectionDeleted, "This connection is deleted."),
            Refusal::NothingToRevert => {
                (ProblemCode::NothingToRevert, "There is no reauthorization from the last ten minutes to undo.")
            }
            Refusal::ConnectionUnauthorized => {
                (ProblemCode::ConnectionUnauthorized, "This connection has no working credential.")
            }
            Refusal::ConnectionDeactivated => (ProblemCode::ConnectionDeactivated, "This connection is deactivated."),
            Refusal::WorkspaceRequired => {
                (ProblemCode::WorkspaceRequired, "No workspace is chosen, and this organization has workspaces.")
            }
            Refusal::AdministratorConfigured => (
                ProblemCode::AdministratorConfigured,
                "This member is an administrator because the setting ADMINS of Causeway names their e-mail address.",
            ),
            Refusal::ConfirmationRequired(why) => return Self::new(ProblemCode::ConfirmationRequired, why),
            Refusal::TooManyAuthorizations => (
                ProblemCode::TooManyAuthorizations,
                "Sixteen authorizations are already under way, or two hundred were begun within ten minutes.",
            ),
            Refusal::Spent => {
                (ProblemCode::TicketRefused, "This link was used already, is too old, or belongs to another browser.")
            }
            Refusal::KeyNotUsable => {
                (ProblemCode::KeyNotUsable, "The RSA key is unknown, or another connection uses it.")
            }
            Refusal::ProjectNotConnected => {
                (ProblemCode::ProjectNotConnected, "The project has no connection or no Jira project.")
            }
            Refusal::TasksWaiting => (ProblemCode::TooManyTasks, "20,000 tasks of this project wait for Jira."),
            Refusal::TaskNotReady(state) => {
                let detail = format!("The task is in the state {}.", state.as_str());
                return Self::new(ProblemCode::TaskNotReady, detail);
            }
            Refusal::ResyncNotPossible(state) => {
                let detail = format!("The resync is in the state {}.", state.as_str());
                return Self::new(ProblemCode::ResyncNotPossible, detail);
            }
            Refusal::IssueNotFound => (ProblemCode::IssueNotFound, "Jira shows no such issue to this account."),
            Refusal::IssueTaken(other) => {
                return Self::new(ProblemCode::IssueTaken, format!("The task {other} is linked to this issue."));
            }
            Refusal::JiraNotAsked(why) => return Self::new(ProblemCode::UpstreamUnreachable, why),
            Refusal::NoToken(seconds) => {
                let detail = "No fresh access token can be had from Jira at present.";
                return Self { retry_after: Some(seconds), ..Self::new(ProblemCode::CredentialUnavailable, detail) };
            }
            Refusal::ChartDeleted => (ProblemCode::ChartDeleted, "This chart is deleted."),
            Refusal::DelegationOver => (ProblemCode::DelegationOver, "This delegation has ended."),
            Refusal::ChartsNotAllowed => {
                (ProblemCode::ChartsNotAllowed, "The access of this connection may not be used for charts.")
            }
            Refusal::ConsentNeeded => {
                (ProblemCode::ConsentNeeded, "No connection was chosen, and Causeway may not look at this Jira as you.")
            }
            Refusal::InstallationNotAllowed => (
                ProblemCode::InstallationNotAllowed,
                "This site has no connection in Causeway, so its people cannot see charts here.",
            ),
            Refusal::InvocationSpent => (
                ProblemCode::InvocationRefused,
                "The invocation token was used already, or the app has been removed from the site.",
            ),
            Refusal::LimitReached(why) => return Self::new(ProblemCode::LimitReached, why),
            Refusal::Invalid(why) => return Self::new(ProblemCode::InvalidRequest, why),
            Refusal::Internal(cause) => {
                return Self {
                    cause: Some(cause),
                    ..Self::new(
                        ProblemCode::Internal,
                        "Causeway failed. The fault is in Causeway itself, and was logged.",
                    )
                };
            }
            Refusal::Storage(cause) => {
                let detail = "The organization's data cannot be reached.";
                return Self::new(ProblemCode::Unavailable, detail).with_cause(cause);
            }
        };
        Self::new(code, detail)
    }
}

impl From<&Finding> for RequestFailure {
    fn from(finding: &Finding) -> Self {
        Self::new(ProblemCode::Misconfigured, finding.message.clone())
    }
}

/// A problem as a response.
pub(super) fn problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"causeway\""));
    }
    response
}

/// The seconds after which a request that failed with `code` may succeed.
const fn retry_after(code: ProblemCode) -> Option<u32> {
    match code {
        ProblemCode::Unavailable => Some(1),
        ProblemCode::TooManyAuthorizations
        | ProblemCode::TooManyRequests
        | ProblemCode::TooManyTasks
        | ProblemCode::CredentialUnavailable => Some(60),
        _ => None,
    }
}

/// Whether a path is for people in browsers: every path outside `/api/`, `/forge/` and `/ex/`, but the health check.
fn for_people(path: &str) -> bool {
    !path.starts_with("/api/") && !path.starts_with("/forge/") && !path.starts_with("/ex/") && path != "/healthz"
}

pub(super) async fn not_found(request: Request) -> Response {
    problem_or_page(&request, ProblemCode::NotFound, "There is nothing at this address.")
}

pub(super) async fn method_not_allowed(request: Request) -> Response {
    problem_or_page(&request, ProblemCode::MethodNotAllowed, "This address does not support this method.")
}

/// The response to a refusal before any handler: a page for people, a problem for programs.
pub(super) fn for_path(path: &str, refused: RequestFailure, id: &RequestId, log: &impl Log) -> Response {
    if for_people(path) { refused.page(id, log) } else { refused.problem(id, log) }
}

/// The response to a request that reached no handler: a page for people, a problem for programs.
fn problem_or_page(request: &Request, code: ProblemCode, detail: &str) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.as_str()).unwrap_or_default();
    let content = Problem::new(code, detail, id);
    if for_people(request.uri().path()) { page::problem(&content) } else { problem(&content) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_no_page() {
        for path in ["/api/v1/nothing", "/ex/confluence/one/wiki", "/healthz"] {
            assert!(!for_people(path), "{path}");
        }
        assert!(for_people("/oauth/callback") && for_people("/example"));
    }

    #[test]
    fn causeways_own_faults_and_storage_that_fails_have_different_codes() {
        for (refusal, code) in [
            (Refusal::Internal("why".to_owned()), ProblemCode::Internal),
            (Refusal::Storage("why".to_owned()), ProblemCode::Unavailable),
        ] {
            let failed = RequestFailure::from(refusal);
            assert_eq!((failed.code, failed.cause.as_deref()), (code, Some("why")));
            assert!(!failed.detail.contains("why"), "the cause is for the log alone");
        }
    }
}
