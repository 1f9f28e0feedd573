//! Entity properties of issues: small JSON that apps keep there, and that everybody reads who may browse the issue.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issues;
use super::site::JiraSite;
use super::webhooks::Event;

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
    let value = value.ok_or_else(|| Answer::refusal(404, "The property does not exist."))?;
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
    if issue.properties.remove(call.captured("propertyKey")).is_none() {
        return Err(Answer::refusal(404, "The property does not exist."));
    }
    issue.revision += 1;
    Ok(Answer::no_content())
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
