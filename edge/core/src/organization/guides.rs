//! Guides for Jira administrators: the values to enter into an application link, at an unguessable address that shows
//! nothing else.

use api::{ConnectionId, ConsumerKey, Kind, NewGuide, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    organization::{
        AccessLevel, ConnectionDetails, Needs, Refusal, Step, Turn, limits::GUIDES, record, to_record, webhooks::host,
    },
    ports::PortFailure,
    secrets::Digest,
};

/// How long a link works, in seconds: seven days.
const LIFE: i64 = 7 * 86_400;

/// A guide as stored, under its token's digest. Version 1. Causeway's own addresses are not stored, because they may
/// change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredGuide {
    /// The version of the stored form.
    pub v: u8,
    /// The kind of the connection.
    pub kind: Kind,
    /// The address of Jira.
    pub address: StoredAddress,
    /// The consumer key to enter.
    pub consumer_key: Option<String>,
    /// The public key to enter, as PEM.
    pub public_key: Option<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// Creates a guide. The edge has checked the address.
#[derive(Serialize, Deserialize)]
pub struct StoreGuide {
    /// The requested guide.
    pub new: NewGuide,
    /// The digest of the token.
    pub digest: Digest,
}

impl Step for StoreGuide {
    /// When the link stops working.
    type Answer = Timestamp;

    fn needs(&self) -> Needs {
        Needs::Authorizing(self.new.connection_id.clone())
    }

    /// A guide for an existing connection shows only a key pair that no other connection holds. Another address than
    /// that of its site needs [`AccessLevel::Manages`].
    fn run(self, turn: &Turn<'_>) -> Result<Timestamp, Refusal> {
        let refuse = |why: &str| Refusal::Invalid(why.to_owned());
        let connection = turn.authorizable(self.new.connection_id.as_ref(), self.new.kind)?;
        let elsewhere = |shown: &ConnectionDetails| shown.site.as_ref().is_none_or(|site| site.url != self.new.address);
        if let Some(moving) = connection.filter(elsewhere) {
            turn.require(&moving.id, AccessLevel::Manages)?;
        }
        let (consumer_key, public_key) = match (self.new.kind, &self.new.consumer_key, &self.new.key_id) {
            (Kind::DataCenterOauth2, None, None) => (None, None),
            (Kind::Oauth1, Some(consumer_key), Some(id)) => {
                let consumer_key = ConsumerKey::parse(consumer_key).map_err(|why| refuse(&why.to_string()))?;
                let key = match &self.new.connection_id {
                    Some(holder) => turn.usable_key(id, Some(holder))?.details.public_key,
                    None => turn.public_key(id)?,
                };
                (Some(consumer_key.to_string()), Some(key))
            }
            (Kind::Oauth1, ..) => return Err(refuse("A guide for oauth1 needs consumer_key and key_id.")),
            _ => return Err(refuse("There are guides for oauth1, and for data_center_oauth2 without a key.")),
        };
        let made_for = self.new.connection_id.as_ref().map(ConnectionId::as_str).unwrap_or_default();
        turn.limit_guides(made_for)?;
        let expires_at = turn.now.plus_seconds(LIFE);
        let about = self.new.connection_id.as_ref().map(|id| turn.connection(id)).transpose()?;
        let shared = TimelineEvent::GuideCreated { host: host(&self.new.address) };
        let address = StoredAddress::from(self.new.address);
        let guide = StoredGuide { v: 1, kind: self.new.kind, address, consumer_key, public_key, expires_at };
        let (token, ends) = (self.digest.as_str().into(), expires_at.as_millis().into());
        let values = vec![token, made_for.into(), ends, to_record(&guide)?];
        turn.sql.run("INSERT INTO guides (token, connection, expires_at, record) VALUES (?, ?, ?, ?)", values)?;
        turn.record_event(about.as_ref(), turn.who.actor(), shared)?;
        Ok(expires_at)
    }
}

/// Finds a guide by the token of its link.
#[derive(Serialize, Deserialize)]
pub struct GetStoredGuide {
    /// The digest of the token.
    pub digest: Digest,
}

impl Step for GetStoredGuide {
    type Answer = Option<StoredGuide>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Option<StoredGuide>, Refusal> {
        let values = vec![self.digest.as_str().into(), turn.now.as_millis().into()];
        Ok(record(turn.sql, "SELECT record FROM guides WHERE token = ? AND expires_at > ?", values)?)
    }
}

impl Turn<'_> {
    fn limit_guides(&self, made_for: &str) -> Result<(), Refusal> {
        let open = "SELECT count(*) AS n FROM guides WHERE connection = ? AND expires_at > ?";
        let values = vec![made_for.into(), self.now.as_millis().into()];
        let why = format!("There are {GUIDES} guide links already. Each ends after seven days.");
        self.limit(GUIDES, open, values, &why)
    }

    /// Deletes the guides whose links have expired.
    pub(super) fn delete_old_guides(&self) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM guides WHERE expires_at <= ?", vec![self.now.as_millis().into()])
    }
}
