//! The search index, which may be behind what the issues are: as in Jira, a new issue is found a while after it was
//! created, and a deleted one is found a while longer.

use serde_json::Value;

use super::call::Call;
use super::issue::Issue;
use super::named;
use super::site::JiraSite;
use crate::clock::Moment;

/// What the index still has of an issue that was changed.
#[derive(Clone, Debug)]
pub(crate) struct Outdated {
    /// When the index catches up with the change.
    until: Moment,
    id: u64,
    /// As it was before the change; none if it was not there.
    was: Option<Issue>,
}

/// The issues as the index has them, but for `reconciled` ones, which are read freshly.
pub(super) fn seen<'j>(jira: &'j JiraSite, now: Moment, reconciled: &[u64]) -> Vec<&'j Issue> {
    let waiting = |id: u64| {
        let entries = jira.outdated.iter().filter(move |entry| entry.id == id && entry.until > now);
        entries.min_by_key(|entry| entry.until)
    };
    if !jira.outdated.iter().any(|entry| entry.until > now) {
        return jira.issues.iter().collect();
    }
    let fresh = |id: u64| reconciled.contains(&id);
    let live = jira.issues.iter().filter_map(|issue| match waiting(issue.id) {
        Some(entry) if !fresh(issue.id) => entry.was.as_ref(),
        _ => Some(issue),
    });
    let gone = jira.outdated.iter().filter(|entry| jira.issue_by_id(entry.id).is_none() && !fresh(entry.id));
    let gone = gone.filter_map(|entry| waiting(entry.id)).filter_map(|entry| entry.was.as_ref());
    let mut all: Vec<&Issue> = live.chain(gone).collect();
    all.sort_by_key(|issue| issue.id);
    all.dedup_by_key(|issue| issue.id);
    all
}

/// Remembers what the index does not know yet, after a write that found `before`.
pub(super) fn fall_behind(jira: &mut JiraSite, before: Vec<Issue>, now: Moment, lag: u64) {
    let until = Moment(now.0 + lag);
    jira.outdated.retain(|entry| entry.until > now);
    let created: Vec<u64> =
        jira.issues.iter().map(|issue| issue.id).filter(|id| before.iter().all(|old| old.id != *id)).collect();
    jira.outdated.extend(created.into_iter().map(|id| Outdated { until, id, was: None }));
    for old in before {
        if jira.issue_by_id(old.id).is_none_or(|new| new.revision != old.revision) {
            jira.outdated.push(Outdated { until, id: old.id, was: Some(old) });
        }
    }
}

/// The ids that a search reads freshly: at most fifty.
pub(super) fn reconciled(sent: &Value) -> Vec<u64> {
    let listed = sent.as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |value: &Value| named(&serde_json::json!({ "id": value }), &["id"])?.parse().ok();
    listed.iter().filter_map(id).take(50).collect()
}

/// Those of the query of a GET.
pub(super) fn reconciled_of_query(call: &Call<'_>) -> Vec<u64> {
    call.parameters("reconcileIssues").iter().filter_map(|id| id.parse().ok()).take(50).collect()
}
