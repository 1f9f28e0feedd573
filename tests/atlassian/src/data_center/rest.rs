//! `/rest/…` of an instance: `serverInfo` for everybody, version 2 of the API for authenticated callers, and public
//! data for anonymous ones.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::caller::{self, Caller, Identified, basic_failure, tell_reason};
use super::{At, Scope, WrongCredential};
use crate::jira::upload::Upload;
use crate::jira::{Answer, Asked, Edition, Visitor, Where, anonymous, api};
use crate::people::{Person, Profile};
use crate::random;

pub(super) fn routes() -> Router<At> {
    Router::new().route("/rest/{*path}", any(call))
}

/// 1. A credential that is refused at once has its answer.
/// 2. `serverInfo` answers anybody.
/// 3. A wrong credential gets what the settings say.
/// 4. An anonymous caller gets public data.
/// 5. An authenticated caller gets the API's answer.
async fn call(State(at): State<At>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let upload = Upload::read(&head.headers, &body).await;
    let identified = caller::identify(&at, &head, &body);
    let person = if let Identified::As(caller) = &identified { Some(caller.person) } else { None };
    let mut response = match identified {
        Identified::Refused(response) => response,
        Identified::As(caller) => {
            let mut response = answer(&at, Some(caller), &head, &body, &upload);
            tell_reason(&mut response, "OK");
            response
        }
        Identified::Nobody => answer(&at, None, &head, &body, &upload),
        Identified::Mistaken => answer_the_mistaken(&at, &head, &body, &upload),
    };
    dress(&at, &mut response, person);
    response
}

fn answer_the_mistaken(at: &At, head: &http::request::Parts, body: &Bytes, upload: &Upload) -> Response {
    let mut response = match at.read(|installation| installation.settings.wrong_credential) {
        WrongCredential::AnswerOfNobody => answer(at, None, head, body, upload),
        WrongCredential::Refused => basic_failure(StatusCode::UNAUTHORIZED, "AUTHENTICATED_FAILED"),
        WrongCredential::Nothing => Response::new(Body::empty()),
    };
    tell_reason(&mut response, "AUTHENTICATED_FAILED");
    response
}

/// `latest` stands for version 2.
fn answer(at: &At, caller: Option<Caller>, head: &http::request::Parts, body: &Bytes, upload: &Upload) -> Response {
    let path = head.uri.path().trim_start_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    let ["rest", "api", "2" | "latest", path_of_version @ ..] = segments.as_slice() else {
        return Answer::nothing_there().into_response();
    };
    let asked = Asked { method: &head.method, path, query: head.uri.query().unwrap_or_default(), body, upload };
    match (asked.method, path_of_version, caller) {
        (&Method::GET, ["serverInfo"], _) => Json(server_info(at)).into_response(),
        (_, path, None) => anonymous::answer(&at.world, at.instance, &at.base_url(), &asked, path).into_response(),
        (method, path, Some(caller)) if caller.scope < scope_for(method, path) => {
            Answer::refusal(403, "The scope of this access token does not allow that.").into_response()
        }
        (&Method::GET, ["application-properties"], Some(caller)) => administration(at, caller).into_response(),
        (_, _, Some(caller)) => {
            api::answer(&at.world, Where::Instance(at.instance), visitor(at, caller.person), &asked)
        }
    }
}

/// The scope that a call needs.
fn scope_for(method: &Method, path: &[&str]) -> Scope {
    match (method, path) {
        (_, ["application-properties", ..]) => Scope::Admin,
        (&Method::GET | &Method::HEAD | &Method::OPTIONS, _) => Scope::Read,
        _ => Scope::Write,
    }
}

/// What only administrators see.
fn administration(at: &At, caller: Caller) -> Answer {
    if caller.person.administers_sites() {
        Answer::ok(json!([{ "id": "jira.baseurl", "key": "jira.baseurl", "name": "Base URL", "value": at.base_url() }]))
    } else {
        Answer::refusal(403, "You are not authorized to perform this operation. Administrator privileges are required.")
    }
}

fn server_info(at: &At) -> Value {
    let settings = at.read(|installation| installation.settings.clone());
    json!({
        "baseUrl": at.base_url(),
        "version": settings.version,
        "versionNumbers": settings.version_numbers(),
        "deploymentType": "Server",
        "buildNumber": 10_030_002,
        "buildDate": "2025-01-20T00:00:00.000+0000",
        "serverTime": at.clock().as_jira_date(),
        "scmInfo": "model",
        "serverTitle": at.instance.title(),
    })
}

/// People are active here as far as their accounts at this instance are.
pub(super) fn visitor(at: &At, person: Person) -> Visitor {
    let is_active = |person| at.read(|installation| installation.accounts.is_active(person));
    let people = at.world.read(|state| state.people.clone());
    let people = people.into_iter().map(|profile| Profile { active: is_active(profile.person), ..profile });
    let version = at.read(|installation| installation.settings.version_numbers());
    Visitor {
        edition: Edition::DataCenter,
        base: at.base_url(),
        person,
        people: people.collect(),
        major_version: version.first().copied(),
    }
}

/// Headers that every answer has, among them some that must not pass a proxy.
fn dress(at: &At, response: &mut Response, person: Option<Person>) {
    let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    set("x-ausername", person.map_or("anonymous", Person::slug));
    set("x-arequestid", &random::opaque(8));
    set("set-cookie", &format!("atlassian.xsrf.token={}; Path={}", random::opaque(8), at.path("/")));
    set("cache-control", "no-cache, no-store, no-transform");
    set("x-content-type-options", "nosniff");
    if unauthorized {
        set("www-authenticate", &format!("OAuth realm=\"{}\"", realm(&at.base_url())));
    }
}

/// The base URL, escaped as in the challenges of OAuth 1.0a.
fn realm(base_url: &str) -> String {
    url::form_urlencoded::byte_serialize(base_url.as_bytes()).collect()
}
