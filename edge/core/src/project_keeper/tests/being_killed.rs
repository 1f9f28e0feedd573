//! Killed between any two effects, or refused any statement by its storage, a keeper ends where it would have ended.

use api::TaskState;

use super::world::Kept;

/// What people see at the end.
fn end(kept: &Kept) -> (Vec<(String, String, TaskState)>, usize) {
    let mut tasks: Vec<_> =
        kept.page().items.into_iter().map(|task| (task.external_id, task.status.to_string(), task.state)).collect();
    let issues = kept.jira().issues.borrow();
    for issue in issues.values() {
        let task = issue.mark["task"].as_str().expect("a mark").to_owned();
        tasks.push((task, issue.status.clone(), TaskState::InSync));
    }
    tasks.sort();
    (tasks, issues.len())
}

/// A task is created and walks through a status, another one changes in Jira. `disturb` is called between the parts.
fn story(disturb: impl Fn(&Kept)) -> Kept {
    let kept = Kept::new();
    kept.push("F-1", "fixed");
    kept.push("F-2", "open");
    disturb(&kept);
    // After an hour it is sure that what was not sent is not there.
    kept.run_for(4_000);
    kept.jira().moves_that_of("F-2", "2");
    kept.push("F-1", "triaged");
    disturb(&kept);
    kept.run_for(1_200);
    kept
}

#[test]
fn killed_at_any_step_it_ends_as_if_it_had_not_been() {
    let undisturbed = end(&story(|_| {}));
    assert_eq!(undisturbed.1, 2);
    let mut killed = 0;
    for step in 0.. {
        let was_killed = std::cell::Cell::new(false);
        let kept = story(|kept| {
            kept.outside.platform.faults.kill_at(step);
            for _ in 0..20 {
                if !kept.run() {
                    was_killed.set(true);
                    break;
                }
            }
            kept.outside.platform.faults.revive();
            kept.restart();
            // The platform delivers an alarm again whose handler did not end.
            kept.outside.alarm.set(Some(kept.now()));
        });
        assert_eq!(end(&kept), undisturbed, "killed at step {step}");
        if !was_killed.get() {
            break;
        }
        killed += 1;
    }
    assert!(killed > 40, "it was killed {killed} times");
}

#[test]
fn storage_that_refuses_any_statement_leaves_nothing_half_done() {
    let undisturbed = end(&story(|_| {}));
    for statement in (0..400).step_by(7) {
        let kept = story(|kept| {
            kept.outside.tables.left.set(Some(statement));
            for _ in 0..20 {
                assert!(kept.run(), "the alarm ends, whatever fails");
            }
            kept.outside.tables.left.set(None);
        });
        assert_eq!(end(&kept), undisturbed, "refused statement number {statement}");
    }
}
