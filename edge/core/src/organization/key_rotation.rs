//! Rotates the RSA key of a connection that uses OAuth 1.0a. The old key stays in use until a call with the new key has
//! succeeded.

use api::{Account, Connection, ConnectionId, DropNextKey, GrantId, Nothing, RsaKeyId, Site, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, AuthMethod},
    organization::{AccessLevel, Answers, Needs, Refusal, Saved, Step, StoreRsaKey, StoredConnection, Turn},
};

impl Turn<'_> {
    /// Stores a connection with a changed `AuthConfig`.
    fn store_auth_config(&self, connection: &mut StoredConnection, auth: AuthConfig) -> Result<Connection, Refusal> {
        self.hold_keys(&connection.details.id, &auth.keys())?;
        connection.set_auth(Some(auth));
        connection.details.version += 1;
        self.store_connection(connection)?;
        self.view_of(connection)
    }

    /// Finds a connection that signs with an RSA key, and its `AuthConfig`.
    fn signing(&self, id: &ConnectionId) -> Result<(StoredConnection, AuthConfig), Refusal> {
        let connection = self.living_connection(id)?;
        let auth = connection.auth.clone().filter(|auth| matches!(auth.method, AuthMethod::ApplicationLink { .. }));
        let other = || Refusal::Invalid("This connection signs nothing: it has no key.".to_owned());
        Ok((connection, auth.ok_or_else(other)?))
    }
}

/// Stores the next key pair of a connection. An earlier next key pair is dropped.
#[derive(Serialize, Deserialize)]
pub struct StoreNextKey {
    /// The connection.
    pub id: ConnectionId,
    /// The key pair.
    pub key: StoreRsaKey,
}

impl Step for StoreNextKey {
    type Answer = Connection;

    fn needs(&self) -> Needs {
        Needs::connection(&self.id, AccessLevel::Manages, None)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let (mut connection, mut auth) = turn.signing(&self.id)?;
        let next = self.key.store_for(turn, &self.id)?;
        if let AuthMethod::ApplicationLink { next_key, .. } = &mut auth.method {
            *next_key = Some(next);
        }
        turn.store_auth_config(&mut connection, auth)
    }
}

/// Drops the next key pair, so that the connection keeps its current one.
impl Answers for DropNextKey {
    type Outcome = Connection;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let (mut connection, mut auth) = turn.signing(&id)?;
        if let AuthMethod::ApplicationLink { next_key, .. } = &mut auth.method
            && next_key.take().is_some()
        {
            return turn.store_auth_config(&mut connection, auth);
        }
        turn.view_of(&connection)
    }
}

/// Finds everything that a test call with the next key needs. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct PrepareKeyRotation {
    /// The connection.
    pub id: ConnectionId,
}

/// A key rotation that can be tried.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The grant with the old key.
    pub held: GrantId,
    /// The id for the grant with the new key.
    pub grant: GrantId,
    /// How the connection authenticates.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The new key.
    pub next: RsaKeyId,
    /// The site that must accept the new key.
    pub site: Site,
    /// The account that the site must name.
    pub account: Option<Account>,
}

impl Step for PrepareKeyRotation {
    type Answer = Rotation;

    fn needs(&self) -> Needs {
        Needs::ConnectionOrEdge(self.id.clone(), AccessLevel::Manages)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Rotation, Refusal> {
        let (connection, auth) = turn.signing(&self.id)?;
        let AuthMethod::ApplicationLink { next_key: Some(next), .. } = &auth.method else {
            return Err(Refusal::KeyNotUsable);
        };
        let credential = connection.credential().ok_or(Refusal::ConnectionUnauthorized)?;
        let site = connection.details.site.ok_or(Refusal::ConnectionUnauthorized)?;
        let (next, grant) = (next.id.clone(), turn.new_id());
        Ok(Rotation { held: credential.grant, grant, auth, next, site, account: credential.account })
    }
}

/// Replaces the key with the next key, which Jira has just accepted.
#[derive(Serialize, Deserialize)]
pub struct AdoptNextKey {
    /// The connection.
    pub id: ConnectionId,
    /// The grant with the old key.
    pub from: GrantId,
    /// The grant with the new key.
    pub to: GrantId,
    /// The new key.
    pub key: RsaKeyId,
}

impl Step for AdoptNextKey {
    type Answer = Saved;

    fn needs(&self) -> Needs {
        Needs::ConnectionOrEdge(self.id.clone(), AccessLevel::Manages)
    }

    /// Refuses if the connection was reauthorized, or got another next key, during the test call.
    fn run(self, turn: &Turn<'_>) -> Result<Saved, Refusal> {
        let (mut connection, mut auth) = turn.signing(&self.id)?;
        let AuthMethod::ApplicationLink { key, next_key, .. } = &mut auth.method else {
            return Err(Refusal::KeyNotUsable);
        };
        match next_key.take().filter(|next| next.id == self.key) {
            Some(next) if connection.grant.as_ref() == Some(&self.from) => *key = next,
            _ => return Err(Refusal::EditConflict),
        }
        connection.grant = Some(self.to.clone());
        connection.generation = 0;
        let shown = turn.store_auth_config(&mut connection, auth)?;
        turn.retire([&self.from])?;
        turn.record_event(Some(&connection), turn.who.actor(), TimelineEvent::KeyRotated)?;
        Ok(Saved { connection: shown, held: Some(self.to), dropped: vec![self.from] })
    }
}
