//! Delegations as stored things, and who may do what with them.
//!
//! Whether one lets a chart be shown is decided in [`crate::delegation`]; what is true of its access at the moment in
//! `delegation_standing.rs`; the commands are in `delegation_commands.rs`.

use api::{
    Actor, ChartId, DELEGATION_DAYS, DelegationAudience, DelegationChange, DelegationId, DelegationPause,
    DelegationShows, DelegationState, LONGEST_DELEGATION_DAYS, MemberId, NewDelegation, PLACEMENT_CHARACTERS,
    PLACEMENTS, Placement, PlacementKind, TimelineEvent, Timestamp,
};
use chart::{Source, Spec};
use serde::{Deserialize, Serialize};

use crate::{
    cloud_id::is_cloud_id,
    delegation::{AccessOwner, Agreement, DelegationEvent, after},
    organization::{AccessLevel, Identity, Refusal, Turn, Value, charts::StoredChart, record, records, to_record},
};

/// How long one that ended is kept, in milliseconds: 90 days.
const KEPT: i64 = 90 * DAY;
/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// A delegation as stored. Version 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredDelegation {
    pub(crate) v: u8,
    pub(crate) id: DelegationId,
    pub(crate) chart: ChartId,
    /// Whose access it is.
    pub(crate) owner: AccessOwner,
    /// The member who gave it, or who is asked; `None` while those who manage a connection are asked.
    #[serde(default)]
    pub(crate) delegator: Option<MemberId>,
    /// The account at Jira, when it was given.
    #[serde(default)]
    pub(crate) account: Option<String>,
    /// What the chart asked when it was given, by its digest.
    pub(crate) meaning: String,
    /// The newest version of the chart with this meaning.
    pub(crate) spec: Spec,
    pub(crate) audience: DelegationAudience,
    pub(crate) placements: Vec<Placement>,
    pub(crate) shows: DelegationShows,
    pub(crate) expires_at: Timestamp,
    pub(crate) state: DelegationState,
    #[serde(default)]
    pub(crate) cause: Option<DelegationPause>,
    pub(crate) since: Timestamp,
    pub(crate) asker: MemberId,
    /// The asker's name at the time.
    pub(crate) asked_by: String,
    pub(crate) asked_at: Timestamp,
    /// What Jira last said about the saved filter that the chart rests on. Versions before this one did not write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) filter: Option<SeenFilter>,
}

/// What Jira said about a saved filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenFilter {
    pub(crate) at: Timestamp,
    /// Whether it says something else than what was agreed to.
    pub(crate) changed: bool,
}

impl StoredDelegation {
    /// What was agreed to.
    pub(super) fn agreement(&self) -> Agreement<'_> {
        Agreement {
            state: self.state,
            cause: self.cause,
            chart: &self.chart,
            owner: &self.owner,
            account: self.account.as_deref(),
            audience: self.audience,
            placements: &self.placements,
            expires_at: self.expires_at,
        }
    }

    /// Whether Jira has to be asked what the chart's saved filter says now: once a day.
    pub(super) fn asks_filter(&self, now: Timestamp) -> bool {
        let is_old = |seen: SeenFilter| now.since(seen.at) >= DAY;
        matches!(self.spec.source, Source::Filter(_)) && self.filter.is_none_or(is_old)
    }

    /// When something has to be done about it by itself.
    fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            DelegationState::Asked | DelegationState::Active => Some(self.expires_at),
            DelegationState::Ended => Some(self.since.plus_millis(KEPT)),
            DelegationState::Paused | DelegationState::Unknown(_) => None,
        }
    }
}

/// Refuses a new delegation whose places are none.
pub(super) fn check_new(new: &NewDelegation) -> Result<(), Refusal> {
    let invalid = |why: &str| Err(Refusal::Invalid(why.to_owned()));
    if !(1..=PLACEMENTS).contains(&new.placements.len()) {
        return invalid("A delegation has 1 to 20 places.");
    }
    let is_visible = |id: &str| id.bytes().all(|byte| byte.is_ascii_graphic());
    for placement in &new.placements {
        let is_right = match (placement.kind, placement.id.as_deref()) {
            (PlacementKind::Organization, id) => id.is_none(),
            (_, Some(id)) => (1..=PLACEMENT_CHARACTERS).contains(&id.len()) && is_visible(id),
            (_, None) => false,
        };
        if !is_right {
            return invalid(
                "A page or an embed is named by its id, of 255 characters at most; this organization by none.",
            );
        }
    }
    Ok(())
}

impl Turn<'_> {
    pub(super) fn delegation(&self, id: &DelegationId) -> Result<StoredDelegation, Refusal> {
        let found = record(self.sql, "SELECT record FROM delegations WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    pub(super) fn delegations_of_chart(&self, chart: &ChartId) -> Result<Vec<StoredDelegation>, Refusal> {
        let theirs = "SELECT record FROM delegations WHERE chart = ? AND state <> 'ended' ORDER BY asked_at DESC";
        Ok(records(self.sql, theirs, vec![chart.as_str().into()])?)
    }

    pub(super) fn store_delegation(&self, delegation: &StoredDelegation) -> Result<(), Refusal> {
        let connection = match &delegation.owner {
            AccessOwner::Connection(id) => Some(id.to_string()),
            AccessOwner::Member(_) => None,
        };
        let values = vec![
            delegation.id.as_str().into(),
            delegation.chart.as_str().into(),
            delegation.delegator.as_ref().map(ToString::to_string).into(),
            connection.into(),
            delegation.state.as_str().into(),
            delegation.due_at().map_or(Value::Null, |due| due.as_millis().into()),
            delegation.asked_at.as_millis().into(),
            to_record(delegation)?,
        ];
        let upsert = "INSERT OR REPLACE INTO delegations \
             (id, chart, delegator, connection, state, due_at, asked_at, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// Lets something happen to a delegation, and records it. `false`: it changed nothing.
    pub(super) fn happen(
        &self,
        delegation: &mut StoredDelegation,
        event: DelegationEvent,
        actor: Actor,
    ) -> Result<bool, Refusal> {
        let Some(state) = after(delegation.state, event) else { return Ok(false) };
        (delegation.state, delegation.since) = (state, self.now);
        let change = match event {
            DelegationEvent::Grant => DelegationChange::Granted,
            DelegationEvent::Pause(_) => DelegationChange::Paused,
            DelegationEvent::End => DelegationChange::Ended,
        };
        delegation.cause = if let DelegationEvent::Pause(cause) = event { Some(cause) } else { None };
        self.store_delegation(delegation)?;
        self.record_delegation(delegation, change, actor)?;
        Ok(true)
    }

    pub(super) fn record_delegation(
        &self,
        delegation: &StoredDelegation,
        change: DelegationChange,
        actor: Actor,
    ) -> Result<(), Refusal> {
        let event = TimelineEvent::DelegationChanged {
            chart: delegation.spec.says.title.clone(),
            access: self.name_of_access(delegation)?,
            change,
            cause: delegation.cause,
        };
        self.record_event(None, actor, event)
    }

    /// When a delegation ends by itself: at `wanted`, if that is within a year, or else after 90 days.
    pub(super) fn expiry(&self, wanted: Option<Timestamp>) -> Result<Timestamp, Refusal> {
        let Some(wanted) = wanted else { return Ok(self.now.plus_millis(DELEGATION_DAYS * DAY)) };
        if wanted > self.now && wanted <= self.now.plus_millis(LONGEST_DELEGATION_DAYS * DAY) {
            return Ok(wanted);
        }
        Err(Refusal::Invalid("A delegation ends within a year, and not before it begins.".to_owned()))
    }

    /// Refuses what is shown to everybody, unless the organization allows that.
    pub(super) fn require_anonymous_charts(&self) -> Result<(), Refusal> {
        if self.settings()?.anonymous_charts {
            return Ok(());
        }
        let why =
            "This organization does not allow charts to be shown without signing in. An administrator can allow it.";
        Err(Refusal::Invalid(why.to_owned()))
    }

    /// A chart that can be shown to others.
    pub(super) fn chart_for_others(&self, id: &ChartId) -> Result<StoredChart, Refusal> {
        let chart = self.chart(id)?;
        if chart.deleted.is_some() {
            return Err(Refusal::ChartDeleted);
        }
        match chart.spec.not_for_others() {
            Some(why) => Err(Refusal::Invalid(why)),
            None => Ok(chart),
        }
    }

    /// Whose access a new delegation is to be of, and who is asked for it.
    pub(super) fn owner_of(&self, new: &NewDelegation, site: &str) -> Result<(AccessOwner, Option<MemberId>), Refusal> {
        let caller = self.caller()?;
        if new.connection_id.is_none() && !is_cloud_id(site) {
            let why = "A Jira Data Center is shown with the access of a connection. Name one.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        match (&new.connection_id, &new.ask) {
            (Some(_), Some(_)) => {
                Err(Refusal::Invalid("Name a connection, or a member who is asked, not both.".to_owned()))
            }
            (Some(id), None) => {
                self.require(id, AccessLevel::Sees)?;
                let connection = self.living_connection(id)?;
                if connection.details.site.as_ref().is_none_or(|found| found.key() != site) {
                    return Err(Refusal::Invalid("The chosen connection is one to another site.".to_owned()));
                }
                Ok((AccessOwner::Connection(id.clone()), None))
            }
            (None, Some(email)) => {
                let asked = self.member_at(&email.trim().to_lowercase())?;
                let asked = asked.filter(|member| matches!(self.role_of(member), Ok(Some(_))));
                let unknown = || Refusal::Invalid("Nobody with this e-mail address is a member.".to_owned());
                let asked = asked.ok_or_else(unknown)?.id;
                Ok((AccessOwner::Member(asked.clone()), Some(asked)))
            }
            (None, None) => Ok((AccessOwner::Member(caller.clone()), Some(caller))),
        }
    }

    /// The member who calls.
    pub(super) fn caller(&self) -> Result<MemberId, Refusal> {
        match &self.who {
            Identity::Member { member, .. } => Ok(member.id.clone()),
            Identity::Key(_) | Identity::Edge => Err(Refusal::Forbidden),
        }
    }

    /// Gives a delegation, as the owner of the access.
    pub(super) fn grant_delegation(
        &self,
        delegation: &mut StoredDelegation,
        chart: &StoredChart,
    ) -> Result<(), Refusal> {
        if !self.may_grant(delegation)? {
            return Err(Refusal::Forbidden);
        }
        if delegation.audience == DelegationAudience::Anonymous {
            self.require_anonymous_charts()?;
        }
        delegation.delegator = Some(self.caller()?);
        delegation.account = self.account_to_give(&delegation.owner, chart.site.key())?;
        delegation.meaning.clone_from(&chart.meaning);
        delegation.spec = chart.spec.clone();
        delegation.filter = None;
        if self.happen(delegation, DelegationEvent::Grant, self.who.actor())? {
            Ok(())
        } else {
            Err(Refusal::DelegationOver)
        }
    }

    /// Whether the caller owns the access.
    pub(super) fn may_grant(&self, delegation: &StoredDelegation) -> Result<bool, Refusal> {
        let Ok(caller) = self.caller() else { return Ok(false) };
        Ok(match &delegation.owner {
            AccessOwner::Member(owner) => *owner == caller,
            AccessOwner::Connection(id) => self.access_level(id)?.is_some_and(|level| level >= AccessLevel::Manages),
        })
    }

    /// Whether the caller owns the access, asked for it, or is an administrator.
    pub(super) fn may_end(&self, delegation: &StoredDelegation) -> Result<bool, Refusal> {
        let is_asker = self.caller().is_ok_and(|caller| caller == delegation.asker);
        Ok(is_asker || self.who.is_administrator() || self.may_grant(delegation)?)
    }

    /// Whether the caller may know of it: of one that is given everybody may.
    pub(super) fn sees_delegation(&self, delegation: &StoredDelegation) -> Result<bool, Refusal> {
        let is_given = matches!(delegation.state, DelegationState::Active | DelegationState::Paused);
        Ok(is_given || self.may_end(delegation)?)
    }

    /// Keeps the delegations of a chart in step with a new version of it: one with the same meaning goes on with it, one
    /// with another meaning goes on with the version before, and one that is not given yet would be given for the new one.
    pub(super) fn chart_changed(&self, chart: &StoredChart, meaning_before: &str) -> Result<(), Refusal> {
        for mut delegation in self.delegations_of_chart(&chart.id)? {
            if delegation.state == DelegationState::Asked || delegation.meaning == chart.meaning {
                delegation.meaning.clone_from(&chart.meaning);
                delegation.spec = chart.spec.clone();
                self.store_delegation(&delegation)?;
            } else if delegation.meaning == meaning_before {
                self.record_delegation(&delegation, DelegationChange::Outdated, self.who.actor())?;
            }
        }
        Ok(())
    }

    /// Forgets the delegations of a chart that is purged.
    pub(super) fn forget_delegations(&self, chart: &ChartId) -> Result<(), Refusal> {
        let uses = "DELETE FROM delegation_uses WHERE delegation IN (SELECT id FROM delegations WHERE chart = ?)";
        for delete in [uses, "DELETE FROM delegations WHERE chart = ?"] {
            self.sql.run(delete, vec![chart.as_str().into()])?;
        }
        Ok(())
    }
}
