//! An edge that replaces `fetch`: it answers as a test told it, and records the requests.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Request, Response, ResponseInit, UrlSearchParams};

/// The answers, by method and path: a status, and a body that may depend on the query.
type Answers = Rc<RefCell<HashMap<String, (u16, Rc<dyn Fn(&UrlSearchParams) -> String>)>>>;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedRequest {
    /// Method and path: `GET /api/v1/session`.
    pub(super) route: String,
    /// The query, with its question mark.
    pub(super) query: String,
    /// The proof that a mutating request comes from the app.
    pub(super) proof: Option<String>,
    /// The version that an edit was made from.
    pub(super) if_match: Option<String>,
    /// The body.
    pub(super) body: String,
}

/// The edge. Puts `fetch` back when dropped.
pub(super) struct Edge {
    answers: Answers,
    asked: Rc<RefCell<Vec<RecordedRequest>>>,
    real: JsValue,
    _fake: Closure<dyn FnMut(Request) -> Promise>,
}

const SESSION: &str = r#"{"member":{"id":"mem_1","email":"ada@example.com","name":"Ada","role":"administrator"},
    "organization":"default","expires_at":"2100-01-01T00:00:00Z"}"#;

const NOTHING: &str = r#"{"items":[],"next_cursor":null,
    "counts":{"authorized":0,"interrupted":0,"unauthorized":0,"deleted":0}}"#;

const NO_CALLS: &str = r#"{"from":"2026-01-01T00:00:00Z","until":"2026-01-01T23:30:00Z","step_seconds":3600,
    "steps":[],"failed":[],"rate_limit":null}"#;

impl Edge {
    /// An edge where Ada is signed in and there are no connections. Clears the browser's storage.
    pub(super) fn start() -> Self {
        let storage = leptos::prelude::window().local_storage().ok().flatten().expect("a storage");
        storage.clear().expect("forgotten");
        let answers = Answers::default();
        let asked = Rc::new(RefCell::new(Vec::new()));
        let fake = fake(answers.clone(), asked.clone());
        let real = window_property("fetch");
        set_window_property("fetch", fake.as_ref());
        let edge = Self { answers, asked, real, _fake: fake };
        edge.says("GET /api/v1/session", 200, SESSION);
        edge.says("GET /api/v1/connections", 200, NOTHING);
        edge.says("GET /api/v1/api-keys", 200, NOTHING);
        edge.says("GET /api/v1/workspaces", 200, NOTHING);
        edge.says("GET /api/v1/embeds", 200, NOTHING);
        edge.says("GET /api/v1/settings", 200, r#"{"anonymous_charts":false}"#);
        edge.says("GET /api/v1/connections/con_1/calls", 200, NO_CALLS);
        edge.says("GET /healthz", 200, r#"{"status":"ok","version":"1.0.0","findings":[]}"#);
        edge.says("GET /api/v1/attention", 200, r#"{"stories":[],"needs":[],"total":0,"more":0}"#);
        edge
    }

    /// Makes Ada a member instead of an administrator.
    pub(super) fn knows_a_member(&self) {
        self.says("GET /api/v1/session", 200, &SESSION.replace("administrator", "member"));
    }

    /// Sets the answer of `route`.
    pub(super) fn says(&self, route: &str, status: u16, body: &str) {
        let body = body.to_owned();
        self.answers.borrow_mut().insert(route.to_owned(), (status, Rc::new(move |_| body.clone())));
    }

    /// Sets the answer of `route`, depending on the query.
    pub(super) fn answers(&self, route: &str, answer: impl Fn(&UrlSearchParams) -> String + 'static) {
        self.answers.borrow_mut().insert(route.to_owned(), (200, Rc::new(answer)));
    }

    /// Makes `route` refuse.
    pub(super) fn refuses(&self, route: &str, code: api::ProblemCode, detail: &str) {
        let (status, code, title, remedy) = (code.status(), code.as_str(), code.title(), code.remedy());
        let body = format!(
            r#"{{"type":"urn:causeway:problem:{code}","title":"{title}","status":{status},"detail":"{detail}",
            "code":"{code}","remedy":"{remedy}","request_id":"req_1"}}"#
        );
        self.says(route, status, &body);
    }

    /// Fails if `route` was ever requested. It first sends a request of its own: when that is recorded, so are all that
    /// were sent before.
    pub(super) async fn was_never_asked(&self, route: &str) {
        leptos::task::tick().await;
        let probe = Request::new_with_str("/healthz").expect("a request");
        let probe = leptos::prelude::window().fetch_with_request(&probe);
        JsFuture::from(probe).await.expect("the edge answers the probe");
        assert_eq!(self.asked(route), [], "nobody should ask {route}");
    }

    /// The requests to `route` so far.
    pub(super) fn asked(&self, route: &str) -> Vec<RecordedRequest> {
        self.asked.borrow().iter().filter(|asked| asked.route == route).cloned().collect()
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        set_window_property("fetch", &self.real);
    }
}

/// The window's property `name`.
pub(super) fn window_property(name: &str) -> JsValue {
    Reflect::get(&leptos::prelude::window(), &name.into()).expect("the window has properties")
}

/// Replaces the window's property `name`.
pub(super) fn set_window_property(name: &str, value: &JsValue) {
    Reflect::set(&leptos::prelude::window(), &name.into(), value).expect("the window's properties can be set");
}

fn fake(answers: Answers, asked: Rc<RefCell<Vec<RecordedRequest>>>) -> Closure<dyn FnMut(Request) -> Promise> {
    Closure::new(move |request: Request| {
        let address = web_sys::Url::new(&request.url()).expect("a request has an address");
        let route = format!("{} {}", request.method(), address.pathname());
        let answer = answers.borrow().get(&route).cloned();
        let asked = asked.clone();
        future_to_promise(async move {
            let remembered = remember(route.clone(), address.search(), &request).await?;
            asked.borrow_mut().push(remembered);
            let (status, body) =
                answer.ok_or_else(|| js_sys::Error::new(&format!("nobody told what to say to {route}")))?;
            let body = body(&address.search_params());
            let init = ResponseInit::new();
            init.set_status(status);
            let body = Some(body).filter(|_| status != 204);
            Response::new_with_opt_str_and_init(body.as_deref(), &init).map(JsValue::from)
        })
    })
}

async fn remember(route: String, query: String, request: &Request) -> Result<RecordedRequest, JsValue> {
    let body = JsFuture::from(request.text()?).await?.as_string().unwrap_or_default();
    let header = |name| request.headers().get(name).ok().flatten();
    Ok(RecordedRequest { route, query, proof: header(api::PROOF_HEADER), if_match: header("if-match"), body })
}

/// A function for `window.open` whose window stays open and shows nothing.
pub(super) fn open_another() -> JsValue {
    js_sys::Function::new_no_args("return { closed: false, close() {}, location: { replace() {} } }").unchecked_into()
}

/// A function for `window.open` that opens nothing, as a browser that blocks pop-ups.
pub(super) fn open_nothing() -> JsValue {
    js_sys::Function::new_no_args("return null").unchecked_into()
}
