//! Decides whether a call may be forwarded, through which connection, and with which grant.

use api::{Cause, ConnectionId, CredentialKind, GrantId, KeyScope, Name, Status, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    credential_refusal::kept_cause,
    jira::{JiraTarget, SiteReference},
    organization::{Epoch, Identity, Needs, Refusal, Step, StoredConnection, Turn, WhereClause, records},
};

/// The most connections that are named where a call could go through several.
const NAMED: usize = 10;

/// Decides whether a key may call through a connection.
#[derive(Serialize, Deserialize)]
pub struct AuthorizeCall {
    /// The connection.
    pub connection: ConnectionId,
}

/// Decides through which connection a key may call a site: the only one that it may use, or the chosen one.
///
/// A connection that a person switched off does not count. One whose credential has ended does, so that no call is
/// made as another account only because a credential ended.
#[derive(Serialize, Deserialize)]
pub struct AuthorizeSiteCall {
    /// The site.
    pub site: SiteReference,
    /// The connection that the caller chose.
    pub connection: Option<ConnectionId>,
}

/// A connection by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedConnection {
    /// The connection.
    pub id: ConnectionId,
    /// Its name.
    pub name: Name,
}

/// The decision about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admitted {
    /// The call is forwarded with this grant to this site.
    To {
        /// The connection.
        connection: ConnectionId,
        /// The grant whose keeper has the access token.
        grant: GrantId,
        /// The address of the site's API.
        #[serde(flatten)]
        #[serde(rename = "door")]
        target: JiraTarget,
        /// The API families that the connection's managers added.
        #[serde(default)]
        families: Vec<String>,
        /// What the connection authenticates with.
        #[serde(default)]
        kind: CredentialKind,
        /// When the key ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key_ends_at: Option<Timestamp>,
        /// The access epoch of the decision; `None` from an earlier version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
    },
    /// The connection has no working credential.
    Unauthorized {
        /// Why the credential ended, if that is known.
        cause: Option<Cause>,
        /// What the connection authenticated with.
        #[serde(default)]
        kind: CredentialKind,
    },
    /// The credential was refused, and is not used until Jira accepts it again.
    CredentialRefused {
        /// Why.
        cause: Cause,
        /// What the connection authenticates with.
        #[serde(default)]
        kind: CredentialKind,
    },
    /// The connection is deactivated.
    Deactivated,
    /// The key may use several connections to the site. The first ten of them, by name.
    Ambiguous {
        /// The connections.
        connections: Vec<NamedConnection>,
        /// Whether there are more.
        more: bool,
    },
}

impl Step for AuthorizeCall {
    type Answer = Admitted;

    const IS_QUESTION: bool = true;

    fn needs(&self) -> Needs {
        Needs::Key(self.connection.clone(), KeyScope::Proxy)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Admitted, Refusal> {
        let connection = turn.connection(&self.connection)?;
        if connection.details.deleted.is_some() {
            return Err(Refusal::NotFound);
        }
        turn.admit(connection)
    }
}

impl Step for AuthorizeSiteCall {
    type Answer = Admitted;

    const IS_QUESTION: bool = true;

    fn needs(&self) -> Needs {
        Needs::AnyKey(KeyScope::Proxy)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Admitted, Refusal> {
        let found = turn.connections_to(&self.site, self.connection.as_ref())?;
        // A context path names no host: what was switched off must not send its callers to another Jira.
        let names_no_host = matches!(self.site, SiteReference::ContextPath(_)) && self.connection.is_none();
        let counts = |connection: &StoredConnection| !is_off(connection) || (names_no_host && found.len() > 1);
        let (mut active, off): (Vec<_>, Vec<_>) = found.iter().cloned().partition(counts);
        match (active.pop(), active.is_empty()) {
            (None, _) if off.is_empty() => Err(Refusal::NotFound),
            (None, _) => Ok(Admitted::Deactivated),
            (Some(only), true) => turn.admit(only),
            (Some(last), false) => {
                active.push(last);
                let more = active.len() > NAMED;
                let named = |one: StoredConnection| NamedConnection { id: one.details.id, name: one.details.name };
                Ok(Admitted::Ambiguous { connections: active.into_iter().take(NAMED).map(named).collect(), more })
            }
        }
    }
}

/// Whether a person switched the connection off, or a newer version of Causeway did something of the kind.
fn is_off(connection: &StoredConnection) -> bool {
    matches!(connection.details.status, Status::Deactivated { .. } | Status::Unknown(_))
}

impl Turn<'_> {
    /// The connections to a site that the caller sees and that are not deleted: those that are not deactivated first,
    /// and one more than is ever named.
    fn connections_to(
        &self,
        site: &SiteReference,
        chosen: Option<&ConnectionId>,
    ) -> Result<Vec<StoredConnection>, Refusal> {
        let mut condition = WhereClause::default();
        match site {
            SiteReference::CloudId(id) => condition.and("cloud_id = ?", vec![id.as_str().into()]),
            SiteReference::ContextPath(path) => condition.and("context_path = ?", vec![path.as_str().into()]),
        }
        condition.and("deleted = 0", vec![]);
        if let Some(id) = chosen {
            condition.and("id = ?", vec![id.as_str().into()]);
        }
        condition.join(self.who.sees()?);
        let (clause, values) = condition.clause();
        let limit = NAMED + 1;
        let statement =
            format!("SELECT record FROM connections {clause} ORDER BY state = 'deactivated', name_key LIMIT {limit}");
        Ok(records(self.sql, &statement, values)?)
    }

    /// The decision about a call through a connection, whose use is recorded.
    fn admit(&self, mut connection: StoredConnection) -> Result<Admitted, Refusal> {
        let mut admitted = connection.admission(JiraTarget::of(&connection.view(self.now)));
        if let Admitted::To { key_ends_at, epoch, .. } = &mut admitted {
            if let Identity::Key(key) = &self.who {
                self.record_key_use(&connection, &key.details.id)?;
                *key_ends_at = key.ends_at(self.now);
            }
            self.record_activity(&mut connection)?;
            *epoch = Some(self.epoch()?);
        }
        Ok(admitted)
    }
}

impl StoredConnection {
    /// What is decided about calls through the connection, whichever key makes them. It is stored beside the record: what
    /// changes it ends what isolates remember.
    pub(super) fn admission(&self, target: Option<JiraTarget>) -> Admitted {
        let kind = self.details.credential_kind();
        match self.details.status {
            Status::Unauthorized { cause, .. } => return Admitted::Unauthorized { cause, kind },
            _ if is_off(self) => return Admitted::Deactivated,
            _ if self.refusal.is_some() => {
                let cause = kept_cause(self.details.status.cause());
                return Admitted::CredentialRefused { cause, kind };
            }
            _ => {}
        }
        let (Some(target), Some(grant)) = (target, &self.grant) else {
            return Admitted::Unauthorized { cause: None, kind };
        };
        Admitted::To {
            connection: self.details.id.clone(),
            grant: grant.clone(),
            target,
            families: self.details.api_families.clone(),
            kind,
            key_ends_at: None,
            epoch: None,
        }
    }
}
