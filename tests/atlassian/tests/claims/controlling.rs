//! The controls over HTTP.

use atlassian::sites::HARBOUR;
use atlassian::{ConsentMode, Instance, Person, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::asking::{Asking, a_model, json_of};

async fn order(asking: &Asking, command: &Value) -> u16 {
    asking.http.post(asking.url("/model/commands")).json(command).send().await.unwrap().status().as_u16()
}

/// The commands that the buttons of a page send.
fn buttons(page: &str) -> Vec<String> {
    let values = page.split("name=\"command\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    values.map(|value| value.replace("&quot;", "\"")).collect()
}

#[tokio::test]
async fn what_tests_can_order_in_process_can_be_ordered_over_http() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    for command in [
        json!({ "do": "advance_clock", "seconds": 60 }),
        json!({ "do": "change_settings", "settings": { "consent_mode": "whole_account" } }),
        json!({ "do": "rename_site", "site": HARBOUR, "name": "Port", "url": "https://port.atlassian.net" }),
        json!({ "do": "set_ip_allow_list", "site": HARBOUR, "refuses": true }),
        json!({ "do": "order_fault", "fault": {
            "endpoint": "token", "stage": "after_commit", "kind": "reset", "times": 1 } }),
        json!({ "do": "revoke_consent", "person": "ada" }),
    ] {
        assert_eq!(order(&asking, &command).await, 204, "{command}");
    }
    assert_eq!(asking.model.settings().consent_mode, ConsentMode::WholeAccount);
    assert!(asking.model.sites()[0].ip_allow_list);
    assert!(asking.model.consent_of(Person::Ada).is_none());
    assert!(asking.refresh(&tokens.refresh).await.is_err(), "the next token answer is lost");
}

#[tokio::test]
async fn an_order_that_makes_no_sense_changes_nothing() {
    let asking = a_model().await;
    for command in [
        json!({ "do": "explode" }),
        json!({ "do": "change_settings", "settings": { "no_such_setting": 1 } }),
        json!({ "do": "change_settings", "settings": { "consent_mode": "none_such" } }),
        json!({ "do": "set_ip_allow_list", "site": "nowhere", "refuses": true }),
    ] {
        assert_eq!(order(&asking, &command).await, 400, "{command}");
    }
    assert_eq!(asking.model.settings().consent_mode, ConsentMode::OneSite);
}

#[tokio::test]
async fn every_button_of_the_control_page_orders_something_that_can_be_done() {
    let asking = a_model().await;
    let page = asking.http.get(asking.url("/model")).send().await.unwrap().text().await.unwrap();
    let commands = buttons(&page);
    assert!(commands.len() > 20);
    for command in commands {
        let response = asking.http.post(asking.url("/model/play")).form(&[("command", &command)]).send().await.unwrap();
        assert_eq!(response.status(), 303, "{command}");
    }
}

#[tokio::test]
async fn state_and_requests_are_told_without_tokens() {
    let asking = a_model().await;
    asking.authorized(Person::Ada, &[HARBOUR]).await;
    let state = json_of(asking.http.get(asking.url("/model/state")).send().await.unwrap()).await;
    assert_eq!((&state["token_requests"], &state["families"][0]["person"]), (&json!(1), &json!("ada")));
    let requests = json_of(asking.http.get(asking.url("/model/requests")).send().await.unwrap()).await;
    assert_eq!(requests[0]["outcome"], json!({ "answered": 200 }));
    for token in asking.model.tokens_issued() {
        assert!(!state.to_string().contains(&token) && !requests.to_string().contains(&token));
    }
}

#[tokio::test]
async fn what_an_administrator_of_an_instance_does_can_be_done_on_a_page() {
    let asking = a_model().await;
    let jira = asking.model.data_center(Instance::Orchard);
    let fill_in = async |order: &str, fields: &[(&str, &str)]| {
        let url = asking.url(&format!("/model/data-center/orchard/{order}"));
        asking.http.post(url).form(fields).send().await.unwrap().status().as_u16()
    };
    let link = [("name", "Causeway"), ("redirect_url", "https://client.example/back"), ("permission", "WRITE")];
    assert_eq!(fill_in("create_incoming_link", &link).await, 303);
    assert_eq!(jira.incoming_links()[0].permission, Scope::Write);
    let nonsense = [("consumer_key", "causeway"), ("consumer_name", "Causeway"), ("public_key", "nonsense")];
    assert_eq!(fill_in("register_application_link", &nonsense).await, 400);
    assert_eq!(fill_in("explode", &[]).await, 400);
}

#[tokio::test]
async fn what_happens_to_an_instance_can_be_ordered_over_http() {
    let asking = a_model().await;
    let jira = asking.model.data_center(Instance::Quarry);
    for (what, order_itself) in [
        ("token", json!({ "do": "create_personal_access_token", "person": "ada", "days": 30 })),
        ("password", json!({ "do": "set_password", "person": "ada", "password": "another" })),
        ("settings", json!({ "do": "change_settings", "settings": { "version": "11.0.0" } })),
        ("address", json!({ "do": "set_moved", "moved": true })),
    ] {
        let command = json!({ "do": "at_instance", "instance": "quarry", "order": order_itself });
        assert_eq!(order(&asking, &command).await, 204, "{what}");
    }
    assert_eq!(jira.password_of(Person::Ada).as_deref(), Some("another"));
    assert_eq!((jira.settings().version.as_str(), jira.base_url()), ("11.0.0", jira.new_base_url()));
    let no_account = json!({ "do": "at_instance", "instance": "orchard",
        "order": { "do": "set_active", "person": "max", "active": false } });
    assert_eq!(order(&asking, &no_account).await, 400);
    let state = json_of(asking.http.get(asking.url("/model/state")).send().await.unwrap()).await;
    assert_eq!(state["data_centers"][0]["settings"]["version"], "11.0.0");
    for token in asking.model.tokens_issued() {
        assert!(!state.to_string().contains(&token));
    }
}

#[tokio::test]
async fn every_button_of_the_data_center_page_orders_something_that_can_be_done() {
    let asking = a_model().await;
    asking.model.data_center(Instance::Quarry).create_personal_access_token(Person::Ada, None);
    let page = asking.http.get(asking.url("/model/data-center")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("This is a model of Atlassian"));
    let commands = buttons(&page);
    assert!(commands.len() > 40);
    for command in commands {
        let url = asking.url("/model/data-center/play");
        let response = asking.http.post(url).form(&[("command", &command)]).send().await.unwrap();
        assert_eq!(response.status(), 303, "{command}");
    }
}

#[tokio::test]
async fn an_issue_is_dragged_and_deleted_on_the_board_of_its_project() {
    let asking = a_model().await;
    let board = format!("/model/boards/{HARBOUR}/CUST");
    let page = asking.http.get(asking.url(&board)).send().await.unwrap().text().await.unwrap();
    for column in ["Draft", "Submitted", "Under examination", "Waiting for documents", "Cleared", "Refused"] {
        assert!(page.contains(&format!("<h2>{column} ")), "{column} is missing");
    }
    let play = async |command: &str| {
        let form = [("back", board.as_str()), ("command", command)];
        let answer = asking.http.post(asking.url("/model/play")).form(&form).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let commands = buttons(&page);
    let drag = commands.iter().find(|command| command.contains("drag_issue") && command.contains("CUST-1\"")).unwrap();
    assert_eq!(play(drag).await, board, "one stays on the board");
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let issue = format!("/ex/jira/{HARBOUR}/rest/api/3/issue/CUST-1");
    let dragged = json_of(asking.get(&issue, &tokens.access).await).await;
    assert_eq!(dragged["fields"]["status"]["name"], "Submitted");
    let delete =
        commands.iter().find(|command| command.contains("delete_issue") && command.contains("CUST-1\"")).unwrap();
    play(delete).await;
    assert_eq!(asking.get(&issue, &tokens.access).await.status(), 404);
}

#[tokio::test]
async fn an_issue_is_moved_to_another_project_on_the_board() {
    let asking = a_model().await;
    let page = asking.http.get(asking.url(&format!("/model/boards/{HARBOUR}/CUST"))).send().await.unwrap();
    let page = page.text().await.unwrap().replace("&quot;", "\"");
    let orders = page.split("<option value=\"").skip(1).map(|rest| rest.split("\">").next().unwrap());
    let order = orders.into_iter().find(|order| order.contains("move_issue") && order.contains("\"CUST-1\"")).unwrap();
    assert!(order.contains("\"project\":\"DOCK\""), "{order}");
    let answer = asking.http.post(asking.url("/model/play")).form(&[("command", order)]).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let moved = json_of(asking.get(&format!("/ex/jira/{HARBOUR}/rest/api/3/issue/CUST-1"), &tokens.access).await).await;
    assert_eq!(moved["key"], "DOCK-13");
}

#[tokio::test]
async fn a_fault_of_any_operation_is_ordered_with_a_form() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let fill_in = async |operation: &str, kind: &str| {
        let form = [("operation", operation), ("stage", "before_commit"), ("kind", kind), ("times", "1")];
        asking.http.post(asking.url("/model/faults")).form(&form).send().await.unwrap().status().as_u16()
    };
    for (operation, path) in [
        ("getServerInfo", "serverInfo"),
        ("getAttachmentContent", "attachment/content/10001"),
        ("getIssue", "issue/DOCK-1"),
    ] {
        assert_eq!(fill_in(operation, "503").await, 303);
        let waiting = asking.http.get(asking.url("/model")).send().await.unwrap().text().await.unwrap();
        assert!(waiting.contains(&format!("jira, {operation}: status 503, before the work is done, 1 times")));
        let path = format!("/ex/jira/{HARBOUR}/rest/api/3/{path}");
        assert_eq!(asking.get(&path, &tokens.access).await.status(), 503);
        assert_ne!(asking.get(&path, &tokens.access).await.status(), 503, "only once");
    }
    assert_eq!(fill_in("makeTea", "503").await, 400);
    assert_eq!(fill_in("getIssue", "explode").await, 400);
}

#[tokio::test]
async fn tests_call_jira_past_the_gateway_and_leave_no_trace() {
    let asking = a_model().await;
    let model = &asking.model;
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "By a test" });
    let body = json!({ "fields": fields });
    let (status, made) = model.call_jira(HARBOUR, Person::Max, Method::POST, "issue", &body).await;
    assert_eq!((status, &made["key"]), (201, &json!("DOCK-13")));
    let path = "issue/DOCK-13?fields=creator";
    let (_, read) = model.call_jira(HARBOUR, Person::Ada, Method::GET, path, &Value::Null).await;
    assert_eq!(read["fields"]["creator"]["displayName"], "Max Member");
    let (status, nothing) = model.call_jira(HARBOUR, Person::Ada, Method::DELETE, "issue/DOCK-13", &Value::Null).await;
    assert_eq!((status, nothing), (204, Value::Null));
    assert_eq!(model.call_jira(HARBOUR, Person::Max, Method::GET, "issue/OPS-1", &Value::Null).await.0, 404);
    assert!(model.requests().is_empty());
}
