//! Why the organization refuses a command.

use serde::{Deserialize, Serialize};

use crate::{authorization::AuthorizationRefused, ports::PortFailure};

/// A refusal. Each variant says who must act in the problem that it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Neither a session nor an API key, or the session is over.
    NotSignedIn,
    /// The API key is unknown, expired or revoked.
    ApiKeyRefused,
    /// The caller is somebody, but not one who may do this.
    Forbidden,
    /// No such thing, or not for this caller.
    NotFound,
    /// Another connection has this name.
    NameTaken,
    /// The entity is at another version than the caller read.
    EditConflict,
    /// The attempt cannot be saved: not authorized, spent, over, or for another connection.
    AuthorizationNotReady,
    /// The connection is deleted.
    ConnectionDeleted,
    /// There is no reauthorization that could be taken back.
    NothingToRevert,
    /// The connection has no working credential.
    ConnectionUnauthorized,
    /// The connection is switched off.
    ConnectionDeactivated,
    /// A connection must be granted to a workspace, while there are any.
    WorkspaceRequired,
    /// Projects would be disconnected, and nobody confirmed that. The sentence names them.
    ConfirmationRequired(String),
    /// The session has as many attempts waiting as it may have.
    TooManyAuthorizations,
    /// As many sign-ins wait for the OpenID provider as may.
    TooManySignIns,
    /// A single-use secret is unknown, spent, too old, or from another browser.
    Spent,
    /// The RSA key is unknown, or another connection holds it.
    KeyNotUsable,
    /// The request contradicts itself or asks for something that does not exist. The sentence is for the caller.
    Invalid(String),
    /// Storage failed, or the object runs an older version than the Worker for a moment of a deployment. Asking again
    /// helps. The text is for logs.
    Storage(String),
    /// Causeway contradicts itself: a message or a stored record is not of its form, or reached the wrong object. The text
    /// is for logs.
    Internal(String),
}

impl From<PortFailure> for Refusal {
    fn from(failure: PortFailure) -> Self {
        Self::Storage(failure.0)
    }
}

/// Every record and message that is read here was written by Causeway, so it is Causeway's fault if one is malformed.
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
