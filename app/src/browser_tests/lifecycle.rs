//! Actions on a connection that exists, and its checkup.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

const AUTHORIZED: &str = r#"{"state":"authorized"}"#;
const ENDED: &str = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
const CONNECTION: &str = "GET /api/v1/connections/con_1";

fn connection(id: &str, name: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","name":"{name}","kind":"cloud_oauth2",
        "site":{{"cloud_id":"c1","name":"Acme","url":"https://acme.atlassian.net","avatar_url":null}},
        "status":{status},"account":{{"account_id":"a1","name":"Mia","email":null}},"scopes":["read:jira-work"],
        "created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":7}}"#
    )
}

fn with(connection: &str, more: &str) -> String {
    connection.replace(r#""version":7"#, &format!(r#"{more},"version":7"#))
}

fn list(items: &str) -> String {
    let counts = r#"{"authorized":4,"interrupted":3,"unauthorized":2,"deleted":1}"#;
    format!(r#"{{"items":[{items}],"next_cursor":null,"counts":{counts}}}"#)
}

const DELETED: &str = r#""deleted":{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2100-01-01T00:00:00Z"}"#;

const IMPACT: &str = r#"{"account":{"account_id":"a1","name":"Mia","email":null},
    "connections":[{"id":"con_1","name":"Staging","site":null},{"id":"con_2","name":"Production","site":null}],
    "consent_url":"https://id.atlassian.com/manage-profile/apps"}"#;

#[wasm_bindgen_test]
async fn chips_count_and_show_deleted_is_in_the_address() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(&with(&connection("con_1", "Old", ENDED), DELETED)));
    let stage = open("/");
    stage.shows("All 9").await;
    assert!(stage.text().contains("Interrupted 3"));
    stage.press("Show deleted 1");
    stage.shows("purged in").await;
    assert_eq!(leptos::prelude::window().location().search().ok().as_deref(), Some("?deleted=true"));
    assert!(stage.find("th s").is_some());
    edge.says("POST /api/v1/connections/con_1/restore", 200, &connection("con_1", "Old", ENDED));
    stage.press("Restore");
    stage.shows("It needs authorizing before calls work.").await;
}

#[wasm_bindgen_test]
async fn a_rows_menu_works_by_keyboard_and_gives_the_focus_back() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_1", "Staging", ENDED)));
    let stage = open("/");
    stage.shows("Staging").await;
    crate::ui::focus("menu-con_1");
    stage.key("ArrowDown");
    stage.until("the first line", || stage.focused() == "Edit").await;
    stage.key("ArrowDown");
    stage.until("the second line", || stage.focused().starts_with("Test")).await;
    assert!(stage.focused().contains("nothing to test until it is authorized"));
    stage.key("End");
    stage.until("the last line", || stage.focused() == "Delete").await;
    stage.key("Escape");
    stage.until("the menu to be gone", || stage.find("[role=menu]").is_none()).await;
    let focused = leptos::prelude::document().active_element().map(|element| element.id());
    assert_eq!(focused.as_deref(), Some("menu-con_1"));
}

#[wasm_bindgen_test]
async fn the_tabs_have_addresses_of_their_own() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    let stage = open("/connections/con_1");
    stage.shows("Checkup").await;
    stage.press("Setup");
    stage.shows("Call Jira through this connection").await;
    let path = || leptos::prelude::window().location().pathname().unwrap_or_default();
    assert_eq!(path(), "/connections/con_1/setup");
    leptos::prelude::window().history().and_then(|history| history.back()).expect("a step back");
    stage.shows("Checkup").await;
    assert_eq!(path(), "/connections/con_1");
}

#[wasm_bindgen_test]
async fn unauthorizing_names_what_shares_the_consent_and_leaves_a_checklist() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    edge.says("GET /api/v1/connections/con_1/impact", 200, IMPACT);
    let both = format!("{},{}", connection("con_1", "Staging", ENDED), connection("con_2", "Production", ENDED));
    let answer = format!(r#"{{"connections":[{both}]}}"#);
    edge.says("POST /api/v1/connections/con_1/unauthorize", 200, &answer);
    edge.says("GET /api/v1/connections", 200, &list(&both));
    let stage = open("/connections/con_1");
    stage.shows("Unauthorize").await;
    stage.press("Unauthorize");
    stage.shows("Production").await;
    assert_eq!(stage.focused(), "Cancel");
    assert!(stage.pressable("connected apps").inner_text().contains("opens a new window"));
    stage.press_element("dialog[open] .choice:nth-of-type(2) input");
    stage.until("the count", || stage.text().contains("Unauthorize 2 connections")).await;
    stage.press("Unauthorize 2 connections");
    stage.shows("Authorize Production").await;
    let asked = edge.asked("POST /api/v1/connections/con_1/unauthorize");
    assert_eq!(asked[0].body, r#"{"reach":"consent"}"#);
    assert_eq!(asked[0].proof.as_deref(), Some("1"));
    drop(stage);
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_2", "Production", ENDED)));
    let stage = open("/connections/con_1");
    stage.shows("Authorize Production").await;
    assert!(stage.text().contains("Unauthorized 1 connection"), "what is authorized again is no longer in it");
    stage.press("Dismiss");
    stage.until("the checklist to be gone", || !stage.text().contains("Authorize Production")).await;
    drop(stage);
    let asked = edge.asked("GET /api/v1/connections").len();
    let stage = open("/connections/con_1");
    stage.shows("Checkup").await;
    assert!(!stage.text().contains("Authorize Production"));
    assert_eq!(edge.asked("GET /api/v1/connections").len(), asked);
}

#[wasm_bindgen_test]
async fn what_was_deleted_is_not_offered_to_be_authorized() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    edge.says("GET /api/v1/connections/con_1/impact", 200, IMPACT);
    let both = format!("{},{}", connection("con_1", "Staging", ENDED), connection("con_2", "Production", ENDED));
    edge.says("POST /api/v1/connections/con_1/unauthorize", 200, &format!(r#"{{"connections":[{both}]}}"#));
    edge.says("GET /api/v1/connections", 200, &list(&both));
    let stage = open("/connections/con_1");
    stage.shows("Unauthorize").await;
    stage.press("Unauthorize");
    stage.shows("Unauthorize 1 connection").await;
    stage.press("Unauthorize 1 connection");
    stage.shows("Authorize Staging").await;
    edge.says("DELETE /api/v1/connections/con_1", 204, "");
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_2", "Production", ENDED)));
    stage.press("Delete");
    stage.shows("gone for good").await;
    stage.press("Delete 1 connection");
    stage.until("one line to be left", || !stage.text().contains("Authorize Staging")).await;
    stage.shows("Authorize Production").await;
}

#[wasm_bindgen_test]
async fn deleting_takes_a_second_button_and_what_is_deleted_can_be_restored() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    edge.says("DELETE /api/v1/connections/con_1", 204, "");
    edge.says("POST /api/v1/connections/con_1/restore", 200, &connection("con_1", "Staging", ENDED));
    let stage = open("/connections/con_1");
    stage.shows("Delete").await;
    stage.press("Delete");
    stage.shows("gone for good").await;
    assert_eq!(stage.focused(), "Cancel");
    edge.was_never_asked("DELETE /api/v1/connections/con_1").await;
    stage.press("Delete 1 connection");
    stage.shows("Restore").await;
    stage.press_element(".flag .button");
    stage.shows("Restored").await;
    assert_eq!(edge.asked("POST /api/v1/connections/con_1/restore").len(), 1);
}

#[wasm_bindgen_test]
async fn the_way_back_is_offered_while_there_is_one_and_a_refusal_stays() {
    let edge = Edge::start();
    let more = r#""revert_until":"2100-01-01T00:00:00Z","revert_to":{"account_id":"a2","name":"Ben","email":null}"#;
    edge.says(CONNECTION, 200, &with(&connection("con_1", "Staging", AUTHORIZED), more));
    edge.refuses("POST /api/v1/connections/con_1/revert", ProblemCode::NothingToRevert, "Ten minutes have passed.");
    let stage = open("/connections/con_1");
    stage.shows("Go back to \u{2068}Ben\u{2069}").await;
    stage.press("Go back to");
    stage.shows("Ten minutes have passed.").await;
    assert!(stage.find(".flag[role=alert]").is_some());
}

#[wasm_bindgen_test]
async fn what_was_not_granted_and_what_ends_soon_is_said_before_it_hurts() {
    let edge = Edge::start();
    let soon = js_sys::Date::now() + 3.0 * 86_400_000.0;
    let soon = String::from(js_sys::Date::new(&soon.into()).to_iso_string());
    let more = r#""missing_scopes":["write:jira-work"]"#;
    let shown = with(&connection("con_1", "Staging", AUTHORIZED), more);
    let shown = shown.replace(r#""reauthorize_before":null"#, &format!(r#""reauthorize_before":"{soon}""#));
    let lately = String::from(js_sys::Date::new(&js_sys::Date::now().into()).to_iso_string());
    let authorized = r#""authorized_at":"2026-01-01T00:00:00Z""#;
    let shown = shown.replace(authorized, &format!(r#""authorized_at":"{lately}""#));
    edge.says(CONNECTION, 200, &shown);
    edge.says("POST /api/v1/connections/con_1/renew", 200, &connection("con_1", "Staging", AUTHORIZED));
    let stage = open("/connections/con_1");
    stage.shows("creating and changing issues fails").await;
    assert!(stage.text().contains("The authorization ends "));
    stage.press("Renew now");
    stage.shows("Renewed").await;
}

const STEP: &str = r#"{"line":"step","name":"network","outcome":"passed","millis":12,"detail":"Atlassian answers.","remedy":null,"cause":null}"#;

#[wasm_bindgen_test]
async fn a_checkup_shows_its_steps_and_its_verdict_and_can_be_copied() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    let failed = STEP
        .replace("network", "scopes")
        .replace("passed", "failed")
        .replace("null,\"cause", "\"Reauthorize.\",\"cause");
    let verdict = format!(r#"{{"line":"verdict","status":{AUTHORIZED},"at":"2026-01-01T00:00:00Z"}}"#);
    edge.says("POST /api/v1/connections/con_1/checkup", 200, &format!("{STEP}\n{failed}\n{verdict}\n"));
    let stage = open("/connections/con_1?test");
    stage.shows("The connection works.").await;
    assert!(stage.text().contains("Network passed"));
    assert!(stage.text().contains("Scopes failed"));
    assert!(stage.pressable("Copy report").offset_parent().is_some());
    let asked = edge.asked("POST /api/v1/connections/con_1/checkup");
    assert_eq!((asked.len(), asked[0].proof.as_deref()), (1, Some("1")));
    assert_eq!(leptos::prelude::window().location().search().ok().as_deref(), Some(""));
}

#[wasm_bindgen_test]
async fn a_checkup_that_breaks_off_is_no_verdict() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    edge.says("POST /api/v1/connections/con_1/checkup", 200, &format!("{STEP}\n<html>"));
    let stage = open("/connections/con_1");
    stage.shows("Checkup").await;
    stage.press("Test");
    stage.shows("Causeway cannot be reached").await;
    assert!(stage.text().contains("Network passed"));
    assert!(!stage.text().contains("The connection works."));
}

const DEACTIVATED: &str = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;

#[wasm_bindgen_test]
async fn a_test_in_a_row_shows_its_result_by_itself() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_1", "Staging", AUTHORIZED)));
    let verdict = format!(r#"{{"line":"verdict","status":{AUTHORIZED},"at":"2026-01-01T00:00:00Z"}}"#);
    edge.says("POST /api/v1/connections/con_1/checkup", 200, &format!("{STEP}\n{verdict}\n"));
    let stage = open("/");
    stage.shows("Staging").await;
    stage.press_element("#next-con_1");
    stage.shows("Tested just now: it works.").await;
    assert!(stage.find("#next-con_1").is_some_and(|button| button.text_content().unwrap_or_default().contains("Test")));
}

#[wasm_bindgen_test]
async fn a_deactivated_row_is_grey_and_offers_to_activate() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_1", "Staging", DEACTIVATED)));
    edge.says("POST /api/v1/connections/con_1/activate", 200, &connection("con_1", "Staging", AUTHORIZED));
    let stage = open("/");
    stage.shows("Activate").await;
    assert!(stage.find("tr.deactivated").is_some_and(|row| row.text_content().unwrap_or_default().contains("By ")));
    stage.press("Activate");
    stage.shows("Activated").await;
    assert_eq!(edge.asked("POST /api/v1/connections/con_1/activate").len(), 1);
}

#[wasm_bindgen_test]
async fn deactivating_can_be_undone() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(&connection("con_1", "Staging", AUTHORIZED)));
    edge.says("POST /api/v1/connections/con_1/deactivate", 200, &connection("con_1", "Staging", DEACTIVATED));
    edge.says("POST /api/v1/connections/con_1/activate", 200, &connection("con_1", "Staging", AUTHORIZED));
    let stage = open("/");
    stage.shows("Staging").await;
    stage.press_element("#menu-con_1");
    stage.until("the menu", || stage.find("#menu-con_1-4").is_some()).await;
    stage.press_element("#menu-con_1-4");
    stage.shows("Undo").await;
    stage.press("Undo");
    stage.until("the activation", || edge.asked("POST /api/v1/connections/con_1/activate").len() == 1).await;
}

#[wasm_bindgen_test]
async fn without_a_consent_no_link_to_one_is_shown_and_projects_are_named() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    let impact = r#"{"account":null,"connections":[{"id":"con_1","name":"Staging","site":null}],"consent_url":null,
        "projects":[{"name":"Harbour cranes","workspace":"Logistics"}]}"#;
    edge.says("GET /api/v1/connections/con_1/impact", 200, impact);
    let stage = open("/connections/con_1");
    stage.shows("Unauthorize").await;
    stage.press("Unauthorize");
    stage.shows("Harbour cranes").await;
    assert!(stage.text().contains("Its owner removes that in Jira."));
    assert!(stage.find("dialog[open] a").is_none());
    stage.press("Cancel");
    stage.press("Delete");
    stage.shows("Delete 1 connection").await;
    stage.shows("Harbour cranes").await;
}

#[wasm_bindgen_test]
async fn a_refused_credential_is_said_to_be_kept_and_when_jira_is_asked_again() {
    let edge = Edge::start();
    let refused = r#"{"state":"interrupted","cause":"credential_refused","since":"2026-01-01T10:02:00Z"}"#;
    let again = r#""next_checkup_at":"2100-01-01T11:02:00Z""#;
    edge.says(CONNECTION, 200, &with(&connection("con_1", "Staging", refused), again));
    let stage = open("/connections/con_1");
    stage.shows("Until Jira accepts the credential again, Causeway does not use it").await;
    assert!(stage.text().contains("Causeway itself asks Jira again"));
}

#[wasm_bindgen_test]
async fn an_interrupted_connection_says_why_since_when_what_to_do_and_who() {
    let edge = Edge::start();
    let listed = r#"{"state":"interrupted","cause":"ip_allow_list","since":"2026-01-01T10:02:00Z"}"#;
    let said = r#""may_reauthorize":true,"may_manage":true,
        "diagnosis":{"headline":"The site's IP allowlist refuses Causeway","why":"It does not admit the address.",
        "remedy":"An Atlassian administrator must add these addresses.","who":"atlassian_administrator",
        "egress_addresses":["192.0.2.7"],"support_url":"mailto:help@example.com"},
        "calls":{"succeeded":[],"failed":[],"last_succeeded_at":null,"failing":{"since":"2026-01-01T10:01:00Z",
        "failed":14,"of":14,"outcome":"ip_allow_list","http_status":403}}"#;
    edge.says(CONNECTION, 200, &with(&connection("con_1", "Staging", listed), said));
    let stage = open("/connections/con_1");
    stage.shows("Interrupted: The site's IP allowlist refuses Causeway").await;
    for words in [
        "Failing since",
        "The last 14 calls failed.",
        "An Atlassian administrator must add these addresses.",
        "Who: An Atlassian administrator of your organization",
        "192.0.2.7",
        "Write to the operator",
    ] {
        assert!(stage.text().contains(words), "{words}: {}", stage.text());
    }
    assert!(stage.pressable("Copy addresses").offset_parent().is_some());
    assert!(stage.find("#delete.button-danger").is_some(), "Delete does not look like Reauthorize");
}

#[wasm_bindgen_test]
async fn what_was_authorized_is_told_in_the_past() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", ENDED));
    let stage = open("/connections/con_1");
    stage.shows("Was authorized as").await;
    assert!(stage.text().contains("Unauthorized by"), "{}", stage.text());
    assert!(!stage.text().contains("Allows"), "{}", stage.text());
}

#[wasm_bindgen_test]
async fn a_checkup_begins_with_its_verdict_and_the_step_that_failed() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, &connection("con_1", "Staging", AUTHORIZED));
    let failed =
        STEP.replace("network", "identity").replace("passed", "failed").replace("Atlassian answers.", "Refused.");
    let verdict = r#"{"line":"verdict","status":{"state":"interrupted","cause":"site_refused",
        "since":"2026-01-01T00:00:00Z"},"at":"2026-01-01T00:00:00Z","diagnosis":{"headline":"Jira refuses the account",
        "why":"It lost its access.","remedy":"A Jira administrator must give access.","who":"jira_administrator"}}"#;
    let verdict = verdict.replace('\n', "");
    edge.says("POST /api/v1/connections/con_1/checkup", 200, &format!("{STEP}\n{failed}\n{verdict}\n"));
    let stage = open("/connections/con_1?test");
    stage.shows("Jira refuses the account.").await;
    let text = stage.text();
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(at("Jira refuses the account.") < at("Identity failed") && at("Identity failed") < at("Network passed"));
    assert!(text.contains("Who: A Jira administrator"));
}

#[wasm_bindgen_test]
async fn a_moved_site_is_confirmed_by_a_person() {
    let edge = Edge::start();
    let moved = r#""moved_to":"https://jira-new.example.com","owner_at_risk":"2026-01-01T00:00:00Z""#;
    edge.says(CONNECTION, 200, &with(&connection("con_1", "Staging", AUTHORIZED), moved));
    edge.says("POST /api/v1/connections/con_1/confirm-address", 200, &connection("con_1", "Staging", AUTHORIZED));
    let stage = open("/connections/con_1");
    stage.shows("https://jira-new.example.com").await;
    assert!(stage.text().contains("Owner at risk"));
    assert!(stage.pressable("Hand over").get_attribute("href").is_some_and(|to| to.contains("/setup?credentials=new")));
    stage.press("Confirm new address");
    stage.shows("from now on").await;
    let confirmed = edge.asked("POST /api/v1/connections/con_1/confirm-address");
    assert_eq!(confirmed.len(), 1);
    assert_eq!(confirmed[0].body, r#"{"address":"https://jira-new.example.com"}"#);
}

#[wasm_bindgen_test]
async fn the_service_light_says_in_words_what_needs_the_operator() {
    let edge = Edge::start();
    let stage = open("/");
    stage.shows("All parts of Causeway work").await;
    drop(stage);
    let finding = r#"{"name":"SEALING_KEYS","message":"It is missing."}"#;
    let degraded = format!(r#"{{"status":"degraded","version":"1.0.0","findings":[{finding}]}}"#);
    edge.says("GET /healthz", 503, &degraded);
    let stage = open("/");
    stage.shows("Causeway needs its operator").await;
    stage.press_element(".service summary");
    stage.shows("SEALING_KEYS: It is missing.").await;
}
