//! What is true of the access of a delegation at the moment, what follows from it, and how charts are shown with it.

use api::{
    Actor, Delegation, DelegationId, DelegationPause, DelegationShows, DelegationState, DelegationUse, MemberId,
    Placement, RenderAccess, RenderAccessKind, RenderState, Timestamp, ViewerMember,
};
use serde::{Deserialize, Serialize};

use crate::{
    delegation::{AccessOwner, DelegationEvent, Reader, RenderRefused, Standing, WantedRender, fallen, may_render},
    organization::{
        AccessLevel, ChartAccess, ChartToCompute, Identity, Refusal, StoredMember, Turn, charts::StoredChart,
        delegations::StoredDelegation, record, records,
    },
    secrets::Digest,
};

/// Looking on for so long, in milliseconds, is looking once: ten minutes.
const ONE_LOOK: i64 = 600_000;

/// How a chart is shown with the access of a delegation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelegatedRender {
    /// It is, by the delegation's keeper.
    Allowed {
        /// The delegation.
        delegation: DelegationId,
        /// What readers see beside numbers.
        shows: DelegationShows,
        /// Whether the version that is shown is the chart as it is now.
        is_current: bool,
        /// Whether Jira has to be asked what the chart's saved filter says now.
        asks_filter: bool,
    },
    /// It is not.
    Refused {
        /// Why.
        state: RenderState,
        /// Why, in a sentence, where more is known.
        cause: Option<String>,
    },
}

/// Somebody who looks at a chart. Whoever shows it vouches for where, and for who.
pub(super) struct Look<'a> {
    /// Where.
    pub(super) place: Placement,
    /// What is known of whoever looks.
    pub(super) reader: Reader,
    /// What tells one reader from another, to count them. Stored as it is, so it is never a name.
    pub(super) who: &'a str,
}

#[derive(Deserialize)]
struct UseRow {
    place: String,
    looks: u64,
    readers: u64,
    last_at: i64,
}

impl Turn<'_> {
    /// The chart of a delegation, deleted or not.
    pub(super) fn chart_of(&self, delegation: &StoredDelegation) -> Result<StoredChart, Refusal> {
        let by_id = "SELECT record FROM charts WHERE id = ?";
        record(self.sql, by_id, vec![delegation.chart.as_str().into()])?.ok_or(Refusal::NotFound)
    }

    /// A member who still has a role.
    fn present_member(&self, id: Option<&MemberId>) -> Result<Option<StoredMember>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let member = match self.member(id) {
            Err(Refusal::NotFound) => return Ok(None),
            found => found?,
        };
        Ok(self.role_of(&member)?.map(|_| member))
    }

    /// Whether a member manages a connection, whoever calls.
    fn manages(&self, member: StoredMember, connection: &api::ConnectionId) -> Result<bool, Refusal> {
        let Some(role) = self.role_of(&member)? else { return Ok(false) };
        // The session is none: only what the member may do is looked up.
        let who = Identity::Member { member: member.view(role), session: Digest::of(""), expires_at: self.now };
        let level = Turn { who, ..self.clone() }.access_level(connection)?;
        Ok(level.is_some_and(|level| level >= AccessLevel::Manages))
    }

    /// What is true of the access of a delegation now, and how to ask Jira with it.
    fn standing(&self, delegation: &StoredDelegation, site: &str) -> Result<(Standing, Option<ChartAccess>), Refusal> {
        match &delegation.owner {
            AccessOwner::Member(id) => self.standing_of_member(id, site),
            AccessOwner::Connection(id) => self.standing_of_connection(id, delegation, site),
        }
    }

    fn standing_of_member(&self, id: &MemberId, site: &str) -> Result<(Standing, Option<ChartAccess>), Refusal> {
        if self.present_member(Some(id))?.is_none() {
            return Ok((Standing::Fallen(DelegationPause::OwnerLeft), None));
        }
        let grant = self.grants_of_member(id)?.into_iter().find(|one| one.site.key() == site && one.ended.is_none());
        let Some(grant) = grant else { return Ok((Standing::Fallen(DelegationPause::AccessEnded), None)) };
        let owner = AccessOwner::Member(id.clone());
        let account = grant.account.as_ref().map(|account| account.account_id.clone());
        let standing = Standing::Living { owner, account, grant: grant.grant.clone() };
        Ok((standing, grant.access()))
    }

    fn standing_of_connection(
        &self,
        id: &api::ConnectionId,
        delegation: &StoredDelegation,
        site: &str,
    ) -> Result<(Standing, Option<ChartAccess>), Refusal> {
        let over = |cause| Ok((Standing::Fallen(cause), None));
        let connection = match self.living_connection(id) {
            Err(Refusal::NotFound | Refusal::ConnectionDeleted) => return over(DelegationPause::AccessEnded),
            found => found?,
        };
        let delegator = self.present_member(delegation.delegator.as_ref())?;
        let Some(delegator) = delegator else { return over(DelegationPause::OwnerLeft) };
        if !self.manages(delegator, id)? {
            return over(DelegationPause::OwnerLeft);
        }
        if !connection.details.charts {
            return over(DelegationPause::NotAllowed);
        }
        let Some(found) = connection.details.site.clone().filter(|found| found.key() == site) else {
            return over(DelegationPause::AccessEnded);
        };
        if matches!(connection.details.status, api::Status::Unauthorized { .. }) {
            return over(DelegationPause::AccessEnded);
        }
        match self.chart_access_of(&connection, &found) {
            Ok(access) => {
                let account = connection.details.account.map(|account| account.account_id);
                let owner = AccessOwner::Connection(id.clone());
                Ok((Standing::Living { owner, account, grant: access.grant.clone() }, Some(access)))
            }
            // Its credential is kept unused for now, or somebody has switched it off.
            Err(Refusal::ConnectionUnauthorized | Refusal::ConnectionDeactivated) => Ok((Standing::Suspended, None)),
            Err(other) => Err(other),
        }
    }

    /// The account whose access the caller gives. Refuses if there is no access to give.
    pub(super) fn account_to_give(&self, owner: &AccessOwner, site: &str) -> Result<Option<String>, Refusal> {
        match owner {
            AccessOwner::Member(id) => match self.standing_of_member(id, site)?.0 {
                Standing::Living { account, .. } => Ok(account),
                Standing::Suspended | Standing::Fallen(_) => Err(Refusal::ConsentNeeded),
            },
            AccessOwner::Connection(id) => {
                self.access_of_connection(id, site)?;
                Ok(self.living_connection(id)?.details.account.map(|account| account.account_id))
            }
        }
    }

    /// Pauses those of some delegations that have lost their access, each with its cause.
    fn settle(&self, delegations: Vec<StoredDelegation>) -> Result<(), Refusal> {
        for mut delegation in delegations {
            let chart = self.chart_of(&delegation)?;
            let (standing, _) = self.standing(&delegation, chart.site.key())?;
            if let Some(cause) = fallen(&delegation.agreement(), &standing) {
                self.happen(&mut delegation, DelegationEvent::Pause(cause), Actor::Causeway)?;
            }
        }
        Ok(())
    }

    /// Pauses the delegations of a connection, if it has lost what they need.
    pub(super) fn settle_delegations_of_connection(&self, connection: &api::ConnectionId) -> Result<(), Refusal> {
        let given = "SELECT record FROM delegations WHERE connection = ? AND state = 'active'";
        self.settle(records(self.sql, given, vec![connection.as_str().into()])?)
    }

    /// Pauses the delegations that a member gave, if they have lost what they need.
    pub(super) fn settle_delegations_of_member(&self, member: &MemberId) -> Result<(), Refusal> {
        let given = "SELECT record FROM delegations WHERE delegator = ? AND state = 'active'";
        self.settle(records(self.sql, given, vec![member.as_str().into()])?)
    }

    /// Pauses what was given until now, ends what was asked for and not given until now, and forgets what ended long ago.
    pub(super) fn settle_due_delegations(&self) -> Result<(), Refusal> {
        let due = "SELECT id, record FROM delegations WHERE due_at <= ? ORDER BY due_at LIMIT 100";
        let keep = "UPDATE delegations SET due_at = NULL WHERE id = ?";
        let values = vec![self.now.as_millis().into()];
        for mut delegation in self.readable::<StoredDelegation>("delegations", due, values, keep)? {
            match delegation.state {
                DelegationState::Active => {
                    let over = DelegationEvent::Pause(DelegationPause::Expired);
                    self.happen(&mut delegation, over, Actor::Causeway)?;
                }
                DelegationState::Asked => {
                    self.happen(&mut delegation, DelegationEvent::End, Actor::Causeway)?;
                }
                DelegationState::Ended | DelegationState::Paused | DelegationState::Unknown(_) => {
                    let id = delegation.id.as_str();
                    self.sql.run("DELETE FROM delegation_uses WHERE delegation = ?", vec![id.into()])?;
                    self.sql.run("DELETE FROM delegations WHERE id = ?", vec![id.into()])?;
                }
            }
        }
        Ok(())
    }

    /// Decides whether a chart is shown to the caller in Causeway with the access of a delegation. The place is vouched for
    /// by the caller's session.
    pub(super) fn delegated(&self, chart: StoredChart, id: &DelegationId) -> Result<ChartToCompute, Refusal> {
        let delegation = match self.delegation(id) {
            Err(Refusal::NotFound) => return Ok(refused(chart.spec, RenderRefused::NotHere)),
            found => found?,
        };
        let Identity::Member { member, .. } = &self.who else {
            return Ok(refused(chart.spec, RenderRefused::NotHere));
        };
        let look = Look { place: Placement::organization(), reader: Reader::Member, who: member.id.as_str() };
        self.show_delegated(chart, delegation, &look)
    }

    /// Decides whether a chart is shown to whoever looks with the access of a delegation. One that turns out to have lost its
    /// access pauses; a look at one that is shown is counted.
    pub(super) fn show_delegated(
        &self,
        chart: StoredChart,
        mut delegation: StoredDelegation,
        look: &Look<'_>,
    ) -> Result<ChartToCompute, Refusal> {
        let wanted = WantedRender {
            chart: &chart.id,
            place: look.place.kind,
            place_id: look.place.id.as_deref(),
            reader: look.reader,
            now: self.now,
        };
        let (standing, access) = self.standing(&delegation, chart.site.key())?;
        let grant = match may_render(&delegation.agreement(), &standing, &wanted) {
            Ok(grant) => grant,
            Err(why) => {
                if let RenderRefused::Over(Some(cause)) = why {
                    self.happen(&mut delegation, DelegationEvent::Pause(cause), Actor::Causeway)?;
                }
                return Ok(refused(chart.spec, why));
            }
        };
        let Some(access) = access.filter(|access| access.grant == grant) else {
            return Ok(refused(chart.spec, RenderRefused::NotHere));
        };
        self.used(&delegation.id, &look.place, look.who)?;
        self.used_by_viewer(&access)?;
        let is_current = delegation.meaning == chart.meaning;
        let delegated = DelegatedRender::Allowed {
            delegation: delegation.id.clone(),
            shows: delegation.shows,
            is_current,
            asks_filter: delegation.asks_filter(self.now),
        };
        let access = ChartAccess { shown: self.shown_access(&delegation)?, ..access };
        Ok(ChartToCompute { spec: delegation.spec, access: Some(access), delegated: Some(delegated) })
    }

    /// Counts that somebody looked, once in ten minutes.
    fn used(&self, delegation: &DelegationId, place: &Placement, reader: &str) -> Result<(), Refusal> {
        let place = serde_json::to_string(place)?;
        let now = self.now.as_millis();
        let recent =
            "SELECT 1 AS n FROM delegation_uses WHERE delegation = ? AND place = ? AND reader = ? AND last_at > ?";
        let key = || vec![delegation.as_str().into(), place.as_str().into(), reader.into()];
        let values = [key(), vec![(now - ONE_LOOK).into()]].concat();
        if !self.sql.rows::<serde::de::IgnoredAny>(recent, values)?.is_empty() {
            return Ok(());
        }
        let count = "INSERT INTO delegation_uses (delegation, place, reader, looks, last_at) VALUES (?, ?, ?, 1, ?) \
             ON CONFLICT (delegation, place, reader) DO UPDATE SET looks = looks + 1, last_at = excluded.last_at";
        Ok(self.sql.run(count, [key(), vec![now.into()]].concat())?)
    }

    fn uses_of(&self, delegation: &DelegationId) -> Result<Vec<DelegationUse>, Refusal> {
        let by_place = "SELECT place, sum(looks) AS looks, count(*) AS readers, max(last_at) AS last_at \
             FROM delegation_uses WHERE delegation = ? GROUP BY place ORDER BY place";
        let rows: Vec<UseRow> = self.sql.rows(by_place, vec![delegation.as_str().into()])?;
        let read = |row: UseRow| {
            Ok(DelegationUse {
                placement: serde_json::from_str(&row.place)?,
                count: row.looks,
                readers: row.readers,
                last_used_at: Timestamp::from_millis(row.last_at),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// What people call whose access it is.
    pub(super) fn name_of_access(&self, delegation: &StoredDelegation) -> Result<String, Refusal> {
        match &delegation.owner {
            AccessOwner::Member(id) => Ok(self.member(id)?.display_name()),
            AccessOwner::Connection(id) => match self.connection(id) {
                Err(Refusal::NotFound) => Ok("a connection that was deleted".to_owned()),
                found => Ok(found?.details.name.to_string()),
            },
        }
    }

    /// Whose access it is and until when, for people.
    fn shown_access(&self, delegation: &StoredDelegation) -> Result<RenderAccess, Refusal> {
        let (account, connection) = match &delegation.owner {
            AccessOwner::Member(id) => (Some(self.member(id)?.display_name()), None),
            AccessOwner::Connection(id) => (None, self.connection(id).ok().map(|found| found.details.name)),
        };
        let until = Some(delegation.expires_at);
        Ok(RenderAccess { kind: RenderAccessKind::Delegation, account, connection, until })
    }

    /// A delegation as the caller sees it.
    pub(super) fn delegation_view(
        &self,
        delegation: StoredDelegation,
        chart: &StoredChart,
    ) -> Result<Delegation, Refusal> {
        let may_end = self.may_end(&delegation)?;
        let delegator = match &delegation.delegator {
            Some(id) => {
                let member = self.member(id)?;
                Some(ViewerMember { id: member.id, email: member.email, name: member.name })
            }
            None => None,
        };
        let connection_id = match &delegation.owner {
            AccessOwner::Connection(id) => Some(id.clone()),
            AccessOwner::Member(_) => None,
        };
        Ok(Delegation {
            access: self.shown_access(&delegation)?,
            may_grant: self.may_grant(&delegation)? && delegation.state != DelegationState::Ended,
            may_end: may_end && delegation.state != DelegationState::Ended,
            uses: if may_end { self.uses_of(&delegation.id)? } else { Vec::new() },
            is_current: delegation.meaning == chart.meaning,
            filter_changed: delegation.filter.is_some_and(|seen| seen.changed),
            chart_title: chart.spec.says.title.clone(),
            site: chart.site.clone(),
            id: delegation.id,
            chart_id: delegation.chart,
            connection_id,
            delegator,
            asked_by: delegation.asked_by,
            asked_at: delegation.asked_at,
            state: delegation.state,
            cause: delegation.cause,
            since: delegation.since,
            meaning: delegation.meaning,
            audience: delegation.audience,
            placements: delegation.placements,
            shows: delegation.shows,
            expires_at: delegation.expires_at,
        })
    }

    /// The delegations that end with the access of these connections, and of these members.
    pub(super) fn delegations_given(
        &self,
        connections: &[api::ConnectionId],
        members: &[MemberId],
    ) -> Result<Vec<StoredDelegation>, Refusal> {
        let mut found: Vec<StoredDelegation> = Vec::new();
        for id in connections {
            let given = "SELECT record FROM delegations WHERE connection = ? AND state = 'active'";
            found.extend(records(self.sql, given, vec![id.as_str().into()])?);
        }
        for id in members {
            let given =
                "SELECT record FROM delegations WHERE delegator = ? AND connection IS NULL AND state = 'active'";
            found.extend(records(self.sql, given, vec![id.as_str().into()])?);
        }
        Ok(found)
    }
}

/// A chart that is not shown.
pub(super) fn refused(spec: chart::Spec, why: RenderRefused) -> ChartToCompute {
    let (state, cause) = match why {
        RenderRefused::NotHere => (RenderState::NotDelegatedHere, None),
        RenderRefused::Over(cause) => (RenderState::DelegationEnded, cause.map(|cause| cause.sentence().to_owned())),
    };
    ChartToCompute { spec, access: None, delegated: Some(DelegatedRender::Refused { state, cause }) }
}
