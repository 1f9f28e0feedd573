//! One call that was let through, and what Jira answers to it.

use std::collections::HashMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::edition::Edition;
use super::names::Names;
use super::upload::Upload;
use crate::clock::Moment;
use crate::people::{Person, Profile};
use crate::world::World;

/// What was asked; `path` is what follows the cloudId or the context path, without its slash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a Bytes,
    pub(crate) upload: &'a Upload,
}

/// Who asks, and where.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) edition: Edition,
    /// What `/rest/…` follows, as the answers write it.
    pub(crate) base: String,
    pub(crate) person: Person,
    pub(crate) people: Vec<Profile>,
}

impl Visitor {
    /// A person at a Cloud site, whose answers name `base` as its address.
    pub(crate) fn at_site(world: &World, base: String, person: Person) -> Self {
        Self { edition: Edition::Cloud, base, person, people: world.read(|state| state.people.clone()) }
    }
}

/// A call, with what its answer may need of the rest of the model.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) edition: Edition,
    pub(super) person: Person,
    pub(super) people: Vec<Profile>,
    pub(super) now: Moment,
    /// What `/rest/…` follows, as the answers write it.
    base: String,
    /// The address of the REST API, such as `{model}/ex/jira/{cloudId}/rest/api/3`.
    pub(super) api: String,
    /// Where the model serves pictures.
    pub(super) pictures: String,
    query: HashMap<String, String>,
    body: &'a [u8],
    pub(super) upload: &'a Upload,
}

/// What Jira answers.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn of(world: &World, visitor: Visitor, asked: &Asked<'a>) -> Self {
        let Visitor { edition, base, person, people } = visitor;
        Self {
            edition,
            person,
            people,
            now: world.now(),
            api: format!("{base}/rest/api/{}", edition.version()),
            base,
            pictures: world.url(),
            query: url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect(),
            body: asked.body,
            upload: asked.upload,
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

    /// Where the bytes of an attachment are, as its description names it.
    pub(super) fn content_address(&self, id: u64, file_name: &str) -> String {
        match self.edition {
            Edition::Cloud | Edition::CloudVersion2 => format!("{}/attachment/content/{id}", self.api),
            Edition::DataCenter => {
                let name = url::form_urlencoded::byte_serialize(file_name.as_bytes()).collect::<String>();
                format!("{}/secure/attachment/{id}/{name}", self.base)
            }
        }
    }

    pub(super) fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names { api: &self.api, pictures: &self.pictures }
    }

    pub(super) fn profile(&self, person: Person) -> Option<&Profile> {
        self.people.iter().find(|profile| profile.person == person)
    }
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }

    /// `{"errorMessages":[sentence],"errors":{}}`.
    pub(crate) fn refusal(code: u16, sentence: &str) -> Self {
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

    /// Data Center's refusal of an anonymous caller where an account is required.
    pub(crate) fn not_authenticated() -> Self {
        let sentence = "Client must be authenticated to access this resource.";
        let body = json!({ "message": sentence, "status-code": 401 });
        Self { status: StatusCode::UNAUTHORIZED, body: Some(body) }
    }

    pub(crate) fn nothing_there() -> Self {
        let body = json!({ "message": "null for uri", "status-code": 404 });
        Self { status: StatusCode::NOT_FOUND, body: Some(body) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.body.map_or_else(|| self.status.into_response(), |body| (self.status, Json(body)).into_response())
    }
}
