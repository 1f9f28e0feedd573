//! One call that was let through, and what Jira answers to it.

use std::collections::HashMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::names::Names;
use crate::clock::Moment;
use crate::people::{Person, Profile};
use crate::sites::Site;
use crate::world::World;

/// What was asked; `path` is what follows the cloudId, without its slash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) body: &'a Bytes,
}

/// A call, with what its answer may need of the rest of the model.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) person: Person,
    pub(super) people: Vec<Profile>,
    pub(super) now: Moment,
    /// `{model}/ex/jira/{cloudId}`.
    pub(super) base: String,
    /// Where the model serves pictures.
    pub(super) pictures: String,
    query: HashMap<String, String>,
    body: &'a [u8],
}

/// What Jira answers.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn of(world: &World, site: &Site, person: Person, asked: &Asked<'a>) -> Self {
        Self {
            person,
            people: world.read(|state| state.people.clone()),
            now: world.now(),
            base: format!("{}/ex/jira/{}", world.url(), site.id),
            pictures: world.url(),
            query: url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect(),
            body: asked.body,
        }
    }

    /// A parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A parameter that is a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name)?.parse().ok()
    }

    /// The body as JSON, or Jira's answer to what is none.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        let refused = "There was an error parsing JSON. Check that your request body is valid.";
        serde_json::from_slice(self.body).map_err(|_| Answer::refusal(400, refused))
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names { base: &self.base, pictures: &self.pictures }
    }

    pub(super) fn profile(&self, person: Person) -> Option<&Profile> {
        self.people.iter().find(|profile| profile.person == person)
    }
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }

    /// `{"errorMessages":[sentence],"errors":{}}`.
    pub(super) fn refusal(code: u16, sentence: &str) -> Self {
        let status = StatusCode::from_u16(code).expect("the caller names a status");
        Self::refusals(status, &[sentence.to_owned()])
    }

    pub(super) fn refusals(status: StatusCode, sentences: &[String]) -> Self {
        Self { status, body: Some(json!({ "errorMessages": sentences, "errors": {} })) }
    }

    /// `{"errorMessages":[],"errors":{field: sentence}}`.
    pub(super) fn field_errors(errors: &Map<String, Value>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: Some(json!({ "errorMessages": [], "errors": errors })) }
    }

    pub(super) fn no_issue() -> Self {
        Self::refusal(404, "Issue does not exist or you do not have permission to see it.")
    }

    pub(super) fn nothing_there() -> Self {
        let body = json!({ "message": "null for uri", "status-code": 404 });
        Self { status: StatusCode::NOT_FOUND, body: Some(body) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.body.map_or_else(|| self.status.into_response(), |body| (self.status, Json(body)).into_response())
    }
}
