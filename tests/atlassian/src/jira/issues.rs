//! Issues and comments as Jira writes them.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::names::{Names, status_name, transitions_from};
use super::people::user;
use super::projects;
use super::site::{Comment, Issue, JiraSite};
use super::{attachments, watchers};

/// An issue with the fields named; `*all` and `*navigable` name all. With none named, only what identifies it.
pub(super) fn describe(call: &Call<'_>, jira: &JiraSite, issue: &Issue, fields: &[String]) -> Value {
    let mut described = json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": issue.id.to_string(),
        "self": format!("{}/issue/{}", call.api, issue.id),
        "key": issue.key(),
    });
    if !fields.is_empty() {
        described["fields"] = Value::Object(values(call, jira, issue, fields));
    }
    described
}

/// What `search/jql` answers when no fields are named: ids only.
pub(super) fn id_only(issue: &Issue) -> Value {
    json!({ "id": issue.id.to_string() })
}

fn values(call: &Call<'_>, jira: &JiraSite, issue: &Issue, fields: &[String]) -> Map<String, Value> {
    let wants_all = fields.iter().any(|field| field == "*all" || field == "*navigable");
    let wanted = |name: &str| {
        let refused = fields.iter().any(|field| field.strip_prefix('-') == Some(name));
        !refused && (wants_all || fields.iter().any(|field| field == name))
    };
    let names = call.names();
    let person = |person| user(call, person);
    let project = jira.project(&issue.project).map(|project| projects::describe(call, project));
    let all = [
        ("summary", json!(issue.summary)),
        ("description", call.edition.written_text(&issue.description)),
        ("status", names.status(issue.status_id)),
        ("issuetype", names.type_of(issue.type_id)),
        ("priority", names.priority(issue.priority_id)),
        ("project", json!(project)),
        ("assignee", json!(issue.assignee.map(person))),
        ("reporter", person(issue.reporter)),
        ("labels", json!(issue.labels)),
        ("attachment", json!(attachments::describe_all(call, issue))),
        ("watches", watchers::summary(call, issue)),
        ("comment", comments(call, issue)),
        ("created", json!(issue.created.as_jira_date())),
        ("updated", json!(issue.updated.as_jira_date())),
    ];
    all.into_iter().filter(|(name, _)| wanted(name)).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// `issue/{key}/transitions`.
pub(super) fn transitions(names: Names<'_>, issue: &Issue) -> Value {
    let steps = transitions_from(issue.status_id).into_iter().map(|(id, status)| {
        json!({
            "id": id.to_string(),
            "name": status_name(status),
            "to": names.status(status),
            "hasScreen": false, "isGlobal": true, "isInitial": false, "isAvailable": true, "isConditional": false,
        })
    });
    json!({ "expand": "transitions", "transitions": steps.collect::<Vec<_>>() })
}

/// `issue/{key}/comment`.
pub(super) fn comments(call: &Call<'_>, issue: &Issue) -> Value {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(5000);
    let page = issue.comments.iter().skip(start).take(size);
    let comments: Vec<Value> = page.map(|comment| describe_comment(call, issue, comment)).collect();
    json!({ "startAt": start, "maxResults": size, "total": issue.comments.len(), "comments": comments })
}

pub(super) fn describe_comment(call: &Call<'_>, issue: &Issue, comment: &Comment) -> Value {
    let author = user(call, comment.author);
    json!({
        "self": format!("{}/issue/{}/comment/{}", call.api, issue.id, comment.id),
        "id": comment.id.to_string(),
        "author": author,
        "updateAuthor": author,
        "body": call.edition.written_text(&comment.body),
        "created": comment.created.as_jira_date(),
        "updated": comment.created.as_jira_date(),
        "jsdPublic": true,
    })
}
