//! What the audit log tells of each command: one table, over every operation that changes something.

use axum::body::Body;
use http::Request;
use serde_json::Value;

use super::permissions::{ADMINISTRATOR_COLUMN, Populated, operations};

/// What is recorded of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recorded {
    /// This event. The organization of the tests is in a state in which the operation succeeds.
    As(&'static str),
    /// This event, which another test asserts: the operation needs a state that this organization is not in.
    Elsewhere(&'static str),
    /// Nothing, with the reason.
    Not(&'static str),
}

use Recorded::{As, Elsewhere, Not};

const NOTHING_SAVED: &str = "nothing is saved until the connection is";

const IN_ITS_TIMELINE: &str = "each task has a timeline of its own";

/// Every operation that is no `GET`, and what is recorded of it.
const TABLE: &[(&str, Recorded)] = &[
    ("SignOut", Not("somebody ends a session of their own, and nothing else changes")),
    ("CreateAuthorization", Not(NOTHING_SAVED)),
    ("ChooseAuthorizationSite", Not(NOTHING_SAVED)),
    ("CancelAuthorization", Not(NOTHING_SAVED)),
    ("VerifyAuthorization", Not(NOTHING_SAVED)),
    ("CreateConnection", Elsewhere("created")),
    ("EditConnection", Elsewhere("renamed")),
    ("UnauthorizeConnection", As("unauthorized")),
    ("DeleteConnection", As("deleted")),
    ("RestoreConnection", Elsewhere("restored")),
    ("RevertConnection", Elsewhere("reverted")),
    ("RenewConnection", Elsewhere("refreshed")),
    ("ActivateConnection", Elsewhere("activated")),
    ("DeactivateConnection", As("deactivated")),
    ("EditAccess", Elsewhere("access_changed")),
    ("CreateWorkspace", Elsewhere("workspace_changed")),
    ("EditWorkspace", As("workspace_changed")),
    ("AddMember", Elsewhere("membership_changed")),
    ("RemoveMember", As("membership_changed")),
    ("AddWorkspaceMember", As("membership_changed")),
    ("RemoveWorkspaceMember", As("membership_changed")),
    ("CreateProject", Elsewhere("project_changed")),
    ("EditProject", As("project_changed")),
    ("DeleteProject", As("project_changed")),
    ("CheckProjects", Not("it only asks Jira")),
    ("PushTasks", Not(IN_ITS_TIMELINE)),
    ("PutTask", Not(IN_ITS_TIMELINE)),
    ("DeleteTask", Not("products push and forget tasks by the thousands")),
    ("RetryTask", Not(IN_ITS_TIMELINE)),
    ("LinkTask", Not(IN_ITS_TIMELINE)),
    ("UnlinkTask", Not(IN_ITS_TIMELINE)),
    ("ResolveTask", Not(IN_ITS_TIMELINE)),
    ("PutMapping", Elsewhere("project_changed")),
    ("SuggestMapping", Not("it only asks Jira")),
    ("CheckMapping", Not("it only asks Jira")),
    ("StartTrial", Not("it is about one test issue, which says so")),
    ("EndTrial", Not("it is about one test issue, which says so")),
    ("CreateConnectionResync", Not("it begins a resync of each project, and each task has a timeline of its own")),
    ("CreateResync", Not("it only looks, and each task that it changes has a timeline of its own")),
    ("StartResync", Not(IN_ITS_TIMELINE)),
    ("CancelResync", Not("it ends what would have been done")),
    ("SignOutMember", As("signed_out")),
    ("ReleaseAccount", As("account_released")),
    ("CreateApiKey", Elsewhere("key_created")),
    ("RotateApiKey", As("api_key_rotated")),
    ("RevokeApiKey", As("key_revoked")),
    ("CreateWebhook", As("webhook_created")),
    ("EditWebhook", As("webhook_changed")),
    ("DeleteWebhook", As("webhook_removed")),
    ("TestWebhook", Not("the message says itself that it is a test, and is in the list of deliveries")),
    ("ResendDelivery", Not("it is in the list of deliveries")),
    ("LookAtInstance", Not("it only asks")),
    ("GenerateRsaKey", Not("the key is used by nothing until it is saved with a connection")),
    ("CreateGuide", Elsewhere("guide_created")),
    ("RotateKey", Elsewhere("key_rotated")),
    ("AdoptKey", Elsewhere("key_rotated")),
    ("DropNextKey", Not("the key was used by nothing")),
    ("ConfirmAddress", Elsewhere("address_changed")),
    ("DismissAddress", Not("a suggestion is put away")),
    ("CreateChart", As("chart_changed")),
    ("EditChart", As("chart_changed")),
    ("DeleteChart", As("chart_changed")),
    ("RestoreChart", Elsewhere("chart_changed")),
    ("PreviewChart", Not("it only asks Jira")),
    ("RenderChart", Not("it only asks Jira")),
    ("CheckChartQuery", Not("it only asks Jira")),
    ("CreateDelegation", As("delegation_changed")),
    ("GrantDelegation", As("delegation_changed")),
    ("PauseDelegation", As("delegation_changed")),
    ("EndDelegation", As("delegation_changed")),
    ("CreateEmbed", As("embed_changed")),
    ("EditEmbed", As("embed_changed")),
    ("RotateEmbedKey", As("embed_changed")),
    ("DeleteEmbed", As("embed_changed")),
    ("EditSettings", As("anonymous_charts_allowed")),
    ("AuthorizeViewer", Not("nothing is saved until the person has consented")),
    ("RemoveViewerGrant", As("viewer_changed")),
    ("CheckConnection", Elsewhere("tested")),
    ("ExportAuditLog", As("exported")),
    ("ExportConnections", As("connections_exported")),
];

/// The events of the log, newest first.
async fn log(populated: &Populated) -> Vec<String> {
    let (name, value) = populated.credentials[ADMINISTRATOR_COLUMN].clone().expect("a credential");
    let request = Request::get("/api/v1/timeline?limit=200").header(name, value);
    let answer = populated.deployment.send(request.body(Body::empty()).expect("a request")).await.json();
    let entries = answer["items"].as_array().expect("a list").iter();
    entries.filter_map(|entry| entry["event"].as_str().map(str::to_owned)).collect()
}

#[test]
fn every_command_says_what_the_audit_log_tells_of_it() {
    let commands: Vec<String> = operations()
        .into_iter()
        .filter(|operation| operation.method != "GET")
        .map(|operation| operation.name)
        .collect();
    for name in &commands {
        assert!(TABLE.iter().any(|(named, _)| named == name), "{name} is not in the table: what is recorded of it?");
    }
    assert_eq!(TABLE.len(), commands.len(), "the table names a command that there is not");
    for (name, recorded) in TABLE {
        match recorded {
            As(event) | Elsewhere(event) => assert!(api::TimelineEvent::NAMES.contains(event), "{name}: {event}"),
            Not(reason) => assert!(reason.split(' ').count() > 2, "{name} needs a reason"),
        }
    }
}

#[tokio::test]
async fn what_is_done_is_in_the_audit_log() {
    for operation in operations() {
        let Some((_, recorded)) = TABLE.iter().find(|(name, _)| *name == operation.name) else { continue };
        let As(event) = recorded else { continue };
        let populated = Populated::new().await;
        let before = log(&populated).await;
        let answered = populated.deployment.send(populated.request(&operation, ADMINISTRATOR_COLUMN)).await;
        assert!(answered.status.is_success(), "{}: {} {}", operation.name, answered.status, answered.body);
        let after = log(&populated).await;
        let new = &after[..after.len() - before.len()];
        assert!(new.iter().any(|told| told == event), "{} is not recorded as {event}: {new:?}", operation.name);
    }
}

#[tokio::test]
async fn a_guide_that_is_shared_is_recorded_with_the_host_that_it_is_for() {
    let populated = Populated::new().await;
    let (name, value) = populated.credentials[ADMINISTRATOR_COLUMN].clone().expect("a credential");
    let request = Request::get("/api/v1/timeline?event=guide_created").header(name, value);
    let answer = populated.deployment.send(request.body(Body::empty()).expect("a request")).await.json();
    assert_eq!(answer["items"][0]["host"], "jira.example.com", "the organization of the tests shared one");
}

#[tokio::test]
async fn a_project_that_is_added_is_named_with_its_workspace_and_who_added_it() {
    let populated = Populated::new().await;
    let (name, value) = populated.credentials[ADMINISTRATOR_COLUMN].clone().expect("a credential");
    let request = Request::get("/api/v1/timeline?event=project_changed").header(name, value);
    let answer = populated.deployment.send(request.body(Body::empty()).expect("a request")).await.json();
    let entry: &Value = &answer["items"][0];
    assert_eq!(
        (&entry["project"], &entry["workspace"], &entry["change"]),
        (&"Shop".into(), &"Web".into(), &"created".into())
    );
    assert_eq!(entry["actor"]["email"], "ada@example.com");
}
