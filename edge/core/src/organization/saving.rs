//! Creates and updates connections, and reverts reauthorizations. What is saved before it is authorized: [`drafts`].
//!
//! [`drafts`]: super::drafts

use api::{
    Account, ApiFamily, Connection, ConnectionEdit, ConnectionId, CreateConnection, DraftShown, EditConnection,
    GrantId, KeyScope, NewConnection, Nothing, RevertConnection, Site, TimelineEvent,
};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::AuthConfig,
    organization::{
        AccessLevel, Answers, AuthorizedGrant, ConnectionCredential, Needs, Refusal, Step, StoredConnection, Turn,
    },
};

/// A saved connection, and the grants whose keepers must be notified.
#[derive(Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The connection.
    pub connection: Connection,
    /// The grant that the connection holds from now on, if it got a new one.
    pub held: Option<GrantId>,
    /// The grants that no connection holds any more.
    pub dropped: Vec<GrantId>,
}

/// Creates a connection.
impl Answers for CreateConnection {
    type Outcome = Saved;

    fn needs((): &(), _: &NewConnection) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), new: NewConnection, turn: &Turn<'_>) -> Result<Saved, Refusal> {
        let now = turn.now;
        turn.check_name(new.name.as_str(), None)?;
        let workspaces = turn.resolve_workspaces(&new.workspaces)?;
        let mut connection = StoredConnection::new(turn.new_id(), new.name, now);
        let dropped = match (&new.authorization_id, new.draft) {
            (Some(authorization), None) => {
                let claimed = turn.claim_authorization(authorization, None)?;
                connection.details.kind = claimed.kind;
                turn.take_authorized(&mut connection, claimed)?
            }
            (None, Some(draft)) => {
                turn.set_draft(&mut connection, draft)?;
                turn.hold_keys(&connection.details.id, &connection.keys())?;
                Vec::new()
            }
            _ => return Err(Refusal::Invalid("Either authorization_id or draft is needed.".to_owned())),
        };
        turn.store_connection(&connection)?;
        let created = TimelineEvent::Created { account: name_of(connection.details.account.as_ref()) };
        turn.record_event(Some(&connection), turn.who.actor(), created)?;
        turn.grant_initially(&connection, &workspaces)?;
        Ok(Saved { held: connection.grant.clone(), dropped, connection: turn.view_of(&connection)? })
    }
}

fn name_of(account: Option<&Account>) -> Option<String> {
    account.map(|account| account.name.clone())
}

impl Turn<'_> {
    /// Gives a connection the credential of an authorization, with its key pairs. Returns the grants that must be
    /// destroyed now.
    fn take_authorized(
        &self,
        connection: &mut StoredConnection,
        claimed: AuthorizedGrant,
    ) -> Result<Vec<GrantId>, Refusal> {
        let dropped = connection.replace(ConnectionCredential::of(claimed, self.now), self.now);
        self.hold_keys(&connection.details.id, &connection.keys())?;
        Ok(dropped)
    }
}

/// Updates a connection.
impl Answers for EditConnection {
    type Outcome = Saved;

    fn needs(id: &ConnectionId, edit: &ConnectionEdit) -> Needs {
        // A key that could add families could call what nobody gave it, one that could change a draft could lead a
        // person's authorization elsewhere, and one that could allow charts would show Jira to people.
        let may_be_key = edit.api_families.is_none() && edit.draft.is_none() && edit.charts.is_none();
        let scope = may_be_key.then_some(KeyScope::ConnectionsWrite);
        Needs::connection(id, needed(edit), scope)
    }

    fn answer(id: ConnectionId, edit: ConnectionEdit, turn: &Turn<'_>) -> Result<Saved, Refusal> {
        let now = turn.now;
        let mut connection = turn.living_connection(&id)?;
        turn.check_version(connection.details.version)?;
        let mut events = Vec::new();
        if let Some(to) = edit.name.filter(|to| to != &connection.details.name) {
            turn.check_name(to.as_str(), Some(&id))?;
            let from = std::mem::replace(&mut connection.details.name, to.clone());
            events.push(TimelineEvent::Renamed { from: from.to_string(), to: to.to_string() });
        }
        if let Some(admins) = edit.admins {
            events.extend(turn.set_admins(&mut connection, admins)?);
        }
        if let Some(families) = edit.api_families {
            events.extend(set_families(&mut connection, &families)?);
        }
        if let Some(allowed) = edit.charts.filter(|allowed| *allowed != connection.details.charts) {
            connection.details.charts = allowed;
            events.push(TimelineEvent::ChartsAllowed { allowed });
        }
        if let Some(draft) = edit.draft {
            let before = connection.details.draft.clone();
            turn.set_draft(&mut connection, draft)?;
            turn.hold_keys(&id, &connection.keys())?;
            events.extend(drafted_address_changed(before.as_ref(), connection.details.draft.as_ref()));
        }
        let (mut held, mut dropped) = (None, Vec::new());
        if let Some(authorization) = &edit.authorization_id {
            turn.require(&id, connection.least_to_authorize())?;
            let claimed = turn.claim_authorization(authorization, Some(&id))?;
            connection.details.kind = claimed.kind;
            let from = name_of(connection.details.account.as_ref());
            events.push(TimelineEvent::Reauthorized { from, to: name_of(claimed.consent.account.as_ref()) });
            held = Some(claimed.consent.grant.clone());
            if let Some(moved) = address_changed(&connection, &claimed.site) {
                turn.require(&id, AccessLevel::Manages)?;
                events.push(moved);
            }
            dropped = turn.take_authorized(&mut connection, claimed)?;
        }
        connection.details.version += 1;
        turn.store_connection(&connection)?;
        turn.retire(&dropped)?;
        if let Some(replaced) = connection.replaced_at(now) {
            turn.retire_at(&replaced.credential.grant, replaced.until)?;
        }
        events.into_iter().try_for_each(|event| turn.record_event(Some(&connection), turn.who.actor(), event))?;
        Ok(Saved { connection: turn.view_of(&connection)?, held, dropped })
    }
}

/// The event of a credential that is for another site or address than the connection is at; `None` if it is for the
/// same. Only who manages the connection may bring it about.
fn address_changed(connection: &StoredConnection, after: &Site) -> Option<TimelineEvent> {
    let before = connection.details.site.as_ref().filter(|_| connection.leads_elsewhere(Some(after)))?;
    Some(TimelineEvent::AddressChanged { from: before.url.clone(), to: after.url.clone() })
}

/// The event of a draft that leads to another address than before.
fn drafted_address_changed(before: Option<&DraftShown>, after: Option<&DraftShown>) -> Option<TimelineEvent> {
    let (from, to) = (before?.address.clone()?, after?.address.clone()?);
    (from != to).then_some(TimelineEvent::AddressChanged { from, to })
}

/// Makes exactly these the added API families of a connection. Returns the event to record, if that is a change.
fn set_families(connection: &mut StoredConnection, families: &[ApiFamily]) -> Result<Option<TimelineEvent>, Refusal> {
    if families.len() > ApiFamily::MOST {
        return Err(Refusal::Invalid(format!("A connection has at most {} additional API families.", ApiFamily::MOST)));
    }
    let mut after: Vec<String> = Vec::new();
    for family in families.iter().map(ToString::to_string) {
        if !after.contains(&family) {
            after.push(family);
        }
    }
    let before = std::mem::replace(&mut connection.details.api_families, after.clone());
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|one| !others.contains(one)).cloned().collect()
    };
    let (added, removed) = (without(&after, &before), without(&before, &after));
    let changed = !added.is_empty() || !removed.is_empty();
    Ok(changed.then_some(TimelineEvent::ApiFamiliesChanged { added, removed }))
}

/// The level of access that an edit needs.
fn needed(edit: &ConnectionEdit) -> AccessLevel {
    match edit {
        ConnectionEdit { admins: Some(_), .. } => AccessLevel::Administers,
        ConnectionEdit { name: None, api_families: None, charts: None, authorization_id: Some(_), .. } => {
            AccessLevel::Reauthorizes
        }
        _ => AccessLevel::Manages,
    }
}

/// The credential that a revert would restore. The edge tests it with a call to its site first.
#[derive(Debug, Serialize, Deserialize)]
pub struct PreviousCredential {
    /// The grant that holds it.
    pub grant: GrantId,
    /// The site that it is for. It is sent nowhere else.
    pub site: Site,
    /// How it authenticates there; `None` for Cloud's OAuth 2.0.
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
}

/// Finds the credential that the last reauthorization replaced. Changes nothing.
impl Answers for RevertConnection {
    type Outcome = PreviousCredential;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<PreviousCredential, Refusal> {
        let connection = turn.living_connection(&id)?;
        let replaced = connection.replaced_at(turn.now).ok_or(Refusal::NothingToRevert)?.credential.clone();
        let site = replaced.site_of(&connection.details).ok_or(Refusal::NothingToRevert)?;
        Ok(PreviousCredential { grant: replaced.grant, site, auth: replaced.auth })
    }
}

/// Restores the credential that the last reauthorization replaced, together with its site.
#[derive(Serialize, Deserialize)]
pub struct RestorePreviousCredential {
    /// The connection.
    pub id: ConnectionId,
    /// The grant to restore, with which a call has just succeeded.
    pub to: GrantId,
}

impl Step for RestorePreviousCredential {
    type Answer = Saved;

    fn needs(&self) -> Needs {
        Needs::connection(&self.id, AccessLevel::Manages, None)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Saved, Refusal> {
        let now = turn.now;
        let mut connection = turn.living_connection(&self.id)?;
        let replaced = connection.replaced_at(now).cloned().ok_or(Refusal::NothingToRevert)?;
        if replaced.credential.grant != self.to {
            return Err(Refusal::EditConflict);
        }
        connection.replaced = None;
        let dropped: Vec<GrantId> = connection.grant.take().into_iter().collect();
        let grant = replaced.credential.grant.clone();
        let site = replaced.credential.site_of(&connection.details);
        let moved = site.and_then(|site| address_changed(&connection, &site));
        let known = replaced.credential.known.accepted();
        connection.take(ConnectionCredential { known, ..replaced.credential }, now);
        connection.details.version += 1;
        turn.store_connection(&connection)?;
        turn.hold_keys(&self.id, &connection.keys())?;
        turn.cancel_retirement(&grant)?;
        turn.retire(&dropped)?;
        [Some(TimelineEvent::Reverted), moved]
            .into_iter()
            .flatten()
            .try_for_each(|event| turn.record_event(Some(&connection), turn.who.actor(), event))?;
        Ok(Saved { connection: turn.view_of(&connection)?, held: Some(grant), dropped })
    }
}
