//! The states of tasks in words, and which of them need a person.

use std::time::Duration;

use api::{TaskCounts, TaskState};
use leptos::prelude::{document, on_cleanup, set_interval_with_handle};

use crate::ui::lozenge::Tone;

/// Every state, in the order of the filters: what needs a person first.
pub(super) const STATES: [TaskState; 10] = [
    TaskState::Blocked,
    TaskState::Conflict,
    TaskState::Missing,
    TaskState::Moved,
    TaskState::OutcomeUnknown,
    TaskState::Retrying,
    TaskState::Waiting,
    TaskState::Syncing,
    TaskState::InSync,
    TaskState::Unlinked,
];

/// The colour and the word of a state.
pub(super) const fn words(state: TaskState) -> (Tone, &'static str) {
    match state {
        TaskState::Waiting => (Tone::Neutral, "Waiting"),
        TaskState::OutcomeUnknown => (Tone::Warning, "Outcome unknown"),
        TaskState::InSync => (Tone::Success, "In sync"),
        TaskState::Syncing => (Tone::Neutral, "Syncing"),
        TaskState::Retrying => (Tone::Warning, "Retrying"),
        TaskState::Blocked => (Tone::Danger, "Blocked"),
        TaskState::Conflict => (Tone::Danger, "Conflict"),
        TaskState::Missing => (Tone::Discovery, "Missing"),
        TaskState::Moved => (Tone::Discovery, "Moved away"),
        TaskState::Unlinked => (Tone::Neutral, "Unlinked"),
        TaskState::Unknown(_) => (Tone::Neutral, "Unknown"),
    }
}

/// What a state means, where the task says nothing more.
pub(super) const fn meaning(state: TaskState) -> &'static str {
    match state {
        TaskState::Waiting => "It was pushed, and its turn comes.",
        TaskState::OutcomeUnknown => {
            "An answer of Jira's was lost. Causeway looks for the issue before it creates one."
        }
        TaskState::InSync => "Both sides agree.",
        TaskState::Syncing => "One side changed, and the other is being told.",
        TaskState::Retrying => "Jira did not answer as it should. Causeway tries again by itself.",
        TaskState::Blocked => "A person has to do something.",
        TaskState::Conflict => "Both sides changed. Choose which status stays.",
        TaskState::Missing => "The issue was deleted, or the connection's account may not see it any more.",
        TaskState::Moved => "The issue was moved to another Jira project.",
        TaskState::Unlinked => "Somebody unlinked it from its issue. Pushes are kept, and create no issue.",
        TaskState::Unknown(_) => "A newer version of Causeway noted a state that this one does not know.",
    }
}

/// How many tasks are in a state.
pub(super) const fn counted(counts: &TaskCounts, state: TaskState) -> u32 {
    match state {
        TaskState::Waiting => counts.waiting,
        TaskState::OutcomeUnknown => counts.outcome_unknown,
        TaskState::InSync => counts.in_sync,
        TaskState::Syncing => counts.syncing,
        TaskState::Retrying => counts.retrying,
        TaskState::Blocked => counts.blocked,
        TaskState::Conflict => counts.conflict,
        TaskState::Missing => counts.missing,
        TaskState::Moved => counts.moved,
        TaskState::Unlinked => counts.unlinked,
        TaskState::Unknown(_) => 0,
    }
}

/// How often what changes by itself is read again.
const PAUSE: Duration = Duration::from_secs(3);

/// Calls `look` every few seconds while the window is visible, until the screen is left.
pub(super) fn look_again(look: impl Fn() + 'static) {
    look_each(PAUSE, look);
}

/// The same, with a pause of one's own.
pub(super) fn look_each(pause: Duration, look: impl Fn() + 'static) {
    let look = move || {
        if !document().hidden() {
            look();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(look, pause) {
        on_cleanup(move || ticking.clear());
    }
}

/// Whether a task in this state changes by itself, soon.
pub(super) const fn changes_by_itself(state: TaskState) -> bool {
    matches!(state, TaskState::Waiting | TaskState::OutcomeUnknown | TaskState::Syncing | TaskState::Retrying)
}

/// Whether something is expected to change by itself, soon.
pub(super) const fn moves(counts: &TaskCounts) -> bool {
    counts.waiting + counts.outcome_unknown + counts.syncing + counts.retrying > 0 || counts.total == 0
}

/// *1 task waits*, *37 tasks wait*.
pub(super) fn waiting(count: u32) -> String {
    if count == 1 { "1 task waits".to_owned() } else { format!("{count} tasks wait") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_a_filter_and_the_filters_add_up() {
        assert_eq!(STATES.len(), TaskState::ALL.len());
        assert!(TaskState::ALL.iter().all(|state| STATES.contains(state)));
        let counts = TaskCounts {
            waiting: 1,
            outcome_unknown: 2,
            in_sync: 3,
            syncing: 4,
            retrying: 5,
            blocked: 6,
            conflict: 7,
            missing: 8,
            moved: 9,
            unlinked: 10,
            total: 55,
        };
        assert_eq!(STATES.iter().map(|state| counted(&counts, *state)).sum::<u32>(), counts.total);
    }

    #[test]
    fn a_project_whose_tasks_all_rest_is_not_asked_again() {
        let resting = TaskCounts { in_sync: 3, blocked: 1, total: 4, ..TaskCounts::default() };
        assert!(!moves(&resting));
        assert!(moves(&TaskCounts { waiting: 1, ..resting }) && moves(&TaskCounts::default()));
    }
}
