//! Transitions: which are open, what they want, and making one with all that its workflow does besides.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Action, Category, Condition, Transition, TransitionKind, Validator};
use super::editing::{self, Besides, Edits, Screen};
use super::issue::Issue;
use super::site::JiraSite;
use super::webhooks::Event;
use super::{issues, metadata, named, references};

const ILLEGAL: &str = "It seems that you have tried to perform an illegal workflow operation.";
/// Transitions that follow by themselves end here, if a workflow goes in circles.
const MOST_STEPS: usize = 10;

/// `GET issue/{issueIdOrKey}/transitions`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let wanted = call.parameter("transitionId");
    let open = open(call, jira, issue);
    let all = match call.parameter("includeUnavailableTransitions") {
        Some("true") => leading(jira, issue),
        _ => open.clone(),
    };
    let with_fields = call.expands("transitions.fields");
    let shown = all.into_iter().filter(|one| wanted.is_none_or(|id| one.id.to_string() == id));
    let transitions = shown.map(|one| {
        let mut described = describe(call, jira, issue, one, with_fields);
        described["isAvailable"] = json!(open.iter().any(|other| other.id == one.id));
        described
    });
    let transitions: Vec<Value> = transitions.collect();
    Ok(Answer::ok(json!({ "expand": "transitions", "transitions": transitions })))
}

/// All that are open, as `expand=transitions` of an issue shows them.
pub(super) fn describe_all(call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
    open(call, jira, issue).into_iter().map(|one| describe(call, jira, issue, one, false)).collect()
}

/// Those whose conditions hold for the caller. None without the permission, which looks the same as no way out.
pub(super) fn open<'j>(call: &Call<'_>, jira: &'j JiraSite, issue: &'j Issue) -> Vec<&'j Transition> {
    let project = jira.project_of(issue);
    if issue.archived || !jira.permits(call.person, project, "TRANSITION_ISSUES", Some(issue)) {
        return Vec::new();
    }
    let all = leading(jira, issue).into_iter();
    all.filter(|one| one.conditions.iter().all(|condition| holds(condition, call, jira, issue))).collect()
}

/// Those that lead on from an issue's status, whether or not the caller may make them.
fn leading<'j>(jira: &'j JiraSite, issue: &'j Issue) -> Vec<&'j Transition> {
    let workflow = jira.configuration.workflow_of(jira.template_of(issue), issue.type_id);
    let status = jira.configuration.status(issue.status_id).map_or("", |status| status.name.as_str());
    workflow.leading_from(status).collect()
}

fn holds(condition: &Condition, call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> bool {
    match condition {
        Condition::InRole(role) => jira.project_of(issue).has_role(call.person, role),
        Condition::CallerIsAssignee => issue.assignee() == Some(call.person),
        Condition::SubtasksDone => jira.subtasks_of(issue.id).all(|subtask| {
            jira.configuration.status(subtask.status_id).is_some_and(|status| status.category == Category::Done)
        }),
        Condition::WasIn(name) => {
            let items = issue.history.iter().flat_map(|change| &change.items);
            items.into_iter().any(|item| item.field_id == "status" && item.to_text.as_ref() == Some(name))
        }
    }
}

fn describe(call: &Call<'_>, jira: &JiraSite, issue: &Issue, transition: &Transition, with_fields: bool) -> Value {
    let to = jira.configuration.status_named(&transition.to);
    let mut described = json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "to": to.map(|status| references::status(call, status)),
        "hasScreen": transition.screen.is_some(),
        "isGlobal": transition.kind == TransitionKind::Global,
        "isInitial": transition.kind == TransitionKind::Initial,
        "isAvailable": true,
        "isConditional": !transition.conditions.is_empty(),
        "isLooped": transition.is_looped(),
        "looped": transition.is_looped(),
    });
    if with_fields {
        described["fields"] = metadata::of_transition(call, jira, issue, transition);
    }
    described
}

/// `POST issue/{issueIdOrKey}/transitions`.
pub(super) fn perform(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::visible(call, jira)?.id;
    let body: Value = call.json()?;
    make(call, jira, id, &body)?;
    Ok(Answer::no_content())
}

/// 1. Another transition of the same issue is under way: 409.
/// 2. The transition is not open: 400 in Jira's words.
/// 3. Fields that are not on its screen, or that a validator misses: 400 by field.
/// 4. The issue moves, then the workflow's own actions follow.
pub(super) fn make(call: &Call<'_>, jira: &mut JiraSite, id: u64, body: &Value) -> Result<(), Answer> {
    let issue = jira.issue_by_id(id).ok_or_else(Answer::no_issue)?;
    if is_under_way(call, issue) {
        return Err(Answer::refusal(409, "The issue is being transitioned by somebody else. Try again."));
    }
    let wanted = named(&body["transition"], &["id"]).unwrap_or_default();
    let transition = open(call, jira, issue).into_iter().find(|one| one.id.to_string() == wanted).cloned();
    let transition = transition.ok_or_else(|| Answer::refusal(400, ILLEGAL))?;
    let screen = Screen::Transition(transition.screen.as_deref());
    let edits = Edits::read(call, jira, id, body, screen)?;
    validate(jira, issue, &transition, &edits)?;
    let besides = Besides::read(jira, id, body)?;
    follow(call, jira, id, transition, edits);
    besides.apply(call, jira, id);
    Ok(())
}

/// Whether the last transition has not ended, if they take their time here.
fn is_under_way(call: &Call<'_>, issue: &Issue) -> bool {
    let moved = |change: &&super::issue::Change| change.items.iter().any(|item| item.field_id == "status");
    let last = issue.history.iter().rev().find(moved);
    last.is_some_and(|change| {
        call.transition_seconds > 0 && call.now.since(change.created).as_secs() < call.transition_seconds
    })
}

fn validate(jira: &JiraSite, issue: &Issue, transition: &Transition, edits: &Edits) -> Result<(), Answer> {
    let mut errors = Map::new();
    for Validator::FieldRequired(name) in &transition.validators {
        if edits.value(name).unwrap_or(issue.value(name)).is_null() {
            let field = jira.configuration.field(name).map_or(name.as_str(), |field| &field.name);
            errors.insert(name.clone(), json!(format!("{field} is required.")));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Answer::field_errors(&errors)) }
}

fn follow(call: &Call<'_>, jira: &mut JiraSite, id: u64, transition: Transition, edits: Edits) {
    let (mut next, mut edits) = (Some(transition), edits);
    for _ in 0..MOST_STEPS {
        let Some(transition) = next.take() else { return };
        edits.values.extend(values_set_by(&transition, call, jira));
        let mut items = Vec::new();
        if let Some(to) = jira.configuration.status_named(&transition.to).map(|status| status.id) {
            items.extend(editing::change_status(jira, id, to, call.now));
        }
        items.extend(editing::change_values(call, jira, id, std::mem::take(&mut edits.values)));
        if let Some(issue) = jira.issue_mut(id) {
            issue.record(call.person, call.now, items.clone());
        }
        jira.events.push(Event::Updated { issue: id, author: call.person, items });
        editing::apply(call, jira, id, std::mem::take(&mut edits));
        next = transition.actions.iter().find_map(|action| match action {
            Action::MoveOn(other) => transition_of(jira, id, *other),
            _ => None,
        });
    }
}

fn transition_of(jira: &JiraSite, id: u64, transition: u64) -> Option<Transition> {
    let issue = jira.issue_by_id(id)?;
    jira.configuration.workflow_of(jira.template_of(issue), issue.type_id).transition(transition).cloned()
}

fn values_set_by(transition: &Transition, call: &Call<'_>, jira: &JiraSite) -> Vec<(String, Value)> {
    let configuration = &jira.configuration;
    let value = |action: &Action| match action {
        Action::ClearResolution => Some(("resolution", Value::Null)),
        Action::SetResolution(name) => {
            configuration.resolution_named(name).map(|found| ("resolution", json!(found.id)))
        }
        Action::SetPriority(name) => configuration.priority_named(name).map(|found| ("priority", json!(found.id))),
        Action::AssignToCaller => Some(("assignee", json!(call.person))),
        Action::MoveOn(_) => None,
    };
    transition.actions.iter().filter_map(value).map(|(field, value)| (field.to_owned(), value)).collect()
}
