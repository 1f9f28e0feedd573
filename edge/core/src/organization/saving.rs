//! *Save*: of a new connection, of an edit, of a reauthorization; and taking a reauthorization back.

use api::{Account, Connection, ConnectionEdit, ConnectionId, GrantId, NewConnection, Site, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::AuthConfig,
    organization::{
        AuthorizedGrant, Command, ConnectionRecord, Held, Identity, Needs, Organization, Refusal, Sql,
        standing::AccessLevel, unauthorized,
    },
    ports::Random,
    secrets::random_id,
};
use api::KeyScope::ConnectionsWrite;

/// *Save* of a new connection.
#[derive(Serialize, Deserialize)]
pub struct SaveNewConnection {
    /// What was sent.
    pub new: NewConnection,
}

/// A connection that was saved, and what its keepers must be told now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The connection.
    pub connection: Connection,
    /// The grant that a connection holds from now on.
    pub held: Option<GrantId>,
    /// The grants that nobody holds any more.
    pub dropped: Vec<GrantId>,
}

impl Command for SaveNewConnection {
    const NAME: &'static str = "save_new_connection";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Saved;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        let now = organization.now;
        organization.name_is_free(self.new.name.as_str(), None)?;
        let workspaces = organization.meant(&self.new.workspaces)?;
        let id = ConnectionId::parse(format!("con_{}", random_id(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let claimed = organization.claim_attempt(&self.new.authorization_id, None, who)?;
        let held = claimed.consent.grant.clone();
        let mut connection = ConnectionRecord::new(unauthorized(id, self.new.name, now));
        connection.shown.kind = claimed.kind;
        let dropped = organization.take_claimed(&mut connection, claimed)?;
        organization.keep_connection(&connection)?;
        let created = TimelineEvent::Created { account: name_of(connection.shown.account.as_ref()) };
        organization.note(Some(&connection), who.actor(), created)?;
        organization.grant_first(&connection, &workspaces, who)?;
        Ok(Saved { held: Some(held), dropped, connection: organization.shown_to(who, &connection)? })
    }
}

fn name_of(account: Option<&Account>) -> Option<String> {
    account.map(|account| account.name.clone())
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Gives a connection what an attempt left, key pairs included. Gives the grants that must be destroyed now.
    fn take_claimed(
        &self,
        connection: &mut ConnectionRecord,
        claimed: AuthorizedGrant,
    ) -> Result<Vec<GrantId>, Refusal> {
        let site = claimed.site.clone();
        let dropped = connection.replace(Held::of(claimed, self.now), site, self.now);
        self.hold_keys(&connection.shown.id, &connection.keys())?;
        Ok(dropped)
    }
}

/// *Save* of an existing connection.
#[derive(Serialize, Deserialize)]
pub struct SaveConnection {
    /// The connection.
    pub id: ConnectionId,
    /// The version that the caller read.
    pub version: u64,
    /// What was sent.
    pub edit: ConnectionEdit,
}

impl Command for SaveConnection {
    const NAME: &'static str = "save_connection";
    const NEEDS: Needs = Needs::SessionOrKey(ConnectionsWrite);
    type Answer = Saved;

    /// 1. What cannot be saved is refused before anything is written. 2. The attempt is claimed. 3. All is written.
    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        organization.require(who, &self.id, needed(&self.edit))?;
        let now = organization.now;
        let mut connection = organization.living_connection(&self.id)?;
        if connection.shown.version != self.version {
            return Err(Refusal::EditConflict);
        }
        let mut events = Vec::new();
        if let Some(to) = self.edit.name.filter(|to| to != &connection.shown.name) {
            organization.name_is_free(to.as_str(), Some(&self.id))?;
            let from = std::mem::replace(&mut connection.shown.name, to.clone());
            events.push(TimelineEvent::Renamed { from: from.to_string(), to: to.to_string() });
        }
        if let Some(admins) = self.edit.admins {
            events.extend(organization.hand_to(&mut connection, admins)?);
        }
        let (mut held, mut dropped) = (None, Vec::new());
        if let Some(attempt) = &self.edit.authorization_id {
            let claimed = organization.claim_attempt(attempt, Some(&self.id), who)?;
            let from = name_of(connection.shown.account.as_ref());
            events.push(TimelineEvent::Reauthorized { from, to: name_of(claimed.consent.account.as_ref()) });
            held = Some(claimed.consent.grant.clone());
            events.extend(moved(connection.shown.site.as_ref(), &claimed.site));
            dropped = organization.take_claimed(&mut connection, claimed)?;
        }
        connection.shown.version += 1;
        organization.keep_connection(&connection)?;
        organization.retire(&dropped)?;
        if let Some(replaced) = connection.replaced_at(now) {
            organization.retire_at(&replaced.credential.grant, replaced.until)?;
        }
        events.into_iter().try_for_each(|event| organization.note(Some(&connection), who.actor(), event))?;
        Ok(Saved { connection: organization.shown_to(who, &connection)?, held, dropped })
    }
}

/// What there is to tell of a site that a reauthorization found at another address.
fn moved(before: Option<&Site>, after: &Site) -> Option<TimelineEvent> {
    let before = before.filter(|before| before.key() != after.key())?;
    Some(TimelineEvent::AddressChanged { from: before.url.clone(), to: after.url.clone() })
}

/// What somebody must be to save an edit.
fn needed(edit: &ConnectionEdit) -> AccessLevel {
    match edit {
        ConnectionEdit { admins: Some(_), .. } => AccessLevel::Administers,
        ConnectionEdit { name: None, authorization_id: Some(_), .. } => AccessLevel::TracksIssues,
        _ => AccessLevel::Manages,
    }
}

/// Finds the credential that the last reauthorization replaced. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct FindWayBack {
    /// The connection.
    pub id: ConnectionId,
}

/// A credential that can be gone back to, as far as the organization knows: whether it still works, its site tells.
#[derive(Debug, Serialize, Deserialize)]
pub struct PreviousCredential {
    /// Its keeper.
    pub grant: GrantId,
    /// The site that it must reach.
    pub site: Site,
    /// With what it authenticates there; `None` for Cloud's OAuth 2.0.
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
}

impl Command for FindWayBack {
    const NAME: &'static str = "find_way_back";
    const NEEDS: Needs = Needs::Session;
    type Answer = PreviousCredential;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<PreviousCredential, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let connection = organization.living_connection(&self.id)?;
        let replaced = connection.replaced_at(organization.now).map(|replaced| replaced.credential.clone());
        let (Some(Held { grant, auth, .. }), Some(site)) = (replaced, connection.shown.site) else {
            return Err(Refusal::NothingToRevert);
        };
        Ok(PreviousCredential { grant, site, auth })
    }
}

/// Goes back to the credential that the last reauthorization replaced.
#[derive(Serialize, Deserialize)]
pub struct RevertConnection {
    /// The connection.
    pub id: ConnectionId,
    /// The grant to go back to, which has just answered a call.
    pub to: GrantId,
}

impl Command for RevertConnection {
    const NAME: &'static str = "revert_connection";
    const NEEDS: Needs = Needs::Session;
    type Answer = Saved;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let now = organization.now;
        let mut connection = organization.living_connection(&self.id)?;
        let replaced = connection.replaced_at(now).cloned().ok_or(Refusal::NothingToRevert)?;
        if replaced.credential.grant != self.to {
            return Err(Refusal::EditConflict);
        }
        connection.replaced = None;
        let dropped: Vec<GrantId> = connection.grant.take().into_iter().collect();
        let held = replaced.credential.grant.clone();
        connection.take(replaced.credential, now);
        connection.shown.version += 1;
        organization.keep_connection(&connection)?;
        organization.hold_keys(&self.id, &connection.keys())?;
        organization.keep_from_retiring(&held)?;
        organization.retire(&dropped)?;
        organization.note(Some(&connection), who.actor(), TimelineEvent::Reverted)?;
        Ok(Saved { connection: organization.shown_to(who, &connection)?, held: Some(held), dropped })
    }
}
