//! What Jira answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

/// A status, with a body in JSON or none.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Option<Value>,
}

/// What a handler gives: either way an answer; `Err` ends it early.
pub(super) type Outcome = Result<Answer, Answer>;

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    pub(super) fn accepted(body: Option<Value>) -> Self {
        Self { status: StatusCode::ACCEPTED, body }
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }

    /// 200 or 201 without a body.
    pub(super) fn set(is_new: bool) -> Self {
        Self { status: if is_new { StatusCode::CREATED } else { StatusCode::OK }, body: Some(Value::Null) }
    }

    /// 400 with exactly this body.
    pub(super) fn bad(body: Value) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: Some(body) }
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

    /// The same for one field.
    pub(super) fn field_error(field: &str, sentence: &str) -> Self {
        Self::field_errors(&Map::from_iter([(field.to_owned(), json!(sentence))]))
    }

    /// `{"errors":[{"message":sentence}]}`, as the bulk operations refuse.
    pub(super) fn bulk_refusal(code: u16, sentence: &str) -> Self {
        Self { body: Some(json!({ "errors": [{ "message": sentence }] })), ..Self::refusal(code, sentence) }
    }

    pub(super) fn nothing_of_that_id() -> Self {
        Self::refusal(404, "Nothing was found with that id.")
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

    /// How many objects it has: the elements of its list, or itself.
    pub(super) fn objects(&self) -> usize {
        const LISTS: [&str; 6] = ["issues", "values", "comments", "worklogs", "watchers", "issueChangeLogs"];
        let Some(body) = &self.body else { return 0 };
        let list = body.as_array().or_else(|| LISTS.iter().find_map(|name| body[*name].as_array()));
        list.map_or(1, Vec::len)
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as it stands, for answers that are parts of another.
    pub(super) fn into_body(self) -> Value {
        self.body.unwrap_or_default()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.body.map_or_else(|| self.status.into_response(), |body| (self.status, Json(body)).into_response())
    }
}
