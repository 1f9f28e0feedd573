//! Whether a call through a connection may go on, and with which grant.

use api::{Cause, ConnectionId, GrantId, KeyScope, Status};
use serde::{Deserialize, Serialize};

use crate::{
    jira::JiraTarget,
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, standing::AccessLevel},
    ports::Random,
};

/// How old "last activity" may get before it is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

/// Asks whether a key may call through a connection.
#[derive(Serialize, Deserialize)]
pub struct AdmitCall {
    /// The connection.
    pub connection: ConnectionId,
}

/// A call that may go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admitted {
    /// With this grant, to this site.
    To {
        /// Whose keeper has the token.
        grant: GrantId,
        /// The way to the site.
        #[serde(flatten)]
        #[serde(rename = "door")]
        target: JiraTarget,
    },
    /// The connection has no working credential.
    Unauthorized {
        /// Why.
        cause: Option<Cause>,
    },
    /// The connection is switched off.
    Deactivated,
}

impl Command for AdmitCall {
    const NAME: &'static str = "admit_call";
    const NEEDS: Needs = Needs::Key(KeyScope::Proxy);
    type Answer = Admitted;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Admitted, Refusal> {
        organization.require(who, &self.connection, AccessLevel::Manages)?;
        let mut connection = organization.connection(&self.connection)?;
        if connection.shown.deleted.is_some() {
            return Err(Refusal::NotFound);
        }
        match connection.shown.status {
            Status::Unauthorized { cause, .. } => return Ok(Admitted::Unauthorized { cause }),
            Status::Deactivated { .. } => return Ok(Admitted::Deactivated),
            _ => {}
        }
        let (Some(target), Some(grant)) = (JiraTarget::of(&connection.shown), &connection.grant) else {
            return Ok(Admitted::Unauthorized { cause: None });
        };
        let admitted = Admitted::To { grant: grant.clone(), target };
        if let Identity::Key(key) = who {
            organization.note_key_use(&connection, &key.shown.id, who)?;
        }
        if organization.now.since(connection.shown.last_activity_at) >= TOUCH {
            connection.shown.last_activity_at = organization.now;
            organization.keep_connection(&connection)?;
        }
        Ok(admitted)
    }
}
