//! Who a person is: the account at the provider, not the address.

use http::{Method, StatusCode};
use serde_json::json;

use super::provider::{Provider, assert_outcome};

#[tokio::test]
async fn the_same_address_with_another_account_is_refused_until_it_is_released() {
    let ada = Provider::new().set("ADMINS", "ada@example.com,eve@example.com");
    let somebody_else = ada.clone().claims(&json!({"sub": "somebody else"}));
    let deployment = ada.deployment();
    assert_outcome(&deployment, "Ada", &ada.sign_in(&deployment).await, Ok(()));
    assert_outcome(&deployment, "Ada again", &ada.sign_in(&deployment).await, Ok(()));

    let refused = somebody_else.sign_in(&deployment).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("account_changed") && refused.body.contains("Ask an administrator of Causeway"));
    assert!(!refused.body.contains("eve@example.com"), "{}", refused.body);
    assert!(refused.body.contains("/sign-in?prompt=select_account"));
    assert!(refused.headers.get("set-cookie").is_none());
    assert_eq!(deployment.world.log.of("sign_in.account_changed").len(), 1);
}

#[tokio::test]
async fn an_administrator_releases_an_account_over_http() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let ada = deployment.ada().await;
    let members = ada.get("/api/v1/members").await.json();
    let path = format!("/api/v1/members/{}/release-account", members["items"][0]["id"].as_str().expect("an id"));
    let released = ada.call(Method::POST, &path, &json!({})).await;
    assert_eq!(released.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/api/v1/session").await.status, StatusCode::UNAUTHORIZED, "all sessions ended");
    assert_outcome(&deployment, "whoever comes next", &provider.sign_in(&deployment).await, Ok(()));
}

#[tokio::test]
async fn strangers_see_the_administrators_only_if_the_operator_says_so() {
    let sam = Provider::new().claims(&json!({"sub": "sam", "email": "sam@example.com"}));
    for (shows, provider) in [(false, sam.clone()), (true, sam.set("SHOW_ADMINS", "true"))] {
        let deployment = provider.deployment();
        let page = provider.sign_in(&deployment).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("You have no access yet") && page.body.contains("sam@example.com"));
        assert_eq!(page.body.contains("ada@example.com"), shows, "{}", page.body);
        assert!(page.body.contains("Ask an administrator"));
    }
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_is_offered_to_choose_another() {
    let provider = Provider::new().set("OIDC_REQUIRED_CLAIMS", "hd=example.com");
    let deployment = provider.deployment();
    let refused = provider.sign_in(&deployment).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("account_refused") && refused.body.contains("/sign-in?prompt=select_account"));
}
