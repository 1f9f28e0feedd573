//! The only module that knows HTTP: calls the endpoints of the contract.

mod call_error;

use api::{Endpoint, GetHealth, Health, Method, PROOF_HEADER, PROOF_VALUE, REQUEST_ID_HEADER};
use gloo_net::http::{Headers, RequestBuilder, Response};
use js_sys::{JSON, Object, Promise, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, UrlSearchParams};

use crate::{json_reader::JsonReader, ui::download};

pub(crate) use call_error::CallError;

/// Calls `E`.
pub(crate) async fn call<E: Endpoint>(params: &E::Params, request: &E::Request) -> Result<E::Answer, CallError> {
    exchange(E::METHOD, E::path(params), as_object(request), None).await?.read::<E>()
}

/// Calls `E` and reads its answer as a `T` of this app, whose reader is smaller than that of the contract's type.
pub(crate) async fn call_as<E: Endpoint, T: DeserializeOwned>(
    params: &E::Params,
    request: &E::Request,
) -> Result<T, CallError> {
    exchange(E::METHOD, E::path(params), as_object(request), None).await?.read_as(E::SUCCESS)
}

/// Gets a path of the contract, with its query, and reads the answer field by field. Takes the answer that `start.js`
/// has already requested, if there is one.
pub(crate) async fn get<T>(path: String, read: fn(&JsonReader) -> Option<T>) -> Result<T, CallError> {
    let response = match prefetched(&path) {
        Some(answer) => {
            Response::from(JsFuture::from(answer).await.map_err(interrupted)?.unchecked_into::<web_sys::Response>())
        }
        None => send(Method::Get, &path, Object::new(), None).await.map_err(unreachable)?,
    };
    let answer = accepted(&response).await?;
    let unreadable = answer.unreadable();
    read(&JsonReader::new(answer.body)).filter(|_| answer.status == 200).ok_or(unreadable)
}

/// Posts to a path of the contract, without a body. The answer is empty.
pub(crate) async fn post(path: &str) -> Result<(), CallError> {
    exchange(Method::Post, path.to_owned(), Object::new(), None).await.map(|_| ())
}

/// Calls a path of the contract without a body, and reads the answer. Not generic over the endpoint, so that it is
/// compiled once per answer.
pub(crate) async fn command<T: DeserializeOwned>(method: Method, path: String) -> Result<T, CallError> {
    exchange(method, path, Object::new(), None).await?.read_as(200)
}

/// Whether the deployment works. If it does not, the same answer comes with a status of failure.
pub(crate) async fn health() -> Result<Health, CallError> {
    let response = send(Method::Get, GetHealth::PATH, Object::new(), None).await.map_err(unreachable)?;
    raw_answer(&response).await?.read_as(response.status())
}

/// Calls `E` if the resource still has this version; [`api::ProblemCode::EditConflict`] if it was changed since.
pub(crate) async fn call_if_match<E: Endpoint>(
    params: &E::Params,
    request: &E::Request,
    version: u64,
) -> Result<E::Answer, CallError> {
    exchange(E::METHOD, E::path(params), as_object(request), Some(version)).await?.read::<E>()
}

/// An answer whose body is not read yet.
struct RawAnswer {
    status: u16,
    request_id: String,
    body: JsValue,
}

impl RawAnswer {
    fn unreadable(&self) -> CallError {
        CallError::Unreadable { status: self.status, request_id: self.request_id.clone() }
    }

    /// The answer of `E`, if it is what the contract says.
    fn read<E: Endpoint>(self) -> Result<E::Answer, CallError> {
        self.read_as(E::SUCCESS)
    }

    /// The answer as `T`, if its status is `success`.
    fn read_as<T: DeserializeOwned>(self, success: u16) -> Result<T, CallError> {
        let unreadable = self.unreadable();
        match serde_wasm_bindgen::from_value(self.body) {
            Ok(answer) if self.status == success => Ok(answer),
            _ => Err(unreadable),
        }
    }

    /// The refusal, if the body is a problem of the contract.
    fn refused(self) -> CallError {
        let unreadable = self.unreadable();
        JsonReader::new(self.body).problem().map_or(unreadable, |problem| CallError::Refused(Box::new(problem)))
    }
}

/// The request as a JavaScript object, which the browser writes as JSON: a JSON writer in WebAssembly is larger.
fn as_object(request: &impl Serialize) -> Object {
    let object = request.serialize(&Serializer::json_compatible()).ok();
    object.and_then(|object| object.dyn_into().ok()).unwrap_or_default()
}

/// Posts to `path`, and calls `on_line` with each line of the answer as it arrives. A line that is not JSON is `null`.
pub(crate) async fn stream_lines(
    path: &str,
    signal: &AbortSignal,
    on_line: &mut dyn FnMut(JsValue),
) -> Result<(), CallError> {
    let headers = Headers::new();
    headers.set(PROOF_HEADER, PROOF_VALUE);
    let request = RequestBuilder::new(path).method(gloo_net::http::Method::POST).headers(headers);
    let response = request.abort_signal(Some(signal)).send().await.map_err(unreachable)?;
    if !response.ok() {
        return Err(raw_answer(&response).await?.refused());
    }
    let Some(body) = response.body() else { return Ok(()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut rest = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(interrupted)?;
        let value = Reflect::get(&read, &JsValue::from_str("value")).map_err(interrupted)?;
        let ended = value.is_undefined();
        rest.extend(if ended { vec![b'\n'] } else { Uint8Array::new(&value).to_vec() });
        for line in whole_lines(&mut rest) {
            on_line(JSON::parse(&line).unwrap_or(JsValue::NULL));
        }
        if ended {
            return Ok(());
        }
    }
}

/// Posts to `path` with `request` as the query, and saves the answer as a file called `name`.
pub(crate) async fn download(path: &str, request: &impl Serialize, name: &str) -> Result<(), CallError> {
    save(&format!("{path}?{}", query(&as_object(request))), name).await
}

async fn save(path: &str, name: &str) -> Result<(), CallError> {
    let response = send(Method::Post, path, Object::new(), None).await.map_err(unreachable)?;
    if !response.ok() {
        return Err(raw_answer(&response).await?.refused());
    }
    let content =
        JsFuture::from(web_sys::Response::from(response).blob().map_err(interrupted)?).await.map_err(interrupted)?;
    download::save(content.unchecked_ref(), name).map_err(interrupted)
}

/// A line of [`stream_lines`] as a `T`; `None` if it is not one.
pub(crate) fn parsed<T: DeserializeOwned>(line: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(line).ok()
}

fn interrupted(error: JsValue) -> CallError {
    CallError::Unreachable(js_sys::Error::from(error).to_string().into())
}

/// Takes the complete lines out of `rest`; an incomplete one stays.
fn whole_lines(rest: &mut Vec<u8>) -> Vec<String> {
    let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
    let complete: Vec<u8> = rest.drain(..=end).collect();
    let lines = complete.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

/// How long after the page was opened the answers that `start.js` requested are still used, in milliseconds.
const FRESH: f64 = 10_000.0;

/// The answer that `start.js` requested from `path`. It is given once.
fn prefetched(path: &str) -> Option<Promise> {
    let window = leptos::prelude::window();
    let prefetched = Reflect::get(&window, &JsValue::from_str("causewayPrefetched")).ok().filter(JsValue::is_object)?;
    let path = JsValue::from_str(path);
    let answer = Reflect::get(&prefetched, &path).ok()?.dyn_into().ok()?;
    Reflect::delete_property(prefetched.unchecked_ref::<Object>(), &path).ok()?;
    window.performance().filter(|clock| clock.now() < FRESH).map(|_| answer)
}

async fn exchange(method: Method, path: String, request: Object, version: Option<u64>) -> Result<RawAnswer, CallError> {
    let response = send(method, &path, request, version).await.map_err(unreachable)?;
    accepted(&response).await
}

async fn accepted(response: &Response) -> Result<RawAnswer, CallError> {
    let answer = raw_answer(response).await?;
    if response.ok() { Ok(answer) } else { Err(answer.refused()) }
}

fn unreachable(error: gloo_net::Error) -> CallError {
    CallError::Unreachable(error.to_string())
}

async fn raw_answer(response: &Response) -> Result<RawAnswer, CallError> {
    let text = response.text().await.map_err(unreachable)?;
    let text = if text.is_empty() { "{}" } else { &text };
    Ok(RawAnswer {
        status: response.status(),
        request_id: response.headers().get(REQUEST_ID_HEADER).unwrap_or_default(),
        body: JSON::parse(text).unwrap_or(JsValue::NULL),
    })
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
        return RequestBuilder::new(&path).method(to_gloo(method)).headers(headers).send().await;
    }
    headers.set("content-type", "application/json");
    let body = JSON::stringify(&request).map(String::from).unwrap_or_default();
    RequestBuilder::new(path).method(to_gloo(method)).headers(headers).body(body)?.send().await
}

/// The fields as a query.
fn query(fields: &Object) -> String {
    UrlSearchParams::new_with_record_from_str_to_str(fields).map(|query| query.to_string().into()).unwrap_or_default()
}

fn to_gloo(method: Method) -> gloo_net::http::Method {
    match method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Put => gloo_net::http::Method::PUT,
        Method::Patch => gloo_net::http::Method::PATCH,
        Method::Delete => gloo_net::http::Method::DELETE,
    }
}

#[cfg(test)]
mod line_tests {
    use super::*;

    #[test]
    fn a_line_that_comes_in_pieces_is_passed_on_whole() {
        let mut rest = b"{\"a\":1}\n{\"b".to_vec();
        assert_eq!(whole_lines(&mut rest), ["{\"a\":1}"]);
        assert!(whole_lines(&mut rest).is_empty());
        rest.extend(b"\":2}\n\n");
        assert_eq!(whole_lines(&mut rest), ["{\"b\":2}"]);
        assert!(rest.is_empty());
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use api::ProblemCode;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn answered(status: u16, body: &str) -> RawAnswer {
        RawAnswer { status, request_id: "req_1".to_owned(), body: JSON::parse(body).unwrap_or(JsValue::NULL) }
    }

    #[wasm_bindgen_test]
    fn a_request_without_fields_does_not_travel() {
        assert_eq!(Object::keys(&as_object(&api::Nothing {})).length(), 0);
        assert_eq!(Object::keys(&as_object(&api::ListConnectionsQuery::default())).length(), 0);
    }

    #[wasm_bindgen_test]
    fn a_query_is_written_as_the_contract_names_it() {
        let request = api::ListConnectionsQuery {
            q: Some("a&b".to_owned()),
            status: Some(api::State::Authorized),
            limit: Some(50),
            ..Default::default()
        };
        assert_eq!(query(&as_object(&request)), "q=a%26b&status=authorized&limit=50");
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
        let read = serde_wasm_bindgen::from_value(JSON::parse(body).expect("JSON")).expect("a problem");
        assert_eq!(answered(409, body).refused(), CallError::Refused(read));
        let newer = body.replace("name_taken", "brand_new");
        assert_eq!(answered(409, &newer).refused().code(), Some(ProblemCode::read("brand_new")));
    }
}
