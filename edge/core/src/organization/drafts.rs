//! Connections that are saved before they are authorized: what is known of them, without secrets, so that somebody can
//! continue later.
//!
//! A draft ends with the first authorization that is saved. Until then the kind and the address can change, so whoever
//! authorizes the connection must manage it: they decide where its calls will go.

use api::{ConnectionDraft, ConnectionId, ConsumerKey, DraftShown, Kind, LOGIN_CHARACTERS};

use crate::{
    grant::Token,
    organization::{AccessLevel, Refusal, StoredConnection, Turn},
};

impl StoredConnection {
    /// The level of access that authorizing the connection needs.
    pub(super) const fn least_to_authorize(&self) -> AccessLevel {
        if self.details.draft.is_some() { AccessLevel::Manages } else { AccessLevel::Reauthorizes }
    }
}

impl Turn<'_> {
    /// Makes `draft` that of a connection, and reserves its key pair. The edge has checked the address.
    ///
    /// 1. The connection was never authorized (400). 2. The texts are well-formed (400). 3. No other connection holds
    ///    the key pair (409).
    pub(super) fn set_draft(&self, connection: &mut StoredConnection, draft: ConnectionDraft) -> Result<(), Refusal> {
        if connection.details.site.is_some() || connection.grant.is_some() {
            return Err(Refusal::Invalid("The connection was authorized already, so it has no draft.".to_owned()));
        }
        let (kind, shown) = self.read_draft(draft, &connection.details.id)?;
        connection.details.kind = kind;
        connection.details.draft = Some(shown);
        Ok(())
    }

    fn read_draft(&self, draft: ConnectionDraft, id: &ConnectionId) -> Result<(Kind, DraftShown), Refusal> {
        Ok(match draft {
            ConnectionDraft::CloudOauth2 {} => (Kind::CloudOauth2, DraftShown::default()),
            ConnectionDraft::DataCenterOauth2 { address, client_id, scopes } => {
                let is_malformed = client_id.as_deref().is_some_and(|text| Token::parse(text).is_none());
                refuse_if(is_malformed, "client_id is malformed.")?;
                let draft = DraftShown { address: Some(address), client_id, scopes, ..DraftShown::default() };
                (Kind::DataCenterOauth2, draft)
            }
            ConnectionDraft::Oauth1 { address, consumer_key, key_id, verification_code } => {
                let consumer_key = consumer_key.as_deref().map(ConsumerKey::parse).transpose();
                let consumer_key = consumer_key.map_err(|why| Refusal::Invalid(why.to_string()))?;
                let key = key_id.map(|key| self.usable_key(&key, Some(id))).transpose()?;
                let draft = DraftShown {
                    address: Some(address),
                    consumer_key: consumer_key.map(|key| key.to_string()),
                    key: key.map(|key| key.view()),
                    verification_code,
                    ..DraftShown::default()
                };
                (Kind::Oauth1, draft)
            }
            ConnectionDraft::Basic { address, form, username, expires_at } => {
                refuse_if(username.as_deref().is_some_and(is_no_name), "username is malformed.")?;
                let (address, form) = (Some(address), Some(form));
                (Kind::Basic, DraftShown { address, form, username, expires_at, ..DraftShown::default() })
            }
        })
    }
}

fn refuse_if(is_malformed: bool, why: &str) -> Result<(), Refusal> {
    if is_malformed { Err(Refusal::Invalid(why.to_owned())) } else { Ok(()) }
}

/// Whether a text cannot be the user name of Basic authentication (RFC 7617, section 2: no colon, no control character).
fn is_no_name(text: &str) -> bool {
    let length = text.chars().count();
    !(1..=LOGIN_CHARACTERS).contains(&length) || text.contains(|c: char| c == ':' || c.is_control())
}
