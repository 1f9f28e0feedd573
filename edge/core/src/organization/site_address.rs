//! Changes the address of a Data Center site. A checkup or a call suggests the new address, and an administrator
//! confirms or dismisses it.

use api::{
    Account, AddressConfirmation, ConfirmAddress, Connection, ConnectionId, DismissAddress, GrantId, Nothing, Site,
    TimelineEvent,
};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    authorization::AuthConfig,
    organization::{Answers, Needs, Refusal, Saved, Step, StoredConnection, Turn},
};

impl StoredConnection {
    /// Offers the address that the site seems to have moved to. A dismissed address is not offered again. For a Cloud
    /// site no address is offered, because its cloudId identifies it.
    pub(crate) fn offer_address(&mut self, to: Option<String>) {
        let cloud = self.details.site.as_ref().is_none_or(|site| site.cloud_id.is_some());
        let known = |to: &String| {
            self.dismissed_address.as_ref() == Some(to)
                || self.details.site.as_ref().is_some_and(|site| &site.url == to)
        };
        self.details.moved_to = to.filter(|to| !cloud && !known(to));
    }
}

/// A change of address that can be confirmed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Move {
    /// The grant of the connection's credential.
    pub grant: GrantId,
    /// How the connection authenticates, with the old address.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The new address.
    pub to: String,
    /// The account that the site must name at the new address.
    pub account: Option<Account>,
}

/// Finds everything that a test call to the offered address needs. Changes nothing. An address that is not offered, or
/// not any more, is refused: the administrator saw something else than what would be done.
impl Answers for ConfirmAddress {
    type Outcome = Move;

    fn needs(_: &ConnectionId, _: &AddressConfirmation) -> Needs {
        Needs::Administrator
    }

    fn answer(id: ConnectionId, confirmed: AddressConfirmation, turn: &Turn<'_>) -> Result<Move, Refusal> {
        let connection = turn.living_connection(&id)?;
        let credential = connection.credential().ok_or(Refusal::ConnectionUnauthorized)?;
        let offered = connection.details.moved_to.filter(|offered| *offered == confirmed.address);
        let (Some(to), Some(auth)) = (offered, credential.auth) else { return Err(Refusal::EditConflict) };
        Ok(Move { grant: credential.grant, auth, to, account: credential.account })
    }
}

/// Changes the address of the site to the offered one, where the same account has just answered.
#[derive(Serialize, Deserialize)]
pub struct ChangeSiteAddress {
    /// The connection.
    pub id: ConnectionId,
    /// The grant with which the new address was tested.
    pub grant: GrantId,
    /// The site at the new address.
    pub to: Site,
}

impl Step for ChangeSiteAddress {
    type Answer = Saved;

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    /// A replaced credential belongs to the old address, so it can no longer be restored.
    fn run(self, turn: &Turn<'_>) -> Result<Saved, Refusal> {
        let now = turn.now;
        let mut connection = turn.living_connection(&self.id)?;
        let (true, Some(auth)) = (connection.grant.as_ref() == Some(&self.grant), connection.auth.clone()) else {
            return Err(Refusal::EditConflict);
        };
        let dropped: Vec<GrantId> = connection.forget_replaced(now).into_iter().collect();
        let from = connection.details.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
        let to = self.to.url.clone();
        connection.set_auth(Some(AuthConfig { address: StoredAddress::from(to.clone()), ..auth }));
        connection.details.site = Some(self.to);
        connection.details.moved_to = None;
        connection.details.version += 1;
        turn.store_connection(&connection)?;
        turn.retire(&dropped)?;
        turn.record_event(Some(&connection), turn.who.actor(), TimelineEvent::AddressChanged { from, to })?;
        Ok(Saved { connection: turn.view_of(&connection)?, held: None, dropped })
    }
}

/// Dismisses the offered address, so that it is not offered again.
impl Answers for DismissAddress {
    type Outcome = Connection;

    fn needs(_: &ConnectionId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let mut connection = turn.living_connection(&id)?;
        if let Some(to) = connection.details.moved_to.take() {
            connection.dismissed_address = Some(to);
            connection.details.version += 1;
            turn.store_connection(&connection)?;
        }
        turn.view_of(&connection)
    }
}

/// Suggests the address that a site seems to have moved to.
#[derive(Serialize, Deserialize)]
pub struct SuggestSiteAddress {
    /// The connection.
    pub id: ConnectionId,
    /// The new address; `None` if the site has not moved.
    pub to: Option<String>,
}

impl Step for SuggestSiteAddress {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut connection = turn.living_connection(&self.id)?;
        connection.offer_address(self.to);
        turn.store_connection(&connection)
    }
}
