//! Dashboards: the one that every site has.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;

/// `GET dashboard`.
pub(super) fn list(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    Answer::ok(json!({ "startAt": 0, "maxResults": 20, "total": 1, "dashboards": [describe(call)] }))
}

/// `GET dashboard/search`, by pages.
pub(super) fn search(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let wanted = call.parameter("dashboardName").unwrap_or_default().to_lowercase();
    let found: Vec<Value> = if NAME.to_lowercase().contains(&wanted) { vec![describe(call)] } else { Vec::new() };
    Answer::ok(call.page("dashboard/search", 50, &found))
}

/// `GET dashboard/{id}`.
pub(super) fn get(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    let missing = || Answer::refusal(404, "The dashboard with that id does not exist.");
    (call.captured("id") == "10000").then(|| Answer::ok(describe(call))).ok_or_else(missing)
}

const NAME: &str = "Default dashboard";

fn describe(call: &Call<'_>) -> Value {
    json!({ "id": "10000", "isFavourite": false, "name": NAME, "popularity": 0,
        "self": format!("{}/dashboard/10000", call.api), "sharePermissions": [{ "type": "global" }], "editPermissions": [],
        "view": format!("{}/jira/dashboards/10000", call.base), "isWritable": false, "systemDashboard": true })
}
