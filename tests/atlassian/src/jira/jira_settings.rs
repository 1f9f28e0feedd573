//! Which features of Jira are on.

use serde_json::json;

use super::answer::Answer;
use super::call::Call;
use super::site::JiraSite;

/// `GET configuration`: which features are on.
pub(super) fn features(_call: &Call<'_>, _jira: &JiraSite) -> Answer {
    Answer::ok(json!({
        "votingEnabled": true, "watchingEnabled": true, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
        "issueLinkingEnabled": true, "timeTrackingEnabled": true, "attachmentsEnabled": true,
        "timeTrackingConfiguration":
            { "workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute" },
    }))
}
