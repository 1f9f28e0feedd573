//! Embeds of a chart: making one, its key and its snippet, pausing and ending it.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    charts::{chart, consent_needed, one_chart},
    edge::Edge,
    stage::{Stage, open},
};

const EMBEDS: &str = "GET /api/v1/embeds";
const CREATE: &str = "POST /api/v1/embeds";

fn embed(kind: &str, state: &str, withheld: bool) -> String {
    let key = if kind == "signed" { r#"{"created_at":"2026-01-01T00:00:00Z","previous_until":null}"# } else { "null" };
    format!(
        r#"{{"id":"emb_1","chart_id":"cht_1","chart_title":"Issues \"by\" status","kind":"{kind}",
        "origins":["https://wiki.example.com"],"locked_params":[],"state":"{state}","is_withheld":{withheld},
        "created_at":"2026-01-01T00:00:00Z","created_by":"Ada","last_used_at":null,"key":{key},"delegation":null,"may_edit":true}}"#
    )
}

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null}}"#)
}

fn submit(stage: &Stage) {
    let button = stage.find("dialog[open] button[type=submit]").expect("a button");
    button.unchecked_into::<HtmlElement>().click();
}

#[wasm_bindgen_test]
async fn a_signed_embed_is_made_and_its_key_is_shown_once() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("No page of others shows it.").await;
    let made = format!(r#"{{"embed":{},"key":"cwe_SECRET"}}"#, embed("signed", "active", false));
    edge.says(CREATE, 201, &made);
    stage.press_element("#make-embed");
    stage.until("the dialog", || stage.find("#embed-origins").is_some()).await;
    submit(&stage);
    stage.shows("Name at least one page.").await;
    stage.write("#embed-origins", "https://wiki.example.com, https://intranet.example.com");
    submit(&stage);
    stage.shows("Enter an e-mail address.").await;
    stage.write("#delegation-ask", "becky@example.com");
    edge.says(EMBEDS, 200, &list(&embed("signed", "active", false)));
    submit(&stage);
    stage.shows("cwe_SECRET").await;
    let body = edge.asked(CREATE)[0].body.clone();
    assert!(body.contains(r#""origins":["https://wiki.example.com","https://intranet.example.com"]"#), "{body}");
    assert!(body.contains(r#""kind":"signed""#) && body.contains(r#""ask":"becky@example.com""#), "{body}");
    stage.shows("Signed readers").await;
    stage.press("Done");
    stage.until("the key is gone", || !stage.text().contains("cwe_SECRET")).await;
    stage.press("Snippet");
    stage.shows("#t=TOKEN").await;
    assert!(stage.text().contains("title=\"Issues &quot;by&quot; status\""), "{}", stage.text());
}

#[wasm_bindgen_test]
async fn charts_for_everybody_have_to_be_allowed_by_an_administrator() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("No page of others shows it.").await;
    stage.press_element("#make-embed");
    stage.until("the dialog", || stage.find("#embed-origins").is_some()).await;
    let everybody = stage.find("dialog[open] fieldset label:nth-of-type(2) input").expect("a choice");
    everybody.unchecked_into::<HtmlElement>().click();
    stage.shows("does not allow charts to be shown without signing in").await;
    edge.says("PATCH /api/v1/settings", 200, r#"{"anonymous_charts":true}"#);
    edge.says("GET /api/v1/settings", 200, r#"{"anonymous_charts":true}"#);
    stage.press_element("#decide-anonymous");
    stage.until("the notice is gone", || !stage.text().contains("does not allow charts")).await;
    assert_eq!(edge.asked("PATCH /api/v1/settings")[0].body, r#"{"anonymous_charts":true}"#);
}

#[wasm_bindgen_test]
async fn an_embed_is_paused_resumed_given_another_key_and_ended() {
    let edge = Edge::start();
    edge.says(EMBEDS, 200, &list(&embed("signed", "active", false)));
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("https://wiki.example.com").await;
    stage.shows("Nobody’s access yet").await;
    edge.says("PATCH /api/v1/embeds/emb_1", 200, &embed("signed", "paused", false));
    edge.says(EMBEDS, 200, &list(&embed("signed", "paused", false)));
    stage.press_element("#switch-emb_1");
    stage.shows("Paused the embed").await;
    stage
        .until("Resume", || {
            stage
                .find("#switch-emb_1")
                .is_some_and(|button| button.text_content().is_some_and(|text| text.starts_with("Resume")))
        })
        .await;
    assert_eq!(edge.asked("PATCH /api/v1/embeds/emb_1")[0].body, r#"{"state":"paused"}"#);
    edge.says("POST /api/v1/embeds/emb_1/key", 201, r#"{"key":"cwe_NEW"}"#);
    stage.press("Rotate key");
    stage.shows("Works for another hour").await;
    submit(&stage);
    stage.shows("cwe_NEW").await;
    assert_eq!(edge.asked("POST /api/v1/embeds/emb_1/key")[0].body, r#"{"overlap_seconds":0}"#);
    edge.says("DELETE /api/v1/embeds/emb_1", 204, "");
    edge.says(EMBEDS, 200, &list(""));
    stage.press("End");
    stage.shows("Open pages notice within ten seconds.").await;
    stage.press_element("dialog[open] .button-danger");
    stage.shows("No page of others shows it.").await;
    assert_eq!(edge.asked("DELETE /api/v1/embeds/emb_1").len(), 1);
}

#[wasm_bindgen_test]
async fn an_embed_that_the_organization_does_not_allow_any_more_says_so() {
    let edge = Edge::start();
    edge.says(EMBEDS, 200, &list(&embed("published", "active", true)));
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("Charts without signing in are not allowed in this organization.").await;
    assert!(!stage.text().contains("Rotate key"), "a published embed has no key");
}

#[wasm_bindgen_test]
async fn whoever_may_not_change_the_chart_sees_its_embeds_and_changes_nothing() {
    let edge = Edge::start();
    let seen = embed("published", "active", false).replace(r#""may_edit":true"#, r#""may_edit":false"#);
    edge.says(EMBEDS, 200, &list(&seen));
    drop(one_chart(&edge, &consent_needed()));
    edge.says("GET /api/v1/charts/cht_1", 200, &chart().replace(r#""may_edit":true"#, r#""may_edit":false"#));
    let stage = open("/charts/cht_1");
    stage.shows("https://wiki.example.com").await;
    assert!(stage.find("#make-embed").is_none() && stage.find("#switch-emb_1").is_none());
    stage.press("Snippet");
    stage.shows("/embed/emb_1.svg").await;
}
