//! Links from issues to things outside Jira. One with a `globalId` is replaced, not doubled.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{ChangeItem, RemoteLink};
use super::issues;
use super::site::JiraSite;

/// `GET issue/{issueIdOrKey}/remotelink`: all, or the one with that `globalId`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let all = issue.remote_links.iter();
    let Some(wanted) = call.parameter("globalId") else {
        return Ok(Answer::ok(all.map(|link| describe(call, issue.id, link)).collect()));
    };
    let found = all.into_iter().find(|link| link.global_id.as_deref() == Some(wanted)).ok_or_else(no_link)?;
    Ok(Answer::ok(describe(call, issue.id, found)))
}

/// `GET issue/{issueIdOrKey}/remotelink/{linkId}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let link = issue.remote_links.iter().find(|link| link.id.to_string() == call.captured("linkId"));
    link.map(|link| Answer::ok(describe(call, issue.id, link))).ok_or_else(no_link)
}

/// `POST issue/{issueIdOrKey}/remotelink`: 201 for a new one, 200 for one that was replaced.
pub(super) fn set(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "LINK_ISSUES", 403)?.id;
    let body: Value = call.json()?;
    let mut link = read(&body)?;
    let fresh = jira.next_id();
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let same = |other: &&mut RemoteLink| link.global_id.is_some() && other.global_id == link.global_id;
    let replaced = issue.remote_links.iter_mut().find(same);
    let is_new = replaced.is_none();
    link.id = replaced.as_ref().map_or(fresh, |replaced| replaced.id);
    let identified = json!({ "id": link.id, "self": address(call, id, link.id) });
    let (before, after) = (replaced.as_ref().map(|replaced| (**replaced).clone()), link.clone());
    match replaced {
        Some(replaced) => *replaced = link,
        None => issue.remote_links.push(link),
    }
    let logged = |link: &RemoteLink| (Some(link.id.to_string()), Some(told(link)));
    let items = vec![ChangeItem::new(
        "RemoteIssueLink",
        "RemoteIssueLink",
        before.as_ref().map_or((None, None), logged),
        logged(&after),
    )];
    issue.record(call.person, call.now, items);
    Ok(if is_new { Answer::created(identified) } else { Answer::ok(identified) })
}

/// As the change log writes a link.
fn told(link: &RemoteLink) -> String {
    let text = |name: &str| link.object[name].as_str().unwrap_or_default().to_owned();
    format!("This issue links to \"{} ({})\"", text("title"), text("url"))
}

/// `PUT issue/{issueIdOrKey}/remotelink/{linkId}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "LINK_ISSUES", 403)?.id;
    let body: Value = call.json()?;
    let link = read(&body)?;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let found = issue.remote_links.iter_mut().find(|link| link.id.to_string() == call.captured("linkId"));
    let found = found.ok_or_else(no_link)?;
    *found = RemoteLink { id: found.id, ..link };
    issue.touch(call.now);
    Ok(Answer::no_content())
}

/// `DELETE issue/{issueIdOrKey}/remotelink?globalId=` and `…/remotelink/{linkId}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "LINK_ISSUES", 403)?.id;
    let (wanted, global_id) = (call.captured("linkId"), call.parameter("globalId"));
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let place = issue.remote_links.iter().position(|link| {
        let by_global_id = global_id.is_some() && link.global_id.as_deref() == global_id;
        link.id.to_string() == wanted || by_global_id
    });
    let removed = issue.remote_links.remove(place.ok_or_else(no_link)?);
    let logged = (Some(removed.id.to_string()), Some(told(&removed)));
    issue.record(
        call.person,
        call.now,
        vec![ChangeItem::new("RemoteIssueLink", "RemoteIssueLink", logged, (None, None))],
    );
    Ok(Answer::no_content())
}

fn read(body: &Value) -> Result<RemoteLink, Answer> {
    let text = |value: &Value| value.as_str().map(String::from);
    let object = &body["object"];
    for (name, field) in [("url", "object.url"), ("title", "object.title")] {
        if object[name].as_str().is_none_or(str::is_empty) {
            return Err(Answer::field_error(field, &format!("'{name}' is required.")));
        }
    }
    let global_id = text(&body["globalId"]);
    if global_id.as_ref().is_some_and(|id| id.chars().count() > 255) {
        return Err(Answer::field_error("globalId", "The global id has more than 255 characters."));
    }
    let application = Some(body["application"].clone()).filter(|application| !application.is_null());
    Ok(RemoteLink { id: 0, global_id, relationship: text(&body["relationship"]), application, object: object.clone() })
}

fn no_link() -> Answer {
    Answer::refusal(404, "No remote issue link with that id was found.")
}

fn address(call: &Call<'_>, issue: u64, id: u64) -> String {
    format!("{}/issue/{issue}/remotelink/{id}", call.api)
}

fn describe(call: &Call<'_>, issue: u64, link: &RemoteLink) -> Value {
    let mut described = json!({
        "id": link.id,
        "self": address(call, issue, link.id),
        "application": link.application.clone().unwrap_or_else(|| json!({})),
        "object": link.object,
    });
    if let Some(global_id) = &link.global_id {
        described["globalId"] = json!(global_id);
    }
    if let Some(relationship) = &link.relationship {
        described["relationship"] = json!(relationship);
    }
    described
}
