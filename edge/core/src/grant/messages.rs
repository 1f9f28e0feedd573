//! What a grant's keeper is asked, answers and reports. The Worker, the keeper and the organization meet here.

use api::{Cause, GrantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Credential, NewGrant};
use crate::{address::StoredAddress, organization_id::OrganizationId};

/// Counts a grant's rotations. It only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

/// What a keeper is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum KeeperCommand {
    /// Take this grant; it is pending. Refused if the keeper already has one.
    Install {
        /// The credential.
        grant: Box<NewGrant>,
    },
    /// A connection holds the grant now. May be told twice.
    Activate,
    /// Destroy the tokens. May be told twice.
    Retire,
    /// Give an access token.
    Token {
        /// The newest generation that the asker has seen, if any: a newer one is given without a refresh.
        seen: Option<Generation>,
        /// Jira answered 401 to the token of generation `seen`: force a refresh, at most one a minute.
        refused: bool,
    },
    /// Refresh now, though nothing asks for it: that moves the horizon. At most once a minute; sooner, what the last
    /// refresh gave stands. A credential that cannot be refreshed stands as it is.
    Renew,
    /// Seal anew what another key than the first of the ring sealed. May be told any number of times.
    Reseal,
    /// The provider of the grant has another address. Refused while a refresh is under way.
    Move {
        /// The base URL.
        address: StoredAddress,
    },
    /// Jira definitely refused a credential that cannot be refreshed: it is dead, and is never tried again. A refused
    /// password that is tried again raises a CAPTCHA, or the price of one.
    Refuse {
        /// Which one it refused; news about another is dropped.
        generation: Generation,
        /// Why.
        cause: Cause,
    },
}

/// A command on its way to a keeper's Durable Object, which is told with each command whose keeper it is.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeeperEnvelope {
    /// The organization that the grant belongs to.
    pub organization: OrganizationId,
    /// The grant.
    pub grant: GrantId,
    /// What the keeper is to do.
    pub command: KeeperCommand,
}

/// What a keeper answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum KeeperAnswer {
    /// Done.
    Done,
    /// A credential that works, as far as the keeper knows.
    Token {
        /// The credential.
        token: AccessToken,
    },
    /// It was refreshed, now or less than a minute ago. The news, for the organization.
    Renewed {
        /// The news.
        report: GrantReport,
    },
    /// It was sealed anew. The first key alone would have been [`Self::Done`].
    Resealed,
    /// There is no such grant, or it was destroyed.
    Gone,
    /// The grant is dead: reauthorize.
    Unauthorized {
        /// Why.
        cause: Cause,
    },
    /// No valid token can be had now; the grant is not dead.
    Unavailable {
        /// Why.
        cause: Cause,
        /// Seconds after which asking again makes sense.
        retry_after: u32,
    },
}

/// What authenticates a call, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The credential. Earlier versions had a bearer token here, which is written as it was.
    #[serde(rename = "token")]
    pub credential: Credential,
    /// Its generation.
    pub generation: Generation,
    /// When it ends; [`NEVER`](super::NEVER) if that is not known.
    pub expires_at: Timestamp,
    /// From when on a refresh ahead of need is due (70–80 % of its life, jittered); [`NEVER`](super::NEVER) if it cannot
    /// be refreshed.
    pub refresh_after: Timestamp,
}

impl AccessToken {
    /// Whether it cannot be refreshed: Jira's refusal of it is answered by a person.
    pub fn is_static(&self) -> bool {
        self.refresh_after == super::NEVER
    }
}

/// News about a grant, for the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum GrantReport {
    /// It was refreshed; whatever interrupted it is over.
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

    /// During a gradual deployment, a Worker of one version commands keepers of another.
    #[test]
    fn an_envelope_keeps_its_names() {
        let sent =
            r#"{"organization":"default","grant":"grt_1","command":{"command":"token","seen":3,"refused":true}}"#;
        let envelope: KeeperEnvelope = serde_json::from_str(sent).expect("an envelope");
        assert_eq!(serde_json::to_string(&envelope).expect("JSON"), sent);
    }
}
