//! Forge: the word of the platform about who looks at a page with the app.

use atlassian::sites::HARBOUR;
use atlassian::{Model, Options, Person, Viewing};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey;
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use serde_json::{Value, json};

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
}

#[tokio::test]
async fn a_page_is_vouched_for_by_a_token_that_a_published_key_has_signed() {
    let model = Model::start(Options::for_public_url("http://localhost:1")).await.expect("the model starts");
    let viewing = Viewing { person: Some(Person::Max), module: "jira-chart", page: "98765" };
    let token = model.invocation_token(&viewing);
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts: {token}") };
    let keys = reqwest::get(format!("{}/forge/jwks.json", model.url())).await.expect("an answer");
    let keys: CoreJsonWebKeySet = keys.json().await.expect("keys");
    let kid = part(head)["kid"].as_str().expect("a key id").to_owned();
    let key =
        keys.keys().iter().find(|key| key.key_id().is_some_and(|id| id.as_str() == kid)).expect("it is published");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    key.verify_signature(&algorithm, format!("{head}.{claims}").as_bytes(), &signature).expect("it is the key's");
    let claims = part(claims);
    let seconds = |name: &str| claims[name].as_i64().expect("a time");
    assert_eq!(seconds("exp") - seconds("iat"), 25);
    assert_eq!(claims["principal"], json!(Person::Max.account_id()));
    assert_eq!(claims["context"]["extension"]["content"]["id"], "98765");
    assert_eq!(claims["app"]["installation"]["id"], claims["app"]["installationId"]);
    let anonymous = model.invocation_token(&Viewing { person: None, ..viewing });
    assert_eq!(part(anonymous.split('.').nth(1).expect("claims"))["principal"], Value::Null);
}

#[tokio::test]
async fn a_page_of_confluence_is_there_for_whoever_may_read_it_alone() {
    let model = Model::start(Options::for_public_url("http://localhost:1")).await.expect("the model starts");
    model.restricts_page("98765", &[Person::Ada]);
    let read = async |token: String, page: &str| {
        let url = format!("{}/ex/confluence/{HARBOUR}/wiki/api/v2/pages/{page}", model.url());
        let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, page) = read(model.readers_token(Person::Ada), "98765").await;
    assert_eq!((status, &page["id"]), (200, &json!("98765")));
    assert_eq!(read(model.readers_token(Person::Max), "98765").await.0, 404, "as if there were none");
    assert_eq!(read(model.readers_token(Person::Max), "98766").await.0, 200, "nobody restricted this one");
    assert_eq!(read("somebody".to_owned(), "98766").await.0, 401);
}
