//! Links between issues, and the types of them.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::LinkType;
use super::issue::Issue;
use super::site::{IssueLink, JiraSite};
use super::{named, references};

/// `GET issueLinkType`.
pub(super) fn types(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let types = jira.configuration.link_types.iter().map(|one| references::link_type(call, one));
    Answer::ok(json!({ "issueLinkTypes": types.collect::<Vec<_>>() }))
}

/// `GET issueLinkType/{issueLinkTypeId}`.
pub(super) fn type_by_id(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = type_named(jira, call.captured("issueLinkTypeId"));
    found.map(|one| Answer::ok(references::link_type(call, one))).ok_or_else(no_type)
}

/// `POST issueLink`.
pub(super) fn link(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let kind = named(&body["type"], &["id", "name"]).and_then(|name| type_named(jira, &name)).ok_or_else(no_type)?;
    let type_id = kind.id;
    let (inward, outward) = (end(call, jira, &body["inwardIssue"])?, end(call, jira, &body["outwardIssue"])?);
    let id = jira.next_id();
    jira.links.push(IssueLink { id, type_id, inward, outward });
    for issue in [inward, outward] {
        if let Some(issue) = jira.issue_mut(issue) {
            issue.touch(call.now);
        }
    }
    Ok(Answer::created(Value::Null))
}

/// Adds a link that `update` of an issue names; what names no type or no issue is left out.
pub(super) fn append(call: &Call<'_>, jira: &mut JiraSite, issue: u64, sent: &Value) {
    let type_id = named(&sent["type"], &["id", "name"]).and_then(|name| type_named(jira, &name)).map(|one| one.id);
    let end = |name: &str| named(&sent[name], &["id", "key"]).and_then(|key| jira.issue(&key)).map(|issue| issue.id);
    let ends = match (end("inwardIssue"), end("outwardIssue")) {
        (Some(inward), None) => Some((inward, issue)),
        (None, Some(outward)) => Some((issue, outward)),
        _ => None,
    };
    let (Some(type_id), Some((inward, outward))) = (type_id, ends) else { return };
    let id = jira.next_id();
    jira.links.push(IssueLink { id, type_id, inward, outward });
    if let Some(issue) = jira.issue_mut(issue) {
        issue.touch(call.now);
    }
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
    let id = found(call, jira)?.id;
    jira.links.retain(|link| link.id != id);
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
    link.ok_or_else(|| Answer::refusal(404, "No issue link with that id was found."))
}

fn kind(call: &Call<'_>, jira: &JiraSite, link: &IssueLink) -> Value {
    let kind = jira.configuration.link_types.iter().find(|one| one.id == link.type_id);
    kind.map(|one| references::link_type(call, one)).unwrap_or_default()
}

fn type_named<'j>(jira: &'j JiraSite, id_or_name: &str) -> Option<&'j LinkType> {
    let all = &jira.configuration.link_types;
    all.iter().find(|one| one.id.to_string() == id_or_name || one.name.eq_ignore_ascii_case(id_or_name))
}

fn no_type() -> Answer {
    Answer::refusal(404, "No issue link type with that id or name was found.")
}

fn address(call: &Call<'_>, id: u64) -> String {
    format!("{}/issueLink/{id}", call.api)
}
