//! What a token reaches, and whose it is.

use std::collections::BTreeSet;

use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{ConsentMode, Person, Resources};
use serde_json::{Value, json};

use crate::asking::{Asking, a_model, json_of, refusal};

async fn resources(asking: &Asking, access_token: &str) -> Vec<Value> {
    let response = asking.get("/oauth/token/accessible-resources", access_token).await;
    json_of(response).await.as_array().unwrap().clone()
}

fn ids(resources: &[Value]) -> BTreeSet<&str> {
    resources.iter().filter_map(|resource| resource["id"].as_str()).collect()
}

#[tokio::test]
async fn a_site_has_one_entry_per_product_with_that_products_scopes_only() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let resources = resources(&asking, &tokens.access).await;
    assert_eq!(resources.len(), 2);
    assert_eq!(ids(&resources), [HARBOUR].into());
    let has_jira = |resource: &&Value| resource["scopes"].as_array().unwrap().contains(&json!("read:jira-work"));
    let jira: Vec<&Value> = resources.iter().filter(has_jira).collect();
    assert_eq!(jira.len(), 1);
    assert_eq!(jira[0]["url"], "https://harbour.atlassian.net");
    assert!(!jira[0]["scopes"].as_array().unwrap().contains(&json!("offline_access")));
    let picture = asking.http.get(jira[0]["avatarUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
}

#[tokio::test]
async fn the_order_shifts_between_calls() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR, MEADOW]).await;
    let first = resources(&asking, &tokens.access).await;
    let second = resources(&asking, &tokens.access).await;
    assert_ne!(first, second);
    assert_eq!(first.len(), second.len());
}

#[tokio::test]
async fn a_token_reaches_only_the_sites_picked_and_only_as_long_as_the_person_does() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR, TINKER]).await;
    assert_eq!(ids(&resources(&asking, &tokens.access).await), [HARBOUR, TINKER].into());
    asking.model.set_site_people(TINKER, &[]);
    assert_eq!(ids(&resources(&asking, &tokens.access).await), [HARBOUR].into());
}

#[tokio::test]
async fn an_account_level_grant_collects_sites_over_time() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.consent_mode = ConsentMode::WholeAccount);
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    assert_eq!(ids(&resources(&asking, &first.access).await), [HARBOUR].into());
    asking.authorized(Person::Ada, &[MEADOW]).await;
    assert_eq!(ids(&resources(&asking, &first.access).await), [HARBOUR, MEADOW].into());
}

#[tokio::test]
async fn odd_answers_can_be_ordered() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.set_resources(Resources::Only(vec![]));
    assert!(resources(&asking, &tokens.access).await.is_empty());
    asking.model.set_resources(Resources::Only(vec![MEADOW.into(), TINKER.into()]));
    assert_eq!(ids(&resources(&asking, &tokens.access).await), [MEADOW, TINKER].into());
    asking.model.set_resources(Resources::Raw(json!({ "not": "a list" })));
    let raw = json_of(asking.get("/oauth/token/accessible-resources", &tokens.access).await).await;
    assert_eq!(raw, json!({ "not": "a list" }));
}

#[tokio::test]
async fn a_renamed_site_shows_its_new_name_under_its_old_id() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.rename_site(HARBOUR, "Port Logistics", "https://port.atlassian.net");
    let resources = resources(&asking, &tokens.access).await;
    assert_eq!((&resources[0]["id"], &resources[0]["name"]), (&json!(HARBOUR), &json!("Port Logistics")));
    assert_eq!(resources[0]["url"], "https://port.atlassian.net");
}

#[tokio::test]
async fn me_says_who_and_needs_its_scope() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Bob, &[HARBOUR]).await;
    let me = json_of(asking.get("/me", &tokens.access).await).await;
    assert_eq!((&me["account_id"], &me["name"]), (&json!(Person::Bob.account_id()), &json!("Bob Admin")));
    asking.model.change_settings(|settings| settings.withheld_scopes = vec!["read:me".into()]);
    let without = asking.authorized(Person::Bob, &[HARBOUR]).await;
    let words = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    assert_eq!(refusal(asking.get("/me", &without.access).await).await, (401, words));
}

#[tokio::test]
async fn an_unknown_token_sees_nothing() {
    let asking = a_model().await;
    for path in ["/me", "/oauth/token/accessible-resources"] {
        let answer = asking.get(path, "unknown").await;
        assert!(answer.headers().contains_key("www-authenticate"));
        assert_eq!(refusal(answer).await, (401, json!({ "code": 401, "message": "Unauthorized" })));
    }
}
