//! Creates, lists and revokes API keys.

use api::{
    ApiKey, ApiKeyId, ConnectionId, KEY_CONNECTIONS, KeyScope, List, ListApiKeys, Name, NewApiKey, Nothing,
    RevokeApiKey, TimelineEvent, Timestamp, WorkspaceId, WorkspaceName,
};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Answers, Needs, Refusal, Step, Turn, records, to_record},
    secrets::Digest,
};

/// An API key as stored, under its digest. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredApiKey {
    /// The version of the stored form.
    pub v: u8,
    /// The fields that administrators see.
    #[serde(rename = "shown")]
    pub(crate) details: ApiKeyDetails,
}

/// The fields of a stored API key that administrators see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiKeyDetails {
    pub(crate) id: ApiKeyId,
    pub(crate) name: Name,
    pub(crate) scopes: Vec<KeyScope>,
    /// The connections that the key may use; `None` for all.
    pub(crate) connections: Option<Vec<ConnectionId>>,
    /// The workspace that the key is bound to; `None` for a key of the whole organization.
    #[serde(default)]
    pub(crate) workspace: Option<WorkspaceName>,
    pub(crate) created_at: Timestamp,
    /// When the key expires; `None` for never.
    pub(crate) expires_at: Option<Timestamp>,
    /// When the key was last used, to the minute; `None` for never.
    pub(crate) last_used_at: Option<Timestamp>,
}

impl StoredApiKey {
    /// The API key in the contract's form.
    fn view(&self) -> ApiKey {
        let ApiKeyDetails { id, name, scopes, connections, workspace, created_at, expires_at, last_used_at } =
            self.details.clone();
        ApiKey { id, name, scopes, connections, workspace, created_at, expires_at, last_used_at }
    }
}

/// Creates an API key.
#[derive(Serialize, Deserialize)]
pub struct StoreApiKey {
    /// The requested key.
    pub new: NewApiKey,
    /// The digest of the key.
    pub digest: Digest,
}

impl Step for StoreApiKey {
    type Answer = ApiKeyId;

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    fn run(self, turn: &Turn<'_>) -> Result<ApiKeyId, Refusal> {
        check(&self.new, turn)?;
        let workspace = self.new.workspace.as_ref().map(|id| turn.key_workspace(id)).transpose()?;
        let id: ApiKeyId = turn.new_id();
        let made = TimelineEvent::KeyCreated { key: self.new.name.to_string() };
        let details = ApiKeyDetails {
            id: id.clone(),
            name: self.new.name,
            scopes: self.new.scopes,
            connections: self.new.connections,
            workspace,
            created_at: turn.now,
            expires_at: self.new.expires_at,
            last_used_at: None,
        };
        let values = vec![
            id.as_str().into(),
            self.digest.as_str().into(),
            turn.now.as_millis().into(),
            to_record(&StoredApiKey { v: 1, details })?,
        ];
        turn.sql.run("INSERT INTO api_keys (id, digest, created_at, record) VALUES (?, ?, ?, ?)", values)?;
        turn.record_event(None, turn.who.actor(), made)?;
        Ok(id)
    }
}

impl Turn<'_> {
    /// Finds the workspace that a new key is bound to. Refuses an id that is unknown or of an archived workspace.
    fn key_workspace(&self, id: &WorkspaceId) -> Result<WorkspaceName, Refusal> {
        let unknown = || Refusal::Invalid("workspace names none, or one that is archived.".to_owned());
        match self.workspace(id) {
            Ok(workspace) if workspace.archived_at.is_none() => Ok(workspace.by_name()),
            Ok(_) | Err(Refusal::NotFound) => Err(unknown()),
            Err(other) => Err(other),
        }
    }
}

fn check(new: &NewApiKey, turn: &Turn<'_>) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::Invalid(why.to_owned()));
    if new.scopes.is_empty() {
        return refuse("scopes needs at least one of connections:read, connections:write, proxy.");
    }
    if new.expires_at.is_some_and(|end| end <= turn.now) {
        return refuse("expires_at must be in the future.");
    }
    let Some(connections) = &new.connections else { return Ok(()) };
    if connections.is_empty() || connections.len() > KEY_CONNECTIONS {
        return refuse(&format!("connections names 1 to {KEY_CONNECTIONS} connections; leave it out for all."));
    }
    for id in connections {
        match turn.connection(id) {
            Ok(_) => {}
            Err(Refusal::NotFound) => return refuse("connections names one that does not exist."),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Lists the keys, newest first.
impl Answers for ListApiKeys {
    type Outcome = List<ApiKey>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<ApiKey>, Refusal> {
        let all = "SELECT record FROM api_keys ORDER BY created_at DESC, id";
        let found: Vec<StoredApiKey> = records(turn.sql, all, vec![])?;
        Ok(List { items: found.iter().map(StoredApiKey::view).collect(), next_cursor: None })
    }
}

/// Revokes a key.
impl Answers for RevokeApiKey {
    type Outcome = Nothing;

    fn needs(_: &ApiKeyId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: ApiKeyId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let by_id = || vec![id.as_str().into()];
        let found: Vec<StoredApiKey> = records(turn.sql, "SELECT record FROM api_keys WHERE id = ?", by_id())?;
        let key = found.into_iter().next().ok_or(Refusal::NotFound)?;
        turn.sql.run("DELETE FROM api_keys WHERE id = ?", by_id())?;
        turn.sql.run("DELETE FROM key_uses WHERE api_key = ?", by_id())?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::KeyRevoked { key: key.details.name.to_string() })?;
        Ok(Nothing {})
    }
}
