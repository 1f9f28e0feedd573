//! How a call ended: whether Jira answered it and, if not, what that says about the connection.

use api::{CallOutcome, Cause, ConnectionId, FailedCall, Timestamp};

use crate::{
    oauth1::NotSigned,
    organization::{FailingRun, ObservedRateLimit},
    organization_id::OrganizationId,
    proxy::{admission::AdmittedCall, refusal::CallRefusal},
    secrets::Digest,
};

/// The longest path that is kept of a failed call, in characters.
const PATH_CHARACTERS: usize = 200;

/// The connection of a call.
pub(super) type Whose = (OrganizationId, ConnectionId);

/// A call that ended.
#[derive(Clone, Debug)]
pub(super) struct EndedCall {
    pub(super) whose: Whose,
    /// The digest of the API key.
    pub(super) key: Digest,
    pub(super) at: Timestamp,
    /// How long it took until the answer began, in milliseconds.
    pub(super) millis: u32,
    pub(super) ending: Ending,
    /// The status that Jira, or what stands in front of it, answered last.
    pub(super) http_status: Option<u16>,
    /// What the site said about its rate limit.
    pub(super) rate_limit: Option<ObservedRateLimit>,
    /// The call itself, if it failed.
    pub(super) failed: Option<FailedCall>,
}

/// How a call ended, and what it says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) outcome: CallOutcome,
    /// What keeps calls like this one from succeeding, if that lies in the connection.
    pub(super) cause: Option<Cause>,
}

impl Ending {
    const fn of(outcome: CallOutcome) -> Self {
        Self { outcome, cause: outcome.cause() }
    }

    /// Of a call whose answer is passed on. A status below 500 is an answer to the call: it says that the connection works.
    pub(super) const fn of_answer(status: u16) -> Self {
        match status {
            429 => Self::of(CallOutcome::RateLimit),
            500.. => Self::of(CallOutcome::JiraFault),
            _ => Self::of(CallOutcome::Succeeded),
        }
    }

    /// Of a call that the proxy answered itself. `None`: that is the caller's fault, or the operator's, and says nothing
    /// about the connection.
    pub(super) fn of_refusal(refusal: &CallRefusal) -> Option<Self> {
        use CallRefusal as Refusal;
        Some(match refusal {
            Refusal::TooManyCalls { .. } => Self::of(CallOutcome::TooManyCalls),
            Refusal::Burst { .. } | Refusal::Quota { .. } => Self::of(CallOutcome::RateLimit),
            // No token is left. What keeps the keeper from getting one keeps calls from succeeding, although the keeper itself
            // reports it late, or not at all: an outage that passes is no news while there are tokens.
            Refusal::CredentialUnavailable { cause: cause @ Some(_), .. } => {
                Self { outcome: CallOutcome::NoToken, cause: *cause }
            }
            Refusal::Unauthorized { .. }
            | Refusal::CredentialSuspended { .. }
            | Refusal::CredentialUnavailable { .. }
            | Refusal::NotSigned(NotSigned::KeyUnusable) => Self::of(CallOutcome::NoToken),
            // A token that is out of date says nothing about the connection: the next call has a fresh one.
            Refusal::NotReplayable => Self { outcome: CallOutcome::Credential, cause: None },
            Refusal::CredentialRefused => Self::of(CallOutcome::Credential),
            Refusal::Denied { cause, .. } => Self { outcome: CallOutcome::Credential, cause: Some(*cause) },
            Refusal::ScopeMissing { .. } => Self::of(CallOutcome::Scope),
            Refusal::IpAllowList { .. } => Self::of(CallOutcome::IpAllowList),
            Refusal::SiteMoved | Refusal::SignInPage => Self::of(CallOutcome::NotJira),
            // Some addresses at Jira lead elsewhere, such as those of attachments.
            Refusal::Redirected => Self { outcome: CallOutcome::NotJira, cause: None },
            Refusal::AddressRefused => Self { outcome: CallOutcome::NoAnswer, cause: Some(Cause::AddressRefused) },
            Refusal::CertificateRefused | Refusal::Unreachable | Refusal::Timeout | Refusal::OutcomeUnknown => {
                Self::of(CallOutcome::NoAnswer)
            }
            Refusal::Loop
            | Refusal::NoKey
            | Refusal::NotAKey { .. }
            | Refusal::KeyInQuery
            | Refusal::NotHttps
            | Refusal::KeyRefused
            | Refusal::TooManyRequests
            | Refusal::KeyLacksScope
            | Refusal::NotFound
            | Refusal::SiteNotFound
            | Refusal::Ambiguous { .. }
            | Refusal::Method
            | Refusal::Path(_)
            | Refusal::Family(_)
            | Refusal::FamilyNotAdded(_)
            | Refusal::Query
            | Refusal::SignInQuery
            | Refusal::Form
            | Refusal::TooLong
            | Refusal::ContentLength
            | Refusal::BodyTooLarge
            | Refusal::UploadTooSlow
            | Refusal::Deactivated
            | Refusal::NotSigned(_)
            | Refusal::OrganizationUnreachable
            | Refusal::BadSite
            | Refusal::Misconfigured => return None,
        })
    }

    pub(super) fn is_success(self) -> bool {
        self.outcome == CallOutcome::Succeeded
    }
}

impl EndedCall {
    /// A call that began and ended at these times, without what an answer of Jira's adds. `status` is that of the response.
    pub(super) fn of(
        call: AdmittedCall,
        connection: ConnectionId,
        ending: Ending,
        status: u16,
        (begun_at, at): (Timestamp, Timestamp),
    ) -> Self {
        let failed = (!ending.is_success()).then(|| FailedCall {
            at,
            method: call.method.to_owned(),
            path: kept_path(&call.path_and_query),
            status,
            outcome: ending.outcome,
            request_id: call.request_id,
        });
        Self {
            whose: (call.caller.organization, connection),
            key: call.caller.key.digest,
            at,
            millis: u32::try_from(at.since(begun_at)).unwrap_or_default(),
            ending,
            http_status: None,
            rate_limit: None,
            failed,
        }
    }

    /// The run that begins with this call, if it failed for a reason that lies in the connection.
    pub(super) fn failing_run(&self) -> Option<FailingRun> {
        let Ending { outcome, cause } = self.ending;
        cause.map(|cause| FailingRun::began(self.at, outcome, cause, self.http_status))
    }
}

/// The path of a call at Jira, as it is kept: without the query, and not too long.
fn kept_path(path_and_query: &str) -> String {
    let path = path_and_query.split_once('?').map_or(path_and_query, |(path, _)| path);
    std::iter::once('/').chain(path.chars()).take(PATH_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use api::CredentialKind;

    use super::*;

    #[test]
    fn an_answer_of_jiras_is_a_success_whatever_it_says_about_the_call() {
        for status in [200, 204, 303, 304, 400, 403, 404, 409, 412] {
            assert!(Ending::of_answer(status).is_success(), "{status}");
        }
        for (status, outcome) in
            [(429, CallOutcome::RateLimit), (500, CallOutcome::JiraFault), (503, CallOutcome::JiraFault)]
        {
            assert_eq!(Ending::of_answer(status), Ending { outcome, cause: outcome.cause() }, "{status}");
        }
    }

    #[test]
    fn what_the_caller_did_wrong_is_not_counted() {
        for refusal in [CallRefusal::NoKey, CallRefusal::Form, CallRefusal::BodyTooLarge, CallRefusal::Deactivated] {
            assert_eq!(Ending::of_refusal(&refusal), None, "{refusal:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_cause_that_jira_named() {
        let denied = Ending::of_refusal(&CallRefusal::Denied { cause: Cause::ClockSkew, kind: CredentialKind::Oauth1 });
        assert_eq!(denied, Some(Ending { outcome: CallOutcome::Credential, cause: Some(Cause::ClockSkew) }));
        let redirected = Ending::of_refusal(&CallRefusal::Redirected).and_then(|ending| ending.cause);
        assert_eq!(redirected, None, "an attachment that leads elsewhere is no fault of the connection");
    }

    #[test]
    fn calls_without_a_token_say_what_keeps_it_away() {
        for cause in [Cause::AtlassianUnreachable, Cause::ConsumerUnknown, Cause::ClientRefused] {
            let refusal = CallRefusal::CredentialUnavailable {
                cause: Some(cause),
                kind: CredentialKind::CloudOauth2,
                token_status: None,
                retry_after: 1,
            };
            let expected = Ending { outcome: CallOutcome::NoToken, cause: Some(cause) };
            assert_eq!(Ending::of_refusal(&refusal), Some(expected));
        }
    }

    #[test]
    fn no_query_is_kept_and_no_long_path() {
        assert_eq!(kept_path("rest/api/3/issue/A-1?jql=secret"), "/rest/api/3/issue/A-1");
        assert_eq!(kept_path(&"ä".repeat(500)).chars().count(), PATH_CHARACTERS);
    }
}
