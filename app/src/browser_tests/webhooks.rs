//! Webhooks and their deliveries.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const HOOKS: &str = "/api/v1/webhooks";

fn webhook(more: &str) -> String {
    format!(
        r#"{{"id":"whk_1","url":"https://hooks.example/<b>","events":["interrupted","recovered"],
        "created_at":"2026-01-01T00:00:00Z","created_by":"Ada","failing_since":null,{more}"version":4}}"#
    )
}

fn delivery(attempts: u32, outcome: &str) -> String {
    format!(
        r#"{{"id":"dlv_1","event":"interrupted","connection_id":"con_1","connection_name":"Staging",
        "at":"2026-01-01T00:00:00Z","attempts":{attempts},"outcome":{outcome},"last_status":500,
        "last_failure":"The receiver answered 500."}}"#
    )
}

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null}}"#)
}

async fn presses_create(stage: &Stage) {
    stage.shows("No webhooks yet").await;
    stage.press("Create webhook");
    stage.shows("Send a message when").await;
}

#[wasm_bindgen_test]
async fn a_new_webhook_is_told_everything_and_its_secret_is_shown_once() {
    let edge = Edge::start();
    edge.says(&format!("GET {HOOKS}"), 200, &list(""));
    edge.says(&format!("POST {HOOKS}"), 201, r#"{"id":"whk_1","secret":"whsec_abc"}"#);
    let stage = open("/webhooks");
    presses_create(&stage).await;
    stage.press_element("dialog .button-primary");
    stage.shows("Enter a URL.").await;
    edge.was_never_asked(&format!("POST {HOOKS}")).await;
    stage.write("#webhook-url", " https://hooks.example/ ");
    edge.says(&format!("GET {HOOKS}"), 200, &list(&webhook("")));
    stage.press_element("dialog .button-primary");
    stage.shows("whsec_abc").await;
    let connections = r#""authorized","interrupted","recovered","unauthorized","deleted""#;
    let tasks = r#""task_linked","task_status_changed","task_blocked","task_recovered","task_conflict","resync_finished","task_commented""#;
    let expected = format!(r#"{{"url":"https://hooks.example/","events":[{connections},{tasks}]}}"#);
    assert_eq!(edge.asked(&format!("POST {HOOKS}"))[0].body, expected);
    stage.press("Done");
    stage.until("the secret to be gone", || !stage.text().contains("whsec_abc")).await;
}

#[wasm_bindgen_test]
async fn an_address_that_the_edge_refuses_is_told_beside_the_field() {
    let edge = Edge::start();
    edge.says(&format!("GET {HOOKS}"), 200, &list(""));
    edge.refuses(&format!("POST {HOOKS}"), ProblemCode::InvalidRequest, "The address must be public.");
    let stage = open("/webhooks");
    presses_create(&stage).await;
    stage.write("#webhook-url", "https://10.0.0.1/");
    stage.press_element("dialog .button-primary");
    stage.shows("The address must be public.").await;
    let said = stage.find("#webhook-url-error").and_then(|error| error.text_content());
    assert_eq!(said.as_deref().map(str::trim), Some("The address must be public."));
    assert!(stage.find("dialog .failure").is_none());
}

#[wasm_bindgen_test]
async fn a_change_names_its_version_and_a_deletion_what_it_ends() {
    let edge = Edge::start();
    edge.says(&format!("GET {HOOKS}"), 200, &list(&webhook("")));
    edge.says(&format!("PATCH {HOOKS}/whk_1"), 200, &webhook(""));
    edge.says(&format!("DELETE {HOOKS}/whk_1"), 204, "");
    let stage = open("/webhooks");
    stage.shows("https://hooks.example/<b>").await;
    assert!(stage.text().contains("Nothing sent yet"));
    assert!(stage.text().contains("Interrupted, Recovered"));
    stage.press_element("#menu-whk_1");
    stage.shows("Delete").await;
    stage.press("Edit");
    stage.shows("Edit webhook").await;
    stage.press("Save");
    stage.shows("Saved the webhook").await;
    stage.settles().await;
    assert_eq!(edge.asked(&format!("PATCH {HOOKS}/whk_1"))[0].if_match.as_deref(), Some("\"4\""));
    stage.press_element("#menu-whk_1");
    stage.shows("Delete").await;
    stage.press("Delete");
    stage.shows("receives nothing from now on").await;
    assert_eq!(stage.focused(), "Cancel");
    stage.press("Delete 1 webhook");
    stage.shows("Deleted the webhook").await;
}

#[wasm_bindgen_test]
async fn a_test_is_seen_to_arrive_without_asking_again() {
    let edge = Edge::start();
    edge.says(&format!("GET {HOOKS}"), 200, &list(&webhook("")));
    edge.says(&format!("GET {HOOKS}/whk_1/deliveries"), 200, &list(""));
    let waits = delivery(0, r#"{"outcome":"waiting","next_at":"2026-01-01T00:00:00Z"}"#);
    edge.says(&format!("POST {HOOKS}/whk_1/test"), 200, &waits);
    let stage = open("/webhooks/whk_1");
    stage.shows("Send a test to see").await;
    edge.says(&format!("GET {HOOKS}/whk_1/deliveries"), 200, &list(&waits));
    stage.press("Send a test");
    stage.shows("1 delivery is waiting to be sent.").await;
    let arrived = delivery(1, r#"{"outcome":"delivered","at":"2026-01-01T00:00:00Z","status":204}"#);
    edge.says(&format!("GET {HOOKS}/whk_1/deliveries"), 200, &list(&arrived));
    stage.shows("Delivered").await;
    assert!(!stage.text().contains("delivery is waiting"));
}

#[wasm_bindgen_test]
async fn what_was_given_up_says_why_and_is_sent_again() {
    let edge = Edge::start();
    let failing = webhook("").replace(r#""failing_since":null"#, r#""failing_since":"2026-01-01T00:00:00Z""#);
    edge.says(&format!("GET {HOOKS}"), 200, &list(&failing));
    let lost = delivery(9, r#"{"outcome":"given_up","at":"2026-01-01T00:00:00Z"}"#);
    edge.says(&format!("GET {HOOKS}/whk_1/deliveries"), 200, &list(&lost));
    edge.says("POST /api/v1/deliveries/dlv_1/resend", 200, &lost);
    let stage = open("/webhooks/whk_1");
    stage.shows("Given up").await;
    assert!(stage.text().contains("The receiver answered 500."));
    assert!(stage.text().contains("Failing"));
    stage.press("Send again");
    stage.until("it to be sent again", || edge.asked("POST /api/v1/deliveries/dlv_1/resend").len() == 1).await;
}

#[wasm_bindgen_test]
async fn what_was_sent_and_what_was_answered_can_be_read() {
    let edge = Edge::start();
    edge.says(&format!("GET {HOOKS}"), 200, &list(&webhook(r#""name":"Operations","#)));
    let failed = delivery(1, r#"{"outcome":"waiting","next_at":"2026-01-01T00:00:00Z"}"#);
    edge.says(&format!("GET {HOOKS}/whk_1/deliveries"), 200, &list(&failed));
    let content = format!(
        r#"{{"delivery":{failed},"url":"https://hooks.example/","headers":[{{"name":"webhook-id","value":"dlv_1"}}],
        "body":"{{\"type\":\"connection.interrupted\"}}","sent_at":"2026-01-01T00:00:00Z",
        "answer":{{"at":"2026-01-01T00:00:01Z","status":500,"body":"<b>no</b>"}}}}"#
    );
    edge.says("GET /api/v1/deliveries/dlv_1", 200, &content);
    let stage = open("/webhooks/whk_1");
    stage.shows("Operations").await;
    assert!(stage.text().contains("due now"), "{}", stage.text());
    stage.press("Show content");
    stage.shows("\"type\": \"connection.interrupted\"").await;
    assert!(stage.text().contains("webhook-id: dlv_1") && stage.text().contains("<b>no</b>"), "{}", stage.text());
    stage.press("Close");
    stage.until("the dialog to be closed", || stage.find("dialog[open]").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_webhook_that_is_gone_says_so() {
    let edge = Edge::start();
    edge.refuses(&format!("GET {HOOKS}/whk_1/deliveries"), api::ProblemCode::NotFound, "There is no such webhook.");
    let stage = open("/webhooks/whk_1");
    stage.shows("This webhook was deleted.").await;
    edge.was_never_asked(&format!("GET {HOOKS}")).await;
}
