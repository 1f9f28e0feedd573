//! Links between issues.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{ChangeItem, Issue, Logged};
use super::site::{IssueLink, JiraSite};
use super::{comments, issue_link_types, named, references};

/// `POST issueLink`.
pub(super) fn link(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let kind = named(&body["type"], &["id", "name"])
        .and_then(|name| issue_link_types::named(jira, &name))
        .ok_or_else(issue_link_types::missing)?;
    let type_id = kind.id;
    let (inward, outward) = (end(call, jira, &body["inwardIssue"])?, end(call, jira, &body["outwardIssue"])?);
    let id = jira.next_id();
    tie(call, jira, &IssueLink { id, type_id, inward, outward });
    if !body["comment"]["body"].is_null() {
        comments::append(call, jira, inward, &body["comment"]);
    }
    Ok(Answer::created(Value::Null))
}

/// Adds a link; the change logs of both issues tell of it.
fn tie(call: &Call<'_>, jira: &mut JiraSite, link: &IssueLink) {
    jira.links.push(link.clone());
    for (issue, told) in sides(jira, link) {
        log(call, jira, issue, ChangeItem::new("Link", "Link", (None, None), told));
    }
}

/// Writes it down. Webhooks about issues do not hear of links.
fn log(call: &Call<'_>, jira: &mut JiraSite, issue: u64, item: ChangeItem) {
    if let Some(issue) = jira.issue_mut(issue) {
        issue.record(call.person, call.now, vec![item]);
    }
}

/// Each issue of a link, with the key of the other and the sentence that Jira logs.
fn sides(jira: &JiraSite, link: &IssueLink) -> Vec<(u64, Logged)> {
    let Some(kind) = jira.configuration.link_types.iter().find(|one| one.id == link.type_id) else { return Vec::new() };
    let key = |id: u64| jira.issue_by_id(id).map(Issue::key);
    let told = |other: u64, words: &str| (key(other), key(other).map(|key| format!("This issue {words} {key}")));
    vec![(link.inward, told(link.outward, &kind.outward)), (link.outward, told(link.inward, &kind.inward))]
}

/// Adds a link that `update` of an issue names; what names no type or no issue is left out.
pub(super) fn append(call: &Call<'_>, jira: &mut JiraSite, issue: u64, sent: &Value) {
    let type_id =
        named(&sent["type"], &["id", "name"]).and_then(|name| issue_link_types::named(jira, &name)).map(|one| one.id);
    let end = |name: &str| named(&sent[name], &["id", "key"]).and_then(|key| jira.issue(&key)).map(|issue| issue.id);
    let ends = match (end("inwardIssue"), end("outwardIssue")) {
        (Some(inward), None) => Some((inward, issue)),
        (None, Some(outward)) => Some((issue, outward)),
        _ => None,
    };
    let (Some(type_id), Some((inward, outward))) = (type_id, ends) else { return };
    let id = jira.next_id();
    tie(call, jira, &IssueLink { id, type_id, inward, outward });
}

/// `GET issueLink/{linkId}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let link = found(call, jira)?;
    let mut described =
        json!({ "id": link.id.to_string(), "self": address(call, link.id), "type": kind(call, jira, link) });
    for (name, id) in [("inwardIssue", link.inward), ("outwardIssue", link.outward)] {
        described[name] = jira.issue_by_id(id).map(|issue| references::issue(call, jira, issue)).unwrap_or_default();
    }
    Ok(Answer::ok(described))
}

/// `DELETE issueLink/{linkId}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let link = found(call, jira)?.clone();
    let may_link = |id: u64| {
        let issue = jira.issue_by_id(id).filter(|issue| jira.may_browse(call.person, issue));
        issue.is_some_and(|issue| jira.permits(call.person, jira.project_of(issue), "LINK_ISSUES", Some(issue)))
    };
    if !may_link(link.inward) && !may_link(link.outward) {
        return Err(Answer::refusal(401, "You do not have the permission to link issues in this project."));
    }
    let told = sides(jira, &link);
    jira.links.retain(|other| other.id != link.id);
    for (issue, told) in told {
        log(call, jira, issue, ChangeItem::new("Link", "Link", told, (None, None)));
    }
    Ok(if call.is_cloud() { Answer::set(false) } else { Answer::no_content() })
}

/// The field `issuelinks`: each link from the side of this issue.
pub(super) fn of_issue(call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
    let sides = jira.links.iter().filter_map(|link| {
        let (name, other) = match issue.id {
            id if id == link.outward => ("inwardIssue", link.inward),
            id if id == link.inward => ("outwardIssue", link.outward),
            _ => return None,
        };
        let other = jira.issue_by_id(other).filter(|other| jira.may_browse(call.person, other))?;
        let mut described =
            json!({ "id": link.id.to_string(), "self": address(call, link.id), "type": kind(call, jira, link) });
        described[name] = references::issue(call, jira, other);
        Some(described)
    });
    sides.collect()
}

fn end(call: &Call<'_>, jira: &JiraSite, sent: &Value) -> Result<u64, Answer> {
    let issue = named(sent, &["id", "key"]).and_then(|key| jira.issue(&key));
    let issue = issue.filter(|issue| jira.may_browse(call.person, issue)).ok_or_else(Answer::no_issue)?;
    if jira.permits(call.person, jira.project_of(issue), "LINK_ISSUES", Some(issue)) {
        return Ok(issue.id);
    }
    Err(Answer::refusal(401, "You do not have the permission to link issues in this project."))
}

fn found<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j IssueLink, Answer> {
    let link = jira.links.iter().find(|link| link.id.to_string() == call.captured("linkId"));
    let sees = |id: u64| jira.issue_by_id(id).is_some_and(|issue| jira.may_browse(call.person, issue));
    link.filter(|link| sees(link.inward) || sees(link.outward))
        .ok_or_else(|| Answer::refusal(404, "No issue link with that id was found."))
}

fn kind(call: &Call<'_>, jira: &JiraSite, link: &IssueLink) -> Value {
    let kind = jira.configuration.link_types.iter().find(|one| one.id == link.type_id);
    kind.map(|one| references::link_type(call, one)).unwrap_or_default()
}

fn address(call: &Call<'_>, id: u64) -> String {
    format!("{}/issueLink/{id}", call.api)
}
