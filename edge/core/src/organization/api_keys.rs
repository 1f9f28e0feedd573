//! API keys: made, listed, revoked.

use api::{ApiKey, ApiKeyId, List, NewApiKey, Nothing, TimelineEvent, WorkspaceId, WorkspaceName};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, records, to_record},
    ports::Random,
    secrets::{Digest, random_id},
};

/// An API key as stored, under its digest. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The version of this form.
    pub v: u8,
    /// What administrators see.
    pub shown: ApiKey,
}

/// Makes a key.
#[derive(Serialize, Deserialize)]
pub struct MakeApiKey {
    /// What was asked for.
    pub new: NewApiKey,
    /// Of the key.
    pub digest: Digest,
}

impl Command for MakeApiKey {
    const NAME: &'static str = "make_api_key";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = ApiKeyId;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<ApiKeyId, Refusal> {
        check(&self.new, organization)?;
        let workspace = self.new.workspace.as_ref().map(|id| organization.key_workspace(id)).transpose()?;
        let id = ApiKeyId::parse(format!("key_{}", random_id(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let made = TimelineEvent::KeyCreated { key: self.new.name.to_string() };
        let shown = ApiKey {
            id: id.clone(),
            name: self.new.name,
            scopes: self.new.scopes,
            connections: self.new.connections,
            workspace,
            created_at: organization.now,
            expires_at: self.new.expires_at,
            last_used_at: None,
        };
        let values = vec![
            id.as_str().into(),
            self.digest.as_str().into(),
            organization.now.as_millis().into(),
            to_record(&KeyRecord { v: 1, shown })?,
        ];
        organization.sql.run("INSERT INTO api_keys (id, digest, created_at, record) VALUES (?, ?, ?, ?)", values)?;
        organization.note(None, who.actor(), made)?;
        Ok(id)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// The workspace that a key can be bound to.
    fn key_workspace(&self, id: &WorkspaceId) -> Result<WorkspaceName, Refusal> {
        let unknown = || Refusal::Invalid("workspace names none, or one that is archived.".to_owned());
        match self.workspace(id) {
            Ok(workspace) if workspace.archived_at.is_none() => Ok(workspace.by_name()),
            Ok(_) | Err(Refusal::NotFound) => Err(unknown()),
            Err(other) => Err(other),
        }
    }
}

fn check<S: Sql, R: Random>(new: &NewApiKey, organization: &Organization<'_, S, R>) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::Invalid(why.to_owned()));
    if new.scopes.is_empty() {
        return refuse("scopes needs at least one of connections:read, connections:write, proxy.");
    }
    if new.expires_at.is_some_and(|end| end <= organization.now) {
        return refuse("expires_at must be in the future.");
    }
    let Some(connections) = &new.connections else { return Ok(()) };
    if connections.is_empty() || connections.len() > 100 {
        return refuse("connections names 1 to 100 connections; leave it out for all.");
    }
    for id in connections {
        match organization.connection(id) {
            Ok(_) => {}
            Err(Refusal::NotFound) => return refuse("connections names one that does not exist."),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Lists the keys, newest first.
#[derive(Serialize, Deserialize)]
pub struct FindApiKeys {}

impl Command for FindApiKeys {
    const NAME: &'static str = "find_api_keys";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = List<ApiKey>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<List<ApiKey>, Refusal> {
        let all = "SELECT record FROM api_keys ORDER BY created_at DESC, id";
        let found: Vec<KeyRecord> = records(organization.sql, all, vec![])?;
        Ok(List { items: found.into_iter().map(|key| key.shown).collect(), next_cursor: None })
    }
}

/// Revokes a key.
#[derive(Serialize, Deserialize)]
pub struct DropApiKey {
    /// The key.
    pub id: ApiKeyId,
}

impl Command for DropApiKey {
    const NAME: &'static str = "drop_api_key";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Nothing;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Nothing, Refusal> {
        let by_id = || vec![self.id.as_str().into()];
        let found: Vec<KeyRecord> = records(organization.sql, "SELECT record FROM api_keys WHERE id = ?", by_id())?;
        let key = found.into_iter().next().ok_or(Refusal::NotFound)?;
        organization.sql.run("DELETE FROM api_keys WHERE id = ?", by_id())?;
        organization.sql.run("DELETE FROM key_uses WHERE api_key = ?", by_id())?;
        organization.note(None, who.actor(), TimelineEvent::KeyRevoked { key: key.shown.name.to_string() })?;
        Ok(Nothing {})
    }
}
