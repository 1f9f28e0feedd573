//! Mix-up (RFC 9700, section 4.4): a code goes only to the server that issued it.

use super::*;

async fn came_back(ada: &Browser<'_>, path: &str, state: &str, more: &str) -> Answered {
    ada.get(&format!("{path}?code=CODE-1&state={state}{more}")).await
}

fn token_requests(deployment: &Deployment) -> usize {
    let at_the_instance = asked(deployment, TOKEN) + asked(deployment, ACCESS_TOKEN);
    at_the_instance + usize::try_from(deployment.world.token_requests.get()).expect("few")
}

#[tokio::test]
async fn an_answer_at_another_servers_address_is_refused_and_its_code_goes_nowhere() {
    let other_site = "/oauth/callback/data-center/jira.example.com/other";
    for (what, own) in [(Some(link("s")), CALLBACK), (None, "/oauth/callback/cloud")] {
        for path in ["/oauth/callback", "/oauth/callback/cloud", CALLBACK, other_site] {
            let deployment = jira();
            let ada = deployment.ada().await;
            let (id, state) = ada.leave_for(&what.clone().unwrap_or_else(|| json!({"kind": "cloud_oauth2"}))).await;
            let back = came_back(&ada, path, &state, "").await;
            let attempt = ada.attempt(&id).await;
            if path == own {
                assert_eq!(
                    (back.status, &attempt["status"]),
                    (StatusCode::SEE_OTHER, &json!("authorized")),
                    "{attempt}"
                );
                continue;
            }
            assert_eq!(back.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(back.body.contains("callback_refused") && back.body.contains("another server"), "{}", back.body);
            assert_eq!(attempt["failure"]["code"], "other_server", "{attempt}");
            assert_eq!(token_requests(&deployment), 0, "{path}");
            assert_eq!(deployment.world.log.of("authorization.other_server").len(), 1);
            came_back(&ada, own, &state, "").await;
            assert_eq!(token_requests(&deployment), 0, "the state is spent");
        }
    }
}

#[tokio::test]
async fn an_issuer_that_is_sent_must_be_the_server_that_was_asked() {
    let jiras = ["https://jira.example.com", "https://jira.example.com/jira"];
    let atlassians = ["https://auth.atlassian.example", "https://auth.atlassian.example/"];
    for (what, path, good, bad) in [
        (link("s"), CALLBACK, jiras, "https://auth.atlassian.example"),
        (json!({"kind": "cloud_oauth2"}), "/oauth/callback/cloud", atlassians, "https://jira.example.com/jira"),
    ] {
        for (iss, accepted) in [(good[0], true), (good[1], true), (bad, false), ("", false), ("nonsense", false)] {
            let deployment = jira();
            let ada = deployment.ada().await;
            let (id, state) = ada.leave_for(&what).await;
            came_back(&ada, path, &state, &format!("&iss={iss}")).await;
            assert_eq!(ada.attempt(&id).await["status"] == "authorized", accepted, "{iss}");
            assert_eq!(token_requests(&deployment), usize::from(accepted), "{iss}");
        }
    }
}

#[tokio::test]
async fn an_application_link_is_given_the_address_of_its_own_site() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let (id, _) = leave(&ada, &what).await;
    let callback = signed_callback(&deployment);
    assert!(callback.starts_with(&format!("{PUBLIC_URL}{CALLBACK}?state=")), "{callback}");
    let elsewhere = callback.replace(CALLBACK, "/oauth/callback/cloud");
    let elsewhere = elsewhere.strip_prefix(PUBLIC_URL).expect("our own address");
    let back = ada.get(&format!("{elsewhere}&oauth_token=REQ-1&oauth_verifier=uWq3fK")).await;
    assert_eq!((back.status, token_requests(&deployment)), (StatusCode::BAD_REQUEST, 0));
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "other_server");
}

/// Makes the link of a connection one that was registered before each site had a redirect address of its own.
fn registered_long_ago(deployment: &Deployment) {
    let tables = &deployment.world.tables;
    let own = format!(r#","callback_path":"{CALLBACK}""#);
    let update = "UPDATE connections SET record = replace(record, ?, '')";
    tables.run(update, vec![own.as_str().into()]).expect("written");
    assert!(!tables.dump().contains("callback_path"));
}

#[tokio::test]
async fn a_link_that_exists_goes_on_with_the_shared_address_until_it_is_renewed() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &authorize_by_link(&ada, &link("s")).await).await;
    let may = json!({"permissions": {"BROWSE_PROJECTS": {"havePermission": true}}});
    answers(&deployment, "/rest/api/2/mypermissions", FakeResponse::json(200, &may.to_string()));
    deployment.world.tables.run("DELETE FROM attempts", vec![]).expect("deleted");
    registered_long_ago(&deployment);
    let shown = ada.show(&connection).await;
    assert_eq!(shown["credential"]["callback_path"], "/oauth/callback");
    let checked = ada.act(&connection, "checkup", &json!({})).await;
    assert!(checked.body.contains("redirect URL of this site's own"), "{}", checked.body);

    let again = json!({"kind": "data_center_oauth2", "connection_id": connection["id"]});
    let (id, to) = leave(&ada, &again).await;
    assert_eq!(parameter(&to, "redirect_uri"), Some(format!("{PUBLIC_URL}/oauth/callback")));
    came_back(&ada, "/oauth/callback", &parameter(&to, "state").expect("a state"), "").await;
    assert_eq!(ada.attempt(&id).await["status"], "authorized");
    assert!(posted(&deployment).contains(&("redirect_uri".into(), format!("{PUBLIC_URL}/oauth/callback"))));
    let shared = format!("{PUBLIC_URL}/oauth/callback");
    let grants = deployment.world.grants().into_values();
    let mut repeated = grants.filter_map(|grant| Some(grant.renewal?.provider?.redirect_uri));
    assert!(repeated.any(|uri| uri == shared), "a refresh repeats it");

    let mut renewed = link("s");
    renewed["connection_id"] = connection["id"].clone();
    let attempt = authorize_by_link(&ada, &renewed).await;
    assert_eq!(attempt["status"], "authorized", "{attempt}");
    let saved = ada.edit(&shown, &json!({"authorization_id": attempt["id"]})).await.json();
    assert_eq!(saved["credential"]["callback_path"], CALLBACK, "{saved}");
    let checked = ada.act(&connection, "checkup", &json!({})).await;
    assert!(!checked.body.contains("of this site's own"), "{}", checked.body);
}

#[tokio::test]
async fn an_app_that_is_registered_with_the_shared_callback_goes_on_and_the_operator_is_advised() {
    let deployment = Deployment::with(|name| configured(name).filter(|_| name != "ATLASSIAN_CALLBACK_PATH"));
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    came_back(&ada, "/oauth/callback", &state, "").await;
    assert_eq!(ada.attempt(&id).await["status"], "authorized");
    let health = ada.get("/healthz").await;
    assert_eq!((health.status, &health.json()["findings"]), (StatusCode::OK, &json!([])), "{}", health.body);
    assert_eq!(health.json()["advice"][0]["name"], "ATLASSIAN_CALLBACK_PATH");
    let health = Deployment::new().stranger().get("/healthz").await.json();
    assert_eq!(health["advice"], json!([]));
}
