//! Unauthorizes one connection, or all that share the consent of one Atlassian account.

use api::{
    Affected, AffectedDelegation, AffectedViewer, Connection, ConnectionId, Endpoint, GetImpact, GrantId, Impact,
    ImpactAction, Kind, MemberId, Reach, Status, TimelineEvent, UnauthorizeConnection,
};
use serde::{Deserialize, Serialize};

use crate::organization::{
    AccessLevel, Answers, Identity, Needs, Refusal, StoredConnection, StoredMember, Turn, records,
    viewers::StoredViewerGrant,
};

/// Where the person behind an account removes the consent. Source: Atlassian, *Manage your connected apps*.
const CONSENT_URL: &str = "https://id.atlassian.com/manage-profile/apps";

/// Finds the connections and projects that unauthorizing or deleting a connection would affect. Changes nothing.
impl Answers for GetImpact {
    type Outcome = Impact;

    fn needs(id: &ConnectionId, _: &<Self as Endpoint>::Request) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, request: <Self as Endpoint>::Request, turn: &Turn<'_>) -> Result<Impact, Refusal> {
        let connection = turn.living_connection(&id)?;
        let account = connection.credential().and_then(|credential| credential.account);
        let shares_consent = stands_on_consent(&connection);
        let mut affected_connections = turn.sharing_the_consent(connection)?;
        if !turn.who.is_administrator() {
            // A caller neither sees nor ends connections that they do not manage.
            affected_connections.retain(|one| turn.require(&one.details.id, AccessLevel::Manages).is_ok());
        }
        let ids: Vec<ConnectionId> = affected_connections.iter().map(|one| one.details.id.clone()).collect();
        let viewers = match &account {
            Some(account) if shares_consent && request.action == ImpactAction::Unauthorize => {
                turn.viewers_sharing_the_consent(&account.account_id)?
            }
            _ => Vec::new(),
        };
        let members: Vec<MemberId> = viewers.iter().map(|(member, _)| member.id.clone()).collect();
        let mut delegations = Vec::new();
        for delegation in turn.delegations_given(&ids, &members)? {
            delegations.push(AffectedDelegation {
                access: turn.name_of_access(&delegation)?,
                chart_title: delegation.spec.says.title,
                id: delegation.id,
                chart_id: delegation.chart,
            });
        }
        let viewer = |(member, grant): (StoredMember, StoredViewerGrant)| AffectedViewer {
            member: member.email,
            site: grant.site.name,
        };
        Ok(Impact {
            delegations,
            viewers: viewers.into_iter().map(viewer).collect(),
            account,
            connections: affected_connections.iter().map(affected).collect(),
            projects: turn.affected_projects(&ids)?,
            consent_url: shares_consent.then(|| CONSENT_URL.to_owned()),
        })
    }
}

pub(crate) fn affected(connection: &StoredConnection) -> Affected {
    let shown = &connection.details;
    Affected { id: shown.id.clone(), name: shown.name.clone(), site: shown.site.clone() }
}

/// The connections that were unauthorized, and the grants that must be destroyed now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The connections after the change.
    pub connections: Vec<Connection>,
    /// The grants that no connection holds any more.
    pub dropped: Vec<GrantId>,
}

/// Unauthorizes a connection, or with [`Reach::Consent`] all that share its consent.
impl Answers for UnauthorizeConnection {
    type Outcome = Ended;

    fn needs(id: &ConnectionId, _: &<Self as Endpoint>::Request) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, request: <Self as Endpoint>::Request, turn: &Turn<'_>) -> Result<Ended, Refusal> {
        let connection = turn.living_connection(&id)?;
        let account = connection.credential().and_then(|credential| credential.account);
        let shares_consent = stands_on_consent(&connection);
        let mut dropped = Vec::new();
        let ended = match request.reach {
            Reach::Connection => vec![connection],
            Reach::Consent => turn.sharing_the_consent(connection)?,
        };
        for one in &ended {
            // The caller must manage every connection. The refusal does not name those that they do not manage.
            turn.require(&one.details.id, AccessLevel::Manages).map_err(|_| Refusal::Forbidden)?;
        }
        let mut connections = Vec::new();
        for mut connection in ended {
            dropped.extend(turn.end(&mut connection, request.reach)?);
            connections.push(turn.view_of(&connection)?);
        }
        if let (Reach::Consent, Some(account), true) = (request.reach, account, shares_consent) {
            dropped.extend(turn.forget_replaced(&account.account_id)?);
            for (member, grant) in turn.viewers_sharing_the_consent(&account.account_id)? {
                dropped.push(grant.grant.clone());
                turn.remove_viewer_grant(&member, grant)?;
            }
        }
        Ok(Ended { connections, dropped })
    }
}

/// Whether the connection shares a consent with others of its account. Only Cloud's OAuth 2.0 has shared consents: an
/// application link, a token or a password belongs to one connection.
pub(super) fn stands_on_consent(connection: &StoredConnection) -> bool {
    connection.details.kind == Kind::CloudOauth2
}

impl Turn<'_> {
    /// Returns `connection`, followed by every other that shares its consent.
    fn sharing_the_consent(&self, connection: StoredConnection) -> Result<Vec<StoredConnection>, Refusal> {
        let account = connection
            .credential()
            .and_then(|credential| credential.account)
            .filter(|_| stands_on_consent(&connection));
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

    /// What people let Causeway read by a consent that connections share, with the members. A caller who is no
    /// administrator neither sees nor ends that of others.
    fn viewers_sharing_the_consent(&self, account: &str) -> Result<Vec<(StoredMember, StoredViewerGrant)>, Refusal> {
        let of_account = "SELECT record FROM viewer_grants WHERE json_extract(record, '$.account.account_id') = ?";
        let mut found = Vec::new();
        for grant in records::<StoredViewerGrant>(self.sql, of_account, vec![account.into()])? {
            let Some(member) = self.member_of_viewer(&grant.viewer)? else { continue };
            let is_own = matches!(&self.who, Identity::Member { member: caller, .. } if caller.id == member.id);
            if grant.client.is_first() && (is_own || self.who.is_administrator()) {
                found.push((member, grant));
            }
        }
        Ok(found)
    }

    /// Removes the credential of one connection. One without a credential stays as it is.
    fn end(&self, connection: &mut StoredConnection, reach: Reach) -> Result<Vec<GrantId>, Refusal> {
        let had_credential = !matches!(connection.details.status, Status::Unauthorized { .. });
        let dropped = connection.end(self.who.name(), self.now);
        if had_credential || !dropped.is_empty() {
            connection.details.version += 1;
            self.store_connection(connection)?;
            self.retire(&dropped)?;
        }
        if had_credential {
            let event = TimelineEvent::Unauthorized { cause: None, reach: Some(reach) };
            self.record_event(Some(connection), self.who.actor(), event)?;
        }
        Ok(dropped)
    }

    /// Forgets the replaced credentials of this account, which a revert can no longer restore. Returns their grants.
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
