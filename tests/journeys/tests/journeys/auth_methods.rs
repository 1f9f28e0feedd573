//! Every authentication method over HTTP, from Jira's address to a call through the proxy; and forbidden addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::{
    AdoptKey, BasicForm, Connection, CreateGuide, GetGuide, Guide, GuideLink, GuideToken, Instance, KeyScope, Kind,
    LookAt, LookAtInstance, NewCredential, NewGuide, Nothing, ProblemCode, RotateKey, VerificationCode,
    VerifyAuthorization, WriteOnly,
};
use atlassian::sites::HARBOUR;
use atlassian::{Listener, Person};
use edge_core::address::corpus;
use journeys::{Causeway, Visitor};
use tokio::net::TcpListener;
use url::Url;

use crate::by_http::ByHttp;

impl ByHttp {
    async fn looks_at_address(&self, address: &str) -> Instance {
        let look = LookAt { address: address.to_owned() };
        self.ada.calls::<LookAtInstance>(&(), &look).await.expect(200).json()
    }

    /// Calls `path`, which tells whose account it is, through the connection. Answers the key it was called with.
    async fn is_ada_at(&self, connection: &Connection, path: &str) -> String {
        let key = self.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
        self.calls_as_ada(&key, connection, path).await;
        key
    }

    async fn calls_as_ada(&self, key: &str, connection: &Connection, path: &str) {
        let answer = self.ada.calls_jira(key, &connection.id, path).await.expect(200);
        assert!(answer.body.contains("Ada Admin"), "{}", answer.body);
    }
}

const MYSELF: &str = "/rest/api/2/myself";

#[tokio::test]
async fn a_password_and_a_personal_access_token_connect_a_data_center_site() {
    let journey = ByHttp::begins().await;
    let found = journey.looks_at_address(&format!(" {}/ ", journey.quarry.base_url())).await;
    assert_eq!((found.title.as_str(), found.version.as_str()), ("Quarry Works", "10.3.2"));
    assert_eq!(found.address, journey.quarry.base_url());
    let by_password = journey.connects_by_password("By password").await;
    journey.is_ada_at(&by_password, MYSELF).await;
    let (by_token, _) = journey.connects_by_token("By token", None).await;
    journey.is_ada_at(&by_token, MYSELF).await;
}

#[tokio::test]
async fn an_incoming_link_connects_a_data_center_site() {
    let journey = ByHttp::begins().await;
    let (connection, _) = journey.connects_by_incoming_link("Quarry").await;
    journey.is_ada_at(&connection, MYSELF).await;
}

#[tokio::test]
async fn an_application_link_connects_by_callback_and_its_key_is_replaced() {
    let journey = ByHttp::begins().await;
    let key = journey.generates_a_key().await;
    let new = NewGuide {
        kind: Kind::Oauth1,
        address: journey.quarry.base_url(),
        consumer_key: Some("causeway".to_owned()),
        key_id: Some(key.id.clone()),
        connection_id: None,
    };
    let link: GuideLink = journey.ada.calls::<CreateGuide>(&(), &new).await.expect(201).json();
    let token = GuideToken(link.url.rsplit('/').next().unwrap_or_default().to_owned());
    let stranger = journey.causeway.visitor();
    let guide: Guide = stranger.calls::<GetGuide>(&token, &Nothing {}).await.expect(200).json();
    journey.enters_into_jira(&guide.public_key.expect("a key to enter"));

    let started = journey.starts(Kind::Oauth1, journey.application_link(&key, false)).await;
    let back = journey.comes_back_from_jira(&started, "approve").await;
    assert_eq!(back.path(), format!("/authorize/{}", started.id));
    let connection = journey.saves("Quarry", &started).await;
    let api_key = journey.is_ada_at(&connection, MYSELF).await;

    let rotated: Connection = journey.ada.calls::<RotateKey>(&connection.id, &Nothing {}).await.expect(200).json();
    let Some(api::CredentialShown::Oauth1 { next_key: Some(next), .. }) = rotated.credential else {
        panic!("both keys are shown")
    };
    let early = journey.ada.calls::<AdoptKey>(&connection.id, &Nothing {}).await;
    assert_eq!(early.problem(), Some(ProblemCode::KeyNotInstalled), "{}", early.body);
    journey.calls_as_ada(&api_key, &connection, MYSELF).await;
    journey.enters_into_jira(&next.public_key);
    journey.ada.calls::<AdoptKey>(&connection.id, &Nothing {}).await.expect(200);
    let another = journey.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    let answer = journeys::eventually(journeys::PATIENCE, async || {
        let answer = journey.ada.calls_jira(&another, &connection.id, MYSELF).await;
        (answer.status == 200).then_some(answer.body)
    });
    assert!(answer.await.is_some_and(|body| body.contains("Ada Admin")), "within ten seconds the new key signs");
}

#[tokio::test]
async fn an_application_link_connects_by_verification_code() {
    let journey = ByHttp::begins().await;
    let key = journey.generates_a_key().await;
    journey.enters_into_jira(&key.public_key);
    let started = journey.starts(Kind::Oauth1, journey.application_link(&key, true)).await;
    assert_eq!(started.start_url, None);
    let progress = journey.ada.looks_at(&started.id).await.oauth1.expect("its steps are shown");
    let approve = Url::parse(&progress.approve_url.expect("where to approve")).expect("an address");
    let page = journey.decides_at_jira(&approve, "approve").await.expect(200).body;
    let code = page.split("id=\"verification-code\">").nth(1).and_then(|rest| rest.split('<').next());
    let code = VerificationCode { code: code.expect("Jira shows a code").to_owned() };
    journey.ada.calls::<VerifyAuthorization>(&started.id, &code).await.expect(200);
    let connection = journey.saves("Quarry", &started).await;
    journey.is_ada_at(&connection, MYSELF).await;
}

#[tokio::test]
async fn an_api_token_connects_a_cloud_site_and_one_with_scopes_goes_through_the_gateway() {
    let journey = ByHttp::begins().await;
    let model = &journey.causeway.model;
    let address = model.address_of(Listener::Site(HARBOUR));
    assert_eq!(journey.looks_at_address(&address).await.cloud_id.as_deref(), Some(HARBOUR));
    let (plain, _) = journey.connects_by_api_token("Plain", HARBOUR).await;
    journey.is_ada_at(&plain, "/rest/api/3/myself").await;
    let scopes = ["read:jira-work", "read:jira-user", "write:jira-work"];
    let secret = WriteOnly(model.create_scoped_api_token(Person::Ada, &scopes, None));
    let (form, username) = (BasicForm::ScopedApiToken, Some("ada@example.com".to_owned()));
    let credential = NewCredential::Basic { address, form, username, secret, expires_at: None };
    let started = journey.starts(Kind::Basic, credential).await;
    let connection = journey.saves("Scoped", &started).await;
    journey.is_ada_at(&connection, "/rest/api/3/myself").await;
}

/// A listener on this machine that counts who connects.
async fn listens() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(connection);
        }
    });
    (port, connections)
}

async fn look(ada: &Visitor, address: &str) -> Option<ProblemCode> {
    ada.calls::<LookAtInstance>(&(), &LookAt { address: address.to_owned() }).await.expect(422).problem()
}

#[tokio::test]
async fn no_spelling_of_a_forbidden_address_is_called() {
    let causeway = Causeway::start_with(|configuration| configuration.with("ALLOW_LOOPBACK", "false")).await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let (port, connections) = listens().await;
    let all = corpus::forbidden(port);
    let every = (all.len() / 300).max(1);
    let sample: Vec<&String> = all.iter().step_by(every).collect();
    assert!(sample.len() >= 150, "only {}", sample.len());
    let own = [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}"), format!("http://[::1]:{port}")];
    for address in own.iter().chain(sample) {
        assert_eq!(look(&ada, address).await, Some(ProblemCode::AddressRefused), "{address}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_listener_of_forbidden_addresses_notices_who_connects() {
    let journey = ByHttp::begins().await;
    let (port, connections) = listens().await;
    let refused = look(&journey.ada, &format!("http://127.0.0.1:{port}")).await;
    assert_eq!(refused, Some(ProblemCode::InstanceUnreachable));
    assert!(connections.load(Ordering::SeqCst) > 0);
}
