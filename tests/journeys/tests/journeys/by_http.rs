//! The fixture of tests that connect Jira by HTTP requests, without a browser: Ada, the model's Data Center *Quarry
//! Works*, and every way to connect it.

use api::{
    AuthorizationStatus, BasicForm, Connection, CreateAuthorization, DataCenterScope, GenerateRsaKey, Kind,
    NewCredential, NewRsaKey, RsaKey, StartAuthorization, StartedAuthorization, Timestamp, WriteOnly,
};
use atlassian::{ApplicationLink, DataCenter, IncomingLink, Instance, Listener, Person, Scope};
use journeys::configuration::Configuration;
use journeys::{Answer, Causeway, Visitor};
use reqwest::Method;
use url::Url;

/// The consumer key of every application link here.
pub(crate) const CONSUMER_KEY: &str = "causeway";

/// Ada without a browser, and a Jira Data Center where she has an account.
pub(crate) struct ByHttp {
    pub(crate) causeway: Causeway,
    pub(crate) ada: Visitor,
    pub(crate) quarry: DataCenter,
}

impl ByHttp {
    /// Ada is signed in, and nothing is connected.
    pub(crate) async fn begins() -> Self {
        Self::begins_with(|configuration| configuration).await
    }

    /// The same with another configuration of the Worker.
    pub(crate) async fn begins_with(change: impl FnOnce(Configuration) -> Configuration) -> Self {
        let causeway = Causeway::start_with(change).await;
        let ada = causeway.visitor();
        ada.signs_in_as(Person::Ada).await;
        let quarry = causeway.model.data_center(Instance::Quarry);
        Self { causeway, ada, quarry }
    }

    /// Begins to authorize a new connection.
    pub(crate) async fn starts(&self, kind: Kind, credential: NewCredential) -> StartedAuthorization {
        let start = StartAuthorization { kind, connection_id: None, credential: Some(credential) };
        self.ada.calls::<CreateAuthorization>(&(), &start).await.expect(201).json()
    }

    /// The pop-up: goes to Jira, logs in and decides. Answers Jira's response to the decision.
    pub(crate) async fn decides_at_jira(&self, at: &Url, decision: &str) -> Answer {
        let ada = &self.ada;
        let log_in = ada.gets(at.as_str()).await.location();
        let password = self.adas_password();
        let page = ada.gets(log_in.as_str()).await.expect(200);
        let (to, fields) = page.form(&[("os_username", "ada"), ("os_password", &password)]);
        let logged_in = ada.sends(ada.request(Method::POST, to.as_str()).form(&fields)).await.location();
        let (to, fields) = ada.gets(logged_in.as_str()).await.expect(200).form(&[("decision", decision)]);
        ada.sends(ada.request(Method::POST, to.as_str()).form(&fields)).await
    }

    /// Where the pop-up goes when it leaves.
    pub(crate) async fn leaves(&self, started: &StartedAuthorization) -> Url {
        self.ada.gets(started.start_url.as_deref().expect("a browser leaves")).await.location()
    }

    /// Saves what was authorized.
    pub(crate) async fn saves(&self, name: &str, started: &StartedAuthorization) -> Connection {
        let attempt = self.ada.looks_at(&started.id).await;
        assert_eq!(attempt.status, AuthorizationStatus::Authorized, "{attempt:?}");
        self.ada.saves(name, started.id.clone()).await.expect(201).json()
    }

    /// A key pair for OAuth 1.0a.
    pub(crate) async fn generates_a_key(&self) -> RsaKey {
        self.ada.calls::<GenerateRsaKey>(&(), &NewRsaKey::default()).await.expect(201).json()
    }

    /// What a Jira administrator does with the guide.
    pub(crate) fn enters_into_jira(&self, public_key: &str) {
        let (consumer_key, consumer_name) = (CONSUMER_KEY.to_owned(), "Causeway".to_owned());
        let link = ApplicationLink { consumer_key, consumer_name, public_key: public_key.to_owned() };
        self.quarry.register_application_link(link).expect("Jira takes the key");
    }

    /// OAuth 1.0a with that key pair.
    pub(crate) fn application_link(&self, key: &RsaKey, verification_code: bool) -> NewCredential {
        let (address, consumer_key) = (self.quarry.base_url(), CONSUMER_KEY.to_owned());
        NewCredential::Oauth1 { address, consumer_key, key_id: key.id.clone(), verification_code }
    }

    /// What a Jira administrator makes with *Create link* → *External application* → *Incoming*.
    pub(crate) fn incoming_link(&self) -> IncomingLink {
        let back = format!("{}{}", self.causeway.public_url, api::data_center_callback_path(&self.quarry.base_url()));
        self.quarry.create_incoming_link("Causeway", &back, Scope::Write).expect("the form is right")
    }

    /// A connection by an incoming link, and the link.
    pub(crate) async fn connects_by_incoming_link(&self, name: &str) -> (Connection, IncomingLink) {
        let link = self.incoming_link();
        let credential = NewCredential::DataCenterOauth2 {
            address: self.quarry.base_url(),
            client_id: link.client_id.clone(),
            client_secret: WriteOnly(link.client_secret.clone()),
            scopes: vec![DataCenterScope::Read, DataCenterScope::Write],
        };
        let started = self.starts(Kind::DataCenterOauth2, credential).await;
        self.comes_back_from_jira(&started, "allow").await;
        (self.saves(name, &started).await, link)
    }

    /// A connection by an application link.
    pub(crate) async fn connects_by_application_link(&self, name: &str) -> Connection {
        let key = self.generates_a_key().await;
        self.enters_into_jira(&key.public_key);
        let started = self.starts(Kind::Oauth1, self.application_link(&key, false)).await;
        self.comes_back_from_jira(&started, "approve").await;
        self.saves(name, &started).await
    }

    /// Goes to Jira in the pop-up, decides, and opens the callback. Answers where that leads.
    pub(crate) async fn comes_back_from_jira(&self, started: &StartedAuthorization, decision: &str) -> Url {
        let jira = self.leaves(started).await;
        let callback = self.decides_at_jira(&jira, decision).await.location();
        self.ada.gets(callback.as_str()).await.location()
    }

    /// A connection by a personal access token of Ada's, and the token.
    pub(crate) async fn connects_by_token(&self, name: &str, expires_at: Option<Timestamp>) -> (Connection, String) {
        let token = self.quarry.create_personal_access_token(Person::Ada, None);
        let form = BasicForm::PersonalAccessToken;
        let credential = Self::basic(self.quarry.base_url(), form, None, &token, expires_at);
        (self.connects_by(name, credential).await, token)
    }

    /// A connection by Ada's password at Data Center.
    pub(crate) async fn connects_by_password(&self, name: &str) -> Connection {
        let (address, password) = (self.quarry.base_url(), self.adas_password());
        self.connects_by(name, Self::basic(address, BasicForm::Password, Some("ada"), &password, None)).await
    }

    /// A connection by an API token of Ada's at the Cloud site of that cloudId, and the token.
    pub(crate) async fn connects_by_api_token(&self, name: &str, site: &'static str) -> (Connection, String) {
        let model = &self.causeway.model;
        let (address, token) = (model.address_of(Listener::Site(site)), model.create_api_token(Person::Ada, None));
        let credential = Self::basic(address, BasicForm::ApiToken, Some("ada@example.com"), &token, None);
        (self.connects_by(name, credential).await, token)
    }

    /// A name with a password or token, or a token alone.
    fn basic(
        address: String,
        form: BasicForm,
        username: Option<&str>,
        secret: &str,
        expires_at: Option<Timestamp>,
    ) -> NewCredential {
        let (username, secret) = (username.map(str::to_owned), WriteOnly(secret.to_owned()));
        NewCredential::Basic { address, form, username, secret, expires_at }
    }

    async fn connects_by(&self, name: &str, credential: NewCredential) -> Connection {
        let started = self.starts(Kind::Basic, credential).await;
        assert_eq!(started.start_url, None);
        self.saves(name, &started).await
    }

    fn adas_password(&self) -> String {
        self.quarry.password_of(Person::Ada).expect("Ada has an account")
    }
}
