//! Commands to a grant's keeper, its answers, and its reports to the organization.

use api::{Cause, GrantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Credential, NewGrant};
use crate::{address::StoredAddress, organization_id::OrganizationId};

/// Counts a grant's rotations; it only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

/// A command to a keeper.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum KeeperCommand {
    /// Store a new grant as pending. Refused if the keeper already has a grant.
    Install {
        /// The credential.
        grant: Box<NewGrant>,
    },
    /// A connection holds the grant now. Idempotent.
    Activate,
    /// Destroy the tokens. Idempotent.
    Retire,
    /// Return an access token.
    Token {
        /// The newest generation that the caller knows, if any: a newer one is returned without a refresh.
        seen: Option<Generation>,
        /// Jira answered 401 to the token of generation `seen`: force a refresh, at most one a minute.
        refused: bool,
    },
    /// Refresh now, which moves the horizon. At most once a minute; sooner, the result of the last refresh is returned.
    /// Does nothing for a credential that cannot be refreshed.
    Renew,
    /// Reseal the tokens if a key other than the first of the ring sealed them. Idempotent.
    Reseal,
    /// The grant's provider has a new address. Refused while a refresh is running.
    Move {
        /// The base URL.
        address: StoredAddress,
    },
    /// Jira definitely refused a credential that cannot be refreshed, to our own question, or a day of refusals is over:
    /// it is dead and never used again. Using a refused password again leads to a CAPTCHA.
    Refuse {
        /// The generation that was refused; a command about another one is ignored.
        generation: Generation,
        /// Why.
        cause: Cause,
    },
}

impl KeeperCommand {
    /// Whether it only asks, so that asking twice is as good as once: the keeper runs one refresh at a time, and forces
    /// at most one a minute.
    pub const fn is_question(&self) -> bool {
        matches!(self, Self::Token { .. })
    }
}

/// A command with the identity of the keeper, which a Durable Object does not know by itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeeperEnvelope {
    /// The organization that the grant belongs to.
    pub organization: OrganizationId,
    /// The grant.
    pub grant: GrantId,
    /// The command.
    pub command: KeeperCommand,
}

/// A keeper's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum KeeperAnswer {
    /// Done.
    Done,
    /// A working credential, as far as the keeper knows.
    Token {
        /// The credential.
        token: AccessToken,
    },
    /// The grant was refreshed, now or less than a minute ago.
    Renewed {
        /// The report for the organization.
        report: GrantReport,
    },
    /// The tokens were resealed. [`Self::Done`] if nothing had to be.
    Resealed,
    /// The grant does not exist, or was destroyed.
    Gone,
    /// The grant is dead and must be reauthorized.
    Unauthorized {
        /// Why.
        cause: Cause,
    },
    /// No valid token is available at the moment; the grant is not dead.
    Unavailable {
        /// Why.
        cause: Cause,
        /// Seconds after which to retry.
        retry_after: u32,
        /// The status that the token endpoint answered last, if it answered.
        #[serde(default)]
        status: Option<u16>,
    },
}

/// A credential with its metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The credential. Earlier versions stored a bearer token here, which is serialized as before.
    #[serde(rename = "token")]
    pub credential: Credential,
    /// Its generation.
    pub generation: Generation,
    /// When it expires; [`NEVER`](super::NEVER) if unknown.
    pub expires_at: Timestamp,
    /// When a refresh ahead of need is due (70–80 % of its life, jittered); [`NEVER`](super::NEVER) if it cannot be
    /// refreshed.
    pub refresh_after: Timestamp,
}

impl AccessToken {
    /// Whether it cannot be refreshed. If Jira refuses it, a person must act.
    pub fn is_static(&self) -> bool {
        self.refresh_after == super::NEVER
    }
}

/// A report about a grant, for the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum GrantReport {
    /// It was refreshed; any interruption is over.
    Refreshed {
        /// When.
        at: Timestamp,
        /// Its generation now.
        generation: Generation,
        /// When it must be reauthorized at the latest, if that is known.
        reauthorize_before: Option<Timestamp>,
    },
    /// It cannot be refreshed for now.
    Interrupted {
        /// Since when.
        since: Timestamp,
        /// Why.
        cause: Cause,
        /// The status that the token endpoint answered last, if it answered.
        #[serde(default)]
        status: Option<u16>,
    },
    /// It is dead.
    Unauthorized {
        /// Since when.
        since: Timestamp,
        /// Why.
        cause: Cause,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// During a gradual deployment, a Worker of one version sends commands to keepers of another.
    #[test]
    fn an_envelope_keeps_its_names() {
        let sent =
            r#"{"organization":"default","grant":"grt_1","command":{"command":"token","seen":3,"refused":true}}"#;
        let envelope: KeeperEnvelope = serde_json::from_str(sent).expect("an envelope");
        assert_eq!(serde_json::to_string(&envelope).expect("JSON"), sent);
    }
}
