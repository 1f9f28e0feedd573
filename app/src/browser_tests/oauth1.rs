//! OAuth 1.0a: the key, its three steps, and the verification code.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use super::{
    doors::{
        ATTEMPT, WAITING_FOR_APPROVAL, at_quarry, attempt, choose_method, press_authorize, press_second, started,
        waits_for_approval, with_a_generated_key,
    },
    edge::Edge,
};

fn focused_id() -> String {
    leptos::prelude::document().active_element().map(|element| element.id()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn oauth1_by_code_goes_from_the_key_to_the_saved_connection() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    choose_method(&stage, 2);
    stage.shows("Generate new key").await;
    stage.write("#credential-identity", "my key");
    stage.shows("Use one word, without spaces.").await;
    stage.write("#credential-identity", "causeway");
    stage.press("Generate new key");
    stage.until("the public key", || stage.find("#public-key").is_some()).await;
    press_second(&stage, "approval");
    stage.shows("Generate URL").await;
    waits_for_approval(&edge);
    stage.press("Generate URL");
    stage.shows("Request token: done").await;
    assert!(stage.text().contains("Approval: under way"));
    assert!(stage.pressable("Open Jira").inner_text().contains("opens a new window"));
    let done = r#","oauth1":{"step":"done","approve_url":null}"#;
    edge.says("POST /api/v1/authorizations/aut_1/verification-code", 200, &attempt("authorized", done));
    stage.press("Verify");
    stage.shows("Paste the verification code.").await;
    stage.write("#verification-code", " V3R1FY ");
    stage.press("Verify");
    stage.shows("Access token: done").await;
    let asked = edge.asked("POST /api/v1/authorizations/aut_1/verification-code");
    assert_eq!(asked[0].body, r#"{"code":"V3R1FY"}"#);
    stage.write("#name", "Quarry");
    stage.until("saving to wait for nothing", || !stage.text().contains("Complete connection waits for")).await;
}

#[wasm_bindgen_test]
async fn a_mistyped_verification_code_stays_in_its_field_with_the_error_beside_it() {
    let edge = Edge::start();
    let stage = with_a_generated_key(&edge).await;
    press_second(&stage, "approval");
    stage.shows("Generate URL").await;
    waits_for_approval(&edge);
    stage.press("Generate URL");
    stage.shows("Verification code").await;
    let refused = WAITING_FOR_APPROVAL.replace(
        "approve\"}",
        r#"approve","code_failure":{"code":"code_wrong","message":"That is not the code.","remedy":"Copy it again.",
        "details":null}}"#,
    );
    edge.says("POST /api/v1/authorizations/aut_1/verification-code", 200, &attempt("waiting", &refused));
    edge.says(ATTEMPT, 200, &attempt("waiting", &refused));
    stage.write("#verification-code", "WR0NG");
    stage.press("Verify");
    stage.shows("That is not the code. Copy it again.").await;
    let typed = || stage.find("#verification-code").map(|field| field.unchecked_into::<HtmlInputElement>().value());
    assert_eq!(typed().as_deref(), Some("WR0NG"));
    stage.until("the focus on the field", || focused_id() == "verification-code").await;
    stage.write("#verification-code", "R1GHT");
    stage.until("the error to be gone", || !stage.text().contains("That is not the code.")).await;
}

#[wasm_bindgen_test]
async fn a_failed_step_of_oauth1_is_named_with_its_remedy() {
    let edge = Edge::start();
    let stage = with_a_generated_key(&edge).await;
    started(&edge, r#""/oauth/start/t1""#);
    let failure = r#"{"code":"signature_invalid","message":"Jira does not take the signature.",
        "remedy":"Compare the public keys.","details":null}"#;
    let progress = r#","oauth1":{"step":"request_token","approve_url":null}"#;
    let failed = attempt("failed", progress).replace(r#""failure":null"#, &format!(r#""failure":{failure}"#));
    edge.says(ATTEMPT, 200, &failed);
    press_authorize(&stage);
    stage.shows("Request token: failed").await;
    assert!(stage.text().contains("Compare the public keys."));
    assert!(stage.text().contains("Approval: to come"));
}
