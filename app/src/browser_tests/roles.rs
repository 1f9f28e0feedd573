//! Members see what their role allows, and whom to ask for the rest.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

fn connection(rights: &str) -> String {
    format!(
        r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{{"state":"authorized"}},
        "account":{{"account_id":"a1","name":"Mia","email":null}},"scopes":[],"created_at":"2026-01-01T00:00:00Z",
        "authorized_at":"2026-01-01T00:00:00Z","last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,
        {rights},"version":7}}"#
    )
}

const ROLE: &str = r#""may_reauthorize":true"#;
const NONE: &str = r#""may_reauthorize":false"#;

/// A member opens `path`, with these rights on the one connection.
fn member(edge: &Edge, rights: &str, path: &str) -> Stage {
    edge.knows_a_member();
    let one = connection(rights);
    edge.says("GET /api/v1/connections/con_1", 200, &one);
    let counts = r#"{"authorized":1,"interrupted":0,"unauthorized":0,"deleted":0}"#;
    edge.says("GET /api/v1/connections", 200, &format!(r#"{{"items":[{one}],"next_cursor":null,"counts":{counts}}}"#));
    open(path)
}

/// Whether something with these words can be pressed.
fn offers(stage: &Stage, words: &str) -> bool {
    let all = stage.all("button, a");
    (0..all.length()).any(|at| all.get(at).and_then(|one| one.text_content()).is_some_and(|it| it.trim() == words))
}

#[wasm_bindgen_test]
async fn the_role_issue_tracking_is_offered_test_and_reauthorize() {
    let edge = Edge::start();
    let stage = member(&edge, ROLE, "/connections/con_1");
    stage.shows("Checkup").await;
    assert!(offers(&stage, "Reauthorize") && offers(&stage, "Test"));
    for other in ["Deactivate", "Unauthorize", "Delete", "Access", "Activity"] {
        assert!(!offers(&stage, other), "{other}");
    }
    stage.press("Setup");
    stage.shows("Call Jira through this connection").await;
    assert!(stage.find("#name").is_none(), "they cannot rename it");
}

#[wasm_bindgen_test]
async fn who_only_sees_a_connection_is_told_whom_to_ask() {
    let edge = Edge::start();
    let stage = member(&edge, NONE, "/connections/con_1");
    stage.shows("Manage connection").await;
    stage.shows("Authorized as").await;
    assert!(!offers(&stage, "Test") && !offers(&stage, "Reauthorize"));
    stage.press("Setup");
    stage.shows("Its administrators set this connection up").await;
    drop(stage);
    let stage = member(&edge, NONE, "/");
    stage.shows("Staging").await;
    assert!(stage.find("[data-next]").is_none() && stage.find("[data-menu]").is_some());
}

#[wasm_bindgen_test]
async fn only_administrators_are_offered_a_new_connection() {
    let edge = Edge::start();
    let stage = member(&edge, ROLE, "/");
    stage.shows("Staging").await;
    assert!(!offers(&stage, "New connection"));
    drop(stage);
    let stage = member(&edge, ROLE, "/connections/new");
    stage.shows("Administrators of the organization make connections").await;
    assert!(stage.find("#name").is_none());
}

#[wasm_bindgen_test]
async fn api_families_are_added_and_removed_with_what_that_means_said_beside_them() {
    let edge = Edge::start();
    let at = |version: u32, families: &str| {
        connection(&format!(r#""may_manage":true,"api_families":[{families}]"#))
            .replace("\"version\":7", &format!("\"version\":{version}"))
    };
    edge.knows_a_member();
    edge.says("GET /api/v1/connections/con_1", 200, &at(7, r#""rest/tempo-core""#));
    edge.says("GET /api/v1/connections/con_1/access", 200, r#"{"workspaces":[]}"#);
    let both = at(8, r#""rest/tempo-core","rest/raven/2.0""#);
    edge.says("PATCH /api/v1/connections/con_1", 200, &both);
    let stage = open("/connections/con_1/access");
    stage.shows("Keys of this connection can then call everything this app offers").await;
    stage.shows("rest/tempo-core").await;
    stage.write("#api-family", "rest/pat");
    stage.press("Add API family");
    stage.shows("It is never passed on, so it cannot be added.").await;
    edge.was_never_asked("PATCH /api/v1/connections/con_1").await;
    stage.write("#api-family", "/rest/Raven/2.0/");
    stage.press("Add API family");
    stage.shows("Added rest/raven/2.0").await;
    edge.says("PATCH /api/v1/connections/con_1", 200, &at(9, r#""rest/raven/2.0""#));
    stage.press("Remove");
    stage.shows("Removed rest/tempo-core").await;
    let asked = edge.asked("PATCH /api/v1/connections/con_1");
    assert_eq!(asked[0].body, r#"{"api_families":["rest/tempo-core","rest/raven/2.0"]}"#);
    assert_eq!(asked[1].body, r#"{"api_families":["rest/raven/2.0"]}"#);
    let versions: Vec<_> = asked.iter().map(|asked| asked.if_match.as_deref()).collect();
    assert_eq!(versions, [Some("\"7\""), Some("\"8\"")], "its own saving is no change by somebody else");
}

#[wasm_bindgen_test]
async fn who_may_not_manage_a_connection_is_not_shown_its_api_families() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1/access", 200, r#"{"workspaces":[]}"#);
    let stage = member(&edge, ROLE, "/connections/con_1/access");
    stage.shows("There are no workspaces yet").await;
    stage.settles().await;
    assert!(!stage.text().contains("Additional API families"));
}

#[wasm_bindgen_test]
async fn access_faults_nobody_who_has_done_nothing_and_the_admins_are_saved_after_it() {
    let edge = Edge::start();
    let at = |version: u32| connection(r#""admins":[]"#).replace("\"version\":7", &format!("\"version\":{version}"));
    edge.says("GET /api/v1/connections/con_1", 200, &at(7));
    let max = r#"{"id":"mem_2","email":"max@example.com","name":"","role":"member"}"#;
    edge.says("GET /api/v1/members", 200, &format!(r#"{{"items":[{max}],"next_cursor":null}}"#));
    let access = r#"{"workspaces":[{"workspace":{"id":"wsp_1","name":"Web"},"granted":false,"projects":[]}]}"#;
    edge.says("GET /api/v1/connections/con_1/access", 200, access);
    edge.says("PATCH /api/v1/connections/con_1/access", 200, &at(8));
    let stage = open("/connections/con_1/access");
    stage.shows("max@example.com").await;
    stage.settles().await;
    assert!(!stage.text().contains("Choose at least one workspace"));
    stage.press("Save access");
    stage.shows("Choose at least one workspace").await;
    stage.press_element(".access input");
    stage.press("Save access");
    stage.shows("Saved the access").await;
    edge.says("PATCH /api/v1/connections/con_1", 200, &at(9));
    stage.press("Save admins");
    stage.shows("Saved the connection admins").await;
    let asked = edge.asked("PATCH /api/v1/connections/con_1");
    assert_eq!(asked[0].if_match.as_deref(), Some("\"8\""), "its own saving is no change by somebody else");
}
