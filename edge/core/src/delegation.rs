//! Whether a chart may be shown with somebody's access: the states of a delegation, and one function that decides.
//!
//! Both are pure, and explored exhaustively by their tests. What is stored, and what is true of the access at the moment,
//! is found out by the organization; where a chart is shown is vouched for by whoever shows it, never by a browser.

#[cfg(test)]
mod tests;

use api::{
    ChartId, ConnectionId, DelegationAudience, DelegationId, DelegationPause, DelegationState, GrantId, MemberId,
    Placement, PlacementKind, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{organization_id::OrganizationId, ports::PortFailure};

/// Which delegation a keeper keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationIdentity {
    /// The organization that it belongs to.
    pub organization: OrganizationId,
    /// The delegation.
    pub delegation: DelegationId,
}

impl DelegationIdentity {
    /// The name of the delegation's object.
    pub fn object_name(&self) -> String {
        format!("{}/{}", self.organization, self.delegation)
    }
}

/// Access to the keepers of delegations. Each question is one request to one object.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait DelegationKeepers {
    /// Sends JSON of a question to the keeper and returns JSON of its answer. It only asks, so it is asked again where the
    /// object was restarted, as [`send_to_object`](crate::ports::send_to_object) does.
    async fn call_delegation(&self, identity: &DelegationIdentity, question: String) -> Result<String, PortFailure>;
}

/// Whose access it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessOwner {
    /// A member's own.
    Member(MemberId),
    /// That of a connection.
    Connection(ConnectionId),
}

/// What happens to a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelegationEvent {
    /// The owner of the access says yes.
    Grant,
    /// Somebody pauses it, or something does.
    Pause(DelegationPause),
    /// Somebody ends or declines it.
    End,
}

/// The state after an event; `None` if the event changes nothing, because the delegation has ended or is not given.
pub fn after(state: DelegationState, event: DelegationEvent) -> Option<DelegationState> {
    match (state, event) {
        (DelegationState::Asked | DelegationState::Active | DelegationState::Paused, DelegationEvent::Grant) => {
            Some(DelegationState::Active)
        }
        (DelegationState::Active, DelegationEvent::Pause(_)) => Some(DelegationState::Paused),
        (DelegationState::Asked | DelegationState::Active | DelegationState::Paused, DelegationEvent::End) => {
            Some(DelegationState::Ended)
        }
        _ => None,
    }
}

/// What was agreed to, as stored.
#[derive(Clone, Copy, Debug)]
pub struct Agreement<'a> {
    /// How it stands.
    pub state: DelegationState,
    /// Why it paused.
    pub cause: Option<DelegationPause>,
    /// The chart.
    pub chart: &'a ChartId,
    /// Whose access it is.
    pub owner: &'a AccessOwner,
    /// The account at Jira whose access it is, as it was when it was given.
    pub account: Option<&'a str>,
    /// Who may look.
    pub audience: DelegationAudience,
    /// Where.
    pub placements: &'a [Placement],
    /// Until when.
    pub expires_at: Timestamp,
}

/// What is true of the access now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    Living {
        /// Whose it is.
        owner: AccessOwner,
        /// The account at Jira.
        account: Option<String>,
        /// The grant whose keeper has the token.
        grant: GrantId,
    },
    /// It cannot be used now, and may be again without anybody's yes, as that of a deactivated connection.
    Suspended,
    /// It is over, for this reason.
    Fallen(DelegationPause),
}

/// Who looks, as whoever shows the chart found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A member of the organization.
    Member,
    /// Somebody with a licence of the product that the page is in.
    Licensed,
    /// Somebody who may read the page.
    OfPage,
    /// Anybody.
    Anybody,
}

/// A chart that somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub struct WantedRender<'a> {
    /// The chart.
    pub chart: &'a ChartId,
    /// What kind of place it is shown in. This was vouched for.
    pub place: PlacementKind,
    /// Which place, if there are several of the kind.
    pub place_id: Option<&'a str>,
    /// Who looks.
    pub reader: Reader,
    /// Now.
    pub now: Timestamp,
}

/// Why a chart is not shown with an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderRefused {
    /// The access is not given: the delegation paused or ended, for this reason if there is one.
    Over(Option<DelegationPause>),
    /// The access is not given for this chart, in this place, or to whoever looks.
    NotHere,
}

/// Decides whether a chart may be shown with an access, and answers the grant to use.
///
/// 1. The delegation is given and its date has not come. 2. It is for this chart, in this place, for whoever looks. 3. The
///    access lives, belongs to whoever gave it, and is that of the same account.
pub fn may_render(
    agreement: &Agreement<'_>,
    standing: &Standing,
    wanted: &WantedRender<'_>,
) -> Result<GrantId, RenderRefused> {
    match agreement.state {
        DelegationState::Active => {}
        DelegationState::Paused | DelegationState::Ended => return Err(RenderRefused::Over(agreement.cause)),
        DelegationState::Asked | DelegationState::Unknown(_) => return Err(RenderRefused::NotHere),
    }
    if wanted.now >= agreement.expires_at {
        return Err(RenderRefused::Over(Some(DelegationPause::Expired)));
    }
    if wanted.chart != agreement.chart
        || !agreement.placements.iter().any(|placement| is_at(placement, wanted))
        || !admits(agreement.audience, wanted.reader)
    {
        return Err(RenderRefused::NotHere);
    }
    match fallen(agreement, standing) {
        Some(cause) => Err(RenderRefused::Over(Some(cause))),
        None => match standing {
            Standing::Living { grant, .. } => Ok(grant.clone()),
            Standing::Suspended | Standing::Fallen(_) => Err(RenderRefused::Over(None)),
        },
    }
}

/// Why a delegation that is given has to pause, if it has to.
pub fn fallen(agreement: &Agreement<'_>, standing: &Standing) -> Option<DelegationPause> {
    match standing {
        Standing::Fallen(cause) => Some(*cause),
        Standing::Living { owner, .. } if owner != agreement.owner => Some(DelegationPause::AccessEnded),
        Standing::Living { account, .. } if account.as_deref() != agreement.account => {
            Some(DelegationPause::AccountChanged)
        }
        Standing::Living { .. } | Standing::Suspended => None,
    }
}

fn is_at(placement: &Placement, wanted: &WantedRender<'_>) -> bool {
    let is_same = match placement.kind {
        PlacementKind::Organization => true,
        PlacementKind::Page | PlacementKind::Embed => {
            placement.id.is_some() && placement.id.as_deref() == wanted.place_id
        }
        PlacementKind::Unknown(_) => false,
    };
    placement.kind == wanted.place && is_same
}

/// Each audience includes those before it.
const fn admits(audience: DelegationAudience, reader: Reader) -> bool {
    match audience {
        DelegationAudience::Members => matches!(reader, Reader::Member),
        DelegationAudience::Licensed => matches!(reader, Reader::Member | Reader::Licensed),
        DelegationAudience::Page => matches!(reader, Reader::Member | Reader::Licensed | Reader::OfPage),
        DelegationAudience::Anonymous => true,
        DelegationAudience::Unknown(_) => false,
    }
}
