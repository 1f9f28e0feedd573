//! A running model and its clients: an app with its secret, and a browser with a cookie.

use std::borrow::Borrow;

use atlassian::{Model, Options, Person};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::{Value, json};
use url::Url;

pub(crate) const CALLBACK: &str = "http://localhost:8787/oauth/callback/cloud";
pub(crate) const SIGN_IN_CALLBACK: &str = "http://localhost:8787/sign-in/callback";
pub(crate) const SCOPES: &str = "read:jira-work read:jira-user write:jira-work offline_access read:me";

pub(crate) struct Asking {
    pub(crate) model: Model,
    pub(crate) http: Client,
}

/// A model with default settings, and an app.
pub(crate) async fn a_model() -> Asking {
    with_options(Options::for_public_url("http://localhost:8787")).await
}

pub(crate) async fn with_options(options: Options) -> Asking {
    let model = Model::start(options).await.unwrap();
    Asking { model, http: client() }
}

pub(crate) fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

/// The tokens of one answer.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Asking {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.model.url())
    }

    /// Sends a request to the token endpoint, with the client's id and secret added.
    pub(crate) async fn token(&self, mut body: Value) -> Result<Response, reqwest::Error> {
        body["client_id"] = json!("causeway-development");
        body["client_secret"] = json!("development-only-atlassian-secret");
        self.http.post(self.url("/oauth/token")).json(&body).send().await
    }

    pub(crate) async fn exchange(&self, code: &str) -> Response {
        let body = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK });
        self.token(body).await.unwrap()
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<Response, reqwest::Error> {
        self.token(json!({ "grant_type": "refresh_token", "refresh_token": refresh_token })).await
    }

    /// A token family, authorized without a browser.
    pub(crate) async fn authorized(&self, person: Person, sites: &[&str]) -> Tokens {
        tokens(self.exchange(&self.model.authorize_direct(person, sites)).await).await
    }

    pub(crate) async fn get(&self, path: &str, access_token: &str) -> Response {
        self.http.get(self.url(path)).bearer_auth(access_token).send().await.unwrap()
    }

    /// Sends JSON with any method; what came back, null for an empty body.
    pub(crate) async fn sends(&self, method: &str, path: &str, access_token: &str, body: &Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, self.url(path)).bearer_auth(access_token);
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    pub(crate) async fn post(&self, path: &str, access_token: &str, body: &Value) -> Response {
        self.http.post(self.url(path)).bearer_auth(access_token).json(body).send().await.unwrap()
    }
}

pub(crate) async fn tokens(response: Response) -> Tokens {
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

pub(crate) async fn json_of(response: Response) -> Value {
    response.json().await.unwrap()
}

/// Status and body at once, for refusals.
pub(crate) async fn refusal(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A browser in which somebody is logged in to Atlassian.
pub(crate) struct Browser<'a> {
    asking: &'a Asking,
    cookie: String,
}

impl<'a> Browser<'a> {
    pub(crate) async fn of(asking: &'a Asking, person: Person) -> Self {
        let form = [("continue", "/authorize?x"), ("person", person.slug())];
        let response = asking.http.post(asking.url("/login")).form(&form).send().await.unwrap();
        let set = response.headers()["set-cookie"].to_str().unwrap();
        Self { asking, cookie: set.split(';').next().unwrap().to_owned() }
    }

    pub(crate) async fn open(&self, path: &str) -> Response {
        self.asking.http.get(self.asking.url(path)).header("cookie", &self.cookie).send().await.unwrap()
    }

    /// The text of the page that the authorization request leads to.
    pub(crate) async fn consent_page(&self, question: &str) -> String {
        self.open(&format!("/authorize?{question}")).await.text().await.unwrap()
    }

    pub(crate) async fn decide(&self, question: &str, decision: &str, sites: &[&str]) -> Response {
        let mut form = vec![("question", question), ("decision", decision)];
        form.extend(sites.iter().map(|site| ("site", *site)));
        let request = self.asking.http.post(self.asking.url("/authorize/decision"));
        request.header("cookie", &self.cookie).form(&form).send().await.unwrap()
    }

    /// Accepts, and reads the code from the redirect.
    pub(crate) async fn accept(&self, question: &str, sites: &[&str]) -> String {
        let response = self.decide(question, "accept", sites).await;
        parameter(&redirect_of(&response), "code").expect("accepting gives a code")
    }
}

pub(crate) fn redirect_of(response: &Response) -> Url {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The query of a valid authorization request, with some parameters replaced.
pub(crate) fn question(replaced: &[(&str, &str)]) -> String {
    let usual = [
        ("audience", "api.atlassian.com"),
        ("client_id", "causeway-development"),
        ("scope", SCOPES),
        ("redirect_uri", CALLBACK),
        ("state", "the-state"),
        ("response_type", "code"),
        ("prompt", "consent"),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(usual.iter().filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name)));
    query.extend_pairs(replaced);
    query.finish()
}

/// Somebody with all scopes at the Jira of Harbour.
pub(crate) struct AtHarbour {
    pub(crate) asking: Asking,
    pub(crate) access: String,
}

impl AtHarbour {
    pub(crate) async fn is(person: Person) -> Self {
        let asking = a_model().await;
        let access = asking.authorized(person, &[atlassian::sites::HARBOUR]).await.access;
        Self { asking, access }
    }

    /// Another person's access to the same model.
    pub(crate) async fn also(&self, person: Person) -> String {
        self.asking.authorized(person, &[atlassian::sites::HARBOUR]).await.access
    }

    pub(crate) async fn calls(&self, method: &str, path: &str, body: impl Borrow<Value>) -> (u16, Value) {
        self.calls_as(&self.access, method, path, body).await
    }

    pub(crate) async fn calls_as(
        &self,
        access: &str,
        method: &str,
        path: &str,
        body: impl Borrow<Value>,
    ) -> (u16, Value) {
        let path = format!("/ex/jira/{}/rest/api/3/{path}", atlassian::sites::HARBOUR);
        self.asking.sends(method, &path, access, body.borrow()).await
    }

    /// The body of a GET that succeeds.
    pub(crate) async fn reads(&self, path: &str) -> Value {
        let (status, body) = self.calls("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Creates an issue in a project; its key.
    pub(crate) async fn creates(&self, project: &str, issue_type: &str, more: impl Borrow<Value>) -> String {
        let mut fields =
            json!({ "project": { "key": project }, "issuetype": { "name": issue_type }, "summary": "Made by a claim" });
        for (name, value) in more.borrow().as_object().into_iter().flatten() {
            fields[name] = value.clone();
        }
        let (status, body) = self.calls("POST", "issue", json!({ "fields": fields })).await;
        assert_eq!(status, 201, "{body}");
        body["key"].as_str().unwrap().to_owned()
    }

    /// Makes the transition of that name.
    pub(crate) async fn moves(&self, issue: &str, name: &str, fields: impl Borrow<Value>) -> (u16, Value) {
        let open = self.reads(&format!("issue/{issue}/transitions")).await;
        let found = open["transitions"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
        let id = found.unwrap_or_else(|| panic!("{name} is not open: {open}"))["id"].clone();
        let body = json!({ "transition": { "id": id }, "fields": fields.borrow() });
        self.calls("POST", &format!("issue/{issue}/transitions"), body).await
    }

    /// The name of an issue's status.
    pub(crate) async fn status_of(&self, issue: &str) -> String {
        let read = self.reads(&format!("issue/{issue}?fields=status")).await;
        read["fields"]["status"]["name"].as_str().unwrap().to_owned()
    }
}
