//! The failures of an authorization that Causeway itself finds.

use api::{Failure, FailureCode};

use super::AuthorizationRefused;

/// The callback was refused.
pub(super) fn came_back_wrong(refused: AuthorizationRefused) -> Failure {
    if refused == AuthorizationRefused::Expired {
        return expired();
    }
    Failure {
        code: FailureCode::OtherBrowser,
        message: "The answer from Atlassian came back in another browser.".to_owned(),
        remedy: "Authorize again, and finish in the window that opens.".to_owned(),
        details: None,
    }
}

/// It was not finished in time.
pub(super) fn expired() -> Failure {
    Failure {
        code: FailureCode::Expired,
        message: "Ten minutes have passed since this authorization was started.".to_owned(),
        remedy: "Authorize again.".to_owned(),
        details: None,
    }
}

/// The failure of an authorization that the person cancelled in Causeway.
pub fn cancelled() -> Failure {
    Failure {
        code: FailureCode::Cancelled,
        message: "The authorization was cancelled.".to_owned(),
        remedy: "Authorize again when you are ready.".to_owned(),
        details: None,
    }
}
