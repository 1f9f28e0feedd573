//! Issues: reading, editing, assigning, deleting.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Field, Kind};
use super::issue::Issue;
use super::site::JiraSite;
use super::users::user;
use super::values::{self, Place};
use super::webhooks::Event;
use super::{
    attachments, changelogs, comments, dates, documents, editing, issue_links, metadata, named, projects, references,
    transitions, votes, watchers, worklogs,
};

/// The issue of the path, if the caller may see it.
pub(super) fn visible<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Issue, Answer> {
    let issue = jira.issue(call.captured("issueIdOrKey"));
    issue.filter(|issue| jira.may_browse(call.person, issue)).ok_or_else(Answer::no_issue)
}

/// The same, if the caller also has a permission there. Otherwise `code` with a sentence.
pub(super) fn permitted<'j>(
    call: &Call<'_>,
    jira: &'j JiraSite,
    permission: &str,
    code: u16,
) -> Result<&'j Issue, Answer> {
    let issue = visible(call, jira)?;
    if !jira.permits(call.person, jira.project_of(issue), permission, Some(issue)) {
        let sentence = format!("You do not have the permission {permission} for this issue.");
        return Err(Answer::refusal(code, &sentence));
    }
    if issue.archived {
        return Err(Answer::refusal(code, "The issue is archived and can only be read."));
    }
    Ok(issue)
}

/// `GET issue/{issueIdOrKey}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = visible(call, jira)?;
    let mut fields = call.parameters("fields");
    if fields.is_empty() {
        fields.push("*all".into());
    }
    let mut described = describe(call, jira, issue, &fields);
    expand(call, jira, issue, &mut described, &call.parameters("expand"));
    add_properties(issue, &call.parameters("properties"), &mut described);
    Ok(Answer::ok(described))
}

/// An issue with the fields named; `*all` and `*navigable` name all. With none named, only what identifies it.
pub(super) fn describe(call: &Call<'_>, jira: &JiraSite, issue: &Issue, fields: &[String]) -> Value {
    let mut described = json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": issue.id.to_string(),
        "self": format!("{}/issue/{}", call.api, issue.id),
        "key": issue.key(),
    });
    if !fields.is_empty() {
        let shown =
            jira.configuration.fields.iter().filter(|field| is_shown(jira, issue, field) && is_wanted(field, fields));
        let values = shown.map(|field| (field.id.clone(), value(call, jira, issue, field)));
        described["fields"] = Value::Object(values.collect());
    }
    described
}

/// What `search/jql` answers when no fields are named: ids only.
pub(super) fn id_only(issue: &Issue) -> Value {
    json!({ "id": issue.id.to_string() })
}

/// Adds what `expand` names.
pub(super) fn expand(call: &Call<'_>, jira: &JiraSite, issue: &Issue, described: &mut Value, wanted: &[String]) {
    let fields = &jira.configuration.fields;
    for name in wanted {
        described[name.as_str()] = match name.as_str() {
            "names" => fields.iter().map(|field| (field.id.clone(), json!(field.name))).collect::<Map<_, _>>().into(),
            "schema" => {
                fields.iter().map(|field| (field.id.clone(), values::schema(field))).collect::<Map<_, _>>().into()
            }
            "renderedFields" => rendered(call, jira, issue),
            "changelog" => changelogs::whole(call, issue),
            "transitions" => transitions::describe_all(call, jira, issue),
            "editmeta" => metadata::edit(call, jira, issue),
            _ => continue,
        };
    }
}

/// Texts as HTML and dates as people read them; nothing for other fields.
fn rendered(call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
    let shown = jira.configuration.fields.iter().filter(|field| is_shown(jira, issue, field));
    let fields = shown.map(|field| {
        let written = || value(call, jira, issue, field);
        let rendered = match field.kind {
            Kind::Paragraph => json!(documents::html_of(issue.value(&field.id))),
            Kind::DateTime => json!(written().as_str().and_then(dates::pretty)),
            _ => Value::Null,
        };
        (field.id.clone(), rendered)
    });
    Value::Object(fields.collect())
}

/// Adds the entity properties that are named; `*all` names all.
pub(super) fn add_properties(issue: &Issue, keys: &[String], described: &mut Value) {
    if keys.is_empty() {
        return;
    }
    let wanted = |key: &String| keys.contains(key) || keys.iter().any(|wanted| wanted == "*all");
    let properties = issue.properties.iter().filter(|(key, _)| wanted(key));
    described["properties"] = Value::Object(properties.map(|(key, value)| (key.clone(), value.clone())).collect());
}

/// Fields are named, or refused with a minus; where some are only refused, all others are wanted.
fn is_wanted(field: &Field, fields: &[String]) -> bool {
    let refused = fields.iter().any(|asked| asked.strip_prefix('-') == Some(field.id.as_str()));
    let only_refusals = fields.iter().all(|asked| asked.starts_with('-'));
    let is_named = |asked: &String| match asked.as_str() {
        "*all" => true,
        "*navigable" => field.is_navigable(),
        name => name == field.id,
    };
    !refused && (only_refusals || fields.iter().any(is_named))
}

/// Custom fields are shown where a screen of the issue has them; hidden ones are not.
fn is_shown(jira: &JiraSite, issue: &Issue, field: &Field) -> bool {
    let template = jira.template_of(issue);
    let configuration = &jira.configuration;
    if configuration.field_configuration_of(template).hidden.contains(&field.id) {
        return false;
    }
    let on_a_screen = || {
        let mut screens =
            [true, false].into_iter().map(|creates| configuration.screen_of(template, issue.type_id, creates));
        screens.any(|screen| screen.fields.contains(&field.id))
    };
    field.number().is_none() || !issue.value(&field.id).is_null() || on_a_screen()
}

fn value(call: &Call<'_>, jira: &JiraSite, issue: &Issue, field: &Field) -> Value {
    let configuration = &jira.configuration;
    let project = jira.project_of(issue);
    match (field.kind, field.id.as_str()) {
        (Kind::Status, _) => {
            configuration.status(issue.status_id).map_or(Value::Null, |found| references::status(call, found))
        }
        (Kind::IssueType, _) => {
            configuration.issue_type(issue.type_id).map_or(Value::Null, |found| references::issue_type(call, found))
        }
        (Kind::Project, _) => projects::describe(call, project),
        (Kind::Attachments, _) => json!(attachments::describe_all(call, issue)),
        (Kind::Comments, _) => comments::page(call, issue),
        (Kind::Worklogs, _) => worklogs::page(call, issue),
        (Kind::Watches, _) => watchers::summary(call, issue),
        (Kind::Votes, _) => votes::summary(call, issue),
        (Kind::IssueLinks, _) => issue_links::of_issue(call, jira, issue),
        (Kind::Subtasks, _) => {
            jira.subtasks_of(issue.id).map(|subtask| references::issue(call, jira, subtask)).collect()
        }
        (_, "creator") => user(call, issue.creator),
        (_, "created") => json!(call.date(issue.created)),
        (_, "updated") => json!(call.date(issue.updated)),
        (_, "resolutiondate") => json!(issue.resolved.map(|at| call.date(at))),
        (_, "archivedby") => json!(issue.archiver.map(|(person, _)| user(call, person))),
        (_, "archiveddate") => json!(issue.archiver.map(|(_, at)| call.date(at))),
        (_, "statuscategorychangedate") => json!(call.date(issue.category_changed)),
        (Kind::TimeTracking, _) => worklogs::tracking(issue),
        (_, id @ ("timespent" | "timeestimate" | "timeoriginalestimate")) => json!(issue.tracked(id)),
        _ => Place { call, jira, project }.written(field, issue.value(&field.id)),
    }
}

/// `PUT issue/{issueIdOrKey}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = permitted(call, jira, "EDIT_ISSUES", 400)?.id;
    let body: Value = call.json()?;
    let edits = editing::Edits::read(call, jira, id, &body, editing::Screen::Edit)?;
    let besides = editing::Besides::read(jira, id, &body)?;
    editing::apply(call, jira, id, edits);
    besides.apply(call, jira, id);
    if call.parameter("returnIssue") == Some("true") {
        return get(call, jira);
    }
    Ok(Answer::no_content())
}

/// `PUT issue/{issueIdOrKey}/assignee`.
pub(super) fn assign(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = permitted(call, jira, "ASSIGN_ISSUES", 403)?.id;
    let body: Value = call.json()?;
    let edits = editing::Edits::of_one(call, jira, id, "assignee", &body)?;
    editing::apply(call, jira, id, edits);
    Ok(Answer::no_content())
}

/// `DELETE issue/{issueIdOrKey}`. An issue with sub-tasks goes only with them.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let issue = permitted(call, jira, "DELETE_ISSUES", 403)?;
    let id = issue.id;
    if jira.subtasks_of(id).next().is_some() && call.parameter("deleteSubtasks") != Some("true") {
        let issue = call.captured("issueIdOrKey");
        let sentence = format!(
            "The issue '{issue}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks."
        );
        return Err(Answer::refusal(400, &sentence));
    }
    remove(call, jira, id);
    Ok(Answer::no_content())
}

/// Removes an issue with its sub-tasks, and tells webhooks.
pub(super) fn remove(call: &Call<'_>, jira: &mut JiraSite, id: u64) {
    let subtasks: Vec<u64> = jira.subtasks_of(id).map(|subtask| subtask.id).collect();
    for gone in subtasks.into_iter().chain([id]) {
        if let Some(issue) = jira.issue_by_id(gone).cloned() {
            jira.events.push(Event::Deleted { issue: Box::new(issue), author: call.person });
        }
        jira.remove(gone);
    }
}

/// `POST issue/bulkfetch`: up to 100 issues by id or key, whatever became of their keys.
pub(super) fn bulk_fetch(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let texts = |name: &str| -> Vec<String> {
        let listed = body[name].as_array().map(Vec::as_slice).unwrap_or_default();
        listed.iter().filter_map(|value| named(&json!({ "it": value }), &["it"])).collect()
    };
    let wanted = texts("issueIdsOrKeys");
    if wanted.is_empty() || wanted.len() > 100 {
        return Err(Answer::refusal(400, "Between 1 and 100 issue ids or keys must be given."));
    }
    let (mut fields, expanded, properties) = (texts("fields"), texts("expand"), texts("properties"));
    if fields.is_empty() {
        fields.push("*navigable".into());
    }
    let (mut found, mut errors, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for key in &wanted {
        match jira.issue(key).filter(|issue| jira.may_browse(call.person, issue)) {
            Some(issue) if seen.contains(&issue.id) => {}
            Some(issue) => {
                seen.push(issue.id);
                let mut described = describe(call, jira, issue, &fields);
                expand(call, jira, issue, &mut described, &expanded);
                add_properties(issue, &properties, &mut described);
                found.push(described);
            }
            None => errors.push(
                json!({ "id": key, "errorMessage": "Issue does not exist or you do not have permission to see it." }),
            ),
        }
    }
    Ok(Answer::ok(json!({ "issues": found, "issueErrors": errors })))
}
