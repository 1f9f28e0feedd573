//! Labels.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::site::JiraSite;

/// `GET label`: every label that an issue has which the caller may see.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let labels: Vec<Value> = of(call, jira, "labels").into_iter().map(Value::from).collect();
    Answer::ok(call.page("label", 1_000, &labels))
}

/// The labels that issues have in a field, each once and in order.
pub(super) fn of(call: &Call<'_>, jira: &JiraSite, field: &str) -> Vec<String> {
    let visible = jira.issues.iter().filter(|issue| jira.may_browse(call.person, issue));
    let labels = visible.flat_map(|issue| issue.value(field).as_array().into_iter().flatten());
    let labels: BTreeSet<&str> = labels.filter_map(Value::as_str).collect();
    labels.into_iter().map(String::from).collect()
}
