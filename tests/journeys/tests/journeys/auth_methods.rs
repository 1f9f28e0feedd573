//! Every authentication method over HTTP, from Jira's address to a call through the proxy; and forbidden addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::{
    AdoptKey, AuthorizationStatus, BasicForm, Connection, CreateAuthorization, CreateGuide, DataCenterScope,
    GenerateRsaKey, GetGuide, Guide, GuideLink, GuideToken, Instance, KeyScope, Kind, LookAt, LookAtInstance,
    NewCredential, NewGuide, NewRsaKey, Nothing, ProblemCode, RotateKey, RsaKey, StartAuthorization,
    StartedAuthorization, VerificationCode, VerifyAuthorization, WriteOnly,
};
use atlassian::sites::HARBOUR;
use atlassian::{ApplicationLink, DataCenter, Listener, Person, Scope};
use edge_core::address::corpus;
use journeys::{Answer, Causeway, Visitor};
use reqwest::Method;
use tokio::net::TcpListener;
use url::Url;

struct Journey {
    causeway: Causeway,
    ada: Visitor,
    quarry: DataCenter,
}

async fn journey() -> Journey {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let quarry = causeway.model.data_center(atlassian::Instance::Quarry);
    Journey { causeway, ada, quarry }
}

impl Journey {
    async fn looks_at(&self, address: &str) -> Instance {
        let look = LookAt { address: address.to_owned() };
        self.ada.calls::<LookAtInstance>(&(), &look).await.expect(200).json()
    }

    async fn starts(&self, kind: Kind, credential: NewCredential) -> StartedAuthorization {
        let start = StartAuthorization { kind, connection_id: None, credential: Some(credential) };
        self.ada.calls::<CreateAuthorization>(&(), &start).await.expect(201).json()
    }

    /// The pop-up: goes to Jira, logs in and decides. Answers Jira's response to the decision.
    async fn decides_at_jira(&self, at: &Url, decision: &str) -> Answer {
        let ada = &self.ada;
        let log_in = ada.gets(at.as_str()).await.location();
        let password = self.quarry.password_of(Person::Ada).expect("Ada has an account");
        let page = ada.gets(log_in.as_str()).await.expect(200);
        let (to, fields) = page.form(&[("os_username", "ada"), ("os_password", &password)]);
        let logged_in = ada.sends(ada.request(Method::POST, to.as_str()).form(&fields)).await.location();
        let (to, fields) = ada.gets(logged_in.as_str()).await.expect(200).form(&[("decision", decision)]);
        ada.sends(ada.request(Method::POST, to.as_str()).form(&fields)).await
    }

    /// Where the pop-up goes when it leaves.
    async fn leaves(&self, started: &StartedAuthorization) -> Url {
        self.ada.gets(started.start_url.as_deref().expect("a browser leaves")).await.location()
    }

    /// Saves what was authorized, and calls `myself` through the proxy.
    async fn saves_and_calls(&self, name: &str, started: &StartedAuthorization, path: &str) -> (Connection, String) {
        let attempt = self.ada.looks_at(&started.id).await;
        assert_eq!(attempt.status, AuthorizationStatus::Authorized, "{attempt:?}");
        let connection: Connection = self.ada.saves(name, started.id.clone()).await.expect(201).json();
        let key = self.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
        self.calls_as_ada(&key, &connection, path).await;
        (connection, key)
    }

    async fn calls_as_ada(&self, key: &str, connection: &Connection, path: &str) {
        let answer = self.ada.calls_jira(key, &connection.id, path).await.expect(200);
        assert!(answer.body.contains("Ada Admin"), "{}", answer.body);
    }

    async fn generates_a_key(&self) -> RsaKey {
        self.ada.calls::<GenerateRsaKey>(&(), &NewRsaKey::default()).await.expect(201).json()
    }

    /// What a Jira administrator does with the guide.
    fn enters_into_jira(&self, public_key: &str) {
        let (consumer_key, consumer_name) = ("causeway".to_owned(), "Causeway".to_owned());
        let link = ApplicationLink { consumer_key, consumer_name, public_key: public_key.to_owned() };
        self.quarry.register_application_link(link).expect("Jira takes the key");
    }

    fn application_link(&self, key: &RsaKey, verification_code: bool) -> NewCredential {
        let (address, consumer_key) = (self.quarry.base_url(), "causeway".to_owned());
        NewCredential::Oauth1 { address, consumer_key, key_id: key.id.clone(), verification_code }
    }
}

const MYSELF: &str = "/rest/api/2/myself";

#[tokio::test]
async fn a_password_and_a_personal_access_token_connect_a_data_center_site() {
    let journey = journey().await;
    let found = journey.looks_at(&format!(" {}/ ", journey.quarry.base_url())).await;
    assert_eq!((found.title.as_str(), found.version.as_str()), ("Quarry Works", "10.3.2"));
    let password = journey.quarry.password_of(Person::Ada).expect("Ada has an account");
    let token = journey.quarry.create_personal_access_token(Person::Ada, None);
    for (name, form, username, secret) in [
        ("By password", BasicForm::Password, Some("ada".to_owned()), password),
        ("By token", BasicForm::PersonalAccessToken, None, token),
    ] {
        let (address, secret) = (found.address.clone(), WriteOnly(secret));
        let credential = NewCredential::Basic { address, form, username, secret, expires_at: None };
        let started = journey.starts(Kind::Basic, credential).await;
        assert_eq!(started.start_url, None);
        journey.saves_and_calls(name, &started, MYSELF).await;
    }
}

#[tokio::test]
async fn an_incoming_link_connects_a_data_center_site() {
    let journey = journey().await;
    let back = format!("{}{}", journey.causeway.public_url, api::data_center_callback_path(&journey.quarry.base_url()));
    let link = journey.quarry.create_incoming_link("Causeway", &back, Scope::Write).expect("the form is right");
    let credential = NewCredential::DataCenterOauth2 {
        address: journey.quarry.base_url(),
        client_id: link.client_id,
        client_secret: WriteOnly(link.client_secret),
        scopes: vec![DataCenterScope::Read, DataCenterScope::Write],
    };
    let started = journey.starts(Kind::DataCenterOauth2, credential).await;
    let jira = journey.leaves(&started).await;
    let callback = journey.decides_at_jira(&jira, "allow").await.location();
    let back = journey.ada.gets(callback.as_str()).await.location();
    assert_eq!(back.path(), format!("/authorize/{}", started.id));
    journey.saves_and_calls("Quarry", &started, MYSELF).await;
}

#[tokio::test]
async fn an_application_link_connects_by_callback_and_its_key_is_replaced() {
    let journey = journey().await;
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
    let jira = journey.leaves(&started).await;
    let callback = journey.decides_at_jira(&jira, "approve").await.location();
    journey.ada.gets(callback.as_str()).await;
    let (connection, api_key) = journey.saves_and_calls("Quarry", &started, MYSELF).await;

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
    let journey = journey().await;
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
    journey.saves_and_calls("Quarry", &started, MYSELF).await;
}

#[tokio::test]
async fn an_api_token_connects_a_cloud_site_and_one_with_scopes_goes_through_the_gateway() {
    let journey = journey().await;
    let address = journey.causeway.model.address_of(Listener::Site(HARBOUR));
    assert_eq!(journey.looks_at(&address).await.cloud_id.as_deref(), Some(HARBOUR));
    let model = &journey.causeway.model;
    let scopes = ["read:jira-work", "read:jira-user", "write:jira-work"];
    for (name, form, secret) in [
        ("Plain", BasicForm::ApiToken, model.create_api_token(Person::Ada, None)),
        ("Scoped", BasicForm::ScopedApiToken, model.create_scoped_api_token(Person::Ada, &scopes, None)),
    ] {
        let secret = WriteOnly(secret);
        let username = Some("ada@example.com".to_owned());
        let credential = NewCredential::Basic { address: address.clone(), form, username, secret, expires_at: None };
        let started = journey.starts(Kind::Basic, credential).await;
        journey.saves_and_calls(name, &started, "/rest/api/3/myself").await;
    }
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
    let journey = journey().await;
    let (port, connections) = listens().await;
    let refused = look(&journey.ada, &format!("http://127.0.0.1:{port}")).await;
    assert_eq!(refused, Some(ProblemCode::InstanceUnreachable));
    assert!(connections.load(Ordering::SeqCst) > 0);
}
