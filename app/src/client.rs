//! The only part that knows HTTP: calls the edge's endpoints as the contract names them.

use api::{Endpoint, Method, PROOF_HEADER, PROOF_VALUE, Problem, ProblemCode, REQUEST_ID_HEADER};
use gloo_net::http::{Headers, RequestBuilder, Response};
use js_sys::{JSON, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::UrlSearchParams;

/// Why a call has no answer. Sorted by who must act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// The edge could not be reached: the network, or the person behind it. Holds the browser's words.
    Unreachable(String),
    /// The edge refused, and says why.
    Refused(Box<Problem>),
    /// Something answered that is not what the contract says: a proxy in between, or another version.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// The request's id; empty if the answer had none.
        request_id: String,
    },
}

impl CallError {
    /// The edge's code to match on, if the edge spoke.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// What happened, in a few words.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Unreachable(_) => "Causeway cannot be reached".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
            Self::Unreadable { .. } => "The answer cannot be read".to_owned(),
        }
    }

    /// Why, in a sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Unreachable(_) => "The network did not carry the request, or no answer came back.".to_owned(),
            Self::Refused(problem) => problem.detail.clone(),
            Self::Unreadable { .. } => {
                "Something else answered in Causeway's place, or another version of it.".to_owned()
            }
        }
    }

    /// What to do, and who.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Unreachable(_) => "Check your connection, then try again.".to_owned(),
            Self::Refused(problem) => problem.remedy.clone(),
            Self::Unreadable { .. } => "Load the page again. If it stays, tell the operator.".to_owned(),
        }
    }

    /// What to quote when asking for help, line by line.
    pub(crate) fn details(&self) -> String {
        match self {
            Self::Unreachable(words) => words.clone(),
            Self::Refused(problem) => {
                format!("{} ({})\nRequest id: {}", problem.code.as_str(), problem.status, problem.request_id)
            }
            Self::Unreadable { status, request_id } => format!("Status {status}\nRequest id: {request_id}"),
        }
    }
}

/// Calls `E`.
pub(crate) async fn call<E: Endpoint>(params: &E::Params, request: &E::Request) -> Result<E::Answer, CallError> {
    exchange(E::METHOD, E::path(params), travelling(request), None).await?.read::<E>()
}

/// Calls `E` on what was read as `version`; [`ProblemCode::EditConflict`] if it changed since.
pub(crate) async fn call_if_match<E: Endpoint>(
    params: &E::Params,
    request: &E::Request,
    version: u64,
) -> Result<E::Answer, CallError> {
    exchange(E::METHOD, E::path(params), travelling(request), Some(version)).await?.read::<E>()
}

/// An answer before it is understood.
struct Answered {
    status: u16,
    request_id: String,
    body: JsValue,
}

impl Answered {
    fn unreadable(&self) -> CallError {
        CallError::Unreadable { status: self.status, request_id: self.request_id.clone() }
    }

    /// The answer, if it is what `E` promises.
    fn read<E: Endpoint>(self) -> Result<E::Answer, CallError> {
        let unreadable = self.unreadable();
        match serde_wasm_bindgen::from_value(self.body) {
            Ok(answer) if self.status == E::SUCCESS => Ok(answer),
            _ => Err(unreadable),
        }
    }

    /// The refusal, if it is one of the contract's problems.
    fn refused(self) -> CallError {
        let unreadable = self.unreadable();
        serde_wasm_bindgen::from_value(self.body).map_or(unreadable, CallError::Refused)
    }
}

/// The request as a plain object. The browser's own JSON reads and writes it: a reader of ours would weigh more.
fn travelling(request: &impl Serialize) -> Object {
    let object = request.serialize(&Serializer::json_compatible()).ok();
    object.and_then(|object| object.dyn_into().ok()).unwrap_or_default()
}

async fn exchange(method: Method, path: String, request: Object, version: Option<u64>) -> Result<Answered, CallError> {
    let unreachable = |error: gloo_net::Error| CallError::Unreachable(error.to_string());
    let response = send(method, &path, request, version).await.map_err(unreachable)?;
    let text = response.text().await.map_err(unreachable)?;
    let text = if text.is_empty() { "{}" } else { &text };
    let answered = Answered {
        status: response.status(),
        request_id: response.headers().get(REQUEST_ID_HEADER).unwrap_or_default(),
        body: JSON::parse(text).unwrap_or(JsValue::NULL),
    };
    if response.ok() { Ok(answered) } else { Err(answered.refused()) }
}

async fn send(method: Method, path: &str, request: Object, version: Option<u64>) -> Result<Response, gloo_net::Error> {
    let headers = Headers::new();
    headers.set("accept", "application/json");
    if method != Method::Get {
        headers.set(PROOF_HEADER, PROOF_VALUE);
    }
    if let Some(version) = version {
        headers.set("if-match", &format!("\"{version}\""));
    }
    let empty = Object::keys(&request).length() == 0;
    if method == Method::Get || empty {
        let path = if empty { path.to_owned() } else { format!("{path}?{}", query(&request)) };
        return RequestBuilder::new(&path).method(in_http(method)).headers(headers).send().await;
    }
    headers.set("content-type", "application/json");
    let body = JSON::stringify(&request).map(String::from).unwrap_or_default();
    RequestBuilder::new(path).method(in_http(method)).headers(headers).body(body)?.send().await
}

/// The fields as a query.
fn query(fields: &Object) -> String {
    UrlSearchParams::new_with_record_from_str_to_str(fields).map(|query| query.to_string().into()).unwrap_or_default()
}

fn in_http(method: Method) -> gloo_net::http::Method {
    match method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Patch => gloo_net::http::Method::PATCH,
        Method::Delete => gloo_net::http::Method::DELETE,
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn answered(status: u16, body: &str) -> Answered {
        Answered { status, request_id: "req_1".to_owned(), body: JSON::parse(body).unwrap_or(JsValue::NULL) }
    }

    #[wasm_bindgen_test]
    fn a_request_without_fields_does_not_travel() {
        assert_eq!(Object::keys(&travelling(&api::Nothing {})).length(), 0);
        assert_eq!(Object::keys(&travelling(&api::ListConnectionsQuery::default())).length(), 0);
    }

    #[wasm_bindgen_test]
    fn a_query_is_written_as_the_contract_names_it() {
        let request = api::ListConnectionsQuery {
            q: Some("a&b".to_owned()),
            status: Some(api::State::Authorized),
            limit: Some(50),
            ..Default::default()
        };
        assert_eq!(query(&travelling(&request)), "q=a%26b&status=authorized&limit=50");
    }

    #[wasm_bindgen_test]
    fn an_answer_that_is_not_the_contracts_is_unreadable_and_no_panic() {
        let unreadable = |status| CallError::Unreadable { status, request_id: "req_1".to_owned() };
        for body in ["<html>", "{}", "[]", "{\"member\":{}}"] {
            assert_eq!(answered(200, body).read::<api::GetSession>(), Err(unreadable(200)));
            assert_eq!(answered(502, body).refused(), unreadable(502));
        }
        assert_eq!(answered(204, "{}").read::<api::SignOut>(), Ok(api::Nothing {}));
        assert_eq!(answered(200, "{}").read::<api::SignOut>(), Err(unreadable(200)));
    }

    #[wasm_bindgen_test]
    fn a_problem_is_matched_by_its_code() {
        let body = r#"{"type":"urn:causeway:problem:name_taken","title":"Name taken","status":409,"detail":"d",
            "code":"name_taken","remedy":"r","request_id":"req_2"}"#;
        assert_eq!(answered(409, body).refused().code(), Some(ProblemCode::NameTaken));
        let newer = body.replace("name_taken", "brand_new");
        assert_eq!(answered(409, &newer).refused().code(), Some(ProblemCode::Unknown));
    }
}
