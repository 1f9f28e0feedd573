//! Workflows, for reading: from the description that issues follow.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Action, Condition, Configuration, Transition, TransitionKind, Validator, Workflow};
use super::named;
use super::site::JiraSite;
use super::users::only_administrators;

/// The rules that a workflow can have here: key, name, type.
const RULES: [(&str, &str, &str); 8] = [
    ("system:restrict-issue-transition", "Restrict who can move an issue", "Condition"),
    ("system:parent-or-child-blocking-condition", "Sub-task blocking", "Condition"),
    ("system:previous-status-condition", "Restrict by status history", "Condition"),
    ("system:validate-field-value", "Validate a field", "Validator"),
    ("system:update-field", "Update an issue field", "Function"),
    ("system:change-assignee", "Assign an issue", "Function"),
    ("system:trigger-transition", "Make another transition", "Function"),
    ("system:remind-people-to-update-fields", "Show a screen", "Screen"),
];

/// `GET workflows/search`.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let text = call.parameter("queryString").unwrap_or_default().to_lowercase();
    let found = jira.configuration.workflows.iter().filter(|workflow| workflow.name.to_lowercase().contains(&text));
    let workflows: Vec<&Workflow> = found.collect();
    let described: Vec<Value> = workflows.iter().map(|workflow| describe(jira, workflow)).collect();
    let mut page = call.page("workflows/search", 50, &described);
    page["statuses"] = statuses(&jira.configuration, &workflows);
    Ok(Answer::ok(page))
}

/// `POST workflows`: those named by id or name, or used by a project and type.
pub(super) fn read(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let body: Value = call.json()?;
    let listed = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = listed("workflowNames").iter().filter_map(Value::as_str).map(String::from).collect();
    let ids: Vec<String> = listed("workflowIds").iter().filter_map(Value::as_str).map(String::from).collect();
    for pair in listed("projectAndIssueTypes") {
        let project = named(&pair, &["projectId"]).and_then(|id| jira.project(&id));
        let issue_type = named(&pair, &["issueTypeId"]).and_then(|id| id.parse().ok());
        if let (Some(project), Some(issue_type)) = (project, issue_type) {
            names.push(jira.configuration.workflow_of(&project.template, issue_type).name.clone());
        }
    }
    let wanted = |workflow: &&Workflow| names.contains(&workflow.name) || ids.contains(&id(jira, &workflow.name));
    let workflows: Vec<&Workflow> = jira.configuration.workflows.iter().filter(wanted).collect();
    let described: Vec<Value> = workflows.iter().map(|workflow| describe(jira, workflow)).collect();
    Ok(Answer::ok(json!({ "statuses": statuses(&jira.configuration, &workflows), "workflows": described })))
}

/// `GET workflows/capabilities`.
pub(super) fn capabilities(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let rules = RULES.iter().map(|(key, name, kind)| {
        json!({ "ruleKey": key, "name": name, "description": name, "ruleType": kind, "isAvailableForInitialTransition": *kind != "Condition",
            "isVisible": true, "incompatibleRuleKeys": [] })
    });
    Ok(Answer::ok(json!({
        "connectRules": [], "editorScope": "GLOBAL", "forgeRules": [],
        "projectTypes": ["software", "business", "service_desk"], "systemRules": rules.collect::<Vec<_>>(), "triggerRules": [],
    })))
}

fn statuses(configuration: &Configuration, workflows: &[&Workflow]) -> Value {
    let used = |name: &String| workflows.iter().any(|workflow| workflow.statuses.contains(name));
    let statuses = configuration.statuses.iter().filter(|status| used(&status.name)).map(|status| {
        json!({ "id": status.id.to_string(), "name": status.name, "statusCategory": status.category.constant(),
            "statusReference": status.id.to_string(), "scope": { "type": "GLOBAL" }, "description": "" })
    });
    statuses.collect()
}

fn describe(jira: &JiraSite, workflow: &Workflow) -> Value {
    let configuration = &jira.configuration;
    let statuses = workflow.statuses.iter().map(
        |name| json!({ "statusReference": reference(configuration, name), "deprecated": false, "properties": {} }),
    );
    let transitions = workflow.transitions.iter().map(|transition| describe_transition(configuration, transition));
    json!({
        "id": id(jira, &workflow.name),
        "name": workflow.name,
        "description": "",
        "scope": { "type": "GLOBAL" },
        "isEditable": true,
        "version": { "id": version(jira, &workflow.name), "versionNumber": 1 },
        "statuses": statuses.collect::<Vec<_>>(),
        "transitions": transitions.collect::<Vec<_>>(),
    })
}

fn describe_transition(configuration: &Configuration, transition: &Transition) -> Value {
    let links = transition
        .from
        .iter()
        .map(|from| json!({ "fromStatusReference": reference(configuration, from), "fromPort": 0, "toPort": 0 }));
    let mut described = json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "description": "",
        "type": kind(transition.kind),
        "toStatusReference": reference(configuration, &transition.to),
        "links": links.collect::<Vec<_>>(),
        "actions": transition.actions.iter().map(|action| action_rule(configuration, action)).collect::<Vec<_>>(),
        "validators": transition.validators.iter().map(validator_rule).collect::<Vec<_>>(),
        "triggers": [],
        "properties": {},
    });
    if !transition.conditions.is_empty() {
        let conditions: Vec<Value> =
            transition.conditions.iter().map(|one| condition_rule(configuration, one)).collect();
        described["conditions"] = json!({ "operation": "ALL", "conditions": conditions, "conditionGroups": [] });
    }
    if let Some(screen) = transition.screen.as_deref().and_then(|name| configuration.screen(name)) {
        described["transitionScreen"] =
            rule("system:remind-people-to-update-fields", &[("screenId", screen.id.to_string())]);
    }
    described
}

fn kind(kind: TransitionKind) -> &'static str {
    match kind {
        TransitionKind::Initial => "INITIAL",
        TransitionKind::Global => "GLOBAL",
        TransitionKind::Directed => "DIRECTED",
    }
}

fn condition_rule(configuration: &Configuration, condition: &Condition) -> Value {
    match condition {
        Condition::InRole(role) => {
            let id = configuration.role_named(role).map(|role| role.id.to_string()).unwrap_or_default();
            rule("system:restrict-issue-transition", &[("roleIds", id)])
        }
        Condition::CallerIsAssignee => {
            rule("system:restrict-issue-transition", &[("accountIds", "allow-assignee".into())])
        }
        Condition::SubtasksDone => {
            let done = configuration.statuses.iter().filter(|status| status.category.constant() == "DONE");
            let ids: Vec<String> = done.map(|status| status.id.to_string()).collect();
            rule(
                "system:parent-or-child-blocking-condition",
                &[("blocker", "CHILD".into()), ("statusIds", ids.join(","))],
            )
        }
        Condition::WasIn(name) => {
            rule("system:previous-status-condition", &[("previousStatusIds", reference(configuration, name))])
        }
    }
}

fn validator_rule(validator: &Validator) -> Value {
    let Validator::FieldRequired(field) = validator;
    rule("system:validate-field-value", &[("ruleType", "fieldRequired".into()), ("fieldsRequired", field.clone())])
}

fn action_rule(configuration: &Configuration, action: &Action) -> Value {
    let update = |field: &str, value: String| rule("system:update-field", &[("field", field.into()), ("value", value)]);
    match action {
        Action::ClearResolution => update("resolution", String::new()),
        Action::SetResolution(name) => {
            update("resolution", configuration.resolution_named(name).map(|one| one.id.to_string()).unwrap_or_default())
        }
        Action::SetPriority(name) => {
            update("priority", configuration.priority_named(name).map(|one| one.id.to_string()).unwrap_or_default())
        }
        Action::AssignToCaller => rule("system:change-assignee", &[("type", "to-current-user".into())]),
        Action::MoveOn(id) => rule("system:trigger-transition", &[("transitionId", id.to_string())]),
    }
}

fn rule(key: &str, parameters: &[(&str, String)]) -> Value {
    let parameters: Map<String, Value> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({ "ruleKey": key, "parameters": parameters })
}

fn reference(configuration: &Configuration, status: &str) -> String {
    configuration.status_named(status).map(|status| status.id.to_string()).unwrap_or_default()
}

/// An id in the shape of Jira's, made from the site's name and the workflow's.
fn id(jira: &JiraSite, workflow: &str) -> String {
    uuid(&format!("{} workflow {workflow}", jira.name))
}

/// The token that a change has to bring along.
fn version(jira: &JiraSite, workflow: &str) -> String {
    uuid(&format!("{} version 1 of {workflow}", jira.name))
}

fn uuid(of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    let number = digest.iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let hex = format!("{number:032x}");
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
