//! Trials: one test issue, walked through what the mapping says, and never the issue of a task.

use api::{JiraMetadata, List, NewTrial, TaskState, Trial, TrialState, TrialStepState};

use super::{
    jira::Mishap,
    world::{Kept, mapping},
};
use crate::{fakes::FakeResponse, organization::Refusal, project_keeper::ProjectCommand};

fn begun(kept: &Kept) -> Trial {
    let _: JiraMetadata = kept.read(ProjectCommand::Metadata);
    let new = Box::new(NewTrial { mapping: mapping(), issue_type: None });
    kept.read(ProjectCommand::StartTrial { new, by: "Tia".to_owned() })
}

fn newest(kept: &Kept) -> Trial {
    let list: List<Trial> = kept.read(ProjectCommand::ListTrials);
    list.items.into_iter().next().expect("a trial")
}

fn states(trial: &Trial) -> Vec<TrialStepState> {
    trial.steps.iter().map(|step| step.state).collect()
}

fn end(kept: &Kept, close: bool) -> Result<serde_json::Value, Refusal> {
    kept.command(ProjectCommand::EndTrial { close })
}

#[test]
fn a_trial_walks_one_issue_through_every_mapped_status_and_closes_it() {
    let kept = Kept::new();
    let trial = begun(&kept);
    let titles: Vec<_> = trial.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Create an issue of the type Bug", "Move it to To Do", "Move it to In Progress", "Move it to Done"]
    );
    kept.run_for(30);
    let trial = newest(&kept);
    assert_eq!((trial.state, states(&trial)), (TrialState::Waiting, vec![TrialStepState::Done; 4]));
    assert_eq!(
        trial.steps[2].sentence.as_deref(),
        Some("The issue is in In Progress. For the product that is triaged.")
    );
    assert_eq!(trial.issue.map(|issue| issue.url), Some("https://one.atlassian.net/browse/ABC-1".to_owned()));
    end(&kept, true).expect("it waits for that");
    kept.run_for(30);
    assert_eq!(newest(&kept).state, TrialState::Ended);
    assert_eq!(kept.jira().issue("ABC-1").status, "3");
    assert!(end(&kept, false).is_err(), "it is over");
}

#[test]
fn a_test_issue_is_marked_and_never_the_issue_of_a_task() {
    let kept = Kept::new();
    begun(&kept);
    kept.run_for(30);
    assert_eq!(kept.jira().issue("ABC-1").mark["trial"], true);
    end(&kept, false).expect("it waits for that");
    kept.push("F-1", "open");
    kept.run_for(7_200);
    assert_eq!(kept.task("F-1").issue.map(|issue| issue.key), Some("ABC-2".to_owned()));
    assert_eq!((kept.page().counts.total, kept.task("F-1").state), (1, TaskState::InSync));
    assert_eq!(kept.jira().issue("ABC-1").status, "3", "it is left where it is");
}

#[test]
fn a_mapping_is_tried_before_it_is_saved_and_the_keeper_rests_afterwards() {
    let kept = Kept::new();
    if let Some(sync) = kept.outside.platform.sync.borrow_mut().as_mut() {
        (sync.mapping, sync.revision) = (None, 0);
    }
    begun(&kept);
    kept.run_for(30);
    assert_eq!(newest(&kept).state, TrialState::Waiting);
    kept.run_for(600);
    assert_eq!(kept.outside.alarm.get(), None, "nothing is left to do");
}

#[test]
fn what_jira_refuses_is_told_in_its_words_and_ends_the_trial() {
    let kept = Kept::new();
    let refusal = r#"{"errorMessages":[],"errors":{"customfield_1":"Severity is required."}}"#;
    kept.jira().then("POST issue", Mishap::Answered(FakeResponse::json(400, refusal)));
    begun(&kept);
    kept.run_for(30);
    let trial = newest(&kept);
    assert_eq!(trial.state, TrialState::Ended);
    let (failed, skipped) = (TrialStepState::Failed, TrialStepState::Skipped);
    assert_eq!(states(&trial), [failed, skipped, skipped, skipped]);
    let said = trial.steps[0].blocked.as_ref().and_then(|blocked| blocked.jira_said.as_deref());
    assert!(said.is_some_and(|said| said.contains("Severity is required.")), "{said:?}");
    assert!(kept.jira().issues.borrow().is_empty());
}

#[test]
fn a_move_that_jira_refuses_fails_its_step_and_the_others_are_tried() {
    let kept = Kept::new();
    let refusal = r#"{"errorMessages":["A reviewer is missing."],"errors":{}}"#;
    kept.jira().then("POST issue/10001/transitions", Mishap::Answered(FakeResponse::json(400, refusal)));
    begun(&kept);
    kept.run_for(30);
    let trial = newest(&kept);
    let (done, failed) = (TrialStepState::Done, TrialStepState::Failed);
    assert_eq!((trial.state, states(&trial)), (TrialState::Waiting, vec![done, done, failed, done]));
    let blocked = trial.steps[2].blocked.as_ref().expect("a reason");
    assert_eq!(blocked.jira_said.as_deref(), Some("A reviewer is missing."));
}

#[test]
fn a_second_trial_is_not_begun_while_one_is_under_way() {
    let kept = Kept::new();
    begun(&kept);
    begun(&kept);
    kept.run_for(30);
    assert_eq!(kept.jira().issues.borrow().len(), 1);
    begun(&kept);
    kept.run_for(30);
    assert_eq!(kept.jira().issues.borrow().len(), 2, "the first one is over, and is left as it is");
}

#[test]
fn a_trial_whose_answer_is_lost_finds_its_issue_and_creates_no_other() {
    let kept = Kept::new();
    kept.jira().lag.set(30);
    kept.jira().then("POST issue", Mishap::LostAfter);
    begun(&kept);
    kept.run_for(300);
    assert_eq!(newest(&kept).state, TrialState::Waiting);
    assert_eq!(kept.jira().issues.borrow().len(), 1);
}

#[test]
fn a_keeper_that_is_killed_during_a_trial_ends_where_it_would_have_ended() {
    let mut killed = 0;
    for step in 0.. {
        let kept = Kept::new();
        begun(&kept);
        let faults = &kept.outside.platform.faults;
        faults.kill_at(step);
        let was_killed = (0..10).any(|_| !kept.run());
        faults.revive();
        kept.restart();
        kept.outside.alarm.set(Some(kept.now()));
        kept.run_for(7_200);
        let trial = newest(&kept);
        assert_eq!(
            (trial.state, states(&trial)),
            (TrialState::Waiting, vec![TrialStepState::Done; 4]),
            "killed at step {step}"
        );
        assert_eq!(kept.jira().issues.borrow().len(), 1, "killed at step {step}");
        if !was_killed {
            break;
        }
        killed += 1;
    }
    assert!(killed > 10, "it was killed {killed} times");
}
