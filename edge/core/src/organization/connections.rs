//! The connections and how they are saved, found and listed.

use api::{
    Connection, ConnectionEdit, ConnectionId, GrantId, Kind, List, ListConnectionsQuery, NewConnection, Site, Status,
};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::Consent,
    grant::reauthorize_before,
    organization::{Command, Identity, Needs, Organization, Page, Refusal, Sql, Value, record, records, to_record},
    ports::Random,
    secrets::opaque,
};
use api::KeyScope::{ConnectionsRead, ConnectionsWrite};

/// A connection as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ConnectionRecord {
    pub(crate) v: u8,
    /// What everybody may see.
    pub(crate) shown: Connection,
    /// The credential's keeper.
    pub(crate) grant: GrantId,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    pub(super) fn connection(&self, id: &ConnectionId) -> Result<ConnectionRecord, Refusal> {
        let by_id = "SELECT record FROM connections WHERE id = ?";
        record(self.sql, by_id, vec![id.as_str().into()])?.ok_or(Refusal::NotFound)
    }

    /// Writes a connection, new or changed.
    pub(super) fn keep_connection(&self, connection: &ConnectionRecord) -> Result<(), Refusal> {
        let shown = &connection.shown;
        let replace = "INSERT INTO connections (id, name_key, kind, state, search, cloud_id, grant_id, last_activity, record) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET name_key = excluded.name_key, state = excluded.state, search = excluded.search, \
             cloud_id = excluded.cloud_id, grant_id = excluded.grant_id, last_activity = excluded.last_activity, record = excluded.record";
        let values = vec![
            shown.id.as_str().into(),
            name_key(shown.name.as_str()).into(),
            word(&shown.kind)?,
            word(&shown.status.state())?,
            searched(shown).into(),
            shown.site.as_ref().map(|site| site.cloud_id.clone()).into(),
            connection.grant.as_str().into(),
            shown.last_activity_at.as_millis().into(),
            to_record(connection)?,
        ];
        Ok(self.sql.run(replace, values)?)
    }

    fn name_is_free(&self, name: &str, except: Option<&ConnectionId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM connections WHERE name_key = ?";
        let found: Option<ConnectionRecord> = record(self.sql, by_name, vec![name_key(name).into()])?;
        match found {
            Some(other) if Some(&other.shown.id) != except => Err(Refusal::NameTaken),
            _ => Ok(()),
        }
    }
}

fn name_key(name: &str) -> String {
    name.to_lowercase()
}

fn searched(shown: &Connection) -> String {
    let site = shown.site.as_ref().map(|site| format!("{}\n{}", site.name, site.url));
    let account = shown.account.as_ref().map(|a| format!("{}\n{}", a.name, a.email.as_deref().unwrap_or_default()));
    format!("{}\n{}\n{}", shown.name, site.unwrap_or_default(), account.unwrap_or_default()).to_lowercase()
}

/// The word that an enum is written as on the wire: what its column holds.
fn word(value: &impl Serialize) -> Result<Value, Refusal> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word.into()),
        other => Err(Refusal::Storage(format!("not a word: {other:?}"))),
    }
}

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
    /// The grant that nobody holds any more.
    pub dropped: Option<GrantId>,
}

impl Command for SaveNewConnection {
    const NAME: &'static str = "save_new_connection";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Saved;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        let now = organization.now;
        organization.name_is_free(self.new.name.as_str(), None)?;
        let id = ConnectionId::parse(format!("con_{}", opaque(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let (consent, site) = organization.claim_attempt(&self.new.authorization_id, None, who)?;
        let shown = Connection {
            id,
            name: self.new.name,
            kind: Kind::CloudOauth2,
            site: None,
            status: Status::Unauthorized { cause: None, since: None },
            account: None,
            scopes: Vec::new(),
            created_at: now,
            authorized_at: None,
            last_activity_at: now,
            reauthorize_before: None,
            version: 1,
        };
        let mut connection = ConnectionRecord { v: 1, shown, grant: consent.grant.clone() };
        connection.take(consent, site, now);
        organization.keep_connection(&connection)?;
        Ok(Saved { held: Some(connection.grant), dropped: None, connection: connection.shown })
    }
}

impl ConnectionRecord {
    /// Takes a claimed consent; gives back the grant that was held before.
    fn take(&mut self, consent: Consent, site: Site, now: api::Timestamp) -> GrantId {
        self.shown.site = Some(site);
        self.shown.status = Status::Authorized;
        self.shown.account = consent.account;
        self.shown.scopes = consent.scopes;
        self.shown.authorized_at = Some(now);
        self.shown.last_activity_at = now;
        self.shown.reauthorize_before = Some(reauthorize_before(now, now));
        std::mem::replace(&mut self.grant, consent.grant)
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
    const NEEDS: Needs = Needs::AdministratorOrKey(ConnectionsWrite);
    type Answer = Saved;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        if !who.reaches(&self.id) {
            return Err(Refusal::NotFound);
        }
        let mut connection = organization.connection(&self.id)?;
        if connection.shown.version != self.version {
            return Err(Refusal::EditConflict);
        }
        if let Some(name) = self.edit.name {
            organization.name_is_free(name.as_str(), Some(&self.id))?;
            connection.shown.name = name;
        }
        let mut dropped = None;
        if let Some(attempt) = &self.edit.authorization_id {
            let (consent, site) = organization.claim_attempt(attempt, Some(&self.id), who)?;
            dropped = Some(connection.take(consent, site, organization.now));
        }
        connection.shown.version += 1;
        organization.keep_connection(&connection)?;
        organization.retire(dropped.as_ref())?;
        let held = dropped.is_some().then_some(connection.grant);
        Ok(Saved { connection: connection.shown, held, dropped })
    }
}

/// Shows one connection.
#[derive(Serialize, Deserialize)]
pub struct ShowConnection {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for ShowConnection {
    const NAME: &'static str = "show_connection";
    const NEEDS: Needs = Needs::AdministratorOrKey(ConnectionsRead);
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        if who.reaches(&self.id) { Ok(organization.connection(&self.id)?.shown) } else { Err(Refusal::NotFound) }
    }
}

/// Finds a page of connections.
#[derive(Serialize, Deserialize)]
pub struct FindConnections {
    /// What was asked for.
    pub query: ListConnectionsQuery,
}

impl Command for FindConnections {
    const NAME: &'static str = "find_connections";
    const NEEDS: Needs = Needs::AdministratorOrKey(ConnectionsRead);
    type Answer = List<Connection>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<List<Connection>, Refusal> {
        let page = Page::of(&self.query)?;
        let mut condition = page.after();
        if let Some(words) = self.query.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
            condition.and("instr(search, ?) > 0", vec![words.to_lowercase().into()]);
        }
        if let Some(state) = self.query.status {
            condition.and("state = ?", vec![word(&state)?]);
        }
        if let Some(kind) = self.query.kind {
            condition.and("kind = ?", vec![word(&kind)?]);
        }
        if let Identity::Key(key) = who
            && let Some(some) = &key.shown.connections
        {
            // One value for all: a Durable Object's SQLite takes at most 100 of them.
            condition.and("id IN (SELECT value FROM json_each(?))", vec![to_record(some)?]);
        }
        let (clause, values) = condition.finish(&page);
        let statement = format!("SELECT record FROM connections {clause}");
        let found: Vec<ConnectionRecord> = records(organization.sql, &statement, values)?;
        page.cut(found.into_iter().map(|connection| connection.shown).collect())
    }
}
