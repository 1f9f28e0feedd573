//! Another RSA key for a connection over an application link. Both are good until the new one has worked.

use api::{Account, Connection, ConnectionId, GrantId, RsaKeyId, Site, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, AuthMethod},
    organization::{
        Command, ConnectionRecord, Identity, KeepRsaKey, Needs, Organization, Refusal, Saved, Sql,
        standing::AccessLevel,
    },
    ports::Random,
};

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Writes a connection whose means have changed.
    fn keep_auth(
        &self,
        who: &Identity,
        connection: &mut ConnectionRecord,
        auth: AuthConfig,
    ) -> Result<Connection, Refusal> {
        self.hold_keys(&connection.shown.id, &auth.keys())?;
        connection.bring(Some(auth));
        connection.shown.version += 1;
        self.keep_connection(connection)?;
        self.shown_to(who, connection)
    }

    /// The means of a connection that signs, for who manages it.
    fn signing(&self, who: &Identity, id: &ConnectionId) -> Result<(ConnectionRecord, AuthConfig), Refusal> {
        self.require(who, id, AccessLevel::Manages)?;
        let connection = self.living_connection(id)?;
        let auth = connection.auth.clone().filter(|auth| matches!(auth.method, AuthMethod::ApplicationLink { .. }));
        let other = || Refusal::Invalid("This connection signs nothing: it has no key.".to_owned());
        Ok((connection, auth.ok_or_else(other)?))
    }
}

/// Takes the key pair that is to replace the one that a connection has. One that was to do so before is given up.
#[derive(Serialize, Deserialize)]
pub struct KeepNextKey {
    /// The connection.
    pub id: ConnectionId,
    /// The key pair.
    pub key: KeepRsaKey,
}

impl Command for KeepNextKey {
    const NAME: &'static str = "keep_next_key";
    const NEEDS: Needs = Needs::Session;
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        let (mut connection, mut auth) = organization.signing(who, &self.id)?;
        let made = self.key.keep_for(organization, &self.id)?;
        if let AuthMethod::ApplicationLink { next_key, .. } = &mut auth.method {
            *next_key = Some(made);
        }
        organization.keep_auth(who, &mut connection, auth)
    }
}

/// Stays with the key pair that there is.
#[derive(Serialize, Deserialize)]
pub struct GiveUpNextKey {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for GiveUpNextKey {
    const NAME: &'static str = "give_up_next_key";
    const NEEDS: Needs = Needs::Session;
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        let (mut connection, mut auth) = organization.signing(who, &self.id)?;
        if let AuthMethod::ApplicationLink { next_key, .. } = &mut auth.method
            && next_key.take().is_some()
        {
            return organization.keep_auth(who, &mut connection, auth);
        }
        organization.shown_to(who, &connection)
    }
}

/// Finds what trying the next key needs. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct FindRotation {
    /// The connection.
    pub id: ConnectionId,
}

/// A credential whose key can be replaced.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The grant with the old key.
    pub held: GrantId,
    /// The id that the grant with the new key will have.
    pub grant: GrantId,
    /// With what the connection authenticates.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The new key.
    pub next: RsaKeyId,
    /// Where it must work.
    pub site: Site,
    /// As whom.
    pub account: Option<Account>,
}

impl Command for FindRotation {
    const NAME: &'static str = "find_rotation";
    const NEEDS: Needs = Needs::SessionOrEdge;
    type Answer = Rotation;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Rotation, Refusal> {
        let (connection, auth) = organization.signing(who, &self.id)?;
        let AuthMethod::ApplicationLink { next_key: Some(next), .. } = &auth.method else {
            return Err(Refusal::KeyNotUsable);
        };
        let held = connection.held().ok_or(Refusal::ConnectionUnauthorized)?;
        let site = connection.shown.site.ok_or(Refusal::ConnectionUnauthorized)?;
        let (next, grant) = (next.id.clone(), organization.new_grant()?);
        Ok(Rotation { held: held.grant, grant, auth, next, site, account: held.account })
    }
}

/// Takes the next key in place of the one before: Jira has just taken it.
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

impl Command for AdoptNextKey {
    const NAME: &'static str = "adopt_next_key";
    const NEEDS: Needs = Needs::SessionOrEdge;
    type Answer = Saved;

    /// Refused if the connection was reauthorized, or got another next key, while Jira was asked.
    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        let (mut connection, mut auth) = organization.signing(who, &self.id)?;
        let AuthMethod::ApplicationLink { key, next_key, .. } = &mut auth.method else {
            return Err(Refusal::KeyNotUsable);
        };
        match next_key.take().filter(|next| next.id == self.key) {
            Some(next) if connection.grant.as_ref() == Some(&self.from) => *key = next,
            _ => return Err(Refusal::EditConflict),
        }
        connection.grant = Some(self.to.clone());
        connection.generation = 0;
        let shown = organization.keep_auth(who, &mut connection, auth)?;
        organization.retire([&self.from])?;
        organization.note(Some(&connection), who.actor(), TimelineEvent::KeyRotated)?;
        Ok(Saved { connection: shown, held: Some(self.to), dropped: vec![self.from] })
    }
}
