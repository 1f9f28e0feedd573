//! Workspaces, their projects and members, and the access of a connection.

use api::ProblemCode;
use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

const WORKSPACE: &str = "/api/v1/workspaces/wsp_1";
const MAX_IN_WEB: &str = r#"{"id":"mem_2","email":"max@example.com","name":"Max","role":"member",
    "workspaces":[{"workspace":{"id":"wsp_1","name":"Web"},"issue_tracking":true}],
    "last_signed_in_at":"2026-01-01T00:00:00Z"}"#;
const MAX: &str = r#"{"id":"mem_2","email":"max@example.com","name":"Max","role":"member"}"#;

fn workspace(may_track: bool) -> String {
    format!(
        r#"{{"id":"wsp_1","name":"<b>Web</b>","created_at":"2026-01-01T00:00:00Z","archived_at":null,
        "members":[{{"member":{MAX},"issue_tracking":false}}],
        "connections":[{{"id":"con_1","name":"Staging","site":null}}],"projects":2,"may_track_issues":{may_track}}}"#
    )
}

fn project(connection: &str) -> String {
    format!(
        r#"{{"id":"prj_1","name":"Shop","workspace":{{"id":"wsp_1","name":"Web"}},"jira_project":"SHOP",
        "connection":{connection},"disconnected":null}}"#
    )
}

fn broken(may_reauthorize: bool) -> String {
    let cause = if may_reauthorize { "\"grant_refused\"" } else { "null" };
    format!(
        r#"{{"id":"con_1","name":"Staging","state":"unauthorized","cause":{cause},"may_reauthorize":{may_reauthorize}}}"#
    )
}

/// What a project answers that has 37 tasks, two of them unlinked.
const TASKS: &str = r#"{"items":[],"next_cursor":null,"counts":{"waiting":0,"outcome_unknown":0,"in_sync":30,"syncing":0,
    "retrying":0,"blocked":5,"conflict":0,"missing":0,"moved":0,"unlinked":2,"total":37},"paused":null}"#;

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null}}"#)
}

#[wasm_bindgen_test]
async fn archiving_a_workspace_names_what_it_ends_and_can_be_taken_back() {
    let edge = Edge::start();
    edge.says("GET /api/v1/workspaces", 200, &list(&workspace(true)));
    edge.says(&format!("PATCH {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(&project(&broken(false))));
    edge.says("GET /api/v1/projects/prj_1/tasks", 200, TASKS);
    let stage = open("/workspaces");
    stage.shows("<b>Web</b>").await;
    stage.press_element("#menu-wsp_1");
    stage.shows("Rename").await;
    stage.press("Archive");
    stage.shows("Its 2 projects are disconnected from").await;
    stage.shows("35 tasks stop following Jira").await;
    assert_eq!(stage.focused(), "Cancel");
    stage.press("Archive 1 workspace");
    stage.shows("Archived").await;
    assert_eq!(edge.asked(&format!("PATCH {WORKSPACE}"))[0].body, r#"{"archived":true}"#);
    let archived = workspace(true).replace(r#""archived_at":null"#, r#""archived_at":"2026-01-01T00:00:00Z""#);
    edge.says("GET /api/v1/workspaces", 200, &list(&archived));
    let stage = open("/workspaces");
    stage.shows("Archived").await;
    stage.press_element("#menu-wsp_1");
    stage.shows("Bring back").await;
}

#[wasm_bindgen_test]
async fn a_name_that_is_taken_is_told_beside_the_field() {
    let edge = Edge::start();
    edge.refuses("POST /api/v1/workspaces", ProblemCode::NameTaken, "Another workspace has this name.");
    let stage = open("/workspaces");
    stage.shows("No workspaces yet").await;
    stage.press("Create workspace");
    stage.shows("For example the team").await;
    stage.write("#workspace-name", "Web");
    stage.press_element("dialog .button-primary");
    stage.shows("Another workspace has this name.").await;
    assert!(stage.find("dialog .failure").is_none());
}

#[wasm_bindgen_test]
async fn the_first_workspace_says_what_it_changes_and_takes_in_what_is_chosen() {
    let edge = Edge::start();
    let free = |id: &str, workspaces: &str| {
        format!(
            r#"{{"id":"{id}","name":"Connection {id}","kind":"cloud_oauth2","site":null,"status":{{"state":"authorized"}},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"workspaces":[{workspaces}],"version":1}}"#
        )
    };
    let counts = r#"{"authorized":3,"interrupted":0,"unauthorized":0,"deleted":0}"#;
    let elsewhere = free("con_3", r#"{"id":"wsp_9","name":"Old"}"#);
    let items = [free("con_1", ""), free("con_2", ""), elsewhere].join(",");
    edge.says(
        "GET /api/v1/connections",
        200,
        &format!(r#"{{"items":[{items}],"next_cursor":null,"counts":{counts}}}"#),
    );
    edge.says("POST /api/v1/workspaces", 201, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(""));
    let stage = open("/workspaces");
    stage.shows("a connection must be granted to at least one workspace").await;
    stage.press("Create workspace");
    stage.shows("changes the rules for everybody").await;
    stage.shows("Connection con_2").await;
    assert!(!stage.text().contains("Connection con_3"), "it belongs to a workspace");
    stage.write("#workspace-name", "Web");
    stage.press_element("dialog .choice input");
    stage.press_element("dialog .button-primary");
    stage.until("the creation", || edge.asked("POST /api/v1/workspaces").len() == 1).await;
    assert_eq!(edge.asked("POST /api/v1/workspaces")[0].body, r#"{"name":"Web","connections":["con_2"]}"#);
}

#[wasm_bindgen_test]
async fn a_jira_project_is_picked_by_keyboard_from_those_of_the_connection() {
    let edge = Edge::start();
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(""));
    let found = r#"{"items":[{"key":"DOCK","name":"Dock"},{"key":"OPS","name":"Operations"}],"more":false}"#;
    edge.says("GET /api/v1/connections/con_1/jira-projects", 200, found);
    let works = r#"{"id":"con_1","name":"Staging","state":"authorized","cause":null,"may_reauthorize":true}"#;
    edge.says(&format!("POST {WORKSPACE}/projects"), 201, &project(works));
    let stage = open("/workspaces/wsp_1");
    stage.shows("No projects yet").await;
    stage.press("Add project");
    stage.shows("What people call the project").await;
    stage.write("#project-name", "Shop");
    stage.choose("#project-connection", "con_1");
    let field = stage.find("#project-key").expect("the field").unchecked_into::<web_sys::HtmlElement>();
    field.focus().expect("it takes the focus");
    stage.write("#project-key", "o");
    stage.shows("Operations (OPS)").await;
    assert_eq!(field.get_attribute("aria-expanded").as_deref(), Some("true"));
    stage.key("ArrowUp");
    stage
        .until("the mark", || field.get_attribute("aria-activedescendant").as_deref() == Some("project-key-option-1"))
        .await;
    stage.key("Enter");
    stage.until("the list to be closed", || stage.find("[role=listbox]").is_none()).await;
    stage.press_element("dialog .button-primary");
    stage.until("the project", || edge.asked(&format!("POST {WORKSPACE}/projects")).len() == 1).await;
    let sent = &edge.asked(&format!("POST {WORKSPACE}/projects"))[0].body;
    assert_eq!(sent, r#"{"name":"Shop","connection_id":"con_1","jira_project":"OPS"}"#);
    assert!(edge.asked("GET /api/v1/connections/con_1/jira-projects").iter().any(|asked| asked.query == "?q=o"));
}

#[wasm_bindgen_test]
async fn a_project_works_only_if_jira_shows_its_jira_project() {
    let edge = Edge::start();
    let works = r#"{"id":"con_1","name":"Staging","state":"authorized","cause":null,"may_reauthorize":true}"#;
    let said = |check: &str| {
        list(&project(works).replace(r#""disconnected":null"#, &format!(r#""disconnected":null,"jira_check":{check}"#)))
    };
    let missing = r#"{"state":"not_found","name":null,"why":null,"at":"2100-01-01T00:00:00Z"}"#;
    let found = r#"{"state":"found","name":"Web shop","why":null,"at":"2100-01-01T00:00:00Z"}"#;
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &said("null"));
    edge.says(&format!("POST {WORKSPACE}/projects/check"), 200, &said(missing));
    let stage = open("/workspaces/wsp_1");
    stage.shows("SHOP does not exist").await;
    assert!(
        stage.find("tbody").is_some_and(|rows| !rows.text_content().unwrap_or_default().contains("Works")),
        "it was asked for by itself, because nobody had asked before"
    );
    edge.says(&format!("POST {WORKSPACE}/projects/check"), 200, &said(found));
    stage.press("Check again");
    stage.shows("Works").await;
    stage.shows("Web shop (SHOP)").await;
}

#[wasm_bindgen_test]
async fn a_workspace_that_is_not_there_is_told_once_with_where_to_go_on() {
    let edge = Edge::start();
    edge.refuses(
        &format!("GET {WORKSPACE}"),
        ProblemCode::NotFound,
        "Nothing exists at this address, or you may not see it.",
    );
    let stage = open("/workspaces/wsp_1");
    stage.shows("There is no such workspace").await;
    stage.until("the title", || document().title() == "No such workspace · Causeway").await;
    assert!(stage.find(".failure, .tabs").is_none());
    assert_eq!(stage.pressable("Go to workspaces").get_attribute("href").as_deref(), Some("/workspaces"));
}

#[wasm_bindgen_test]
async fn a_project_in_trouble_leads_those_whose_role_allows_it_to_the_error_and_to_reauthorizing() {
    let edge = Edge::start();
    edge.knows_a_member();
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(&project(&broken(true))));
    edge.says("PATCH /api/v1/projects/prj_1", 200, &project("null"));
    let stage = open("/workspaces/wsp_1");
    stage.shows("do not reach Jira").await;
    stage.press("Edit issue tracking connection");
    stage.shows("Review error message").await;
    let to = stage.pressable("Reauthorize").get_attribute("href");
    assert_eq!(to.as_deref(), Some("/connections/con_1/setup"));
    stage.choose("#project-connection", "");
    stage.press("Save");
    stage.shows("Saved").await;
    let sent = &edge.asked("PATCH /api/v1/projects/prj_1")[0].body;
    assert_eq!(sent, r#"{"name":"Shop","jira_project":"SHOP"}"#);
}

#[wasm_bindgen_test]
async fn a_project_in_trouble_offers_nothing_to_those_whose_role_does_not_allow_it() {
    let edge = Edge::start();
    edge.knows_a_member();
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(false));
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(&project(&broken(false))));
    let stage = open("/workspaces/wsp_1");
    stage.shows("Unauthorized").await;
    stage.settles().await;
    assert!(!stage.text().contains("Edit issue tracking connection"));
    assert!(!stage.text().contains("Add project"));
    assert!(stage.find("#menu-prj_1").is_none());
    assert!(!stage.text().contains("Webhooks"), "what only administrators see is not offered");
}

#[wasm_bindgen_test]
async fn a_member_gets_another_role_and_is_removed_after_being_asked_about() {
    let edge = Edge::start();
    edge.says(&format!("GET {WORKSPACE}"), 200, &workspace(true));
    edge.says(&format!("POST {WORKSPACE}/members"), 200, &workspace(true));
    edge.says(&format!("DELETE {WORKSPACE}/members/mem_2"), 204, "");
    let stage = open("/workspaces/wsp_1/members");
    stage.shows("max@example.com").await;
    stage.press_element("#menu-mem_2");
    stage.shows("Give the role").await;
    stage.press("Give the role");
    let changed = || edge.asked(&format!("POST {WORKSPACE}/members"));
    stage.until("the role", || changed().len() == 1).await;
    assert_eq!(changed()[0].body, r#"{"email":"max@example.com","issue_tracking":true}"#);
    stage.until("it to be read again", || edge.asked(&format!("GET {WORKSPACE}")).len() == 2).await;
    stage.until("the menu to be closed", || stage.find("[role=menu]").is_none()).await;
    // The new answer replaces the table, and a menu in it.
    stage.settles().await;
    stage.press_element("#menu-mem_2");
    stage.shows("Remove").await;
    stage.press("Remove");
    stage.shows("Who belongs to no workspace").await;
    stage.press("Remove 1 member");
    stage.until("the removal", || edge.asked(&format!("DELETE {WORKSPACE}/members/mem_2")).len() == 1).await;
}

#[wasm_bindgen_test]
async fn taking_access_away_names_the_projects_that_lose_it_and_asks_first() {
    let edge = Edge::start();
    let access = r#"{"workspaces":[
        {"workspace":{"id":"wsp_1","name":"Web"},"granted":true,"projects":["Shop","Blog"]},
        {"workspace":{"id":"wsp_2","name":"Mobile"},"granted":false,"projects":[]}]}"#;
    let path = "/api/v1/connections/con_1/access";
    edge.knows_a_member();
    edge.says(&format!("GET {path}"), 200, access);
    let stage = open("/connections/con_1/access");
    stage.shows("Shop").await;
    assert!(!stage.text().contains("Save access"), "who may not change it is not offered to");
    drop(stage);
    let edge = Edge::start();
    edge.says(&format!("GET {path}"), 200, access);
    edge.says(&format!("GET {WORKSPACE}/projects"), 200, &list(&project(&broken(false))));
    edge.says("GET /api/v1/projects/prj_1/tasks", 200, TASKS);
    edge.refuses("GET /api/v1/members", ProblemCode::Unavailable, "It did not answer.");
    edge.refuses("GET /api/v1/connections/con_1", ProblemCode::Unavailable, "It did not answer.");
    edge.refuses(&format!("PATCH {path}"), ProblemCode::Unavailable, "It was not saved.");
    let stage = open("/connections/con_1/access");
    stage.shows("Save access").await;
    stage.press_element(".access input");
    stage.shows("Choose at least one workspace.").await;
    stage.press_element(".access:nth-of-type(2) input");
    stage.press("Save access");
    stage.shows("These projects lose the connection").await;
    stage.shows("35 tasks stop following Jira").await;
    edge.was_never_asked(&format!("PATCH {path}")).await;
    stage.press("Disconnect 2 projects");
    stage.shows("It was not saved.").await;
    assert_eq!(edge.asked(&format!("PATCH {path}"))[0].body, r#"{"workspaces":["wsp_2"],"confirmed":true}"#);
}

#[wasm_bindgen_test]
async fn a_member_is_signed_out_everywhere_after_being_asked_about() {
    let edge = Edge::start();
    edge.says("GET /api/v1/members", 200, &list(MAX_IN_WEB));
    edge.says("POST /api/v1/members/mem_2/sign-out", 204, "");
    let stage = open("/members");
    stage.shows("max@example.com").await;
    stage.press_element("#menu-mem_2");
    stage.shows("Sign out everywhere").await;
    stage.press("Sign out everywhere");
    stage.shows("is signed out on every device").await;
    stage.press("Sign out 1 member");
    stage.shows("out everywhere").await;
    stage.until("it", || edge.asked("POST /api/v1/members/mem_2/sign-out").len() == 1).await;
}

#[wasm_bindgen_test]
async fn a_member_is_added_to_the_only_workspace_and_removed_after_being_told_what_ends() {
    let edge = Edge::start();
    let ada = r#"{"id":"mem_1","email":"ada@example.com","name":"Ada","role":"administrator","workspaces":[]}"#;
    edge.says("GET /api/v1/members", 200, &list(&format!("{ada},{MAX_IN_WEB}")));
    edge.says("GET /api/v1/workspaces", 200, &list(&workspace(true)));
    edge.refuses("POST /api/v1/members", ProblemCode::InvalidRequest, "This is not an e-mail address.");
    edge.says("DELETE /api/v1/members/mem_2", 204, "");
    let stage = open("/members");
    stage.shows("named by the operator").await;
    stage.press("Add member");
    stage.shows("They need not have signed in before").await;
    stage.write("#member-email", "nobody");
    stage.press_element("dialog .button-primary");
    stage.shows("This is not an e-mail address.").await;
    assert!(stage.find("dialog .failure").is_none(), "it is told once, beside its field");
    let sent = &edge.asked("POST /api/v1/members")[0].body;
    assert_eq!(sent, r#"{"email":"nobody","workspace":"wsp_1","issue_tracking":false}"#);
    edge.says("POST /api/v1/members", 201, MAX_IN_WEB);
    stage.press_element("dialog .button-primary");
    stage.shows("Added").await;
    stage.until("it to be read again", || edge.asked("GET /api/v1/members").len() == 2).await;
    stage.settles().await;
    stage.press_element("#menu-mem_1");
    stage.shows("Release account").await;
    assert!(!stage.find("[role=menu]").expect("a menu").text_content().unwrap_or_default().contains("Remove"));
    stage.key("Escape");
    stage.press_element("#menu-mem_2");
    stage.shows("Remove").await;
    stage.press("Remove");
    stage.shows("may not sign in any more").await;
    stage.press("Remove 1 member");
    stage.until("the removal", || edge.asked("DELETE /api/v1/members/mem_2").len() == 1).await;
}

#[wasm_bindgen_test]
async fn a_members_account_is_released_after_being_asked_about() {
    let edge = Edge::start();
    edge.says("GET /api/v1/members", 200, &list(MAX_IN_WEB));
    edge.says("POST /api/v1/members/mem_2/release-account", 204, "");
    let stage = open("/members");
    stage.shows("max@example.com").await;
    stage.press_element("#menu-mem_2");
    stage.shows("Release account").await;
    stage.press("Release account");
    stage.shows("gets all of this member's rights").await;
    stage.press("Release 1 account");
    stage.shows("Released the account of").await;
    stage.until("it", || edge.asked("POST /api/v1/members/mem_2/release-account").len() == 1).await;
}
