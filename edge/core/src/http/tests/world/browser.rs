//! A browser that talks to the edge.

use std::{cell::RefCell, collections::BTreeMap};

use api::{PROOF_HEADER, PROOF_VALUE};
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Deployment, PUBLIC_URL};

/// What came back.
pub(in crate::http::tests) struct Answered {
    pub(in crate::http::tests) status: StatusCode,
    pub(in crate::http::tests) headers: HeaderMap,
    pub(in crate::http::tests) body: String,
}

impl Answered {
    pub(in crate::http::tests) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(in crate::http::tests) fn code(&self) -> String {
        self.json()["code"].as_str().expect("a problem").to_owned()
    }

    pub(in crate::http::tests) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).expect("a redirect").to_str().expect("text")
    }
}

/// A browser: it keeps cookies and sends them along.
pub(in crate::http::tests) struct Browser<'a> {
    pub(super) deployment: &'a Deployment,
    pub(in crate::http::tests) cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser<'_> {
    /// The same browser, with the cookies that it has now, at another deployment.
    pub(in crate::http::tests) fn at<'b>(&self, deployment: &'b Deployment) -> Browser<'b> {
        Browser { deployment, cookies: self.cookies.clone() }
    }

    pub(in crate::http::tests) async fn get(&self, path: &str) -> Answered {
        self.send(Request::get(path), Body::empty()).await
    }

    /// A mutating request as the app sends it.
    pub(in crate::http::tests) async fn call(&self, method: Method, path: &str, body: &Value) -> Answered {
        let request = Request::builder().method(method).uri(path).header("origin", PUBLIC_URL);
        let request = request.header(PROOF_HEADER, PROOF_VALUE).header("content-type", "application/json");
        self.send(request, Body::from(body.to_string())).await
    }

    pub(in crate::http::tests) async fn post(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::POST, path, body).await
    }

    pub(in crate::http::tests) async fn send(&self, request: http::request::Builder, body: Body) -> Answered {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).expect("a request");
        let answered = self.deployment.send(request).await;
        for cookie in answered.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            for must in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(attributes.contains(must), "{cookie}");
            }
            if attributes.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answered
    }

    /// The click: begins an attempt and lets the pop-up leave. Answers the attempt's id and the state.
    pub(in crate::http::tests) async fn leave(&self) -> (String, String) {
        self.leave_for(&json!({"kind": "cloud_oauth2"})).await
    }

    pub(in crate::http::tests) async fn leave_for(&self, what: &Value) -> (String, String) {
        self.leave_from(&self.post("/api/v1/authorizations", what).await.json()).await
    }

    /// Lets the pop-up of an attempt that was begun leave. Answers the attempt's id and the state.
    pub(in crate::http::tests) async fn leave_from(&self, begun: &Value) -> (String, String) {
        let left = self.get(begun["start_url"].as_str().expect("an address")).await;
        let url = url::Url::parse(left.location()).expect("a URL");
        let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
        (begun["id"].as_str().expect("an id").to_owned(), state)
    }

    /// A whole consent: leaves, accepts, comes back.
    pub(in crate::http::tests) async fn authorize(&self) -> String {
        self.authorize_for(&json!({"kind": "cloud_oauth2"})).await
    }

    pub(in crate::http::tests) async fn authorize_for(&self, what: &Value) -> String {
        let (id, state) = self.leave_for(what).await;
        let back = self.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(back.location(), format!("/authorize/{id}"));
        id
    }

    /// A whole consent to look at charts of a site. Answers the attempt's id.
    pub(in crate::http::tests) async fn consent_to_view(&self, site: &str) -> String {
        let begun = self.post("/api/v1/viewers/me/authorizations", &json!({"site": site})).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
        let (id, state) = self.leave_from(&begun.json()).await;
        let back = self.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(back.location(), format!("/authorize/{id}"), "{}", back.body);
        id
    }

    pub(in crate::http::tests) async fn attempt(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/authorizations/{id}")).await.json()
    }

    /// Makes a connection and gives it back with its `ETag`.
    pub(in crate::http::tests) async fn connect(&self, name: &str) -> Value {
        let id = self.authorize().await;
        let saved = self.post("/api/v1/connections", &json!({"name": name, "authorization_id": id})).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.body);
        saved.json()
    }

    pub(in crate::http::tests) async fn show(&self, connection: &Value) -> Value {
        self.get(&path_of(connection)).await.json()
    }

    /// Reauthorizes a connection with whoever consents now, and saves that.
    pub(in crate::http::tests) async fn reauthorize(&self, connection: &Value) -> Answered {
        let id = self.authorize_for(&json!({"kind": "cloud_oauth2", "connection_id": connection["id"]})).await;
        self.edit(connection, &json!({"authorization_id": id})).await
    }

    /// Saves an edit of the version that `connection` shows.
    pub(in crate::http::tests) async fn edit(&self, connection: &Value, edit: &Value) -> Answered {
        let request = Request::patch(path_of(connection)).header("origin", PUBLIC_URL);
        let request = request.header(PROOF_HEADER, PROOF_VALUE).header("content-type", "application/json");
        let tag = format!("\"{}\"", connection["version"]);
        self.send(request.header(header::IF_MATCH, tag), Body::from(edit.to_string())).await
    }

    /// Does something to a connection: `POST …/{id}/{what}`.
    pub(in crate::http::tests) async fn act(&self, connection: &Value, what: &str, body: &Value) -> Answered {
        self.post(&format!("{}/{what}", path_of(connection)), body).await
    }

    /// Makes an API key.
    pub(in crate::http::tests) async fn key(&self, scopes: &[&str]) -> String {
        let made = self.post("/api/v1/api-keys", &json!({"name": "CI", "scopes": scopes})).await;
        made.json()["key"].as_str().expect("a key").to_owned()
    }
}

/// Where a connection is.
pub(in crate::http::tests) fn path_of(connection: &Value) -> String {
    format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"))
}
