//! The screens over an edge that works, fails, or has nobody signed in.

use api::ProblemCode;
use leptos::prelude::document;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

const CONNECTION: &str = r#"{"id":"con_1","name":"<b>Staging</b>","kind":"cloud_oauth2",
    "site":{"cloud_id":"c1","name":"Acme <i>","url":"https://acme.atlassian.net","avatar_url":"javascript:alert(1)"},
    "status":{"state":"interrupted","cause":"ip_allow_list","since":"2026-01-01T00:00:00Z"},
    "account":{"account_id":"a1","name":"Mia","email":null},"scopes":["read:jira-work"],
    "created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
    "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,
    "diagnosis":{"headline":"The site's IP allowlist refuses calls from Causeway",
    "why":"The site's IP allowlist refuses calls from Causeway.",
    "remedy":"An Atlassian administrator must add Causeway's addresses.","who":"atlassian_administrator"},"version":7}"#;

const COUNTS: &str = r#"{"authorized":0,"interrupted":0,"unauthorized":0,"deleted":0}"#;

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null,"counts":{COUNTS}}}"#)
}

#[wasm_bindgen_test]
async fn markup_in_names_and_avatar_addresses_is_text_or_nothing() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    let stage = open("/");
    stage.shows("<b>Staging</b>").await;
    assert!(stage.find("td b, th b, th i, tbody img").is_none());
}

#[wasm_bindgen_test]
async fn a_row_says_its_state_in_words_with_cause_and_remedy() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    let stage = open("/");
    stage.shows("allowlist refuses calls from Causeway").await;
    assert!(
        stage.find("tbody .lozenge").is_some_and(|it| it.text_content().unwrap_or_default().contains("Interrupted"))
    );
    assert!(stage.text().contains("must add Causeway's addresses"));
}

#[wasm_bindgen_test]
async fn an_empty_grid_says_what_comes_first_and_a_filtered_one_how_to_see_all() {
    let edge = Edge::start();
    let stage = open("/");
    stage.shows("No connections yet").await;
    assert!(stage.find("input[type=search]").is_none(), "there is nothing to search");
    let primary = stage.all(".button-primary").length();
    assert_eq!(primary, 1, "one button stands out");
    drop(stage);
    edge.says("GET /api/v1/connections", 200, &list("").replace(r#""deleted":0"#, r#""deleted":1"#));
    let stage = open("/");
    stage.shows("No connections yet").await;
    stage.press("Interrupted");
    stage.shows("No connection matches").await;
    assert_eq!(leptos::prelude::window().location().search().ok().as_deref(), Some("?status=interrupted"));
    stage.press("Clear filters");
    stage.shows("No connections yet").await;
}

#[wasm_bindgen_test]
async fn a_list_that_fails_says_why_what_to_do_and_whom_to_quote_and_tries_again() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/connections", ProblemCode::Unavailable, "The organization did not answer.");
    let stage = open("/");
    stage.shows("The organization did not answer. Try again in a moment.").await;
    assert!(stage.find(".failure pre").is_some_and(|words| words.text_content().unwrap_or_default().contains("req_1")));
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    stage.press("Try again");
    stage.shows("<b>Staging</b>").await;
}

#[wasm_bindgen_test]
async fn somebody_who_is_not_signed_in_signs_in_and_comes_back_to_the_same_place() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/session", ProblemCode::NotSignedIn, "There is no session.");
    let stage = open("/api-keys?x=1");
    stage.shows("Sign in to Causeway").await;
    stage.until("the title of the sign-in", || document().title() == "Sign in · Causeway").await;
    let href = stage.pressable("Sign in").get_attribute("href");
    assert_eq!(href.as_deref(), Some("/sign-in?return_to=%2Fapi-keys%3Fx%3D1"));
    edge.was_never_asked("GET /api/v1/api-keys").await;
}

#[wasm_bindgen_test]
async fn a_session_that_ended_is_told_once_with_its_reason_and_leads_back() {
    let edge = Edge::start();
    edge.says("GET /api/v1/members", 200, r#"{"items":[],"next_cursor":null}"#);
    let stage = open("/members");
    stage.shows("named by the operator").await;
    edge.refuses("GET /api/v1/session", ProblemCode::NotSignedIn, "The session ended after an hour without use.");
    edge.refuses("GET /api/v1/workspaces", ProblemCode::NotSignedIn, "The session ended after an hour without use.");
    stage.press("Workspaces");
    stage
        .until("the page", || {
            stage.find("h1").is_some_and(|it| it.text_content().as_deref() == Some("You were signed out"))
        })
        .await;
    stage.shows("The session ended after an hour without use.").await;
    stage.until("the title", || document().title() == "Signed out · Causeway").await;
    assert!(!stage.text().contains("API key"), "what is for programs is not told to people");
    assert_eq!(stage.focused(), "You were signed out");
    let href = stage.pressable("Sign in").get_attribute("href");
    assert_eq!(href.as_deref(), Some("/sign-in?return_to=%2Fworkspaces"));
}

#[wasm_bindgen_test]
async fn a_session_that_ended_is_told_after_the_page_was_loaded_again_too() {
    let edge = Edge::start();
    let stage = open("/");
    stage.shows("No connections yet").await;
    drop(stage);
    edge.refuses("GET /api/v1/session", ProblemCode::NotSignedIn, "The session ended after an hour without use.");
    let stage = open("/");
    stage.shows("You were signed out").await;
    stage.shows("The session ended after an hour without use.").await;
}

#[wasm_bindgen_test]
async fn who_signed_out_is_told_so() {
    let edge = Edge::start();
    edge.says("POST /api/v1/sign-out", 204, "");
    let stage = open("/");
    stage.shows("No connections yet").await;
    edge.refuses("GET /api/v1/session", ProblemCode::NotSignedIn, "The session has ended, or there was none.");
    stage.press("Sign out");
    stage.shows("You are signed out").await;
    stage.until("the title", || document().title() == "Signed out · Causeway").await;
    assert!(!stage.text().contains("You were signed out"));
}

#[wasm_bindgen_test]
async fn a_connection_that_is_not_there_has_no_tabs_and_a_title_of_its_own() {
    let edge = Edge::start();
    edge.refuses(
        "GET /api/v1/connections/con_9",
        ProblemCode::NotFound,
        "Nothing exists at this address, or you may not see it.",
    );
    let stage = open("/connections/con_9");
    stage.shows("There is no such connection").await;
    stage.until("the title", || document().title() == "No such connection · Causeway").await;
    assert!(stage.find(".failure, .tabs").is_none());
    assert_eq!(stage.pressable("Go to connections").get_attribute("href").as_deref(), Some("/"));
}

#[wasm_bindgen_test]
async fn an_edge_that_cannot_be_reached_does_not_look_like_signed_out() {
    let edge = Edge::start();
    edge.says("GET /api/v1/session", 502, "<html>bad gateway</html>");
    let stage = open("/");
    stage.shows("The answer cannot be read").await;
    assert!(!stage.text().contains("Sign in"));
}

#[wasm_bindgen_test]
async fn an_edit_names_the_version_it_was_made_from_and_a_conflict_overwrites_nothing() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    edge.refuses("PATCH /api/v1/connections/con_1", ProblemCode::EditConflict, "It changed.");
    let stage = open("/connections/con_1/setup");
    stage.shows("Call Jira through this connection").await;
    stage.write("#name", "Production");
    stage.until("Save to wait for nothing", || !stage.text().contains("Save waits for")).await;
    stage.press("Save");
    stage.shows("Changed meanwhile").await;
    let asked = edge.asked("PATCH /api/v1/connections/con_1");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].if_match.as_deref(), Some("\"7\""));
    assert_eq!(asked[0].proof.as_deref(), Some("1"));
    assert_eq!(asked[0].body, r#"{"name":"Production"}"#);
    let read = edge.asked("GET /api/v1/connections/con_1").len();
    stage.press("Load again");
    stage.until("the form to be read again", || edge.asked("GET /api/v1/connections/con_1").len() > read).await;
    stage.until("the conflict to be gone", || !stage.text().contains("Changed meanwhile")).await;
}

#[wasm_bindgen_test]
async fn managing_a_connection_names_it_in_the_heading_and_in_the_window_s_title() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    for tab in ["", "/setup", "/access", "/activity"] {
        let stage = open(&format!("/connections/con_1{tab}"));
        let heading = || stage.find("h1").and_then(|heading| heading.text_content()).unwrap_or_default();
        stage.until("the name in the heading", || heading() == "Manage connection <b>Staging</b>").await;
        assert_eq!(document().title(), "<b>Staging</b> · Manage connection · Causeway");
        stage.press("Connections");
        stage.shows("No connections yet").await;
        stage.until("another title", || document().title() == "Connections · Causeway").await;
    }
}

#[wasm_bindgen_test]
async fn a_table_keeps_its_roles_where_it_becomes_cards() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    let stage = open("/");
    stage.shows("<b>Staging</b>").await;
    let parts = ["table[role=table]", "thead[role=rowgroup] > tr[role=row] > th[role=columnheader]"];
    for part in parts.into_iter().chain(["tbody[role=rowgroup] > tr[role=row] > th[role=rowheader] ~ td[role=cell]"]) {
        assert!(stage.find(part).is_some(), "{part}");
    }
    assert!(stage.find("tr:not([role]), th:not([role]), td:not([role])").is_none());
}

#[wasm_bindgen_test]
async fn a_dialog_begins_in_its_first_field_and_one_that_asks_before_harm_on_cancel() {
    let edge = Edge::start();
    let key = r#"{"id":"key_1","name":"Build","scopes":["proxy"],"connections":null,
        "created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}"#;
    edge.says("GET /api/v1/api-keys", 200, &list(key));
    let stage = open("/api-keys");
    stage.until("the button", || stage.text().contains("Create API key")).await;
    stage.press("Create API key");
    let focused = || document().active_element().map(|element| element.id());
    stage.until("the focus in the first field", || focused().as_deref() == Some("key-name")).await;
    let submits = || stage.find("dialog[open] form button[type=submit]");
    assert!(submits().is_some(), "Enter in a field presses a button");
    stage.press("Cancel");
    stage.press("Revoke");
    stage.until("the focus on Cancel", || stage.focused() == "Cancel").await;
    assert!(submits().is_none(), "Enter never does harm by itself");
}

#[wasm_bindgen_test]
async fn a_key_may_name_a_connection_that_is_not_among_those_listed_first() {
    let edge = Edge::start();
    let page = |items: String, next: &str| format!(r#"{{"items":[{items}],"next_cursor":{next},"counts":{COUNTS}}}"#);
    edge.answers("GET /api/v1/connections", move |query| match query.get("q") {
        Some(_) => page(CONNECTION.replace("<b>Staging</b>", "Zebra").replace("con_1", "con_300"), "null"),
        None => page(CONNECTION.to_owned(), "\"more\""),
    });
    let stage = open("/api-keys");
    stage.until("the button", || stage.text().contains("Create API key")).await;
    stage.press("Create API key");
    stage.until("the choice", || stage.find("input[name='key-connections']:not(:checked)").is_some()).await;
    stage.press_element("input[name='key-connections']:not(:checked)");
    stage.shows("There are more. Search for them by name.").await;
    stage.press_element(".choice-list input");
    stage.write("input[placeholder='Search connections']", "zeb");
    stage.shows("Zebra").await;
    stage.press_element(".choice-list input");
    stage.shows("2 chosen").await;
}

#[wasm_bindgen_test]
async fn the_header_s_menu_opens_closes_by_escape_and_goes_with_the_screen() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    let stage = open("/api-keys");
    stage.shows("No API keys yet").await;
    let toggle = || stage.find("#header-menu").expect("the button");
    let expanded = || toggle().get_attribute("aria-expanded").as_deref() == Some("true");
    assert!(!expanded());
    stage.press_element("#header-menu");
    stage.until("the menu", expanded).await;
    stage.pressable("Help").focus().expect("it takes the focus");
    stage.key("Escape");
    stage.until("the menu to be closed", || !expanded()).await;
    assert!(document().active_element().is_some_and(|focused| focused.id() == "header-menu"));
    stage.press_element("#header-menu");
    stage.until("the menu", expanded).await;
    stage.press("Connections");
    stage.shows("No connections yet").await;
    stage.until("the menu to be closed", || !expanded()).await;
}

#[wasm_bindgen_test]
async fn leaving_with_unsaved_changes_asks_first() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    let stage = open("/connections/con_1/setup");
    stage.shows("Call Jira through this connection").await;
    stage.write("#name", "Production");
    stage.until("Save to wait for nothing", || !stage.text().contains("Save waits for")).await;
    stage.press("Back to connections");
    stage.shows("Discard changes?").await;
    stage.press("Discard changes");
    stage.shows("No connections yet").await;
}

#[wasm_bindgen_test]
async fn revoking_asks_first_with_the_focus_on_cancel() {
    let edge = Edge::start();
    let key = r#"{"id":"key_1","name":"Build","scopes":["proxy"],"connections":null,
        "created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}"#;
    edge.says("GET /api/v1/api-keys", 200, &list(key));
    edge.says("DELETE /api/v1/api-keys/key_1", 204, "");
    let stage = open("/api-keys");
    stage.shows("Build").await;
    stage.press("Revoke");
    stage.shows("This cannot be undone").await;
    let focused = document().active_element().and_then(|element| element.text_content());
    assert_eq!(focused.as_deref().map(str::trim), Some("Cancel"));
    edge.was_never_asked("DELETE /api/v1/api-keys/key_1").await;
    stage.press("Revoke key");
    stage.until("the revocation", || edge.asked("DELETE /api/v1/api-keys/key_1").len() == 1).await;
}

#[wasm_bindgen_test]
async fn an_address_that_names_nothing_gets_a_page_that_says_so() {
    let _edge = Edge::start();
    let stage = open("/no/such/page");
    stage.shows("Page not found").await;
    stage.press("Go to connections");
    stage.shows("No connections yet").await;
}

#[wasm_bindgen_test]
async fn a_program_for_a_connection_is_made_in_the_language_that_is_chosen() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    let stage = open("/api-keys/call-jira");
    stage.shows("<b>Staging</b>").await;
    stage.press_element("input[type=radio]");
    stage.shows("curl -H \"Authorization: Bearer $CAUSEWAY_KEY\"").await;
    for (language, line) in [
        ("Python, with jira", "from jira import JIRA"),
        ("JavaScript, with jira.js", "from \"jira.js\""),
        ("Go", "package main"),
        ("Java", "HttpClient.newHttpClient()"),
    ] {
        stage.choose("#snippet-language", language);
        stage.shows(line).await;
        assert!(stage.text().contains("/api/v1/connections/con_1/jira"), "{language}");
    }
}

#[wasm_bindgen_test]
async fn from_what_is_deleted_one_comes_to_the_api_keys() {
    let edge = Edge::start();
    let deleted = CONNECTION.replace(
        r#""version":7"#,
        r#""deleted":{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2100-01-01T00:00:00Z"},"version":7"#,
    );
    edge.says("GET /api/v1/connections", 200, &list(&deleted));
    edge.says("GET /api/v1/api-keys", 200, r#"{"items":[]}"#);
    let stage = open("/?deleted=true");
    stage.shows("purged in").await;
    stage.press("API keys");
    stage.shows("No API keys yet").await;
    stage.press("Create API key");
    stage.until("the dialog", || stage.find("dialog[open]").is_some()).await;
}
