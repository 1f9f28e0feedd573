//! Checks that a valid access token is available.

use api::{Cause, CredentialKind, Status};

use crate::{
    checkup::step_result::StepResult,
    connection_status::CredentialState,
    grant::{AccessToken, KeeperAnswer},
    ports::PortFailure,
};

/// The meaning of the keeper's answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TokenStep {
    pub(super) result: StepResult,
    /// `None`: unknown.
    pub(super) credential: Option<CredentialState>,
    pub(super) token: Option<AccessToken>,
    /// The status of the token endpoint, if it answered and gave no token.
    pub(super) status: Option<u16>,
}

/// The result for a connection without a grant.
pub(super) fn none(status: &Status) -> StepResult {
    dead(status.cause())
}

/// Evaluates the keeper's answer. `before` is the cause in the connection's current status. That there is a credential does
/// not say that Jira accepts it: the next step asks.
pub(super) fn read(
    answer: Result<KeeperAnswer, PortFailure>,
    before: Option<Cause>,
    kind: CredentialKind,
) -> TokenStep {
    match answer {
        Ok(KeeperAnswer::Token { token }) => TokenStep {
            result: StepResult::passed(held(kind)),
            credential: Some(CredentialState::Works),
            token: Some(token),
            status: None,
        },
        Ok(KeeperAnswer::Unauthorized { cause }) => {
            without(dead(Some(cause)), CredentialState::Dead { cause: Some(cause) })
        }
        Ok(KeeperAnswer::Gone) => without(dead(before), CredentialState::Dead { cause: before }),
        Ok(KeeperAnswer::Unavailable { cause, status, .. }) => {
            TokenStep { status, ..without(StepResult::caused(cause), CredentialState::Unavailable { cause }) }
        }
        // A temporary failure of ours, which says nothing about the connection.
        Ok(KeeperAnswer::Done | KeeperAnswer::Renewed { .. } | KeeperAnswer::Resealed) | Err(_) => TokenStep {
            result: StepResult::flawed(
                "Causeway's own keeper of the credential does not answer.",
                "No action needed: test again in a minute. If it persists, the operator must look at the log.",
            ),
            credential: None,
            token: None,
            status: None,
        },
    }
}

fn held(kind: CredentialKind) -> String {
    match kind {
        CredentialKind::CloudOauth2 | CredentialKind::DataCenterOauth2 => {
            "Causeway has an access token that has not expired.".to_owned()
        }
        _ => format!("Causeway has {}.", kind.secret()),
    }
}

const fn without(result: StepResult, credential: CredentialState) -> TokenStep {
    TokenStep { result, credential: Some(credential), token: None, status: None }
}

fn dead(cause: Option<Cause>) -> StepResult {
    match cause {
        Some(cause) => StepResult::caused(cause),
        None => StepResult::flawed("The connection has no credential.", "Authorize the connection."),
    }
}

#[cfg(test)]
mod tests {
    use api::{StepOutcome, Timestamp};

    use super::*;
    use crate::grant::{Generation, Token};

    #[test]
    fn every_answer_of_the_keeper_is_told_for_what_it_is() {
        let token = AccessToken {
            credential: crate::grant::Credential::Bearer(Token::parse("SECRET").expect("a token")),
            generation: Generation(3),
            expires_at: Timestamp::EPOCH,
            refresh_after: Timestamp::EPOCH,
        };
        let cloud = CredentialKind::CloudOauth2;
        let works = read(Ok(KeeperAnswer::Token { token }), None, cloud);
        assert_eq!((works.result.outcome, works.credential), (StepOutcome::Passed, Some(CredentialState::Works)));
        assert!(!format!("{:?}", works.result).contains("SECRET"));

        let cause = Cause::GrantRefused;
        let down = Cause::AtlassianUnreachable;
        for (answer, before, blamed, credential) in [
            (
                KeeperAnswer::Unauthorized { cause },
                None,
                Some(cause),
                Some(CredentialState::Dead { cause: Some(cause) }),
            ),
            (KeeperAnswer::Gone, None, None, Some(CredentialState::Dead { cause: None })),
            (KeeperAnswer::Gone, Some(cause), Some(cause), Some(CredentialState::Dead { cause: Some(cause) })),
            (
                KeeperAnswer::Unavailable { cause: down, retry_after: 5, status: None },
                None,
                Some(down),
                Some(CredentialState::Unavailable { cause: down }),
            ),
            (KeeperAnswer::Done, None, None, None),
        ] {
            let step = read(Ok(answer.clone()), before, cloud);
            assert_eq!(step.result.outcome, StepOutcome::Failed, "{answer:?}");
            assert_eq!((step.result.cause, step.credential), (blamed, credential), "{answer:?}");
            assert!(step.token.is_none() && (step.result.remedy.is_some() || blamed.is_some()));
        }
    }

    #[test]
    fn a_keeper_that_is_silent_says_nothing_about_the_credential() {
        let step = read(Err(PortFailure("down".into())), Some(Cause::GrantRefused), CredentialKind::Oauth1);
        assert_eq!((step.credential, step.result.cause), (None, None));
    }
}
