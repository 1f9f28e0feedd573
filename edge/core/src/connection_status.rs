//! What a connection's status is, from what is known about it: the one function that says so.
//!
//! Two things are known, and each is learnt in its own way: whether the credential works (the grant's keeper tells), and
//! what else keeps calls from getting through (the last checkup found it). Everything that changes a status changes one of
//! the two and asks [`status`] again, so no two parts of the edge can disagree. Unauthorizing on purpose and authorizing
//! anew replace both.
//!
//! | the credential | what a checkup found | status |
//! |---|---|---|
//! | dead | whatever | unauthorized, with the cause of its death |
//! | gone, and nobody knows why | whatever | unauthorized, as it was if it was |
//! | stands, but gives no token | whatever | interrupted, with that cause |
//! | stands, but Atlassian refuses our own client | whatever | as it was: the operator must act, no connection is marked |
//! | works | something that keeps calls away | interrupted, with that cause |
//! | works | nothing | authorized |

use api::{Cause, Status, Timestamp};
use serde::{Deserialize, Serialize};

use crate::grant::GrantReport;

/// Whether the credential works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "credential", rename_all = "snake_case")]
pub enum CredentialState {
    /// It gives tokens.
    Works,
    /// It stands, but no token can be had just now.
    Unavailable {
        /// Why.
        cause: Cause,
    },
    /// It is no more.
    Dead {
        /// What ended it, if Atlassian or time did.
        cause: Option<Cause>,
    },
}

/// What is known about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionHealth {
    /// Whether the credential works.
    #[serde(flatten)]
    pub credential: CredentialState,
    /// What keeps calls away although the credential works, as the last checkup found.
    #[serde(default)]
    pub trouble: Option<Cause>,
}

impl ConnectionHealth {
    /// Of a connection that was just authorized.
    pub const NOTHING_WRONG: Self = Self { credential: CredentialState::Works, trouble: None };

    /// What is known once the keeper has told its news. A refresh proves that Atlassian answers; it proves nothing about
    /// the site, so what a checkup found there stays.
    #[must_use]
    pub fn after(self, report: &GrantReport) -> Self {
        match *report {
            GrantReport::Refreshed { .. } => Self {
                credential: CredentialState::Works,
                trouble: self.trouble.filter(|cause| outlives_a_refresh(*cause)),
            },
            GrantReport::Interrupted { cause, .. } => {
                Self { credential: CredentialState::Unavailable { cause }, ..self }
            }
            GrantReport::Unauthorized { cause, .. } => {
                Self { credential: CredentialState::Dead { cause: Some(cause) }, trouble: None }
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

/// The status, by the table above. A state that goes on for the same cause keeps its `since`; a new one began `at`.
pub fn status(was: &Status, known: ConnectionHealth, at: Timestamp) -> Status {
    let cause = match (known.credential, known.trouble) {
        (CredentialState::Dead { cause }, _) => return dead(was, cause, at),
        (CredentialState::Unavailable { cause: Cause::ClientRefused }, _) => return was.clone(),
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
        // What ended it on purpose, or that there never was one, is not overwritten by finding nothing there.
        Status::Unauthorized { cause: before, .. } if cause.is_none() || *before == cause => was.clone(),
        _ => Status::Unauthorized { cause, since: Some(at), by: None },
    }
}

#[cfg(test)]
mod tests;
