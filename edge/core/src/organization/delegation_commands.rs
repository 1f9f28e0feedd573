//! The commands about delegations: asking for one, giving it, pausing and ending it, and the lists.

use api::{
    Actor, ChartId, CreateDelegation, DELEGATIONS, Delegation, DelegationAudience, DelegationChange, DelegationId,
    DelegationPause, DelegationState, EndDelegation, GetDelegation, GrantDelegation, GrantedDelegation, List,
    ListChartDelegations, ListDelegations, ListDelegationsQuery, NewDelegation, Nothing, PauseDelegation,
};
use serde::{Deserialize, Serialize};

use crate::{
    delegation::DelegationEvent,
    organization::{
        Answers, Needs, Refusal, Step, Turn,
        charts::StoredChart,
        delegations::{SeenFilter, StoredDelegation, check_new},
        records,
    },
};

/// Lists the delegations of a chart that the caller may know of, the newest first.
impl Answers for ListChartDelegations {
    type Outcome = List<Delegation>;

    fn needs(_: &ChartId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, _: Nothing, turn: &Turn<'_>) -> Result<List<Delegation>, Refusal> {
        let chart = turn.chart(&id)?;
        let mut items = Vec::new();
        for delegation in turn.delegations_of_chart(&id)? {
            if turn.sees_delegation(&delegation)? {
                items.push(turn.delegation_view(delegation, &chart)?);
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Lists the delegations that concern the caller, the newest first.
impl Answers for ListDelegations {
    type Outcome = List<Delegation>;

    fn needs((): &(), _: &ListDelegationsQuery) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), query: ListDelegationsQuery, turn: &Turn<'_>) -> Result<List<Delegation>, Refusal> {
        let newest = "SELECT record FROM delegations WHERE state <> 'ended' ORDER BY asked_at DESC";
        let mut items = Vec::new();
        for delegation in records::<StoredDelegation>(turn.sql, newest, vec![])? {
            let is_wanted =
                if query.mine == Some(true) { turn.may_grant(&delegation)? } else { turn.may_end(&delegation)? };
            if is_wanted {
                let chart = turn.chart_of(&delegation)?;
                items.push(turn.delegation_view(delegation, &chart)?);
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Shows a delegation.
impl Answers for GetDelegation {
    type Outcome = Delegation;

    fn needs(_: &DelegationId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: DelegationId, _: Nothing, turn: &Turn<'_>) -> Result<Delegation, Refusal> {
        let delegation = turn.delegation(&id)?;
        if !turn.sees_delegation(&delegation)? {
            return Err(Refusal::NotFound);
        }
        let chart = turn.chart_of(&delegation)?;
        turn.delegation_view(delegation, &chart)
    }
}

/// Gives the caller's own access, or asks the owner of another one.
impl Answers for CreateDelegation {
    type Outcome = Delegation;

    fn needs(_: &ChartId, _: &NewDelegation) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, new: NewDelegation, turn: &Turn<'_>) -> Result<Delegation, Refusal> {
        check_new(&new)?;
        if new.audience == DelegationAudience::Anonymous {
            turn.require_anonymous_charts()?;
        }
        let chart = turn.chart_for_others(&id)?;
        turn.check_embeds(&new.placements, &id)?;
        let (owner, delegator) = turn.owner_of(&new, chart.site.key())?;
        let all = "SELECT count(*) AS n FROM delegations WHERE chart = ? AND state <> 'ended'";
        let why = format!("This chart has {DELEGATIONS} delegations already. End one first.");
        turn.limit(DELEGATIONS, all, vec![id.as_str().into()], &why)?;
        let mut delegation = StoredDelegation {
            v: 1,
            id: turn.new_id(),
            chart: id,
            owner,
            delegator,
            account: None,
            meaning: chart.meaning.clone(),
            spec: chart.spec.clone(),
            audience: new.audience,
            placements: new.placements,
            shows: new.shows,
            expires_at: turn.expiry(new.expires_at)?,
            state: DelegationState::Asked,
            cause: None,
            since: turn.now,
            asker: turn.caller()?,
            asked_by: turn.who.name(),
            asked_at: turn.now,
            filter: None,
        };
        if turn.may_grant(&delegation)? {
            turn.grant_delegation(&mut delegation, &chart)?;
        } else {
            turn.store_delegation(&delegation)?;
            turn.record_delegation(&delegation, DelegationChange::Asked, turn.who.actor())?;
        }
        turn.delegation_view(delegation, &chart)
    }
}

/// Says yes, as the owner of the access, to what the caller has seen of the chart.
impl Answers for GrantDelegation {
    type Outcome = Delegation;

    fn needs(_: &DelegationId, _: &GrantedDelegation) -> Needs {
        Needs::AnySession
    }

    fn answer(id: DelegationId, granted: GrantedDelegation, turn: &Turn<'_>) -> Result<Delegation, Refusal> {
        let mut delegation = turn.delegation(&id)?;
        if !turn.sees_delegation(&delegation)? {
            return Err(Refusal::NotFound);
        }
        if !turn.may_grant(&delegation)? {
            return Err(Refusal::Forbidden);
        }
        let chart = turn.chart_for_others(&delegation.chart)?;
        if granted.meaning != chart.meaning {
            return Err(Refusal::EditConflict);
        }
        if granted.expires_at.is_some() || delegation.expires_at <= turn.now {
            delegation.expires_at = turn.expiry(granted.expires_at)?;
        }
        turn.grant_delegation(&mut delegation, &chart)?;
        turn.delegation_view(delegation, &chart)
    }
}

impl Turn<'_> {
    /// Pauses or ends a delegation that the caller may end. What is over already is not changed.
    fn stop_delegation(
        &self,
        id: &DelegationId,
        event: DelegationEvent,
    ) -> Result<(StoredDelegation, StoredChart), Refusal> {
        let mut delegation = self.delegation(id)?;
        if !self.sees_delegation(&delegation)? {
            return Err(Refusal::NotFound);
        }
        if !self.may_end(&delegation)? {
            return Err(Refusal::Forbidden);
        }
        self.happen(&mut delegation, event, self.who.actor())?;
        let chart = self.chart_of(&delegation)?;
        Ok((delegation, chart))
    }
}

/// Records what Jira says about the saved filter of a delegated chart. A filter that says something else is told once.
#[derive(Serialize, Deserialize)]
pub struct RecordDelegatedFilter {
    /// The delegation.
    pub delegation: DelegationId,
    /// Whether it says something else than what was agreed to.
    pub changed: bool,
}

impl Step for RecordDelegatedFilter {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut delegation = turn.delegation(&self.delegation)?;
        let was_changed = delegation.filter.is_some_and(|seen| seen.changed);
        delegation.filter = Some(SeenFilter { at: turn.now, changed: self.changed });
        turn.store_delegation(&delegation)?;
        if self.changed && !was_changed {
            turn.record_delegation(&delegation, DelegationChange::FilterChanged, Actor::Causeway)?;
        }
        Ok(())
    }
}

/// Pauses a delegation.
impl Answers for PauseDelegation {
    type Outcome = Delegation;

    fn needs(_: &DelegationId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: DelegationId, _: Nothing, turn: &Turn<'_>) -> Result<Delegation, Refusal> {
        let (delegation, chart) = turn.stop_delegation(&id, DelegationEvent::Pause(DelegationPause::ByOwner))?;
        if delegation.state == DelegationState::Ended {
            return Err(Refusal::DelegationOver);
        }
        turn.delegation_view(delegation, &chart)
    }
}

/// Ends a delegation. One that ended stays as it is.
impl Answers for EndDelegation {
    type Outcome = Delegation;

    fn needs(_: &DelegationId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: DelegationId, _: Nothing, turn: &Turn<'_>) -> Result<Delegation, Refusal> {
        let (delegation, chart) = turn.stop_delegation(&id, DelegationEvent::End)?;
        turn.delegation_view(delegation, &chart)
    }
}
