//! Change logs: of one issue by pages or whole, and of many at once.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{Change, Issue};
use super::issues;
use super::site::JiraSite;
use super::users::user;

/// `GET issue/{issueIdOrKey}/changelog`, oldest first.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let all: Vec<Value> = issue.history.iter().map(|change| describe(call, change)).collect();
    Ok(Answer::ok(call.page(&format!("issue/{}/changelog", issue.key()), 100, &all)))
}

/// `POST issue/{issueIdOrKey}/changelog/list`.
pub(super) fn by_ids(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let body: Value = call.json()?;
    let wanted = body["changelogIds"].as_array().cloned().unwrap_or_default();
    let found = issue.history.iter().filter(|change| wanted.contains(&json!(change.id)));
    let found: Vec<Value> = found.map(|change| describe(call, change)).collect();
    Ok(Answer::ok(json!({ "startAt": 0, "maxResults": found.len(), "total": found.len(), "histories": found })))
}

/// `expand=changelog`, newest first.
pub(super) fn whole(call: &Call<'_>, issue: &Issue) -> Value {
    let all: Vec<Value> = issue.history.iter().rev().map(|change| describe(call, change)).collect();
    json!({ "startAt": 0, "maxResults": all.len(), "total": all.len(), "histories": all })
}

/// `POST changelog/bulkfetch`: of up to 1,000 issues, at most ten fields, in pages.
pub(super) fn bulk_fetch(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let texts = |name: &str| -> Vec<String> {
        let listed = body[name].as_array().map(Vec::as_slice).unwrap_or_default();
        listed.iter().filter_map(Value::as_str).map(String::from).collect()
    };
    let (wanted, fields) = (texts("issueIdsOrKeys"), texts("fieldIds"));
    if wanted.is_empty() || wanted.len() > 1_000 || fields.len() > 10 {
        return Err(Answer::refusal(400, "Between 1 and 1000 issues and at most 10 fields must be given."));
    }
    let start: usize = body["nextPageToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
    let size =
        body["maxResults"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(1_000).clamp(1, 10_000);
    let concerns =
        |change: &Change| fields.is_empty() || change.items.iter().any(|item| fields.contains(&item.field_id));
    let issues = wanted.iter().filter_map(|key| jira.issue(key)).filter(|issue| jira.may_browse(call.person, issue));
    let changes: Vec<(u64, &Change)> = issues
        .flat_map(|issue| issue.history.iter().filter(|change| concerns(change)).map(|change| (issue.id, change)))
        .collect();
    let mut logs: Vec<Value> = Vec::new();
    for (issue, change) in changes.iter().skip(start).take(size) {
        let (issue, described) = (issue.to_string(), only(describe(call, change), &fields));
        match logs.last_mut().filter(|log| log["issueId"] == issue.as_str()) {
            Some(log) => log["changeHistories"].as_array_mut().into_iter().for_each(|log| log.push(described.clone())),
            None => logs.push(json!({ "issueId": issue, "changeHistories": [described] })),
        }
    }
    let mut answer = json!({ "issueChangeLogs": logs });
    if start + size < changes.len() {
        answer["nextPageToken"] = json!((start + size).to_string());
    }
    Ok(Answer::ok(answer))
}

fn only(mut described: Value, fields: &[String]) -> Value {
    if let Some(items) = described["items"].as_array_mut() {
        items.retain(|item| fields.is_empty() || fields.iter().any(|field| item["fieldId"] == field.as_str()));
    }
    described
}

fn describe(call: &Call<'_>, change: &Change) -> Value {
    let items = change.items.iter().map(|item| {
        json!({
            "field": item.field,
            "fieldtype": if item.is_custom { "custom" } else { "jira" },
            "fieldId": item.field_id,
            "from": item.from,
            "fromString": item.from_text,
            "to": item.to,
            "toString": item.to_text,
        })
    });
    let items: Vec<Value> = items.map(without_nulls).collect();
    let mut described = json!({
        "id": change.id.to_string(),
        "author": user(call, change.author),
        "created": call.date(change.created),
        "items": items,
    });
    if let Some(metadata) = &change.metadata {
        described["historyMetadata"] = metadata.clone();
    }
    described
}

/// The document knows texts only, so what is empty is left out.
fn without_nulls(mut item: Value) -> Value {
    if let Some(members) = item.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    item
}
