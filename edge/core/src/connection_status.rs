//! Computes a connection's status. This is the only place that does.
//!
//! Three facts decide: whether the credential works (reported by the grant's keeper), what else keeps calls from
//! succeeding (found by the last checkup), and whether calls fail in a row (counted by the proxy). Whatever changes a
//! status changes one of these facts and calls [`status`] again, so no two parts of the edge can disagree.
//! Unauthorizing and reauthorizing replace all of them.
//!
//! | the credential | what a checkup found | calls | status |
//! |---|---|---|---|
//! | dead | whatever | whatever | unauthorized, with the cause of its death |
//! | gone, and nobody knows why | whatever | whatever | unauthorized, as it was if it was |
//! | stands, but gives no token | whatever | whatever | interrupted, with that cause |
//! | works | something that keeps calls away | whatever | interrupted, with the cause that the checkup found |
//! | works | nothing | fail in a row | interrupted, with the cause that the last of them named |
//! | works | nothing | succeed, or there are none | authorized |

use api::{Cause, Status, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{credential_refusal::is_kept, grant::GrantReport};

/// The state of the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "credential", rename_all = "snake_case")]
pub enum CredentialState {
    /// It works.
    Works,
    /// It is not dead, but no token can be obtained at the moment.
    Unavailable {
        /// Why.
        cause: Cause,
    },
    /// It is dead.
    Dead {
        /// What ended it, if it was Atlassian or its expiry.
        cause: Option<Cause>,
    },
}

impl CredentialState {
    /// Whether no token can be obtained for this cause, so that Jira is not even called. A credential that Jira refused and
    /// that is kept is another matter.
    pub fn lacks_token_for(self, cause: Cause) -> bool {
        matches!(self, Self::Unavailable { cause: because } if because == cause && !is_kept(cause))
    }
}

/// The facts that the status is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionHealth {
    /// Whether the credential works.
    #[serde(flatten)]
    pub credential: CredentialState,
    /// What keeps calls from succeeding although the credential works, as found by the last checkup.
    #[serde(default)]
    pub trouble: Option<Cause>,
    /// What keeps calls from succeeding, as the calls themselves show: enough of them failed, and none succeeded since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<Cause>,
}

impl ConnectionHealth {
    /// The facts about a connection that was just authorized.
    pub const NOTHING_WRONG: Self = Self { credential: CredentialState::Works, trouble: None, calls: None };

    /// The facts about a credential that Jira has just accepted, although it refused it before.
    #[must_use]
    pub fn accepted(self) -> Self {
        match self.credential {
            CredentialState::Unavailable { cause } if is_kept(cause) => {
                Self { credential: CredentialState::Works, ..self }
            }
            _ => self,
        }
    }

    /// The facts after a report of the keeper. A refresh proves that Atlassian answers, and nothing about the site:
    /// what a checkup found about the site stays.
    #[must_use]
    pub fn after(self, report: &GrantReport) -> Self {
        match *report {
            GrantReport::Refreshed { .. } => Self {
                credential: CredentialState::Works,
                trouble: self.trouble.filter(|cause| outlives_a_refresh(*cause)),
                ..self
            },
            GrantReport::Interrupted { cause, .. } => {
                Self { credential: CredentialState::Unavailable { cause }, ..self }
            }
            GrantReport::Unauthorized { cause, .. } => {
                Self { credential: CredentialState::Dead { cause: Some(cause) }, trouble: None, calls: None }
            }
        }
    }
}

const fn outlives_a_refresh(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::IpAllowList
            | Cause::SiteUnreachable
            | Cause::RateLimited
            | Cause::SiteRefused
            | Cause::SiteGone
            | Cause::ScopesMissing
            | Cause::BasicDisabled
            | Cause::SignatureInvalid
            | Cause::ConsumerUnknown
            | Cause::ClockSkew
            | Cause::SiteMoved
            | Cause::AddressRefused
    )
}

/// The status, by the table above. If the cause stays the same, so does `since`; otherwise the new state began `at`.
pub fn status(was: &Status, known: ConnectionHealth, at: Timestamp) -> Status {
    let cause = match (known.credential, known.trouble.or(known.calls)) {
        (CredentialState::Dead { cause }, _) => return dead(was, cause, at),
        (CredentialState::Unavailable { cause }, _) | (CredentialState::Works, Some(cause)) => cause,
        (CredentialState::Works, None) => return Status::Authorized,
    };
    match was {
        Status::Interrupted { cause: before, .. } if *before == cause => was.clone(),
        _ => Status::Interrupted { cause, since: at },
    }
}

fn dead(was: &Status, cause: Option<Cause>, at: Timestamp) -> Status {
    match was {
        // An unauthorization on purpose, or a connection that was never authorized, is not overwritten because no
        // credential is found.
        Status::Unauthorized { cause: before, .. } if cause.is_none() || *before == cause => was.clone(),
        _ => Status::Unauthorized { cause, since: Some(at), by: None },
    }
}

#[cfg(test)]
mod tests;
