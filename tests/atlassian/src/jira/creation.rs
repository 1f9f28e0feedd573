//! Creating issues, one or up to fifty.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::IssueType;
use super::editing::{self, Edits, Screen};
use super::issue::Issue;
use super::site::{JiraSite, Project};
use super::webhooks::Event;
use super::{named, properties, transitions};

/// `POST issue`.
pub(super) fn create(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    create_one(call, jira, &body).map(Answer::created)
}

/// `POST issue/bulk`: 201 if any of at most fifty was created, with an error for each of the others.
pub(super) fn create_many(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let updates = body["issueUpdates"].as_array().cloned().unwrap_or_default();
    if updates.is_empty() || updates.len() > 50 {
        let said = json!({ "errorMessages": ["Between 1 and 50 issues can be created at once."], "errors": {} });
        return Err(Answer::bad(json!({ "issues": [], "errors": [{ "status": 400, "elementErrors": said }] })));
    }
    let (mut created, mut errors) = (Vec::new(), Vec::new());
    for (number, update) in updates.iter().enumerate() {
        match create_one(call, jira, update) {
            Ok(issue) => created.push(issue),
            Err(refused) => errors.push(json!({
                "status": refused.status().as_u16(),
                "elementErrors": refused.into_body(),
                "failedElementNumber": number,
            })),
        }
    }
    let answer = json!({ "issues": created, "errors": errors });
    if created.is_empty() { Err(Answer::bad(answer)) } else { Ok(Answer::created(answer)) }
}

/// 1. Project, type and fields are checked; everything that is wrong is told at once.
/// 2. The issue is there, in the first status of its workflow, with its properties.
/// 3. A transition that was asked for is made.
fn create_one(call: &Call<'_>, jira: &mut JiraSite, body: &Value) -> Result<Value, Answer> {
    let (issue, edits) = checked(call, jira, body)?;
    let properties = properties::read_all(&body["properties"])?;
    let (id, key) = (issue.id, issue.key());
    jira.issues.push(issue);
    let without_log = Edits { values: Vec::new(), ..edits };
    if let Some(issue) = jira.issue_mut(id) {
        issue.properties = properties;
        issue.revision = 1;
    }
    editing::apply(call, jira, id, without_log);
    jira.events.push(Event::Created { issue: id, author: call.person });
    let mut created = json!({ "id": id.to_string(), "key": key, "self": format!("{}/issue/{id}", call.api) });
    if !body["transition"].is_null() {
        created["transition"] = match transitions::make(call, jira, id, &json!({ "transition": body["transition"] })) {
            Ok(()) => json!({ "status": 204, "errorCollection": { "errorMessages": [], "errors": {} } }),
            Err(refused) => json!({ "status": refused.status().as_u16(), "errorCollection": refused.into_body() }),
        };
    }
    Ok(created)
}

fn checked(call: &Call<'_>, jira: &JiraSite, body: &Value) -> Result<(Issue, Edits), Answer> {
    let fields = &body["fields"];
    let project = named(&fields["project"], &["key", "id"]).and_then(|project| jira.project(&project));
    let project = project.filter(|project| jira.permits(call.person, project, "BROWSE_PROJECTS", None));
    let mut errors = Map::new();
    if let Some(project) = project
        && !jira.permits(call.person, project, "CREATE_ISSUES", None)
    {
        return Err(Answer::field_error("project", "You cannot create issues in this project."));
    }
    if project.is_none() {
        errors.insert("project".into(), json!("Specify a valid project ID or key"));
    }
    // Whatever is wrong with the fields is told even where the project is not known.
    let of_project = project.unwrap_or(&jira.projects[0]);
    let issue_type = type_of(jira, of_project, &fields["issuetype"]);
    if issue_type.is_none() {
        errors.insert("issuetype".into(), json!("Specify a valid issue type"));
    }
    let fallback = jira.configuration.types_of(&of_project.template)[0];
    let issue = begun(call, jira, of_project, issue_type.unwrap_or(fallback));
    let mut others = body.clone();
    if let Some(fields) = others.get_mut("fields").and_then(Value::as_object_mut) {
        fields.retain(|name, _| name != "project" && name != "issuetype");
    }
    let (edits, wrong) = Edits::checked(call, jira, &issue, &others, Screen::Create);
    errors.extend(wrong);
    errors.extend(missing(call, jira, &issue, &edits, &errors));
    if errors.is_empty() { Ok((filled(issue, &edits), edits)) } else { Err(Answer::field_errors(&errors)) }
}

fn type_of<'j>(jira: &'j JiraSite, project: &Project, sent: &Value) -> Option<&'j IssueType> {
    let wanted = named(sent, &["id", "name"])?;
    let types = jira.configuration.types_of(&project.template);
    types.into_iter().find(|one| one.id.to_string() == wanted || one.name.eq_ignore_ascii_case(&wanted))
}

/// An issue with what it has if nothing is said.
fn begun(call: &Call<'_>, jira: &JiraSite, project: &Project, issue_type: &IssueType) -> Issue {
    let configuration = &jira.configuration;
    let workflow = configuration.workflow_of(&project.template, issue_type.id);
    let initial = workflow.initial().expect("a test sees that every workflow begins");
    let status = configuration.status_named(&initial.to).expect("workflows name statuses that are described");
    let key = (project.key.clone(), jira.next_number(&project.key));
    let mut issue = Issue::new(jira.next_issue_id(), key, issue_type.id, status.id, call.person, call.now);
    issue.set("priority", json!(3));
    issue.set("reporter", json!(call.person));
    issue.watchers.push(call.person);
    issue
}

/// What is required and was not sent.
fn missing(
    call: &Call<'_>,
    jira: &JiraSite,
    issue: &Issue,
    edits: &Edits,
    errors: &Map<String, Value>,
) -> Map<String, Value> {
    let configuration = &jira.configuration;
    let template = jira.template_of(issue);
    let screen = configuration.screen_of(template, issue.type_id, true);
    let required = configuration.field_configuration_of(template).required.iter();
    let lacks = |name: &&String| {
        let value = edits.value(name).unwrap_or(issue.value(name));
        value.is_null() && !errors.contains_key(*name) && !["project", "issuetype"].contains(&name.as_str())
    };
    let mut missing = Map::new();
    for name in required.filter(|name| screen.fields.contains(name)).filter(lacks) {
        let field = configuration.field(name).map_or(name.as_str(), |field| &field.name);
        let sentence = if name == "summary" {
            "You must specify a summary of the issue.".into()
        } else {
            format!("{field} is required.")
        };
        missing.insert(name.clone(), json!(sentence));
    }
    let is_subtask = configuration.issue_type(issue.type_id).is_some_and(IssueType::is_subtask);
    if is_subtask && edits.value("parent").is_none_or(Value::is_null) && !errors.contains_key("parent") {
        missing.insert("parent".into(), json!("Issue type is a sub-task but parent issue key or id not specified."));
    }
    let project = jira.project_of(issue);
    let names_another = edits.value("reporter").is_some_and(|reporter| *reporter != json!(call.person));
    if names_another && !jira.permits(call.person, project, "MODIFY_REPORTER", None) {
        missing
            .insert("reporter".into(), json!("Field 'reporter' cannot be set. You lack the permission to modify it."));
    }
    missing
}

fn filled(mut issue: Issue, edits: &Edits) -> Issue {
    for (name, value) in &edits.values {
        issue.set(name, value.clone());
    }
    issue
}
