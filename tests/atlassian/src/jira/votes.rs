//! Votes for issues.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::issues;
use super::site::JiraSite;
use super::users::user;

/// `GET issue/{issueIdOrKey}/votes`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let mut votes = summary(call, issue);
    votes["voters"] = issue.votes.iter().map(|person| user(call, *person)).collect();
    Ok(Answer::ok(votes))
}

/// How many there are, and whether the caller's is among them.
pub(super) fn summary(call: &Call<'_>, issue: &Issue) -> Value {
    json!({
        "self": format!("{}/issue/{}/votes", call.api, issue.id),
        "votes": issue.votes.len(),
        "hasVoted": issue.votes.contains(&call.person),
    })
}

/// `POST issue/{issueIdOrKey}/votes`. Nobody votes for an issue of their own.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    if issue.reporter() == Some(call.person) {
        return Err(Answer::refusal(404, "You cannot vote for an issue you have reported."));
    }
    let id = issue.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    if !issue.votes.contains(&call.person) {
        issue.votes.push(call.person);
        issue.revision += 1;
    }
    Ok(Answer::no_content())
}

/// `DELETE issue/{issueIdOrKey}/votes`.
pub(super) fn remove(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::visible(call, jira)?.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    issue.votes.retain(|voter| *voter != call.person);
    issue.revision += 1;
    Ok(Answer::no_content())
}
