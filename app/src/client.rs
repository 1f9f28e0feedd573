//! The only part that knows HTTP: calls the edge's endpoints as the contract names them.

use api::{Endpoint, Method, PROOF_HEADER, PROOF_VALUE, Problem, ProblemCode, REQUEST_ID_HEADER};
use gloo_net::http::{Headers, RequestBuilder, Response};
use serde_json::Value;

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
    read::<E>(exchange(E::METHOD, E::path(params), travelling(request), None).await?)
}

/// Calls `E` on what was read as `version`; [`ProblemCode::EditConflict`] if it changed since.
pub(crate) async fn call_if_match<E: Endpoint>(
    params: &E::Params,
    request: &E::Request,
    version: u64,
) -> Result<E::Answer, CallError> {
    read::<E>(exchange(E::METHOD, E::path(params), travelling(request), Some(version)).await?)
}

/// An answer before it is understood.
struct Answered {
    status: u16,
    request_id: String,
    text: String,
}

impl Answered {
    fn unreadable(self) -> CallError {
        CallError::Unreadable { status: self.status, request_id: self.request_id }
    }
}

fn read<E: Endpoint>(answered: Answered) -> Result<E::Answer, CallError> {
    let text = if answered.status == 204 { "{}" } else { &answered.text };
    match serde_json::from_str(text) {
        Ok(answer) if answered.status == E::SUCCESS => Ok(answer),
        _ => Err(answered.unreadable()),
    }
}

/// The request as a JSON object; `None` for one without fields, which travels not at all.
fn travelling(request: &impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(request).ok().filter(|value| value.as_object().is_some_and(|fields| !fields.is_empty()))
}

async fn exchange(
    method: Method,
    path: String,
    request: Option<Value>,
    version: Option<u64>,
) -> Result<Answered, CallError> {
    let response = send(method, path, request, version).await.map_err(|e| CallError::Unreachable(e.to_string()))?;
    let answered = Answered {
        status: response.status(),
        request_id: response.headers().get(REQUEST_ID_HEADER).unwrap_or_default(),
        text: response.text().await.map_err(|e| CallError::Unreachable(e.to_string()))?,
    };
    if response.ok() {
        return Ok(answered);
    }
    match serde_json::from_str(&answered.text) {
        Ok(problem) => Err(CallError::Refused(Box::new(problem))),
        Err(_) => Err(answered.unreadable()),
    }
}

async fn send(
    method: Method,
    path: String,
    request: Option<Value>,
    version: Option<u64>,
) -> Result<Response, gloo_net::Error> {
    let headers = Headers::new();
    headers.set("accept", "application/json");
    if method != Method::Get {
        headers.set(PROOF_HEADER, PROOF_VALUE);
    }
    if let Some(version) = version {
        headers.set("if-match", &format!("\"{version}\""));
    }
    let builder = RequestBuilder::new(&path).method(in_http(method));
    match request {
        None => builder.headers(headers).send().await,
        Some(fields) if method == Method::Get => builder.headers(headers).query(query(&fields)).send().await,
        Some(body) => {
            headers.set("content-type", "application/json");
            builder.headers(headers).body(body.to_string())?.send().await
        }
    }
}

fn query(fields: &Value) -> Vec<(&str, String)> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), plain(value))).collect()
}

fn in_http(method: Method) -> gloo_net::http::Method {
    match method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Patch => gloo_net::http::Method::PATCH,
        Method::Delete => gloo_net::http::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_fields_does_not_travel() {
        assert_eq!(travelling(&api::Nothing {}), None);
        assert_eq!(travelling(&api::ListConnectionsQuery::default()), None);
    }

    #[test]
    fn a_query_is_written_as_the_contract_names_it() {
        let request = api::ListConnectionsQuery {
            q: Some("a&b".to_owned()),
            status: Some(api::State::Authorized),
            limit: Some(50),
            ..Default::default()
        };
        let fields = travelling(&request).unwrap_or_default();
        let expected = [("limit", "50"), ("q", "a&b"), ("status", "authorized")];
        assert_eq!(query(&fields), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn an_answer_that_is_not_the_contracts_is_unreadable_not_a_panic() {
        let answered = |status, text: &str| Answered { status, request_id: "req_1".to_owned(), text: text.to_owned() };
        let unreadable = |status| Err(CallError::Unreadable { status, request_id: "req_1".to_owned() });
        assert_eq!(read::<api::GetSession>(answered(200, "<html>")), unreadable(200));
        assert_eq!(read::<api::SignOut>(answered(204, "")), Ok(api::Nothing {}));
        assert_eq!(read::<api::SignOut>(answered(200, "{}")), unreadable(200));
    }
}
