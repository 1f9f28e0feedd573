//! A Data Center site that has another address: offered when somebody noticed, taken when an administrator confirms it.

use api::{Account, Connection, ConnectionId, GrantId, Site, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    authorization::AuthConfig,
    organization::{Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Saved, Sql},
    ports::Random,
};

impl ConnectionRecord {
    /// Offers the address that the site seems to have moved to. One that was dismissed is not offered again, and a
    /// Cloud site is keyed by its cloudId.
    pub(crate) fn offer_address(&mut self, to: Option<String>) {
        let cloud = self.shown.site.as_ref().is_none_or(|site| site.cloud_id.is_some());
        let known = |to: &String| {
            self.dismissed_address.as_ref() == Some(to) || self.shown.site.as_ref().is_some_and(|site| &site.url == to)
        };
        self.shown.moved_to = to.filter(|to| !cloud && !known(to));
    }
}

/// Finds what confirming the offered address needs. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct FindMove {
    /// The connection.
    pub id: ConnectionId,
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

impl Command for FindMove {
    const NAME: &'static str = "find_move";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Move;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<Move, Refusal> {
        let connection = organization.living_connection(&self.id)?;
        let held = connection.held().ok_or(Refusal::ConnectionUnauthorized)?;
        let nothing = || Refusal::Invalid("No other address is offered for this connection.".to_owned());
        let (Some(to), Some(auth)) = (connection.shown.moved_to, held.auth) else { return Err(nothing()) };
        Ok(Move { grant: held.grant, auth, to, account: held.account })
    }
}

/// Takes the address that was offered: the same account answered there.
#[derive(Serialize, Deserialize)]
pub struct MoveConnection {
    /// The connection.
    pub id: ConnectionId,
    /// The credential that was tried there.
    pub grant: GrantId,
    /// The site at the new address.
    pub to: Site,
}

impl Command for MoveConnection {
    const NAME: &'static str = "move_connection";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Saved;

    /// What could be gone back to belongs to the address before, so it is given up.
    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Saved, Refusal> {
        let now = organization.now;
        let mut connection = organization.living_connection(&self.id)?;
        let (true, Some(auth)) = (connection.grant.as_ref() == Some(&self.grant), connection.auth.clone()) else {
            return Err(Refusal::EditConflict);
        };
        let dropped: Vec<GrantId> = connection.forget_replaced(now).into_iter().collect();
        let from = connection.shown.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
        let to = self.to.url.clone();
        connection.bring(Some(AuthConfig { address: StoredAddress::from(to.clone()), ..auth }));
        connection.shown.site = Some(self.to);
        connection.shown.moved_to = None;
        connection.shown.version += 1;
        organization.keep_connection(&connection)?;
        organization.retire(&dropped)?;
        organization.note(Some(&connection), who.actor(), TimelineEvent::AddressChanged { from, to })?;
        Ok(Saved { connection: organization.shown_to(who, &connection)?, held: None, dropped })
    }
}

/// It has not moved: the address is not offered again.
#[derive(Serialize, Deserialize)]
pub struct DismissMove {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for DismissMove {
    const NAME: &'static str = "dismiss_move";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        let mut connection = organization.living_connection(&self.id)?;
        if let Some(to) = connection.shown.moved_to.take() {
            connection.dismissed_address = Some(to);
            connection.shown.version += 1;
            organization.keep_connection(&connection)?;
        }
        organization.shown_to(who, &connection)
    }
}

/// Takes the address that a site seems to have moved to.
#[derive(Serialize, Deserialize)]
pub struct OfferAddress {
    /// The connection.
    pub id: ConnectionId,
    /// The address; `None`: it is where it was.
    pub to: Option<String>,
}

impl Command for OfferAddress {
    const NAME: &'static str = "offer_address";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        let mut connection = organization.living_connection(&self.id)?;
        connection.offer_address(self.to);
        organization.keep_connection(&connection)
    }
}
