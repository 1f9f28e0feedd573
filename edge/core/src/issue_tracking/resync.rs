//! What a resync would do with a task, and whether that still stands when it is carried out.
//!
//! A plan is the same decision as ever, with a side that stands where the two do not agree. What agrees is never moved,
//! whichever side stands. Carrying it out plans again and compares, so nothing moves that the preview did not list.

use api::{
    JiraId, Keep, Mapping, Name, ResyncAction, ResyncCounts, ResyncDirection, ResyncMoves, TaskState, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{IssueLook, LinkState, SyncStep, decide, jira::JiraIssue};

/// The calls that a run of a project's keeper makes.
const CALLS_OF_RUN: u32 = 45;
/// About how long such a run takes with the pause after it, in seconds.
const SECONDS_OF_RUN: u32 = 6;

/// A task, as far as a plan needs it.
#[derive(Clone, Copy, Debug)]
pub struct ResyncTask<'a> {
    /// How far it has got.
    pub state: TaskState,
    /// Its status.
    pub status: &'a Name,
    /// Whether it has an issue.
    pub is_linked: bool,
    /// What is remembered of it and its issue; `None` if it has none, or it was never looked at.
    pub link: Option<&'a LinkState>,
}

/// What is planned for a task, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// What is done.
    pub action: ResyncAction,
    /// The status of the task that it rests on.
    pub task: Name,
    /// The id of the issue's status that it rests on; `None` if the issue was not seen.
    pub issue: Option<JiraId>,
    /// The id of the status that the issue gets.
    pub moves_to: Option<JiraId>,
    /// The status that the product is told.
    pub tells: Option<Name>,
    /// The side that stands, because the two do not agree; `None` where they do, or where none stands.
    #[serde(default)]
    pub stands: Option<Keep>,
    /// Why it is left, in a sentence.
    pub why: Option<String>,
}

/// What a plan is worth when it is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanNow {
    /// Nothing changed.
    Stands,
    /// What was planned is done already.
    Done,
    /// Something changed, so nothing is done.
    Changed,
}

/// Plans what a resync does with a task. `look` is what Jira says about its issue; `None` where there is none.
pub fn plan(
    task: &ResyncTask<'_>,
    look: Option<&IssueLook>,
    mapping: &Mapping,
    direction: ResyncDirection,
    now: Timestamp,
) -> PlannedStep {
    match (task.state, task.link, look) {
        (TaskState::Unlinked, ..) => left(task, None, "Somebody unlinked it."),
        (TaskState::OutcomeUnknown, ..) => {
            left(task, None, "The answer to its creation was lost. Causeway looks for the issue by itself.")
        }
        (_, Some(link), Some(look)) => of_linked(task, link, look, mapping, direction, now),
        (_, None, _) if task.is_linked => left(task, None, "Its issue was never seen. Causeway looks at it by itself."),
        (_, None, _) if direction == ResyncDirection::JiraWins => left(task, None, "It has no issue yet."),
        (_, None, _) => PlannedStep { action: ResyncAction::Create, why: None, ..left(task, None, "") },
        (_, Some(_), None) => left(task, None, "Jira did not answer."),
    }
}

fn of_linked(
    task: &ResyncTask<'_>,
    link: &LinkState,
    look: &IssueLook,
    mapping: &Mapping,
    direction: ResyncDirection,
    now: Timestamp,
) -> PlannedStep {
    let issue = if let IssueLook::Found(issue) = look { Some(issue) } else { None };
    let (step, stands) = step(link, look, mapping, direction, now);
    let seen = issue.map(|issue| &issue.status.id);
    let of = |action| PlannedStep { action, stands, why: None, ..left(task, seen, "") };
    match step {
        SyncStep::InSync => of(ResyncAction::Nothing),
        SyncStep::Settle { .. } => of(ResyncAction::Settle),
        SyncStep::Move { to } => PlannedStep { moves_to: Some(to), ..of(ResyncAction::Move) },
        SyncStep::Tell { status, .. } => PlannedStep { tells: Some(status), ..of(ResyncAction::Tell) },
        SyncStep::Block(blocked) => left(task, seen, &blocked.sentence),
        SyncStep::Conflict => left(task, seen, "Both sides changed and do not agree. Choose which side stands."),
        SyncStep::LookAgain { .. } | SyncStep::Missing => {
            left(task, seen, "Jira does not show the issue: it was deleted, or the account may not see it.")
        }
        SyncStep::MovedAway => left(task, seen, "The issue is in another Jira project."),
    }
}

fn left(task: &ResyncTask<'_>, issue: Option<&JiraId>, why: &str) -> PlannedStep {
    PlannedStep {
        action: ResyncAction::Left,
        task: task.status.clone(),
        issue: issue.cloned(),
        moves_to: None,
        tells: None,
        stands: None,
        why: Some(why.to_owned()),
    }
}

/// What agrees is settled; where a side stands, the rest follows it.
fn step(
    link: &LinkState,
    look: &IssueLook,
    mapping: &Mapping,
    direction: ResyncDirection,
    now: Timestamp,
) -> (SyncStep, Option<Keep>) {
    let mut tried = link.clone();
    tried.retry();
    let IssueLook::Found(issue) = look else { return (decide(&tried, look, mapping, now), None) };
    match side(direction) {
        Some(side) if !agrees(&tried, issue, mapping) => {
            tried.begin_anew(side);
            (decide(&tried, look, mapping, now), Some(side))
        }
        _ => (decide(&tried, look, mapping, now), None),
    }
}

/// Whether the mapping says, in either direction, that both sides are where they should be, or both are left on purpose.
fn agrees(link: &LinkState, issue: &JiraIssue, mapping: &Mapping) -> bool {
    let Some(of_type) = mapping.issue_type(&issue.issue_type) else { return true };
    let (task, status) = (&link.product.status, &issue.status.id);
    let is_base = link.base.as_ref().is_some_and(|base| base.task == *task && base.issue == *status);
    match (of_type.out(task), of_type.inward(status)) {
        (Some(None), Some(None)) => true,
        (Some(Some(to)), _) if to == status => true,
        (_, Some(Some(to))) if to == task => true,
        // Where one side leaves the other, it is enough that somebody settled it.
        (Some(None), _) | (_, Some(None)) => is_base,
        _ => false,
    }
}

/// The side that stands in a direction.
const fn side(direction: ResyncDirection) -> Option<Keep> {
    match direction {
        ResyncDirection::ProductWins => Some(Keep::Product),
        ResyncDirection::JiraWins => Some(Keep::Jira),
        ResyncDirection::Compare | ResyncDirection::Unknown(_) => None,
    }
}

impl PlannedStep {
    /// Whether anything is done.
    pub fn is_to_be_done(&self) -> bool {
        matches!(self.action, ResyncAction::Create | ResyncAction::Move | ResyncAction::Tell | ResyncAction::Settle)
    }

    /// Compares the plan with what would be planned `now`.
    pub fn stands(&self, now: &Self) -> PlanNow {
        let is_where_it_goes = match self.action {
            ResyncAction::Move => now.task == self.task && now.issue == self.moves_to,
            ResyncAction::Tell => now.issue == self.issue && Some(&now.task) == self.tells.as_ref(),
            ResyncAction::Settle => now.task == self.task && now.issue == self.issue,
            ResyncAction::Create => now.issue.is_some() && now.task == self.task,
            _ => false,
        };
        if now == self {
            PlanNow::Stands
        } else if is_where_it_goes && matches!(now.action, ResyncAction::Nothing | ResyncAction::Settle) {
            PlanNow::Done
        } else {
            PlanNow::Changed
        }
    }
}

/// Adds up what is planned. `name_of` tells the name of a status.
pub fn sums<'p>(
    plans: impl Iterator<Item = &'p PlannedStep>,
    name_of: impl Fn(&JiraId) -> String,
) -> (ResyncCounts, Vec<ResyncMoves>) {
    let (mut counts, mut moves) = (ResyncCounts::default(), Vec::<ResyncMoves>::new());
    for plan in plans {
        let count = match plan.action {
            ResyncAction::Create => &mut counts.create,
            ResyncAction::Move => &mut counts.moved,
            ResyncAction::Tell => &mut counts.tell,
            ResyncAction::Settle => &mut counts.settle,
            ResyncAction::Nothing => &mut counts.nothing,
            ResyncAction::Left | ResyncAction::Unknown(_) => &mut counts.left,
        };
        *count += 1;
        if let Some(to) = plan.moves_to.as_ref().map(&name_of) {
            match moves.iter_mut().find(|one| one.to == to) {
                Some(one) => one.count += 1,
                None => moves.push(ResyncMoves { to, count: 1 }),
            }
        }
    }
    moves.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.to.cmp(&other.to)));
    (counts, moves)
}

/// Adds what else is planned, the most frequent target first.
pub fn add_moves(all: &mut Vec<ResyncMoves>, more: Vec<ResyncMoves>) {
    for one in more {
        match all.iter_mut().find(|known| known.to == one.to) {
            Some(known) => known.count += one.count,
            None => all.push(one),
        }
    }
    all.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.to.cmp(&other.to)));
}

/// About how many points of Atlassian's hourly quota carrying out costs. A write costs 1, a question 1 and 1 more for each
/// object that it answers.
pub const fn points(counts: &ResyncCounts) -> u32 {
    // Looked at again: 2. Created: 1, linked back: 1, read: 2. Moved: transitions read 2, made 1, read 2.
    let each = counts.create.saturating_mul(4).saturating_add(counts.moved.saturating_mul(7));
    each.saturating_add(counts.tell.saturating_add(counts.settle).saturating_mul(2))
}

/// About how many seconds carrying out takes.
pub const fn seconds(counts: &ResyncCounts) -> u32 {
    let calls = counts.create.saturating_mul(3).saturating_add(counts.moved.saturating_mul(5));
    let calls = calls.saturating_add(counts.tell.saturating_add(counts.settle).saturating_mul(2));
    calls.div_ceil(CALLS_OF_RUN).saturating_mul(SECONDS_OF_RUN)
}

#[cfg(test)]
mod tests;
