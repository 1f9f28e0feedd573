//! Charts in pages of others: which pages, which readers, whose access; and that nothing of it outlives what allowed it.

mod commands;
mod frames;
mod tokens;

use std::time::Duration;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment};
use crate::{
    fakes::{FakeResponse, NativeMac},
    ports::{Clock as _, Mac as _},
};

/// Where the gateway has the API of the site.
const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";
/// The page that may show embeds.
const HOST: &str = "https://intranet.example.com";

fn answers(deployment: &Deployment, path: &str, status: u16, body: &Value) {
    let reply = FakeResponse::json(status, &body.to_string());
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/{path}"), reply);
}

/// Somebody who makes embeds of a chart, which are shown with the access of a connection.
struct Maker<'a> {
    deployment: &'a Deployment,
    ada: Browser<'a>,
    connection: Value,
    chart: Value,
}

impl<'a> Maker<'a> {
    /// Charts without signing in are allowed.
    async fn new(deployment: &'a Deployment) -> Self {
        let maker = Self::where_anonymous_charts_are_not_allowed(deployment).await;
        maker.allow_anonymous_charts(true).await;
        maker
    }

    async fn where_anonymous_charts_are_not_allowed(deployment: &'a Deployment) -> Self {
        let ada = deployment.ada().await;
        let connection = ada.connect("Staging").await;
        let saved = ada.edit(&connection, &json!({"charts": true})).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        answers(deployment, "myself", 200, &json!({"accountId": "ada", "timeZone": "Europe/Berlin"}));
        answers(deployment, "search/approximate-count", 200, &json!({"count": 3}));
        let status = |id: &str, name: &str| json!({"id": id, "name": name, "statusCategory": {"key": "new"}});
        answers(deployment, "status", 200, &json!([status("1", "Open <b>")]));
        let issue = json!({"id": "1", "fields": {"status": status("1", "Open <b>")}});
        answers(deployment, "search/jql", 200, &json!({"issues": [issue, issue, issue], "isLast": true}));
        let spec = json!({
            "source": {"jql": "project = SECRET"}, "mark": "bar", "group": {"field": {"id": "status"}},
            "params": [{"name": "team", "field": {"id": "labels"}, "values": ["web", "app"]}],
            "says": {"title": "Open & waiting"},
        });
        let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await;
        assert_eq!(chart.status, StatusCode::CREATED, "{}", chart.body);
        Self { deployment, ada, connection: saved.json(), chart: chart.json() }
    }

    async fn allow_anonymous_charts(&self, allowed: bool) {
        let settings = json!({"anonymous_charts": allowed});
        let saved = self.ada.call(http::Method::PATCH, "/api/v1/settings", &settings).await;
        assert_eq!((saved.status, saved.json()), (StatusCode::OK, settings));
    }

    /// Asks for an embed that is shown with the access of the connection.
    async fn create(&self, kind: &str, more: &Value) -> Answered {
        let mut new = json!({
            "chart_id": self.chart["id"], "kind": kind, "origins": [HOST],
            "access": {"connection_id": self.connection["id"]},
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            new[name] = value.clone();
        }
        self.ada.post("/api/v1/embeds", &new).await
    }

    async fn published(&self) -> Frame<'a> {
        self.frame("published", &json!({})).await
    }

    async fn signed(&self, more: &Value) -> Frame<'a> {
        self.frame("signed", more).await
    }

    async fn frame(&self, kind: &str, more: &Value) -> Frame<'a> {
        let created = self.create(kind, more).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        let created = created.json();
        let id = created["embed"]["id"].as_str().expect("an id").to_owned();
        Frame { deployment: self.deployment, id, key: created["key"].as_str().unwrap_or_default().to_owned() }
    }

    async fn edit(&self, frame: &Frame<'_>, edit: &Value) -> Answered {
        self.ada.call(http::Method::PATCH, &format!("/api/v1/embeds/{}", frame.id), edit).await
    }

    async fn shown(&self, frame: &Frame<'_>) -> Value {
        self.ada.get(&format!("/api/v1/embeds/{}", frame.id)).await.json()
    }

    async fn end(&self, frame: &Frame<'_>) {
        let path = format!("/api/v1/embeds/{}", frame.id);
        let ended = self.ada.call(http::Method::DELETE, &path, &json!({})).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    }

    async fn end_delegation(&self, frame: &Frame<'_>, what: &str) {
        let delegation = self.shown(frame).await["delegation"]["id"].as_str().expect("an id").to_owned();
        let ended = self.ada.post(&format!("/api/v1/delegations/{delegation}/{what}"), &json!({})).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    }
}

/// A frame in somebody else's page. It has no cookie.
pub(super) struct Frame<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) id: String,
    /// What the host signs tokens with.
    pub(super) key: String,
}

impl Frame<'_> {
    async fn get(&self, path: &str) -> Answered {
        self.deployment.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn page(&self) -> Answered {
        self.get(&format!("/embed/{}", self.id)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answered {
        self.from("203.0.113.7", path, body).await
    }

    async fn from(&self, client: &str, path: &str, body: &Value) -> Answered {
        let request = Request::post(path).header("content-type", "application/json").header("cf-connecting-ip", client);
        self.deployment.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// What the host's server claims about a reader.
    pub(super) fn claims(&self) -> Value {
        let now = self.deployment.world.now().as_millis() / 1000;
        json!({"embed": self.id, "iat": now, "exp": now + 300})
    }

    async fn sign(&self, claims: &Value) -> String {
        sign(&json!({"alg": "HS256", "typ": "JWT"}), claims.to_string().as_bytes(), &self.key).await
    }

    async fn exchange(&self, token: &str) -> Answered {
        self.post("/embed/v1/sessions", &json!({"embed": self.id, "token": token})).await
    }

    /// A session for what the host claims.
    pub(super) async fn session(&self, claims: &Value) -> String {
        let token = self.sign(claims).await;
        let answered = self.exchange(&token).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
        answered.json()["session"].as_str().expect("a session").to_owned()
    }

    async fn render(&self, session: Option<&str>) -> Answered {
        let mut body = json!({"embed": self.id, "width": 500});
        if let Some(session) = session {
            body["session"] = session.into();
        }
        self.post("/embed/v1/renders", &body).await
    }

    async fn drawn(&self, session: Option<&str>) -> Value {
        let answered = self.render(session).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
        answered.json()
    }
}

/// A token as a host's library writes it.
async fn sign(header: &Value, claims: &[u8], key: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = NativeMac.hmac_sha256(key.as_bytes(), message.as_bytes()).await.expect("signed");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Lets pass what an isolate may remember.
fn moment(deployment: &Deployment) {
    deployment.world.clock.advance(Duration::from_secs(3));
}

/// How often Jira was asked to count.
fn counts(deployment: &Deployment) -> usize {
    let asked = deployment.world.asked.borrow();
    asked.iter().filter(|one| one.uri().path().ends_with("approximate-count")).count()
}
