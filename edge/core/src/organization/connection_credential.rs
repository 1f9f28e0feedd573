//! The credential of a connection as it is stored, while the connection holds it and while a revert can restore it.

use api::{Account, GrantId, Kind, Site, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::AuthConfig,
    connection_status::ConnectionHealth,
    grant::reauthorize_before,
    organization::{AuthorizedGrant, ConnectionDetails},
};

/// A credential that a reauthorization replaced and that a revert can restore until `until`. Its grant is destroyed
/// then.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Replaced {
    pub(crate) until: Timestamp,
    #[serde(flatten)]
    pub(crate) credential: ConnectionCredential,
}

/// A credential as stored with its connection: its grant, what the consent covers, and its health.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ConnectionCredential {
    pub(crate) grant: GrantId,
    pub(crate) account: Option<Account>,
    pub(crate) scopes: Vec<String>,
    pub(crate) authorized_at: Option<Timestamp>,
    pub(crate) reauthorize_before: Option<Timestamp>,
    pub(crate) known: ConnectionHealth,
    #[serde(default)]
    pub(crate) generation: u64,
    #[serde(default)]
    #[serde(rename = "means")]
    pub(crate) auth: Option<AuthConfig>,
    /// The site that it is for. Older versions did not write it: [`ConnectionCredential::site_of`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<Site>,
}

impl ConnectionCredential {
    /// The credential that an authorization has just obtained.
    pub(super) fn of(AuthorizedGrant { consent, kind, auth, ends_at, site }: AuthorizedGrant, now: Timestamp) -> Self {
        let horizon = if kind == Kind::CloudOauth2 { Some(reauthorize_before(now, now)) } else { ends_at };
        Self {
            grant: consent.grant,
            account: consent.account,
            scopes: consent.scopes,
            authorized_at: Some(now),
            reauthorize_before: horizon,
            known: ConnectionHealth::NOTHING_WRONG,
            generation: 0,
            auth,
            site: Some(site),
        }
    }

    /// The site that the credential is for. If an older version stored it without one, it is that of the connection,
    /// at the address with which the credential was authorized.
    pub(super) fn site_of(&self, connection: &ConnectionDetails) -> Option<Site> {
        let at_its_address = |site: Site| match &self.auth {
            Some(auth) => Site { url: auth.address.as_str().to_owned(), ..site },
            None => site,
        };
        self.site.clone().or_else(|| connection.site.clone().map(at_its_address))
    }
}
