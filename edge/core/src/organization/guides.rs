//! Guides for Jira administrators: what to enter into an application link, behind a link that shows nothing else.

use api::{Connection, ConsumerKey, Kind, NewGuide, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, record, standing::AccessLevel, to_record},
    ports::{PortFailure, Random},
    secrets::Digest,
};

/// How long a link works, in seconds: seven days.
const LIFE: i64 = 7 * 86_400;

/// A guide as stored, under its token's digest. Version 1. Our own addresses are not part of it: they may change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GuideRecord {
    /// The version of this form.
    pub v: u8,
    /// For which way to connect.
    pub kind: Kind,
    /// Where Jira runs.
    pub address: StoredAddress,
    /// The consumer key to enter.
    pub consumer_key: Option<String>,
    /// The public key to enter, as PEM.
    pub public_key: Option<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// Makes a guide, whose address was checked.
#[derive(Serialize, Deserialize)]
pub struct MakeGuide {
    /// What was asked for.
    pub new: NewGuide,
    /// Of the token.
    pub digest: Digest,
}

impl Command for MakeGuide {
    const NAME: &'static str = "make_guide";
    const NEEDS: Needs = Needs::Session;
    /// When the link stops working.
    type Answer = Timestamp;

    /// A guide for a connection that exists shows nothing but what belongs to it; only who manages it may move it.
    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Timestamp, Refusal> {
        let refuse = |why: &str| Refusal::Invalid(why.to_owned());
        let connection = organization.admit_authorizing(who, self.new.connection_id.as_ref(), self.new.kind)?;
        let elsewhere = |shown: &Connection| shown.site.as_ref().is_none_or(|site| site.url != self.new.address);
        if let Some(moving) = connection.filter(elsewhere) {
            organization.require(who, &moving.id, AccessLevel::Manages)?;
        }
        let (consumer_key, public_key) = match (self.new.kind, &self.new.consumer_key, &self.new.key_id) {
            (Kind::DataCenterOauth2, None, None) => (None, None),
            (Kind::Oauth1, Some(consumer_key), Some(id)) => {
                let consumer_key = ConsumerKey::parse(consumer_key).map_err(|why| refuse(&why.to_string()))?;
                let key = match &self.new.connection_id {
                    Some(holder) => organization.usable_key(id, Some(holder))?.shown.public_key,
                    None => organization.public_key(id)?,
                };
                (Some(consumer_key.to_string()), Some(key))
            }
            (Kind::Oauth1, ..) => return Err(refuse("A guide for oauth1 needs consumer_key and key_id.")),
            _ => return Err(refuse("There are guides for oauth1, and for data_center_oauth2 without a key.")),
        };
        let expires_at = organization.now.plus_seconds(LIFE);
        let address = StoredAddress::from(self.new.address);
        let guide = GuideRecord { v: 1, kind: self.new.kind, address, consumer_key, public_key, expires_at };
        let values = vec![self.digest.as_str().into(), expires_at.as_millis().into(), to_record(&guide)?];
        organization.sql.run("INSERT INTO guides (token, expires_at, record) VALUES (?, ?, ?)", values)?;
        Ok(expires_at)
    }
}

/// Finds a guide for whoever has its link.
#[derive(Serialize, Deserialize)]
pub struct FindGuide {
    /// Of the token.
    pub digest: Digest,
}

impl Command for FindGuide {
    const NAME: &'static str = "find_guide";
    const NEEDS: Needs = Needs::Edge;
    type Answer = Option<GuideRecord>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Option<GuideRecord>, Refusal> {
        let values = vec![self.digest.as_str().into(), organization.now.as_millis().into()];
        Ok(record(organization.sql, "SELECT record FROM guides WHERE token = ? AND expires_at > ?", values)?)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Forgets the guides whose links work no more.
    pub(super) fn forget_old_guides(&self) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM guides WHERE expires_at <= ?", vec![self.now.as_millis().into()])
    }
}

/// Asks whether somebody may connect Jira instances. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct AdmitConnecting {}

impl Command for AdmitConnecting {
    const NAME: &'static str = "admit_connecting";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, _: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        Ok(())
    }
}
