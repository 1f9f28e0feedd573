//! The own host of a Cloud site, such as `harbour.atlassian.net`: who it is, and the REST API for e-mail and API token.
//! OAuth tokens do not work here, nor do API tokens with scopes; both belong to the gateway. A renamed site redirects from
//! here to its new address.

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::fault_injection::{self, Watched};
use crate::jira::upload::Upload;
use crate::jira::{Answer, Asked, NOT_ON_THE_LIST, Visitor, Where, api, server_info};
use crate::listeners::Listener;
use crate::people::Person;
use crate::recorder::Endpoint;
use crate::resources::basic;
use crate::sites::Site;
use crate::world::Shared;

/// What every handler of a site's host gets.
#[derive(Clone, Debug)]
struct AtSite {
    world: Shared,
    cloud_id: &'static str,
    /// Scheme, host and port.
    base: String,
}

/// Everything at one site's host.
pub(crate) fn router(world: &Shared, cloud_id: &'static str, listener: Listener) -> Router {
    let base = world.address_of(listener);
    let watched = Watched { world: world.clone(), at: base.clone(), endpoint_of: Endpoint::of_site_host };
    let at = AtSite { world: world.clone(), cloud_id, base };
    Router::new()
        .route("/_edge/tenant_info", get(tenant_info))
        .route("/rest/{*path}", any(call))
        .layer(middleware::from_fn_with_state(at.clone(), redirect_if_renamed))
        .with_state(at)
        .layer(middleware::from_fn_with_state(watched, fault_injection::record_and_inject_fault))
}

/// Which site this is, for anybody.
async fn tenant_info(State(at): State<AtSite>) -> Json<Value> {
    Json(json!({ "cloudId": at.cloud_id }))
}

async fn redirect_if_renamed(
    State(at): State<AtSite>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let site = at.site();
    if Site::all().iter().any(|first| first.url == site.url) {
        return next.run(request).await;
    }
    let rest = uri.path_and_query().map_or("/", |rest| rest.as_str());
    (StatusCode::FOUND, [(header::LOCATION, format!("{}{rest}", site.url))]).into_response()
}

/// 1. `serverInfo` answers anybody.
/// 2. IP allow-list: 403.
/// 3. Somebody gets an answer.
/// 4. Nobody, and a wrong credential, get an empty list of projects and 401 for everything else.
async fn call(State(at): State<AtSite>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let (path, query) = (head.uri.path().trim_start_matches('/'), head.uri.query().unwrap_or_default());
    let upload = Upload::read(&head.headers, &body).await;
    let asked = Asked { method: &head.method, path, query, body: &body, upload: &upload };
    let shown = basic(&head.headers);
    let person = shown.as_ref().and_then(|(email, token)| at.person(email, token));
    let site = at.site();
    let mut response = match person {
        _ if matches!(path, "rest/api/2/serverInfo" | "rest/api/3/serverInfo") => {
            server_info::answer(&at.world, &site, &at.base)
        }
        _ if site.ip_allow_list => Answer::refusal(403, NOT_ON_THE_LIST).into_response(),
        Some(person) => {
            let visitor = Visitor::at_site(&at.world, at.base.clone(), person, &site);
            api::answer(&at.world, Where::Site(&site), visitor, &asked)
        }
        None if path == "rest/api/3/project/search" => Json(no_projects()).into_response(),
        None => Answer::not_authenticated().into_response(),
    };
    let reason = match (person, head.headers.contains_key(header::AUTHORIZATION)) {
        (Some(_), _) => "OK",
        (None, true) => "AUTHENTICATED_FAILED",
        (None, false) => return response,
    };
    response.headers_mut().insert("x-seraph-loginreason", HeaderValue::from_static(reason));
    response
}

fn no_projects() -> Value {
    json!({ "maxResults": 50, "startAt": 0, "total": 0, "isLast": true, "values": [] })
}

impl AtSite {
    fn site(&self) -> Site {
        let known = self.world.read(|state| state.site(self.cloud_id).cloned());
        known.expect("every listener leads to a site, and sites are never removed")
    }

    /// Whose e-mail address and API token these are, if they reach this site.
    fn person(&self, email: &str, token: &str) -> Option<Person> {
        self.world.read(|state| {
            let token = state.api_token(email, token).filter(|token| token.scopes.is_none())?;
            state.site(self.cloud_id)?.people.contains(&token.person).then_some(token.person)
        })
    }
}
