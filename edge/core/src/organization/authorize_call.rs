//! Decides whether a call through a connection may be forwarded, and with which grant.

use api::{Cause, ConnectionId, GrantId, KeyScope, Status};
use serde::{Deserialize, Serialize};

use crate::{
    jira::JiraTarget,
    organization::{Identity, Needs, Refusal, Step, Turn},
};

/// The age at which "last activity" is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

/// Decides whether a key may call through a connection.
#[derive(Serialize, Deserialize)]
pub struct AuthorizeCall {
    /// The connection.
    pub connection: ConnectionId,
}

/// The decision about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admitted {
    /// The call is forwarded with this grant to this site.
    To {
        /// The grant whose keeper has the access token.
        grant: GrantId,
        /// The address of the site's API.
        #[serde(flatten)]
        #[serde(rename = "door")]
        target: JiraTarget,
    },
    /// The connection has no working credential.
    Unauthorized {
        /// Why the credential ended, if that is known.
        cause: Option<Cause>,
    },
    /// The connection is deactivated.
    Deactivated,
}

impl Step for AuthorizeCall {
    type Answer = Admitted;

    fn needs(&self) -> Needs {
        Needs::Key(self.connection.clone(), KeyScope::Proxy)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Admitted, Refusal> {
        let mut connection = turn.connection(&self.connection)?;
        if connection.details.deleted.is_some() {
            return Err(Refusal::NotFound);
        }
        match connection.details.status {
            Status::Unauthorized { cause, .. } => return Ok(Admitted::Unauthorized { cause }),
            Status::Deactivated { .. } | Status::Unknown(_) => return Ok(Admitted::Deactivated),
            _ => {}
        }
        let (Some(target), Some(grant)) = (JiraTarget::of(&connection.view(turn.now)), &connection.grant) else {
            return Ok(Admitted::Unauthorized { cause: None });
        };
        let admitted = Admitted::To { grant: grant.clone(), target };
        if let Identity::Key(key) = &turn.who {
            turn.record_key_use(&connection, &key.details.id)?;
        }
        if !(0..TOUCH).contains(&turn.now.since(connection.details.last_activity_at)) {
            connection.details.last_activity_at = turn.now;
            turn.store_connection(&connection)?;
        }
        Ok(admitted)
    }
}
