//! RSA key pairs for OAuth 1.0a. A key pair is generated before the authorization and held by at most one connection.
//! One that no connection holds is deleted after 30 days.

use api::{ConnectionId, Kind, RsaKey, RsaKeyId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{ConnectionDetails, Needs, Refusal, Step, Turn, Value, limits::KEY_PAIRS, record, to_record},
    ports::PortFailure,
    sealing::Sealed,
};

/// How long a key pair that no connection holds is kept, in milliseconds: 30 days.
const KEPT: i64 = 30 * 86_400_000;

/// A key pair as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredRsaKey {
    /// The version of the stored form.
    pub v: u8,
    /// The public half.
    #[serde(rename = "shown")]
    pub(crate) details: RsaKeyDetails,
    /// The private key, sealed for this key pair's id.
    pub private_key: Sealed,
}

/// The public half of a stored key pair.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RsaKeyDetails {
    pub(crate) id: RsaKeyId,
    /// The public key, as PEM.
    pub(crate) public_key: String,
    pub(crate) created_at: Timestamp,
}

impl StoredRsaKey {
    /// The key pair in the contract's form.
    pub(crate) fn view(&self) -> RsaKey {
        let RsaKeyDetails { id, public_key, created_at } = self.details.clone();
        RsaKey { id, public_key, created_at }
    }

    /// The field of the private key in its sealing context.
    pub(crate) const FIELD: &'static str = "private_key";
}

#[derive(Deserialize)]
struct Holder {
    connection: Option<ConnectionId>,
}

impl Turn<'_> {
    /// Finds a key pair that `connection` holds, or that no connection holds. `None` stands for a new connection.
    pub(super) fn usable_key(&self, id: &RsaKeyId, connection: Option<&ConnectionId>) -> Result<StoredRsaKey, Refusal> {
        let by_id = || vec![id.as_str().into()];
        let holders: Vec<Holder> = self.sql.rows("SELECT connection FROM rsa_keys WHERE id = ?", by_id())?;
        let holder = holders.into_iter().next().ok_or(Refusal::KeyNotUsable)?.connection;
        if holder.is_some() && holder.as_ref() != connection {
            return Err(Refusal::KeyNotUsable);
        }
        record(self.sql, "SELECT record FROM rsa_keys WHERE id = ?", by_id())?.ok_or(Refusal::KeyNotUsable)
    }

    /// The public key of a key pair, as PEM.
    pub(super) fn public_key(&self, id: &RsaKeyId) -> Result<String, Refusal> {
        let key: Option<StoredRsaKey> =
            record(self.sql, "SELECT record FROM rsa_keys WHERE id = ?", vec![id.as_str().into()])?;
        key.map(|key| key.details.public_key).ok_or(Refusal::KeyNotUsable)
    }

    /// Stores a key pair that was generated for a connection, or for a new one, and that `holder` holds.
    fn insert_key(
        &self,
        key: &StoredRsaKey,
        made_for: Option<&ConnectionId>,
        holder: Option<&ConnectionId>,
    ) -> Result<(), Refusal> {
        let made_for = made_for.map(ConnectionId::as_str).unwrap_or_default();
        let free = "SELECT count(*) AS n FROM rsa_keys WHERE made_for = ? AND free_since IS NOT NULL";
        let why =
            format!("There are {KEY_PAIRS} RSA keys already that no connection uses. Each is deleted after 30 days.");
        self.limit(KEY_PAIRS, free, vec![made_for.into()], &why)?;
        let free_since = if holder.is_some() { Value::Null } else { self.now.as_millis().into() };
        let holder: Value = holder.map(ToString::to_string).into();
        let values = vec![key.details.id.as_str().into(), made_for.into(), holder, free_since, to_record(key)?];
        let insert = "INSERT INTO rsa_keys (id, made_for, connection, free_since, record) VALUES (?, ?, ?, ?, ?)";
        Ok(self.sql.run(insert, values)?)
    }

    /// Makes `connection` hold exactly `keys`. Key pairs that it no longer holds are kept for a while, because a revert
    /// needs them.
    pub(super) fn hold_keys(&self, connection: &ConnectionId, keys: &[&RsaKeyId]) -> Result<(), PortFailure> {
        let free = "UPDATE rsa_keys SET connection = NULL, free_since = ? WHERE connection = ?";
        self.sql.run(free, vec![self.now.as_millis().into(), connection.as_str().into()])?;
        keys.iter().try_for_each(|key| {
            let hold = "UPDATE rsa_keys SET connection = ?, free_since = NULL WHERE id = ?";
            self.sql.run(hold, vec![connection.as_str().into(), key.as_str().into()])
        })
    }

    /// Deletes the key pairs that no connection has held for [`KEPT`].
    pub(super) fn delete_unheld_keys(&self) -> Result<(), PortFailure> {
        let over = self.now.as_millis() - KEPT;
        self.sql.run("DELETE FROM rsa_keys WHERE connection IS NULL AND free_since <= ?", vec![over.into()])
    }

    /// When a key pair that no connection has held since `free_since` is deleted, in milliseconds.
    pub(super) const fn key_forgotten_at(free_since: i64) -> i64 {
        free_since.saturating_add(KEPT)
    }
}

impl Turn<'_> {
    /// Finds the connection to authorize, and refuses one that was authorized as another kind; `None` for a new one.
    pub(super) fn authorizable(
        &self,
        id: Option<&ConnectionId>,
        kind: Kind,
    ) -> Result<Option<ConnectionDetails>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let shown = self.living_connection(id)?.details;
        if shown.kind == kind || shown.draft.is_some() {
            return Ok(Some(shown));
        }
        Err(Refusal::Invalid(format!("This connection is {}.", shown.kind.title())))
    }
}

/// Stores a key pair that was just generated.
#[derive(Serialize, Deserialize)]
pub struct StoreRsaKey {
    /// The connection that will be authorized with it; `None` for a new one.
    #[serde(default)]
    pub connection: Option<ConnectionId>,
    /// The key pair's id, for which the private key was sealed.
    pub id: RsaKeyId,
    /// The public key, as PEM.
    pub public_key: String,
    /// The private key.
    pub private_key: Sealed,
}

impl StoreRsaKey {
    fn into_record(self, now: Timestamp) -> StoredRsaKey {
        let details = RsaKeyDetails { id: self.id, public_key: self.public_key, created_at: now };
        StoredRsaKey { v: 1, details, private_key: self.private_key }
    }

    /// Stores the key pair, held by `connection`.
    pub(super) fn store_for(self, turn: &Turn<'_>, connection: &ConnectionId) -> Result<RsaKey, Refusal> {
        let key = self.into_record(turn.now);
        turn.insert_key(&key, Some(connection), Some(connection))?;
        Ok(key.view())
    }
}

impl Step for StoreRsaKey {
    type Answer = RsaKey;

    fn needs(&self) -> Needs {
        Needs::Authorizing(self.connection.clone())
    }

    /// Stores the key pair. No connection holds it until one is authorized with it.
    fn run(self, turn: &Turn<'_>) -> Result<RsaKey, Refusal> {
        turn.authorizable(self.connection.as_ref(), Kind::Oauth1)?;
        let made_for = self.connection.clone();
        let key = self.into_record(turn.now);
        turn.insert_key(&key, made_for.as_ref(), None)?;
        Ok(key.view())
    }
}

/// Finds a key pair to sign with.
#[derive(Serialize, Deserialize)]
pub struct GetRsaKey {
    /// The key pair.
    pub id: RsaKeyId,
}

impl Step for GetRsaKey {
    type Answer = StoredRsaKey;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<StoredRsaKey, Refusal> {
        let by_id = "SELECT record FROM rsa_keys WHERE id = ?";
        record(turn.sql, by_id, vec![self.id.as_str().into()])?.ok_or(Refusal::KeyNotUsable)
    }
}
