//! Unauthorizing, with its reach: one connection, or all that one Atlassian account authorized.

use api::{Affected, Connection, ConnectionId, GrantId, Impact, ImpactAction, Kind, Reach, Status, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, records, standing::AccessLevel,
    },
    ports::Random,
};

/// Where the person behind an account removes the consent. Source: Atlassian, *Manage your connected apps*.
const CONSENT_URL: &str = "https://id.atlassian.com/manage-profile/apps";

/// Finds what unauthorizing or deleting would end. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct FindImpact {
    /// The connection.
    pub id: ConnectionId,
    /// What is about to be done. Both share the consent, so both have the same impact.
    pub action: ImpactAction,
}

impl Command for FindImpact {
    const NAME: &'static str = "find_impact";
    const NEEDS: Needs = Needs::Session;
    type Answer = Impact;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Impact, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let connection = organization.living_connection(&self.id)?;
        let account = connection.held().and_then(|held| held.account);
        let by_consent = stands_on_consent(&connection);
        let mut sharing = organization.sharing_the_consent(connection)?;
        if !who.is_administrator() {
            // Of others' connections nothing is told, and none can be ended.
            sharing.retain(|one| organization.require(who, &one.shown.id, AccessLevel::Manages).is_ok());
        }
        let ids: Vec<ConnectionId> = sharing.iter().map(|one| one.shown.id.clone()).collect();
        Ok(Impact {
            account,
            connections: sharing.iter().map(affected).collect(),
            projects: organization.affected_projects(&ids)?,
            consent_url: by_consent.then(|| CONSENT_URL.to_owned()),
        })
    }
}

pub(super) fn affected(connection: &ConnectionRecord) -> Affected {
    let shown = &connection.shown;
    Affected { id: shown.id.clone(), name: shown.name.clone(), site: shown.site.clone() }
}

/// Unauthorizes a connection, and with `reach` all that share its consent.
#[derive(Serialize, Deserialize)]
pub struct EndAuthorization {
    /// The connection.
    pub id: ConnectionId,
    /// How far.
    pub reach: Reach,
}

/// What lost its credential, and the grants that must be destroyed now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The connections, as they are now.
    pub connections: Vec<Connection>,
    /// The grants that nobody holds any more.
    pub dropped: Vec<GrantId>,
}

impl Command for EndAuthorization {
    const NAME: &'static str = "end_authorization";
    const NEEDS: Needs = Needs::Session;
    type Answer = Ended;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Ended, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let connection = organization.living_connection(&self.id)?;
        let account = connection.held().and_then(|held| held.account);
        let by_consent = stands_on_consent(&connection);
        let mut dropped = Vec::new();
        let ended = match self.reach {
            Reach::Connection => vec![connection],
            Reach::Consent => organization.sharing_the_consent(connection)?,
        };
        for one in &ended {
            // Others' connections are theirs to end, and are not named.
            organization.require(who, &one.shown.id, AccessLevel::Manages).map_err(|_| Refusal::Forbidden)?;
        }
        let mut connections = Vec::new();
        for mut connection in ended {
            dropped.extend(organization.end(&mut connection, who, self.reach)?);
            connections.push(organization.shown_to(who, &connection)?);
        }
        if let (Reach::Consent, Some(account), true) = (self.reach, account, by_consent) {
            dropped.extend(organization.forget_replaced(&account.account_id)?);
        }
        Ok(Ended { connections, dropped })
    }
}

/// Whether a consent at Atlassian stands behind the connection. Only Cloud's OAuth 2.0 has one: a link, token or password
/// is of one connection, whoever gave it.
pub(super) fn stands_on_consent(connection: &ConnectionRecord) -> bool {
    connection.shown.kind == Kind::CloudOauth2
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// `connection`, and after it every other that stands on the same consent.
    fn sharing_the_consent(&self, connection: ConnectionRecord) -> Result<Vec<ConnectionRecord>, Refusal> {
        let account = connection.held().and_then(|held| held.account).filter(|_| stands_on_consent(&connection));
        let id = connection.shown.id.clone();
        let mut all = vec![connection];
        if let Some(account) = account {
            let others =
                "SELECT record FROM connections WHERE account_id = ? AND id <> ? AND deleted = 0 ORDER BY name_key";
            let values = vec![account.account_id.into(), id.as_str().into()];
            let others = records::<ConnectionRecord>(self.sql, others, values)?;
            all.extend(others.into_iter().filter(stands_on_consent));
        }
        Ok(all)
    }

    /// Takes the credential of one connection away. One that has none stays as it is.
    fn end(&self, connection: &mut ConnectionRecord, who: &Identity, reach: Reach) -> Result<Vec<GrantId>, Refusal> {
        let had_one = !matches!(connection.shown.status, Status::Unauthorized { .. });
        let dropped = connection.end(who.name(), self.now);
        if had_one || !dropped.is_empty() {
            connection.shown.version += 1;
            self.keep_connection(connection)?;
            self.retire(&dropped)?;
        }
        if had_one {
            let event = TimelineEvent::Unauthorized { cause: None, reach: Some(reach) };
            self.note(Some(connection), who.actor(), event)?;
        }
        Ok(dropped)
    }

    /// Whoever replaced a credential of this account cannot go back to it any more.
    fn forget_replaced(&self, account: &str) -> Result<Vec<GrantId>, Refusal> {
        let of_account = "SELECT record FROM connections WHERE previous_account_id = ?";
        let mut dropped = Vec::new();
        let replaced = records::<ConnectionRecord>(self.sql, of_account, vec![account.into()])?;
        for mut connection in replaced.into_iter().filter(stands_on_consent) {
            dropped.extend(connection.forget_replaced(self.now));
            self.keep_connection(&connection)?;
        }
        self.retire(&dropped)?;
        Ok(dropped)
    }
}
