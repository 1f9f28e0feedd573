//! Every method to connect: where Jira runs, the credential, its authorization, keys, and the guide behind its link.

use api::ProblemCode;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use super::{
    edge::{Edge, open_nothing, set_window_property, window_property},
    stage::{Stage, open},
};

pub(super) const ATTEMPT: &str = "GET /api/v1/authorizations/aut_1";
pub(super) const CONNECTION: &str = "GET /api/v1/connections/con_1";

const QUARRY: &str = r#"{"address":"https://quarry.example.com/jira","deployment":"data_center","title":"Quarry Jira",
    "version":"10.3.2","cloud_id":null,"other_base_url":null,"methods":[
    {"kind":"data_center_oauth2","form":null,"unavailable":null},{"kind":"oauth1","form":null,"unavailable":null},
    {"kind":"basic","form":"personal_access_token","unavailable":null,"note":"Its user needs to be active."},
    {"kind":"basic","form":"password","unavailable":"Basic authentication is switched off."}]}"#;

const KEY: &str = r#"{"id":"rsa_1","public_key":"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
    "created_at":"2026-01-01T00:00:00Z"}"#;

pub(super) fn attempt(status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"aut_1","connection_id":null,"status":"{status}","expires_at":"2100-01-01T00:00:00Z","sites":[],
        "site":null,"account":null,"scopes":[],"changes":null,"failure":null{more}}}"#
    )
}

/// *New connection* after Quarry was looked up.
pub(super) async fn at_quarry(edge: &Edge) -> Stage {
    edge.says("POST /api/v1/instances", 200, QUARRY);
    edge.says("POST /api/v1/rsa-keys", 201, KEY);
    edge.says("DELETE /api/v1/authorizations/aut_1", 204, "");
    let stage = open("/connections/new");
    stage.shows("Where does Jira run?").await;
    stage.press_element("input[name=where]:not(:checked)");
    press_second(&stage, "where");
    stage.shows("Address of Jira").await;
    stage.write("#address", "https://quarry.example.com/jira");
    stage.press("Check address");
    stage.shows("Jira Data Center 10.3.2").await;
    stage
}

/// *New connection* to Quarry by OAuth 1.0a, with a key that was generated.
pub(super) async fn with_a_generated_key(edge: &Edge) -> Stage {
    let stage = at_quarry(edge).await;
    choose_method(&stage, 2);
    stage.shows("Generate new key").await;
    stage.write("#credential-identity", "causeway");
    stage.press("Generate new key");
    stage.until("the public key", || stage.find("#public-key").is_some()).await;
    stage
}

/// What an authorization over an application link adds to [`attempt`] while it waits for its approval.
pub(super) const WAITING_FOR_APPROVAL: &str =
    r#","oauth1":{"step":"approval","approve_url":"https://quarry.example.com/jira/approve"}"#;

/// Authorizing gets as far as the approval in Jira, which opens by an address that is shown.
pub(super) fn waits_for_approval(edge: &Edge) {
    started(edge, "null");
    edge.says(ATTEMPT, 200, &attempt("waiting", WAITING_FOR_APPROVAL));
}

pub(super) fn press_second(stage: &Stage, group: &str) {
    stage.press_element(&format!("label:nth-of-type(2) > input[name={group}]"));
}

pub(super) fn choose_method(stage: &Stage, at: u32) {
    stage.press_element(&format!("label:nth-of-type({at}) > input[name=method]"));
}

pub(super) fn started(edge: &Edge, start_url: &str) {
    let body = format!(r#"{{"id":"aut_1","start_url":{start_url},"expires_at":"2100-01-01T00:00:00Z"}}"#);
    edge.says("POST /api/v1/authorizations", 201, &body);
}

pub(super) fn press_authorize(stage: &Stage) {
    let real = window_property("open");
    set_window_property("open", &open_nothing());
    stage.press_element("#authorize");
    set_window_property("open", &real);
}

#[wasm_bindgen_test]
async fn an_address_is_looked_at_and_its_ways_are_offered_the_strongest_chosen() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    assert_eq!(edge.asked("POST /api/v1/instances")[0].body, r#"{"address":"https://quarry.example.com/jira"}"#);
    assert!(stage.text().contains("Basic authentication is switched off."));
    assert!(stage.text().contains("Its user needs to be active."));
    assert!(stage.find("label:nth-of-type(4) > input[name=method]").is_some_and(|way| way.has_attribute("disabled")));
    stage.shows("Client secret").await;
    assert!(stage.text().contains("/oauth/callback/data-center/quarry.example.com/jira"));
}

#[wasm_bindgen_test]
async fn an_address_that_is_refused_says_why_and_offers_nothing() {
    let edge = Edge::start();
    edge.refuses("POST /api/v1/instances", ProblemCode::AddressRefused, "That address is private.");
    let stage = open("/connections/new");
    stage.shows("Where does Jira run?").await;
    press_second(&stage, "where");
    stage.shows("Address of Jira").await;
    stage.press("Check address");
    stage.shows("Enter the address of Jira.").await;
    stage.write("#address", "http://10.0.0.1");
    stage.press("Check address");
    stage.shows("That address is private.").await;
    stage.settles().await;
    assert!(stage.find("#authorize").is_none());
}

#[wasm_bindgen_test]
async fn cloud_stays_one_click_away() {
    let _edge = Edge::start();
    let stage = open("/connections/new");
    stage.shows("Causeway asks Atlassian for access to one Jira site").await;
    assert!(stage.pressable("Authorize").inner_text().contains("opens a new window"));
}

#[wasm_bindgen_test]
async fn data_center_oauth2_sends_its_link_and_what_is_missing_is_said_beside_the_field() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    stage.shows("Client secret").await;
    press_authorize(&stage);
    stage.shows("Enter the client ID.").await;
    edge.was_never_asked("POST /api/v1/authorizations").await;
    stage.write("#credential-identity", "client-1");
    stage.write("#credential-secret", "s3cret");
    started(&edge, r#""/oauth/start/t1""#);
    edge.says(ATTEMPT, 200, &attempt("waiting", ""));
    press_authorize(&stage);
    stage.shows("The new window was blocked").await;
    assert!(stage.pressable("Continue at Jira").get_attribute("href").as_deref() == Some("/oauth/start/t1"));
    let asked = edge.asked("POST /api/v1/authorizations");
    let credential = r#"{"kind":"data_center_oauth2","address":"https://quarry.example.com/jira","client_id":"client-1","client_secret":"s3cret","scopes":["WRITE"]}"#;
    assert_eq!(asked[0].body, format!(r#"{{"kind":"data_center_oauth2","credential":{credential}}}"#));
    stage.write("#credential-secret", "another");
    stage.until("the attempt's end", || edge.asked("DELETE /api/v1/authorizations/aut_1").len() == 1).await;
    stage.shows("Not authorized").await;
}

#[wasm_bindgen_test]
async fn the_address_stays_when_another_place_is_chosen_and_gets_its_scheme() {
    let edge = Edge::start();
    edge.says("POST /api/v1/instances", 200, QUARRY);
    let stage = open("/connections/new");
    stage.shows("Where does Jira run?").await;
    press_second(&stage, "where");
    stage.shows("Address of Jira").await;
    stage.write("#address", "quarry.example.com/jira");
    stage.press("Check address");
    stage.shows("Jira Data Center 10.3.2").await;
    assert_eq!(edge.asked("POST /api/v1/instances")[0].body, r#"{"address":"https://quarry.example.com/jira"}"#);
    stage.press_element("label:nth-of-type(1) > input[name=where]");
    stage.shows("Causeway asks Atlassian").await;
    press_second(&stage, "where");
    stage.shows("Jira Data Center 10.3.2").await;
    let address = stage.find("#address").map(|field| field.unchecked_into::<HtmlInputElement>().value());
    assert_eq!(address.as_deref(), Some("https://quarry.example.com/jira"));
}

#[wasm_bindgen_test]
async fn a_refused_password_is_not_offered_to_be_tried_again() {
    let edge = Edge::start();
    let shown = r#"{"kind":"basic","form":"password","username":"mia","expires_at":null}"#;
    let over = r#""status":{"state":"unauthorized","cause":"password_refused","since":"2026-01-01T00:00:00Z"}"#;
    edge.says(CONNECTION, 200, &saved(shown, "basic").replace(r#""status":{"state":"authorized"}"#, over));
    let stage = open("/connections/con_1/setup");
    stage.until("the form", || stage.find("#credential-secret").is_some()).await;
    assert!(!stage.text().contains("existing credentials"), "{}", stage.text());
}

#[wasm_bindgen_test]
async fn a_token_needs_no_window_and_a_refused_one_says_what_to_do() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    choose_method(&stage, 3);
    stage.shows("Personal access token").await;
    stage.until("the token's field", || stage.find("#credential-secret[type=password]").is_some()).await;
    stage.until("no name to be asked for", || stage.find("#credential-identity").is_none()).await;
    stage.write("#credential-secret", "t0ken");
    stage.write("#credential-expires", "2100-01-01");
    started(&edge, "null");
    let failure = r#""failure":{"code":"password_refused","message":"Jira refuses the token.","remedy":"Make a new one.",
        "details":null}"#;
    edge.says(ATTEMPT, 200, &attempt("failed", "").replace(r#""failure":null"#, failure));
    assert!(!stage.pressable("Authorize").inner_text().contains("opens a new window"));
    stage.press_element("#authorize");
    stage.shows("Jira refuses the token.").await;
    let asked = edge.asked("POST /api/v1/authorizations");
    assert!(asked[0].body.contains(r#""username":null,"secret":"t0ken","expires_at":"2100-01-01T00:00:00Z""#));
    edge.says(ATTEMPT, 200, &attempt("authorized", ""));
    stage.press_element("#authorize");
    stage.shows("Not saved yet.").await;
}

#[wasm_bindgen_test]
async fn the_guide_is_shared_by_a_link_once_its_values_are_known() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    choose_method(&stage, 2);
    stage.shows("Share guide").await;
    stage.press("Share guide");
    stage.shows("Enter a consumer key.").await;
    stage.write("#credential-identity", "causeway");
    stage.press("Generate new key");
    stage.until("the public key", || stage.find("#guide-public-key").is_some()).await;
    let link = r#"{"url":"https://causeway.example.com/guide/t0ken","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("POST /api/v1/guides", 201, link);
    stage.press("Share guide");
    stage.shows("https://causeway.example.com/guide/t0ken").await;
    let body =
        r#"{"kind":"oauth1","address":"https://quarry.example.com/jira","consumer_key":"causeway","key_id":"rsa_1"}"#;
    assert_eq!(edge.asked("POST /api/v1/guides")[0].body, body);
}

#[wasm_bindgen_test]
async fn the_guides_page_shows_the_guide_to_anybody_and_nothing_else() {
    let edge = Edge::start();
    let guide = r#"{"kind":"oauth1","address":"https://quarry.example.com/jira","causeway_url":"https://causeway.example.com",
        "callback_url":"https://causeway.example.com/oauth/callback/data-center/jira.example.com","consumer_key":"causeway","public_key":"PEM",
        "expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("GET /api/v1/guides/t0ken", 200, guide);
    let stage = open("/guide/t0ken");
    stage.shows("Let Causeway connect to Jira by OAuth 1.0a").await;
    assert!(stage.text().contains("Generic Application"));
    assert!(stage.find("header").is_none());
    edge.was_never_asked("GET /api/v1/session").await;
}

#[wasm_bindgen_test]
async fn an_expired_guide_says_so() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/guides/0ld", ProblemCode::GuideExpired, "There is no such guide.");
    let stage = open("/guide/0ld");
    stage.shows("This guide has expired").await;
}

fn saved(credential: &str, kind: &str) -> String {
    format!(
        r#"{{"id":"con_1","name":"Quarry","kind":"{kind}","site":{{"cloud_id":null,"name":"Quarry Jira",
        "url":"https://quarry.example.com/jira","avatar_url":null,"version":"10.3.2"}},"status":{{"state":"authorized"}},
        "account":{{"account_id":"mia","name":"Mia","email":null}},"scopes":["WRITE"],"created_at":"2026-01-01T00:00:00Z",
        "authorized_at":"2026-01-01T00:00:00Z","last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,
        "credential":{credential},"version":7}}"#
    )
}

#[wasm_bindgen_test]
async fn a_connection_is_reauthorized_with_existing_or_with_new_credentials() {
    let edge = Edge::start();
    let shown = r#"{"kind":"data_center_oauth2","client_id":"client-1","scopes":["READ"]}"#;
    edge.says(CONNECTION, 200, &saved(shown, "data_center_oauth2"));
    started(&edge, r#""/oauth/start/t1""#);
    edge.says(ATTEMPT, 200, &attempt("waiting", ""));
    edge.says("DELETE /api/v1/authorizations/aut_1", 204, "");
    let stage = open("/connections/con_1/setup");
    stage.shows("Reauthorize with existing credentials").await;
    assert!(stage.find("#credential-secret").is_none());
    press_authorize(&stage);
    stage.shows("The new window was blocked").await;
    let asked = edge.asked("POST /api/v1/authorizations");
    assert_eq!(asked[0].body, r#"{"kind":"data_center_oauth2","connection_id":"con_1"}"#);
    stage.press("Cancel");
    stage.shows("Reauthorize with new credentials").await;
    stage.press("Reauthorize with new credentials");
    stage.until("the form", || stage.find("#credential-secret").is_some()).await;
    stage.until("the focus on it", || stage.focused() == "New credentials").await;
    stage.write("#credential-secret", "n3w");
    press_authorize(&stage);
    stage.until("another attempt", || edge.asked("POST /api/v1/authorizations").len() == 2).await;
    assert!(edge.asked("POST /api/v1/authorizations")[1].body.contains(r#""client_secret":"n3w","scopes":["READ"]"#));
}

#[wasm_bindgen_test]
async fn new_credentials_may_be_for_another_address_and_both_are_shown_before_save() {
    let edge = Edge::start();
    let shown = r#"{"kind":"basic","form":"password","username":"mia","expires_at":null}"#;
    edge.says(CONNECTION, 200, &saved(shown, "basic").replace(r#""version":7"#, r#""may_manage":true,"version":7"#));
    started(&edge, "null");
    let changes = r#""changes":{"account_before":null,"account_after":{"account_id":"mia","name":"Mia","email":null},
        "scopes_gained":[],"scopes_lost":[],"address_before":"https://quarry.example.com/jira"}"#;
    edge.says(ATTEMPT, 200, &attempt("authorized", "").replace(r#""changes":null"#, changes));
    let stage = open("/connections/con_1/setup?credentials=new");
    stage.until("the address", || stage.find("#credential-address").is_some()).await;
    stage.write("#credential-address", "https://jira.example.com");
    stage.write("#credential-secret", "passw0rd");
    stage.press_element("#authorize");
    stage.shows("The address changes from").await;
    let words = stage.text();
    assert!(words.contains("https://quarry.example.com/jira") && words.contains("every call go there"), "{words}");
    let asked = edge.asked("POST /api/v1/authorizations");
    assert!(asked[0].body.contains(r#""address":"https://jira.example.com""#), "{}", asked[0].body);
}

#[wasm_bindgen_test]
async fn a_link_with_the_shared_redirect_url_is_told_to_be_given_its_own() {
    let edge = Edge::start();
    let link = |path: &str| {
        format!(r#"{{"kind":"data_center_oauth2","client_id":"c","scopes":["WRITE"],"callback_path":"{path}"}}"#)
    };
    for (path, told) in [("/oauth/callback", true), ("/oauth/callback/data-center/quarry.example.com/jira", false)] {
        edge.says(CONNECTION, 200, &saved(&link(path), "data_center_oauth2"));
        let stage = open("/connections/con_1/setup?credentials=new");
        stage.shows("/oauth/callback/data-center/quarry.example.com/jira").await;
        assert_eq!(stage.text().contains("older redirect URL"), told, "{path}");
    }
}

#[wasm_bindgen_test]
async fn who_only_reauthorizes_is_not_asked_for_an_address() {
    let edge = Edge::start();
    let shown = r#"{"kind":"basic","form":"password","username":"mia","expires_at":null}"#;
    edge.says(CONNECTION, 200, &saved(shown, "basic").replace(r#""version":7"#, r#""may_manage":false,"version":7"#));
    let stage = open("/connections/con_1/setup?credentials=new");
    stage.until("the form", || stage.find("#credential-secret").is_some()).await;
    assert!(stage.find("#credential-address").is_none());
}

#[wasm_bindgen_test]
async fn a_key_is_rotated_with_both_shown_until_the_new_one_signs() {
    let edge = Edge::start();
    let credential =
        |next: &str| format!(r#"{{"kind":"oauth1","consumer_key":"causeway","key":{KEY},"next_key":{next}}}"#);
    let next = KEY.replace("rsa_1", "rsa_2").replace("MIIB", "NEXT");
    edge.says(CONNECTION, 200, &saved(&credential("null"), "oauth1"));
    let stage = open("/connections/con_1");
    stage.shows("Signing key").await;
    edge.says("POST /api/v1/connections/con_1/next-key", 200, &saved(&credential(&next), "oauth1"));
    edge.says(CONNECTION, 200, &saved(&credential(&next), "oauth1"));
    stage.press("Generate new key");
    stage.until("both keys", || stage.all("textarea").length() == 2).await;
    edge.refuses("POST /api/v1/connections/con_1/next-key/adopt", ProblemCode::KeyNotInstalled, "Jira refuses it.");
    stage.press("Switch to new key");
    stage.shows("Jira refuses it.").await;
    edge.says("DELETE /api/v1/connections/con_1/next-key", 200, &saved(&credential("null"), "oauth1"));
    edge.says(CONNECTION, 200, &saved(&credential("null"), "oauth1"));
    stage.press("Keep the old one");
    stage.until("one key", || stage.all("textarea").length() == 1).await;
}

#[wasm_bindgen_test]
async fn copying_works_where_there_is_no_clipboard() {
    let edge = Edge::start();
    let stage = at_quarry(&edge).await;
    let navigator = leptos::prelude::window().navigator();
    let missing = js_sys::Object::new();
    js_sys::Reflect::set(&missing, &"value".into(), &wasm_bindgen::JsValue::UNDEFINED).expect("a property");
    js_sys::Reflect::set(&missing, &"configurable".into(), &true.into()).expect("a property");
    js_sys::Reflect::define_property(&navigator, &"clipboard".into(), &missing).expect("it can be hidden");
    stage.press("Copy");
    stage.until("an answer", || stage.text().contains("Copied") || stage.text().contains("select the text")).await;
    js_sys::Reflect::delete_property(&navigator, &"clipboard".into()).expect("it comes back");
}
