//! The reasons for which the organization refuses a command.

use serde::{Deserialize, Serialize};

use crate::{authorization::AuthorizationRefused, ports::PortFailure};

/// The reason for a refusal. The edge turns each variant into a problem response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is neither a session nor an API key, or the session has ended.
    NotSignedIn,
    /// The session is over.
    SessionOver(SessionEnd),
    /// The API key is unknown, expired or revoked.
    ApiKeyRefused,
    /// The caller is identified, but lacks the permission.
    Forbidden,
    /// The entity does not exist, or the caller has no access to it.
    NotFound,
    /// Another connection has this name.
    NameTaken,
    /// The entity has another version than the caller read.
    EditConflict,
    /// The authorization cannot be saved: it is not authorized, saved already, expired, or for another connection.
    AuthorizationNotReady,
    /// The connection is deleted.
    ConnectionDeleted,
    /// There is no reauthorization that can be reverted.
    NothingToRevert,
    /// The connection has no working credential.
    ConnectionUnauthorized,
    /// The connection is deactivated.
    ConnectionDeactivated,
    /// The connection must be granted to at least one workspace, because the organization has workspaces.
    WorkspaceRequired,
    /// The operator named this member an administrator, so only the operator can remove them.
    AdministratorConfigured,
    /// Projects would be disconnected, and the caller has not confirmed that. The text names them.
    ConfirmationRequired(String),
    /// The session has the most pending authorizations that are allowed, or has begun the most within their lifetime.
    TooManyAuthorizations,
    /// A single-use secret is unknown, redeemed already, expired, or from another browser.
    Spent,
    /// There are as many of these as there may be. The text says how many, and what to do.
    LimitReached(String),
    /// The chart is deleted.
    ChartDeleted,
    /// The delegation has ended.
    DelegationOver,
    /// The connection may not be used for charts.
    ChartsNotAllowed,
    /// The caller has not let Causeway read the site as them.
    ConsentNeeded,
    /// The Forge app is installed on a site that does not belong to this organization.
    InstallationNotAllowed,
    /// An invocation of the Forge app came twice, or from an installation that was removed.
    InvocationSpent,
    /// The RSA key is unknown, or another connection holds it.
    KeyNotUsable,
    /// The project has no connection, or no Jira project.
    ProjectNotConnected,
    /// Too many tasks of the project wait for Jira.
    TasksWaiting,
    /// This cannot be done with a task in this state.
    TaskNotReady(api::TaskState),
    /// This cannot be done with a resync in this state.
    ResyncNotPossible(api::ResyncState),
    /// Jira shows no such issue.
    IssueNotFound,
    /// Another task is linked to the issue. The text names it.
    IssueTaken(String),
    /// Jira could not be asked. The text tells the caller why.
    JiraNotAsked(String),
    /// No fresh token can be had for so many seconds.
    NoToken(u32),
    /// The request is invalid. The text tells the caller why.
    Invalid(String),
    /// Storage failed, or the object still runs an older version than the Worker during a deployment. The request can
    /// be retried. The text is for logs.
    Storage(String),
    /// A defect of Causeway: a message or a stored record is malformed, or a command reached the wrong object. The text
    /// is for logs.
    Internal(String),
}

/// Why a session ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// It was as old as a session may get.
    Age,
    /// Nobody used it for as long as a session may stay unused.
    Disuse,
}

impl From<PortFailure> for Refusal {
    fn from(failure: PortFailure) -> Self {
        Self::Storage(failure.0)
    }
}

/// Causeway itself wrote every record and message that is parsed here, so a malformed one is a defect of Causeway.
impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a stored record or a message is not of its form: {error}"))
    }
}

impl From<AuthorizationRefused> for Refusal {
    fn from(refused: AuthorizationRefused) -> Self {
        match refused {
            AuthorizationRefused::UnknownSite => {
                Self::Invalid("The site is not one of those to choose from.".to_owned())
            }
            AuthorizationRefused::Expired | AuthorizationRefused::WrongStage => Self::AuthorizationNotReady,
            AuthorizationRefused::OtherBrowser => Self::Spent,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::organization::{Caller, fixture::Fixture};

    #[test]
    fn a_malformed_message_is_causeways_own_fault() {
        let content = to_raw_value(&serde_json::json!({"no": "session"})).expect("JSON");
        let refusal = Fixture::new().reply(&Caller::Edge, "CloseSession", content).expect_err("it names no session");
        assert!(matches!(refusal, Refusal::Internal(_)), "{refusal:?}");
    }

    #[test]
    fn storage_that_fails_is_not_causeways_own_fault() {
        assert_eq!(Refusal::from(PortFailure("full".to_owned())), Refusal::Storage("full".to_owned()));
    }
}
