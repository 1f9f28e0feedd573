//! *New connection* before anything is authorized: looking at an address, key pairs, guides.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Browser, Deployment, PUBLIC_URL, configured};
use crate::fakes::FakeResponse;

const JIRA: &str = "https://jira.example.com/jira";

fn server_info(deployment: &str, version: &str) -> FakeResponse {
    let info =
        json!({"baseUrl": JIRA, "version": version, "deploymentType": deployment, "serverTitle": "Quarry\nWorks"});
    FakeResponse::json(200, &info.to_string())
}

fn answers(deployment: &Deployment, at: &str, reply: FakeResponse) {
    deployment.world.instances.borrow_mut().insert(at.to_owned(), reply);
}

async fn look(ada: &Browser<'_>, address: &str) -> Value {
    ada.post("/api/v1/instances", &json!({"address": address})).await.json()
}

#[tokio::test]
async fn an_address_is_understood_and_its_ways_to_connect_are_offered_the_strongest_first() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    answers(&deployment, "jira.example.com/jira/rest/api/2/serverInfo", server_info("Server", "10.3.2"));
    let found = look(&ada, " HTTPS://Jira.Example.COM:443/jira/ ").await;
    assert_eq!(found["address"], JIRA);
    assert_eq!((&found["deployment"], &found["version"]), (&json!("data_center"), &json!("10.3.2")));
    assert_eq!((&found["title"], &found["other_base_url"]), (&json!("Quarry Works"), &Value::Null));
    let kinds: Vec<_> = found["methods"].as_array().expect("methods").iter().map(|method| &method["kind"]).collect();
    assert_eq!(kinds, ["data_center_oauth2", "oauth1", "basic", "basic"]);
    let asked = &deployment.world.asked.borrow()[0];
    assert!(asked.headers().get("authorization").is_none(), "nobody asks");
}

#[tokio::test]
async fn a_cloud_site_is_recognised_with_its_cloud_id_and_basic_can_be_forbidden() {
    for (allowed, unavailable) in [("true", 0), ("false", 2)] {
        let deployment = Deployment::with(move |name| match name {
            "ALLOW_CLOUD_BASIC" => Some(allowed.to_owned()),
            name => configured(name),
        });
        let ada = deployment.ada().await;
        answers(&deployment, "acme.atlassian.net/rest/api/2/serverInfo", server_info("Cloud", "1001.0.0"));
        answers(&deployment, "acme.atlassian.net/_edge/tenant_info", FakeResponse::json(200, r#"{"cloudId":"11-ff"}"#));
        let found = look(&ada, "https://acme.atlassian.net").await;
        assert_eq!((&found["deployment"], &found["cloud_id"]), (&json!("cloud"), &json!("11-ff")));
        assert_eq!(found["other_base_url"], JIRA);
        let methods = found["methods"].as_array().expect("methods");
        assert_eq!(methods[0]["kind"], "cloud_oauth2");
        assert_eq!(methods.iter().filter(|method| !method["unavailable"].is_null()).count(), unavailable);
    }
}

#[tokio::test]
async fn whatever_is_not_jira_is_explained_and_followed_nowhere() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let sign_in = |page| FakeResponse::html(302, "").with("location", page);
    let moved = FakeResponse::html(302, "").with("location", "https://new.example.com/jira/rest/api/2/serverInfo");
    let replies = [
        (moved, "has moved to https://new.example.com/jira."),
        (sign_in("https://sso.example.com/saml?to=%2Fjira"), "A sign-in page is in front of Jira."),
        (FakeResponse::html(526, "error code: 526"), "certificate is not accepted"),
        (FakeResponse::html(530, "error code: 1016"), "does not answer from the internet"),
        (FakeResponse::html(200, "<html>Sign in</html>"), "a web page or a sign-in page"),
        (FakeResponse::html(404, ""), "context path"),
        (FakeResponse::html(401, ""), "wants a sign-in first"),
        (FakeResponse::html(503, ""), "does not work at the moment"),
        (FakeResponse::json(200, r#"{"version":3}"#), "not as Jira does"),
        (FakeResponse::json(200, &"x".repeat(65 * 1024)), "far larger"),
        (FakeResponse::Failure(crate::ports::HttpFailure::Timeout), "within ten seconds"),
    ];
    for (reply, reason) in replies {
        answers(&deployment, "jira.example.com/jira/rest/api/2/serverInfo", reply);
        let refused = ada.post("/api/v1/instances", &json!({"address": JIRA})).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "instance_unreachable")
        );
        assert!(refused.json()["detail"].as_str().expect("a detail").contains(reason), "{}", refused.body);
    }
    assert!(deployment.world.asked.borrow().iter().all(|asked| asked.uri().host() == Some("jira.example.com")));
}

#[tokio::test]
async fn a_pasted_page_leads_to_its_base_and_an_address_without_scheme_is_refused_with_the_one_to_enter() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    answers(&deployment, "jira.example.com/jira/rest/api/2/serverInfo", server_info("Server", "10.3.2"));
    for page in ["browse/ABC-1", "secure/RapidBoard.jspa?rapidView=1", "secure/Dashboard.jspa", "rest/api/2/myself"] {
        assert_eq!(look(&ada, &format!(" {JIRA}/{page} ")).await["address"], JIRA, "{page}");
    }
    for typed in ["jira.example.com/jira", "jira.example.com/jira/browse/ABC-1", "http://jira.example.com/jira"] {
        let refused = ada.post("/api/v1/instances", &json!({"address": typed})).await;
        assert_eq!(refused.code(), "address_refused");
        let detail = refused.json()["detail"].as_str().expect("a detail").to_owned();
        assert!(detail.ends_with(&format!(" Enter {JIRA} instead.")), "{detail}");
    }
}

#[tokio::test]
async fn a_forbidden_address_is_refused_before_anything_is_called_and_strangers_call_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for address in ["https://127.0.0.1/", "http://jira.example.com", "https://2130706433", "https://jira.corp", ""] {
        let refused = ada.post("/api/v1/instances", &json!({"address": address})).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "address_refused"));
    }
    let stranger = deployment.stranger().post("/api/v1/instances", &json!({"address": JIRA})).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(deployment.world.asked.borrow().is_empty());
}

#[tokio::test]
async fn a_generated_key_shows_its_public_half_and_keeps_the_other_sealed() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let key = ada.post("/api/v1/rsa-keys", &json!({})).await;
    assert_eq!(key.status, StatusCode::CREATED);
    assert!(key.json()["public_key"].as_str().expect("PEM").starts_with("-----BEGIN PUBLIC KEY-----\n"));
    let dump = deployment.world.tables.dump();
    assert!(dump.contains("ciphertext"));
    let id = api::RsaKeyId::parse(key.json()["id"].as_str().expect("an id")).expect("an id");
    let private = deployment.edge.private_key(&id).await.expect("it opens in its place");
    let plain = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, private.expose());
    assert!(!dump.contains(&plain[..40]));
}

#[tokio::test]
async fn a_guide_shows_a_stranger_what_to_enter_for_seven_days_and_nothing_else() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let key = ada.post("/api/v1/rsa-keys", &json!({})).await.json();
    let asked = json!({"kind": "oauth1", "address": JIRA, "consumer_key": "causeway", "key_id": key["id"]});
    let link = ada.post("/api/v1/guides", &asked).await.json();
    let url = link["url"].as_str().expect("an address");
    let token = url.strip_prefix(&format!("{PUBLIC_URL}/guide/")).expect("a page of ours");
    assert!(!deployment.world.tables.dump().contains(token), "only its digest is stored");
    let stranger = deployment.stranger();
    let path = format!("/api/v1/guides/{token}");
    let guide = stranger.get(&path).await.json();
    assert_eq!(guide["public_key"], key["public_key"]);
    assert_eq!((&guide["consumer_key"], &guide["address"]), (&json!("causeway"), &json!(JIRA)));
    assert_eq!(guide["callback_url"], format!("{PUBLIC_URL}/oauth/callback/data-center/jira.example.com/jira"));
    deployment.world.clock.advance(Duration::from_hours(7 * 24));
    for path in [path.as_str(), "/api/v1/guides/x", "/api/v1/guides/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let gone = stranger.get(path).await;
        assert_eq!((gone.status, gone.code().as_str()), (StatusCode::NOT_FOUND, "guide_expired"));
    }
}

#[tokio::test]
async fn a_guide_needs_what_its_kind_needs() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for (asked, code) in [
        (json!({"kind": "oauth1", "address": JIRA}), "invalid_request"),
        (json!({"kind": "basic", "address": JIRA}), "invalid_request"),
        (json!({"kind": "oauth1", "address": JIRA, "consumer_key": "a b", "key_id": "rsa_x"}), "invalid_request"),
        (json!({"kind": "oauth1", "address": JIRA, "consumer_key": "a", "key_id": "rsa_x"}), "key_not_usable"),
        (json!({"kind": "data_center_oauth2", "address": "https://10.0.0.1"}), "address_refused"),
    ] {
        assert_eq!(ada.post("/api/v1/guides", &asked).await.code(), code, "{asked}");
    }
    let asked = json!({"kind": "data_center_oauth2", "address": JIRA});
    assert_eq!(ada.post("/api/v1/guides", &asked).await.status, StatusCode::CREATED);
}
