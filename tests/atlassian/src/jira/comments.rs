//! Comments of issues.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{ChangeItem, Comment, Issue};
use super::site::JiraSite;
use super::users::user;
use super::webhooks::Event;
use super::{documents, issues, properties};

const INVALID: &str = "Comment body is not valid!";

/// `GET issue/{issueIdOrKey}/comment`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(page(call, issues::visible(call, jira)?)))
}

/// A page of comments, as the list and the field `comment` have it. `orderBy=-created` turns it round.
pub(super) fn page(call: &Call<'_>, issue: &Issue) -> Value {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(5000);
    let mut all: Vec<&Comment> = issue.comments.iter().collect();
    if call.parameter("orderBy") == Some("-created") {
        all.reverse();
    }
    let comments: Vec<Value> =
        all.iter().skip(start).take(size).map(|comment| describe(call, issue.id, comment)).collect();
    json!({ "startAt": start, "maxResults": size, "total": all.len(), "comments": comments })
}

/// `GET issue/{issueIdOrKey}/comment/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let comment = issue.comments.iter().find(|comment| comment.id.to_string() == call.captured("id"));
    comment.map(|comment| Answer::ok(describe(call, issue.id, comment))).ok_or_else(no_comment)
}

/// `POST comment/list`.
pub(super) fn by_ids(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let wanted = body["ids"].as_array().cloned().unwrap_or_default();
    let visible = jira.issues.iter().filter(|issue| jira.may_browse(call.person, issue));
    let all = visible.flat_map(|issue| issue.comments.iter().map(|comment| (issue.id, comment)));
    let found = all.filter(|(_, comment)| wanted.contains(&json!(comment.id)));
    let found: Vec<Value> = found.map(|(issue, comment)| describe(call, issue, comment)).collect();
    Ok(Answer::ok(call.page("comment/list", 1_000, &found)))
}

/// `POST issue/{issueIdOrKey}/comment`.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "ADD_COMMENTS", 400)?.id;
    let body: Value = call.json()?;
    if !call.edition.accepts_text(&body["body"]) {
        return Err(Answer::field_error("comment", INVALID));
    }
    properties::read_all(&body["properties"])?;
    append(call, jira, id, &body);
    let last = jira.issue_by_id(id).and_then(|issue| issue.comments.last());
    Ok(Answer::created(last.map(|comment| describe(call, id, comment)).unwrap_or_default()))
}

/// Adds a comment whose body is known to be one; anything else is left out.
pub(super) fn append(call: &Call<'_>, jira: &mut JiraSite, issue: u64, body: &Value) {
    let properties = properties::read_all(&body["properties"]).unwrap_or_default();
    let id = jira.next_id();
    let Some(commented) = jira.issue_mut(issue) else { return };
    if !call.edition.accepts_text(&body["body"]) {
        return;
    }
    commented.comments.push(Comment {
        id,
        author: call.person,
        body: call.edition.stored_text(&body["body"]),
        created: call.now,
        updated: call.now,
        editor: call.person,
        properties,
    });
    commented.touch(call.now);
    jira.events.push(Event::Commented { issue, comment: id, what: "created" });
}

/// `PUT issue/{issueIdOrKey}/comment/{id}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "ADD_COMMENTS", 400)?.id;
    let body: Value = call.json()?;
    if !call.edition.accepts_text(&body["body"]) {
        return Err(Answer::field_error("comment", INVALID));
    }
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let comment = issue.comments.iter_mut().find(|comment| comment.id.to_string() == call.captured("id"));
    let comment = comment.ok_or_else(no_comment)?;
    if comment.author != call.person && !call.person.administers_sites() {
        return Err(Answer::refusal(400, "You do not have the permission to edit this comment."));
    }
    (comment.body, comment.updated, comment.editor) = (call.edition.stored_text(&body["body"]), call.now, call.person);
    let edited = comment.clone();
    issue.touch(call.now);
    jira.events.push(Event::Commented { issue: id, comment: edited.id, what: "updated" });
    Ok(Answer::ok(describe(call, id, &edited)))
}

/// `DELETE issue/{issueIdOrKey}/comment/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "ADD_COMMENTS", 400)?.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let place = issue.comments.iter().position(|comment| comment.id.to_string() == call.captured("id"));
    let place = place.ok_or_else(no_comment)?;
    if issue.comments[place].author != call.person && !call.person.administers_sites() {
        return Err(Answer::refusal(400, "You do not have the permission to delete this comment."));
    }
    let removed = issue.comments.remove(place);
    let text = removed.body.as_str().map_or_else(|| documents::text_of(&removed.body), String::from);
    let logged = (Some(removed.id.to_string()), Some(text));
    issue.record(call.person, call.now, vec![ChangeItem::new("Comment", "comment", logged, (None, None))]);
    jira.events.push(Event::Commented { issue: id, comment: removed.id, what: "deleted" });
    Ok(Answer::no_content())
}

/// A comment by its id alone, if the caller may browse its issue: the id of the issue, and the comment.
pub(super) fn visible<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<(u64, &'j Comment), Answer> {
    let wanted = call.captured("commentId");
    let issues = jira.issues.iter().filter(|issue| jira.may_browse(call.person, issue));
    let mut all = issues.flat_map(|issue| issue.comments.iter().map(|comment| (issue.id, comment)));
    all.find(|(_, comment)| comment.id.to_string() == wanted).ok_or_else(no_comment)
}

fn no_comment() -> Answer {
    Answer::refusal(404, "Can not find a comment for the id.")
}

pub(super) fn describe(call: &Call<'_>, issue: u64, comment: &Comment) -> Value {
    let mut described = json!({
        "self": format!("{}/issue/{issue}/comment/{}", call.api, comment.id),
        "id": comment.id.to_string(),
        "author": user(call, comment.author),
        "updateAuthor": user(call, comment.editor),
        "body": call.edition.written_text(&comment.body),
        "created": call.date(comment.created),
        "updated": call.date(comment.updated),
        "jsdPublic": true,
    });
    if call.expands("properties") {
        described["properties"] = properties::listed(&comment.properties);
    }
    described
}
