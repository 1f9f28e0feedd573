//! Entity properties of issues and comments: small JSON that apps keep there, and that everybody reads who may browse the issue.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::webhooks::Event;
use super::{comments, issues};

/// The most characters of a value.
const MOST: usize = 32_768;

/// `GET issue/{issueIdOrKey}/properties`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let address = |key: &String| format!("{}/issue/{}/properties/{key}", call.api, issue.id);
    let keys = issue.properties.keys().map(|key| json!({ "self": address(key), "key": key }));
    Ok(Answer::ok(json!({ "keys": keys.collect::<Vec<_>>() })))
}

/// `GET issue/{issueIdOrKey}/properties/{propertyKey}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let key = call.captured("propertyKey");
    let value = issues::visible(call, jira)?.properties.get(key);
    let value = value.ok_or_else(no_property)?;
    Ok(Answer::ok(json!({ "key": key, "value": value })))
}

/// `PUT issue/{issueIdOrKey}/properties/{propertyKey}`: the body is the value.
pub(super) fn set(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "EDIT_ISSUES", 403)?.id;
    let value: Value = call.json()?;
    let key = checked(call.captured("propertyKey"), &value)?;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let is_new = issue.properties.insert(key.clone(), value).is_none();
    issue.revision += 1;
    jira.events.push(Event::PropertySet { issue: id, key, author: call.person });
    Ok(Answer::set(is_new))
}

/// `DELETE issue/{issueIdOrKey}/properties/{propertyKey}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "EDIT_ISSUES", 403)?.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let key = call.captured("propertyKey").to_owned();
    if issue.properties.remove(&key).is_none() {
        return Err(no_property());
    }
    issue.revision += 1;
    jira.events.push(Event::PropertyDeleted { issue: id, key, author: call.person });
    Ok(Answer::no_content())
}

/// `GET comment/{commentId}/properties`.
pub(super) fn list_of_comment(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let (_, comment) = comments::visible(call, jira)?;
    let address = |key: &String| format!("{}/comment/{}/properties/{key}", call.api, comment.id);
    let keys = comment.properties.keys().map(|key| json!({ "self": address(key), "key": key }));
    Ok(Answer::ok(json!({ "keys": keys.collect::<Vec<_>>() })))
}

/// `GET comment/{commentId}/properties/{propertyKey}`.
pub(super) fn get_of_comment(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let key = call.captured("propertyKey");
    let (_, comment) = comments::visible(call, jira)?;
    let value = comment.properties.get(key).ok_or_else(no_property)?;
    Ok(Answer::ok(json!({ "key": key, "value": value })))
}

/// `PUT comment/{commentId}/properties/{propertyKey}`: the body is the value.
pub(super) fn set_of_comment(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let (issue, comment) = own_comment(call, jira)?;
    let value: Value = call.json()?;
    let key = checked(call.captured("propertyKey"), &value)?;
    let is_new = of_comment(jira, issue, comment)?.insert(key, value).is_none();
    Ok(Answer::set(is_new))
}

/// `DELETE comment/{commentId}/properties/{propertyKey}`.
pub(super) fn delete_of_comment(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let (issue, comment) = own_comment(call, jira)?;
    let removed = of_comment(jira, issue, comment)?.remove(call.captured("propertyKey"));
    removed.map(|_| Answer::no_content()).ok_or_else(no_property)
}

/// The ids of a comment's issue and of the comment, if the caller may change it.
fn own_comment(call: &Call<'_>, jira: &JiraSite) -> Result<(u64, u64), Answer> {
    let (issue, comment) = comments::visible(call, jira)?;
    if comment.author == call.person || call.person.administers_sites() {
        return Ok((issue, comment.id));
    }
    Err(Answer::refusal(403, "You do not have the permission to edit this comment."))
}

fn of_comment(jira: &mut JiraSite, issue: u64, comment: u64) -> Result<&mut BTreeMap<String, Value>, Answer> {
    let issue = jira.issue_mut(issue).ok_or_else(Answer::no_issue)?;
    issue.revision += 1;
    let comment = issue.comments.iter_mut().find(|other| other.id == comment);
    comment.map(|comment| &mut comment.properties).ok_or_else(no_property)
}

fn no_property() -> Answer {
    Answer::refusal(404, "The property does not exist.")
}

/// As comments and worklogs show them.
pub(super) fn listed(properties: &BTreeMap<String, Value>) -> Value {
    properties.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// The properties that an issue or a comment is born with: a list of keys with values.
pub(super) fn read_all(sent: &Value) -> Result<BTreeMap<String, Value>, Answer> {
    let listed = sent.as_array().map(Vec::as_slice).unwrap_or_default();
    let pairs = listed.iter().map(|property| {
        let key = property["key"].as_str().unwrap_or_default();
        Ok((checked(key, &property["value"])?, property["value"].clone()))
    });
    pairs.collect()
}

fn checked(key: &str, value: &Value) -> Result<String, Answer> {
    if key.is_empty() || key.chars().count() > 255 {
        return Err(Answer::refusal(400, "The property key must have between 1 and 255 characters."));
    }
    if value.to_string().chars().count() > MOST {
        return Err(Answer::refusal(400, "The property value is too long: at most 32768 characters are allowed."));
    }
    Ok(key.to_owned())
}
