//! A Data Center site that has another address: offered when somebody noticed, taken when an administrator confirms it.

use api::{Account, ConfirmAddress, Connection, ConnectionId, DismissAddress, GrantId, Nothing, Site, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    authorization::AuthConfig,
    organization::{Answers, Needs, Refusal, Saved, Step, StoredConnection, Turn},
};

impl StoredConnection {
    /// Offers the address that the site seems to have moved to. One that was dismissed is not offered again, and a
    /// Cloud site is keyed by its cloudId.
    pub(crate) fn offer_address(&mut self, to: Option<String>) {
        let cloud = self.details.site.as_ref().is_none_or(|site| site.cloud_id.is_some());
        let known = |to: &String| {
            self.dismissed_address.as_ref() == Some(to)
                || self.details.site.as_ref().is_some_and(|site| &site.url == to)
        };
        self.details.moved_to = to.filter(|to| !cloud && !known(to));
    }
}

/// A move that can be confirmed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Move {
    /// The connection's credential.
    pub grant: GrantId,
    /// With what it authenticates, at the address before.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The address that is offered.
    pub to: String,
    /// Whom the credential is.
    pub account: Option<Account>,
}

/// Finds what confirming the offered address needs. Changes nothing.
impl Answers for ConfirmAddress {
    type Outcome = Move;

    fn needs(_: &ConnectionId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Move, Refusal> {
        let connection = turn.living_connection(&id)?;
        let held = connection.held().ok_or(Refusal::ConnectionUnauthorized)?;
        let nothing = || Refusal::Invalid("No other address is offered for this connection.".to_owned());
        let (Some(to), Some(auth)) = (connection.details.moved_to, held.auth) else { return Err(nothing()) };
        Ok(Move { grant: held.grant, auth, to, account: held.account })
    }
}

/// Takes the address that was offered: the same account answered there.
#[derive(Serialize, Deserialize)]
pub struct ChangeSiteAddress {
    /// The connection.
    pub id: ConnectionId,
    /// The credential that was tried there.
    pub grant: GrantId,
    /// The site at the new address.
    pub to: Site,
}

impl Step for ChangeSiteAddress {
    type Answer = Saved;

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    /// What could be gone back to belongs to the address before, so it is given up.
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

/// It has not moved: the address is not offered again.
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

/// Takes the address that a site seems to have moved to.
#[derive(Serialize, Deserialize)]
pub struct SuggestSiteAddress {
    /// The connection.
    pub id: ConnectionId,
    /// The address; `None`: it is where it was.
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
