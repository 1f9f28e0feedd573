//! Creates, lists, rotates and revokes API keys.

use std::collections::{HashMap, hash_map::Entry};

use api::{
    ApiKey, ApiKeyId, ApiKeyRotation, ConnectionId, KEY_CONNECTIONS, KEY_OVERLAP_SECONDS, KeyScope, List, ListApiKeys,
    Name, NewApiKey, Nothing, PreviousApiKey, RevokeApiKey, TimelineEvent, Timestamp, WorkspaceId, WorkspaceName,
};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Answers, Needs, Refusal, Step, Turn, Value, permissions::as_list, record, records, to_record},
    secrets::Digest,
};

/// The age at which "last used" is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

#[derive(Deserialize)]
struct Named {
    name: Name,
}

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
    /// When the key was last used, to the minute; `None` for never, or not since it was rotated.
    pub(crate) last_used_at: Option<Timestamp>,
    /// How the key begins; `None` for a key made before this was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<String>,
    /// The name of the member who created the key; `None` for a key made before this was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotated_at: Option<Timestamp>,
    /// The key from before the last rotation. It may have ended since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<PreviousApiKey>,
}

/// Which of a key's secrets a caller presents.
#[derive(Clone, Copy)]
enum PresentedSecret {
    Current,
    /// That from before the last rotation.
    Previous,
}

impl StoredApiKey {
    fn accepts(&self, secret: PresentedSecret, now: Timestamp) -> bool {
        let lives = self.details.expires_at.is_none_or(|end| now < end);
        lives
            && match secret {
                PresentedSecret::Current => true,
                PresentedSecret::Previous => self.details.previous.as_ref().is_some_and(|one| now < one.until),
            }
    }

    /// When what the key may do ends by itself, whichever of its secrets is presented.
    pub(super) fn ends_at(&self, now: Timestamp) -> Option<Timestamp> {
        let previous = self.details.previous.as_ref().map(|previous| previous.until).filter(|until| *until > now);
        self.details.expires_at.into_iter().chain(previous).min()
    }

    fn last_used_at(&mut self, secret: PresentedSecret) -> Option<&mut Option<Timestamp>> {
        match secret {
            PresentedSecret::Current => Some(&mut self.details.last_used_at),
            PresentedSecret::Previous => self.details.previous.as_mut().map(|previous| &mut previous.last_used_at),
        }
    }

    /// The API key in the contract's form.
    fn view(&self, connection_names: Vec<Name>, now: Timestamp) -> ApiKey {
        let details = self.details.clone();
        ApiKey {
            id: details.id,
            name: details.name,
            prefix: details.prefix,
            scopes: details.scopes,
            connections: details.connections,
            connection_names,
            workspace: details.workspace,
            created_at: details.created_at,
            created_by: details.created_by,
            expires_at: details.expires_at,
            last_used_at: details.last_used_at,
            rotated_at: details.rotated_at,
            previous: details.previous.filter(|previous| now < previous.until),
        }
    }
}

/// A key that was just generated, in the two forms that are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewSecret {
    /// The digest of the key.
    pub digest: Digest,
    /// How the key begins: [`key_prefix`](crate::secrets::key_prefix).
    pub prefix: String,
}

/// Creates an API key.
#[derive(Serialize, Deserialize)]
pub struct StoreApiKey {
    /// The requested key.
    pub new: NewApiKey,
    /// The key.
    pub secret: NewSecret,
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
            prefix: Some(self.secret.prefix),
            created_by: Some(turn.who.name()),
            rotated_at: None,
            previous: None,
        };
        let values = vec![
            id.as_str().into(),
            self.secret.digest.as_str().into(),
            turn.now.as_millis().into(),
            to_record(&StoredApiKey { v: 1, details })?,
        ];
        turn.sql.run("INSERT INTO api_keys (id, digest, created_at, record) VALUES (?, ?, ?, ?)", values)?;
        turn.record_event(None, turn.who.actor(), made)?;
        Ok(id)
    }
}

/// Gives an API key a new secret. The one from before keeps working for a while.
#[derive(Serialize, Deserialize)]
pub struct ReplaceSecret {
    /// The key.
    pub id: ApiKeyId,
    /// How to replace its secret.
    pub rotation: ApiKeyRotation,
    /// The new secret.
    pub secret: NewSecret,
}

impl Step for ReplaceSecret {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut key = turn.api_key(&self.id)?;
        let expires_at = self.rotation.expires_at.or(key.details.expires_at);
        check_end(expires_at, turn.now)?;
        let overlap = self.rotation.overlap_seconds;
        if overlap > KEY_OVERLAP_SECONDS {
            return Err(Refusal::Invalid(format!("overlap_seconds is 0 to {KEY_OVERLAP_SECONDS}.")));
        }
        let until = turn.now.plus_seconds(overlap.into());
        let until = key.details.expires_at.into_iter().chain(expires_at).fold(until, Ord::min);
        let details = &mut key.details;
        let (prefix, last_used_at) = (details.prefix.replace(self.secret.prefix), details.last_used_at.take());
        details.previous = (until > turn.now).then_some(PreviousApiKey { prefix, until, last_used_at });
        (details.expires_at, details.rotated_at) = (expires_at, Some(turn.now));
        let until = details.previous.as_ref().map(|previous| previous.until);
        let rotated = TimelineEvent::ApiKeyRotated { key: details.name.to_string(), until };
        let previous_digest = if until.is_some() { "digest" } else { "NULL" };
        let replace =
            format!("UPDATE api_keys SET previous_digest = {previous_digest}, digest = ?, record = ? WHERE id = ?");
        let values = vec![self.secret.digest.as_str().into(), to_record(&key)?, self.id.as_str().into()];
        turn.sql.run(&replace, values)?;
        turn.record_event(None, turn.who.actor(), rotated)
    }
}

/// Refuses an end that has passed.
fn check_end(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match expires_at {
        Some(end) if end <= now => {
            Err(Refusal::Invalid("The day on which the key ends must be in the future.".to_owned()))
        }
        _ => Ok(()),
    }
}

impl Turn<'_> {
    fn api_key(&self, id: &ApiKeyId) -> Result<StoredApiKey, Refusal> {
        let found = record(self.sql, "SELECT record FROM api_keys WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    /// The key whose secret, or whose secret from before the last rotation, has this digest, while that is accepted. Its
    /// use is recorded, to the minute.
    pub(super) fn key_of(&self, digest: &Digest) -> Result<StoredApiKey, Refusal> {
        let found = self.key_by_digest(digest)?;
        let (mut key, secret) =
            found.filter(|(key, which)| key.accepts(*which, self.now)).ok_or(Refusal::ApiKeyRefused)?;
        self.record_use(&mut key, secret)?;
        Ok(key)
    }

    /// Records that keys were used, each at most once a minute however many calls it made. Finds them by their digests;
    /// one that was revoked meanwhile is `None`.
    pub(super) fn record_uses<'d>(
        &self,
        digests: impl IntoIterator<Item = &'d Digest>,
    ) -> Result<HashMap<&'d Digest, Option<StoredApiKey>>, Refusal> {
        let mut used = HashMap::new();
        for digest in digests {
            if let Entry::Vacant(unknown) = used.entry(digest) {
                let mut found = self.key_by_digest(digest)?;
                if let Some((key, secret)) = &mut found {
                    self.record_use(key, *secret)?;
                }
                unknown.insert(found.map(|(key, _)| key));
            }
        }
        Ok(used)
    }

    /// The key that a digest is of, whether it is still accepted or not.
    fn key_by_digest(&self, digest: &Digest) -> Result<Option<(StoredApiKey, PresentedSecret)>, Refusal> {
        let of = |statement| record::<StoredApiKey>(self.sql, statement, vec![digest.as_str().into()]);
        if let Some(key) = of("SELECT record FROM api_keys WHERE digest = ?")? {
            return Ok(Some((key, PresentedSecret::Current)));
        }
        let rotated = of("SELECT record FROM api_keys WHERE previous_digest = ?")?;
        Ok(rotated.map(|key| (key, PresentedSecret::Previous)))
    }

    fn record_use(&self, key: &mut StoredApiKey, secret: PresentedSecret) -> Result<(), Refusal> {
        let is_outdated = |used: Option<Timestamp>| used.is_none_or(|at| !(0..TOUCH).contains(&self.now.since(at)));
        let Some(last_used_at) = key.last_used_at(secret).filter(|at| is_outdated(**at)) else { return Ok(()) };
        *last_used_at = Some(self.now);
        let values: Vec<Value> = vec![to_record(&*key)?, key.details.id.as_str().into()];
        Ok(self.sql.run("UPDATE api_keys SET record = ? WHERE id = ?", values)?)
    }

    /// The names of the connections that a key is limited to, as far as they exist.
    fn names_of(&self, connections: Option<&Vec<ConnectionId>>) -> Result<Vec<Name>, Refusal> {
        let Some(connections) = connections else { return Ok(Vec::new()) };
        let by_id = "SELECT json_extract(record, '$.shown.name') AS name FROM connections \
             WHERE id IN (SELECT value FROM json_each(?)) AND deleted = 0 ORDER BY sort_key, id";
        let named: Vec<Named> = self.sql.rows(by_id, vec![as_list(connections)?])?;
        Ok(named.into_iter().map(|row| row.name).collect())
    }

    /// Finds the workspace that a new key is bound to. Refuses an id that is unknown or of an archived workspace.
    fn key_workspace(&self, id: &WorkspaceId) -> Result<WorkspaceName, Refusal> {
        let unknown = || Refusal::Invalid("The chosen workspace does not exist, or it is archived.".to_owned());
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
        return refuse("Choose at least one permission: connections:read, connections:write or proxy.");
    }
    check_end(new.expires_at, turn.now)?;
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
        let view = |key: &StoredApiKey| {
            let names = turn.names_of(key.details.connections.as_ref())?;
            Ok(key.view(names, turn.now))
        };
        Ok(List { items: found.iter().map(view).collect::<Result<_, Refusal>>()?, next_cursor: None })
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
        let key = turn.api_key(&id)?;
        turn.sql.run("DELETE FROM api_keys WHERE id = ?", by_id())?;
        turn.sql.run("DELETE FROM key_uses WHERE api_key = ?", by_id())?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::KeyRevoked { key: key.details.name.to_string() })?;
        Ok(Nothing {})
    }
}
