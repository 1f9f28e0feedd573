//! From a failure to its answer: a problem for programs, a page for people. This is the one table of both.

use api::{Cause, Finding, PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};

use crate::{
    grant::KeeperAnswer,
    http::{page, request_id::RequestId},
    organization::Refusal,
    ports::{Level, Log, PortFailure},
};

/// A failure on its way to becoming an answer.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) code: ProblemCode,
    pub(super) detail: String,
    /// What the log says and the answer does not.
    pub(super) cause: Option<String>,
    /// Seconds after which request again makes sense, where that is known better than by the code.
    pub(super) retry_after: Option<u32>,
}

impl Failed {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), cause: None, retry_after: None }
    }

    /// A keeper has no fresh token just now, and asks Atlassian again by itself after so many seconds.
    pub(super) fn unavailable(cause: Cause, retry_after: u32) -> Self {
        let detail = format!("{} Causeway asks again in {retry_after} s.", cause.sentence());
        Self { retry_after: Some(retry_after), ..Self::new(ProblemCode::CredentialUnavailable, detail) }
    }

    /// A keeper did not answer, or not what it was asked.
    pub(super) fn keeper_silent(answer: &Result<KeeperAnswer, PortFailure>) -> Self {
        let detail = "The credential cannot be reached just now.";
        Self {
            cause: Some(format!("{answer:?}")),
            retry_after: Some(1),
            ..Self::new(ProblemCode::CredentialUnavailable, detail)
        }
    }

    /// The answer for programs. The cause is logged here, once.
    pub(super) fn problem(self, id: &RequestId, log: &impl Log) -> Response {
        if let Some(cause) = &self.cause {
            log.log(
                Level::Warning,
                "request_failed",
                &[("request", &id.0), ("code", self.code.as_str()), ("cause", cause)],
            );
        }
        let mut answer = problem(&Problem::new(self.code, self.detail, id.0.as_str()));
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        answer
    }

    /// The answer for people: a page with the same content.
    pub(super) fn page(self, id: &RequestId, log: &impl Log) -> Response {
        if let Some(cause) = &self.cause {
            log.log(
                Level::Warning,
                "page_failed",
                &[("request", &id.0), ("code", self.code.as_str()), ("cause", cause)],
            );
        }
        page::problem(&Problem::new(self.code, self.detail, id.0.as_str()))
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        let (code, detail) = match refusal {
            Refusal::NotSignedIn => (ProblemCode::NotSignedIn, "There is no session, or it is over."),
            Refusal::ApiKeyRefused => (ProblemCode::ApiKeyRefused, "The API key is unknown, expired or revoked."),
            Refusal::Forbidden => (ProblemCode::Forbidden, "You may not do this."),
            Refusal::NotFound => (ProblemCode::NotFound, "There is no such thing here."),
            Refusal::NameTaken => (ProblemCode::NameTaken, "Another one already has this name."),
            Refusal::EditConflict => (ProblemCode::EditConflict, "Somebody saved this since you loaded it."),
            Refusal::AuthorizationNotReady => (
                ProblemCode::AuthorizationNotReady,
                "This authorization cannot be used: it is unfinished, over, or used already.",
            ),
            Refusal::ConnectionDeleted => (ProblemCode::ConnectionDeleted, "This connection is deleted."),
            Refusal::NothingToRevert => {
                (ProblemCode::NothingToRevert, "There is no reauthorization of the last ten minutes to take back.")
            }
            Refusal::ConnectionUnauthorized => {
                (ProblemCode::ConnectionUnauthorized, "This connection has no working credential.")
            }
            Refusal::ConnectionDeactivated => (ProblemCode::ConnectionDeactivated, "This connection is deactivated."),
            Refusal::WorkspaceRequired => {
                (ProblemCode::WorkspaceRequired, "A connection is granted to at least one workspace.")
            }
            Refusal::ConfirmationRequired(why) => return Self::new(ProblemCode::ConfirmationRequired, why),
            Refusal::TooManyAuthorizations => {
                (ProblemCode::TooManyAuthorizations, "Sixteen authorizations are already under way.")
            }
            Refusal::TooManySignIns => {
                (ProblemCode::Unavailable, "Too many people are signing in at this moment. Try again in a minute.")
            }
            Refusal::Spent => {
                (ProblemCode::TicketRefused, "This link was used already, is too old, or belongs to another browser.")
            }
            Refusal::KeyNotUsable => {
                (ProblemCode::KeyNotUsable, "The RSA key is unknown, or another connection uses it.")
            }
            Refusal::Invalid(why) => return Self::new(ProblemCode::InvalidRequest, why),
            Refusal::Internal(cause) => {
                return Self {
                    cause: Some(cause),
                    ..Self::new(ProblemCode::Internal, "Causeway failed. The fault is its own, and it is logged.")
                };
            }
            Refusal::Storage(cause) => {
                return Self {
                    cause: Some(cause),
                    ..Self::new(ProblemCode::Unavailable, "The organization's data cannot be reached.")
                };
            }
        };
        Self::new(code, detail)
    }
}

impl From<&Finding> for Failed {
    fn from(finding: &Finding) -> Self {
        Self::new(ProblemCode::Misconfigured, finding.message.clone())
    }
}

/// A problem as an answer.
pub(super) fn problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, axum::Json(problem)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if let Some(seconds) = retry_after(problem.code) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"causeway\""));
    }
    answer
}

const fn retry_after(code: ProblemCode) -> Option<&'static str> {
    match code {
        ProblemCode::Unavailable => Some("1"),
        ProblemCode::TooManyAuthorizations | ProblemCode::CredentialUnavailable => Some("60"),
        _ => None,
    }
}

/// Whether a person in a browser asks, not a program: everything outside `/api/` and the health check.
fn for_people(path: &str) -> bool {
    !path.starts_with("/api/") && path != "/healthz"
}

pub(super) async fn not_found(request: Request) -> Response {
    plain(&request, ProblemCode::NotFound, "There is nothing at this address.")
}

pub(super) async fn method_not_allowed(request: Request) -> Response {
    plain(&request, ProblemCode::MethodNotAllowed, "This address does not know this method.")
}

/// An answer to a request that reached no handler.
pub(super) fn plain(request: &Request, code: ProblemCode, detail: &str) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.as_str()).unwrap_or_default();
    let said = Problem::new(code, detail, id);
    if for_people(request.uri().path()) { page::problem(&said) } else { problem(&said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causeways_own_faults_and_storage_that_fails_have_different_codes() {
        for (refusal, code) in [
            (Refusal::Internal("why".to_owned()), ProblemCode::Internal),
            (Refusal::Storage("why".to_owned()), ProblemCode::Unavailable),
        ] {
            let failed = Failed::from(refusal);
            assert_eq!((failed.code, failed.cause.as_deref()), (code, Some("why")));
            assert!(!failed.detail.contains("why"), "the cause is for the log alone");
        }
    }
}
