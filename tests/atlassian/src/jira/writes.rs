//! What changes a site: creating and editing issues, moving them on, commenting.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::edition::Edition;
use super::issues;
use super::names::{priority_named, transitions_from, type_named};
use super::site::{Comment, Issue, JiraSite};
use crate::people::Person;

/// `POST issue`.
pub(super) fn create(call: &Call<'_>, jira: &mut JiraSite) -> Answer {
    let body: Value = match call.json() {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    match Draft::read(&body["fields"], call.edition, jira) {
        Err(errors) => Answer::field_errors(&errors),
        Ok(draft) => {
            let issue = draft.into_issue(call, jira);
            let (id, key) = (issue.id, issue.key());
            jira.issues.push(issue);
            Answer::created(json!({
                "id": id.to_string(), "key": key, "self": format!("{}/issue/{id}", call.api)
            }))
        }
    }
}

struct Draft {
    project: String,
    summary: String,
    description: Value,
    type_id: u64,
    priority_id: u64,
    assignee: Option<Person>,
    labels: Vec<String>,
}

impl Draft {
    fn read(fields: &Value, edition: Edition, jira: &JiraSite) -> Result<Self, Map<String, Value>> {
        let mut errors = Map::new();
        let mut complain = |field: &str, sentence: &str| drop(errors.insert(field.into(), json!(sentence)));
        let project = named(&fields["project"], &["key", "id"]).and_then(|project| jira.project(&project));
        if project.is_none() {
            complain("project", "Specify a valid project ID or key");
        }
        let type_id = named(&fields["issuetype"], &["id", "name"]).and_then(|name| type_named(&name));
        if type_id.is_none() {
            complain("issuetype", "Specify a valid issue type");
        }
        let summary = fields["summary"].as_str().map(str::trim).unwrap_or_default();
        if let Err(sentence) = acceptable_summary(summary) {
            complain("summary", sentence);
        }
        let description = &fields["description"];
        if !description.is_null() && !edition.accepts_text(description) {
            complain("description", edition.text_complaint());
        }
        let priority = named(&fields["priority"], &["id", "name"]).and_then(|name| priority_named(&name));
        let assignee = edition.person(&fields["assignee"]);
        let labels = fields["labels"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let (labels, summary) = (labels.map(String::from).collect(), summary.to_owned());
        match (project, type_id, errors.is_empty()) {
            (Some(project), Some(type_id), true) => Ok(Self {
                project: project.key.clone(),
                summary,
                description: edition.stored_text(description),
                type_id,
                priority_id: priority.unwrap_or(3),
                assignee,
                labels,
            }),
            _ => Err(errors),
        }
    }

    fn into_issue(self, call: &Call<'_>, jira: &JiraSite) -> Issue {
        let numbers = jira.issues.iter().filter(|issue| issue.project == self.project).map(|issue| issue.number);
        Issue {
            id: jira.issues.iter().map(|issue| issue.id).max().unwrap_or(9_999) + 1,
            number: numbers.max().unwrap_or(0) + 1,
            project: self.project,
            summary: self.summary,
            description: self.description,
            type_id: self.type_id,
            status_id: 10_000,
            priority_id: self.priority_id,
            assignee: self.assignee,
            reporter: call.person,
            labels: self.labels,
            created: call.now,
            updated: call.now,
            comments: Vec::new(),
            watchers: vec![call.person],
            attachments: Vec::new(),
        }
    }
}

fn acceptable_summary(summary: &str) -> Result<(), &'static str> {
    match summary.chars().count() {
        0 => Err("You must specify a summary of the issue."),
        256.. => Err("Summary can't exceed 255 characters."),
        _ if summary.contains('\n') => Err("The summary is invalid because it contains newline characters."),
        _ => Ok(()),
    }
}

fn named(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| value[*key].as_str()).map(String::from)
}

/// `PUT issue/{key}`: summary, description and assignee.
pub(super) fn edit(call: &Call<'_>, issue: &mut Issue) -> Answer {
    let body: Value = match call.json() {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let fields = &body["fields"];
    if let Some(summary) = fields["summary"].as_str() {
        if let Err(sentence) = acceptable_summary(summary.trim()) {
            return Answer::field_errors(&Map::from_iter([("summary".to_owned(), json!(sentence))]));
        }
        summary.trim().clone_into(&mut issue.summary);
    }
    if call.edition.accepts_text(&fields["description"]) {
        issue.description = call.edition.stored_text(&fields["description"]);
    }
    if !fields["assignee"].is_null() {
        issue.assignee = call.edition.person(&fields["assignee"]);
    }
    issue.updated = call.now;
    Answer::no_content()
}

/// `DELETE issue/{key}`.
pub(super) fn delete(jira: &mut JiraSite, id: u64) -> Answer {
    jira.issues.retain(|issue| issue.id != id);
    Answer::no_content()
}

/// `POST issue/{key}/transitions`.
pub(super) fn transition(call: &Call<'_>, issue: &mut Issue) -> Answer {
    let body: Value = match call.json() {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    // An id is a string; Jira takes a number, too.
    let wanted = &body["transition"]["id"];
    let step = transitions_from(issue.status_id)
        .into_iter()
        .find(|(id, _)| wanted == &json!(id) || wanted.as_str() == Some(id.to_string().as_str()));
    let Some((_, status)) = step else {
        return Answer::refusal(400, "It seems that you have tried to perform an illegal workflow operation.");
    };
    issue.status_id = status;
    issue.updated = call.now;
    Answer::no_content()
}

/// `POST issue/{key}/comment`.
pub(super) fn comment(call: &Call<'_>, issue: &mut Issue) -> Answer {
    let body: Value = match call.json() {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    if !call.edition.accepts_text(&body["body"]) {
        return Answer::field_errors(&Map::from_iter([("comment".to_owned(), json!("Comment body is not valid!"))]));
    }
    let id = issue.id * 100 + issue.comments.len() as u64;
    let comment = Comment { id, author: call.person, body: call.edition.stored_text(&body["body"]), created: call.now };
    issue.updated = call.now;
    issue.comments.push(comment.clone());
    Answer::created(issues::describe_comment(call, issue, &comment))
}
