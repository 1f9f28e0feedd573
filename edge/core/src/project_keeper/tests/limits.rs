//! How many tasks a project may have, and how many of them may wait for Jira.

use api::ProblemCode;

use super::world::{Kept, task};
use crate::{
    organization::{Refusal, Value},
    project_keeper::{ProjectCommand, PushRules},
};

/// The most tasks of a push.
const BATCH: usize = 100;

/// Copies the first task within the tables, with ids of their own, until there are so many.
pub(super) fn copied(kept: &Kept, many: i64) {
    kept.push("F-0", "open");
    let copies = "INSERT INTO tasks (id, external_id, state, cause, due_at, seq, updated_at, search, record) \
         WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?) \
         SELECT 'tsk_' || n, 'F-' || n, state, cause, due_at, seq + n, updated_at, 'f-' || n, \
         json_set(record, '$.id', 'tsk_' || n, '$.external_id', 'F-' || n) \
         FROM tasks, copies WHERE external_id = 'F-0'";
    let tables = &kept.outside.tables.tables;
    tables.run(copies, vec![Value::Integer(many - 1)]).expect("copied");
    tables.run("UPDATE counts SET n = ? WHERE state = 'waiting'", vec![Value::Integer(many)]).expect("counted");
}

/// Pushes new tasks. The answer is how many were stored, and why others were not.
fn pushed(kept: &Kept, numbers: std::ops::Range<usize>) -> Result<(usize, Vec<ProblemCode>), Refusal> {
    let tasks = numbers.map(|number| task(&format!("F-{number}"), "open")).collect();
    let answer = kept.command(ProjectCommand::Push { tasks, rules: PushRules { statuses: None } })?;
    let answer: api::TaskBatchAnswer = serde_json::from_value(answer).expect("an answer");
    let refused: Vec<_> = answer.results.iter().filter_map(|one| Some(one.refused.as_ref()?.code)).collect();
    Ok((answer.results.len() - refused.len(), refused))
}

#[test]
fn when_twenty_thousand_wait_new_tasks_have_to_and_known_ones_do_not() {
    let kept = Kept::new();
    for batch in 0..200 {
        let numbers = batch * BATCH..(batch + 1) * BATCH - usize::from(batch == 199);
        assert!(pushed(&kept, numbers).is_ok(), "batch {batch}");
    }
    assert_eq!(kept.page().counts.waiting, 19_999);
    assert_eq!(pushed(&kept, 19_998..20_001), Err(Refusal::TasksWaiting), "two new ones would be too many");
    assert_eq!(pushed(&kept, 19_998..20_000), Ok((2, Vec::new())), "one is not");
    assert_eq!(pushed(&kept, 20_000..20_001), Err(Refusal::TasksWaiting));
    assert_eq!(kept.push("F-7", "fixed").status.as_str(), "fixed", "what is known may change");
    assert_eq!(kept.page().counts.waiting, 20_000);
    kept.run_for(10);
    let room = 20_000 - kept.page().counts.waiting;
    assert!((1..BATCH).contains(&(room as usize)), "{room}");
    assert_eq!(pushed(&kept, 20_000..20_001), Ok((1, Vec::new())), "it goes on once some are in Jira");
}

#[test]
fn the_hundred_thousandth_task_is_the_last_one_and_those_that_exist_still_change() {
    let kept = Kept::new();
    copied(&kept, 99_999);
    // All but one of them are in Jira.
    let moved = "UPDATE counts SET n = 1 WHERE state = 'waiting'";
    kept.outside.tables.tables.run(moved, vec![]).expect("counted");
    let rest = "INSERT INTO counts (state, n) VALUES ('in_sync', 99998)";
    kept.outside.tables.tables.run(rest, vec![]).expect("counted");
    assert_eq!(pushed(&kept, 99_998..100_002), Ok((2, vec![ProblemCode::LimitReached; 2])));
    assert_eq!(kept.page().counts.total, 100_000);
    assert_eq!(kept.push("F-50000", "fixed").status.as_str(), "fixed");
    kept.command(ProjectCommand::Delete { external_id: "F-50000".to_owned() }).expect("deleted");
    assert_eq!(pushed(&kept, 100_002..100_003), Ok((1, Vec::new())), "there is room again");
}
