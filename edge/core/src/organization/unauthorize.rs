//! Unauthorizing, with its reach: one connection, or all that one Atlassian account authorized.

use api::{
    Affected, Connection, ConnectionId, Endpoint, GetImpact, GrantId, Impact, Kind, Reach, Status, TimelineEvent,
    UnauthorizeConnection,
};
use serde::{Deserialize, Serialize};

use crate::organization::{AccessLevel, Answers, Needs, Refusal, StoredConnection, Turn, records};

/// Where the person behind an account removes the consent. Source: Atlassian, *Manage your connected apps*.
const CONSENT_URL: &str = "https://id.atlassian.com/manage-profile/apps";

/// Finds what unauthorizing or deleting would end. Changes nothing.
impl Answers for GetImpact {
    type Outcome = Impact;

    fn needs(id: &ConnectionId, _: &<Self as Endpoint>::Request) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _request: <Self as Endpoint>::Request, turn: &Turn<'_>) -> Result<Impact, Refusal> {
        let connection = turn.living_connection(&id)?;
        let account = connection.held().and_then(|held| held.account);
        let by_consent = stands_on_consent(&connection);
        let mut sharing = turn.sharing_the_consent(connection)?;
        if !turn.who.is_administrator() {
            // Of others' connections nothing is told, and none can be ended.
            sharing.retain(|one| turn.require(&one.details.id, AccessLevel::Manages).is_ok());
        }
        let ids: Vec<ConnectionId> = sharing.iter().map(|one| one.details.id.clone()).collect();
        Ok(Impact {
            account,
            connections: sharing.iter().map(affected).collect(),
            projects: turn.affected_projects(&ids)?,
            consent_url: by_consent.then(|| CONSENT_URL.to_owned()),
        })
    }
}

pub(crate) fn affected(connection: &StoredConnection) -> Affected {
    let shown = &connection.details;
    Affected { id: shown.id.clone(), name: shown.name.clone(), site: shown.site.clone() }
}

/// What lost its credential, and the grants that must be destroyed now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The connections, as they are now.
    pub connections: Vec<Connection>,
    /// The grants that nobody holds any more.
    pub dropped: Vec<GrantId>,
}

/// Unauthorizes a connection, and with `reach` all that share its consent.
impl Answers for UnauthorizeConnection {
    type Outcome = Ended;

    fn needs(id: &ConnectionId, _: &<Self as Endpoint>::Request) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, request: <Self as Endpoint>::Request, turn: &Turn<'_>) -> Result<Ended, Refusal> {
        let connection = turn.living_connection(&id)?;
        let account = connection.held().and_then(|held| held.account);
        let by_consent = stands_on_consent(&connection);
        let mut dropped = Vec::new();
        let ended = match request.reach {
            Reach::Connection => vec![connection],
            Reach::Consent => turn.sharing_the_consent(connection)?,
        };
        for one in &ended {
            // Others' connections are theirs to end, and are not named.
            turn.require(&one.details.id, AccessLevel::Manages).map_err(|_| Refusal::Forbidden)?;
        }
        let mut connections = Vec::new();
        for mut connection in ended {
            dropped.extend(turn.end(&mut connection, request.reach)?);
            connections.push(turn.view_of(&connection)?);
        }
        if let (Reach::Consent, Some(account), true) = (request.reach, account, by_consent) {
            dropped.extend(turn.forget_replaced(&account.account_id)?);
        }
        Ok(Ended { connections, dropped })
    }
}

/// Whether a consent at Atlassian stands behind the connection. Only Cloud's OAuth 2.0 has one: a link, token or password
/// is of one connection, whoever gave it.
pub(super) fn stands_on_consent(connection: &StoredConnection) -> bool {
    connection.details.kind == Kind::CloudOauth2
}

impl Turn<'_> {
    /// `connection`, and after it every other that stands on the same consent.
    fn sharing_the_consent(&self, connection: StoredConnection) -> Result<Vec<StoredConnection>, Refusal> {
        let account = connection.held().and_then(|held| held.account).filter(|_| stands_on_consent(&connection));
        let id = connection.details.id.clone();
        let mut all = vec![connection];
        if let Some(account) = account {
            let others =
                "SELECT record FROM connections WHERE account_id = ? AND id <> ? AND deleted = 0 ORDER BY name_key";
            let values = vec![account.account_id.into(), id.as_str().into()];
            let others = records::<StoredConnection>(self.sql, others, values)?;
            all.extend(others.into_iter().filter(stands_on_consent));
        }
        Ok(all)
    }

    /// Takes the credential of one connection away. One that has none stays as it is.
    fn end(&self, connection: &mut StoredConnection, reach: Reach) -> Result<Vec<GrantId>, Refusal> {
        let had_one = !matches!(connection.details.status, Status::Unauthorized { .. });
        let dropped = connection.end(self.who.name(), self.now);
        if had_one || !dropped.is_empty() {
            connection.details.version += 1;
            self.store_connection(connection)?;
            self.retire(&dropped)?;
        }
        if had_one {
            let event = TimelineEvent::Unauthorized { cause: None, reach: Some(reach) };
            self.record_event(Some(connection), self.who.actor(), event)?;
        }
        Ok(dropped)
    }

    /// Whoever replaced a credential of this account cannot go back to it any more.
    fn forget_replaced(&self, account: &str) -> Result<Vec<GrantId>, Refusal> {
        let of_account = "SELECT record FROM connections WHERE previous_account_id = ?";
        let mut dropped = Vec::new();
        let replaced = records::<StoredConnection>(self.sql, of_account, vec![account.into()])?;
        for mut connection in replaced.into_iter().filter(stands_on_consent) {
            dropped.extend(connection.forget_replaced(self.now));
            self.store_connection(&connection)?;
        }
        self.retire(&dropped)?;
        Ok(dropped)
    }
}
