//! The checks in front of a site: token, scopes, site, address, rate limits.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::api::{self, Cost, Where};
use super::call::{Asked, Visitor};
use super::edition::Edition;
use super::upload::Upload;
use super::{operations, server_info};
use crate::clock::Moment;
use crate::random;
use crate::rate_limit::{Balance, RateLimit, Reason, WRITES_TO_ONE_ISSUE, burst_limit};
use crate::resources::{SCOPE_MISMATCH, basic, bearer, unauthorized};
use crate::sites::Site;
use crate::state::Access;
use crate::world::{Shared, World};

pub(crate) const NOT_ON_THE_LIST: &str =
    "The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/ex/jira/{*path}", any(call))
}

/// 1. A site nobody knows: 404.
/// 2. `serverInfo` answers anonymously.
/// 3. No valid token: 401.
/// 4. Trailing slash, another product or a missing scope: 401 with its own words.
/// 5. A site the token does not reach: 403.
/// 6. IP allow-list: 403.
/// 7. Rate limits: 429.
/// 8. Jira's own answer.
async fn call(State(world): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let rest = head.uri.path().strip_prefix("/ex/jira/").unwrap_or_default();
    let (cloud_id, path) = rest.split_once('/').unwrap_or((rest, ""));
    let Some(site) = world.read(|state| state.site(cloud_id).cloned()) else {
        return refusal(404, "No message available");
    };
    let upload = Upload::read(&head.headers, &body).await;
    let asks_what_it_is = matches!(path, "rest/api/2/serverInfo" | "rest/api/3/serverInfo");
    let mut response = if head.method == Method::GET && asks_what_it_is {
        server_info::answer(&world, &site, &site.url)
    } else {
        let query = head.uri.query().unwrap_or_default();
        let asked = Asked { method: &head.method, path, query, body: &body, upload: &upload };
        guarded(&world, &site, &head.headers, &asked)
    };
    dress(&mut response);
    conditional(response, &head.method, &head.headers).await
}

fn guarded(world: &Shared, site: &Site, headers: &HeaderMap, asked: &Asked<'_>) -> Response {
    let Some(access) = access(world, headers) else {
        return unauthorized("Unauthorized");
    };
    let scope = scope_for(asked.method, asked.path);
    if asked.path.ends_with('/') || !scope.is_some_and(|scope| access.allows(scope)) {
        return unauthorized(SCOPE_MISMATCH);
    }
    if !access.sites.iter().any(|reached| reached.id == site.id) {
        return refusal(403, "The app is not installed on this instance");
    }
    if site.ip_allow_list {
        return refusal(403, NOT_ON_THE_LIST);
    }
    match limited(world, site, asked) {
        Ok(balance) => {
            let gateway = format!("{}/ex/jira/{}", world.url(), site.id);
            let visitor = Visitor::at_site(world, gateway, access.person, site);
            let mut response = api::answer(world, Where::Site(site), visitor, asked);
            let cost = response.extensions().get::<Cost>().map_or(0, |cost| cost.0);
            let balance = if cost > 0 { world.charge_points(cost) } else { balance };
            tell_balance(response.headers_mut(), balance, world.now());
            response
        }
        Err(exceeded) => too_many(&exceeded, world.now()),
    }
}

/// What is opened by an OAuth token, or by an e-mail address and an API token with scopes.
fn access(world: &World, headers: &HeaderMap) -> Option<Access> {
    if let Some(token) = bearer(headers) {
        return world.read(|state| state.access(token));
    }
    let (email, token) = basic(headers)?;
    world.read(|state| state.access_by_api_token(&email, &token))
}

/// The scope a call needs; none for what is not Jira's.
fn scope_for(method: &Method, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.strip_prefix("rest/")?.split('/').collect();
    let of_version = segments.get(2..).unwrap_or_default();
    Some(operations::scope_of(method, of_version).name())
}

/// Why a call gets a 429.
struct Exceeded {
    reason: Reason,
    retry_after: Option<String>,
    balance: Balance,
}

fn limited(world: &World, site: &Site, asked: &Asked<'_>) -> Result<Balance, Exceeded> {
    let ordered = world.read(|state| {
        let limit = state.settings.rate_limit.clone();
        limit.filter(|limit| limit.refuses(asked.path, state.now()))
    });
    let ordered = ordered.or_else(|| burst(world, site, asked).map(|reason| RateLimit::because_of(reason, 1)));
    // One point for the call; what it returns is charged when it is known.
    let balance = world.spend_points(1);
    match (ordered, balance) {
        (None, Ok(balance)) => Ok(balance),
        (Some(limit), Ok(balance) | Err(balance)) => {
            Err(Exceeded { reason: limit.reason, retry_after: limit.retry_after, balance })
        }
        (None, Err(balance)) => {
            let seconds = balance.resets.since(world.now()).as_secs();
            Err(Exceeded { reason: Reason::GlobalQuota, retry_after: Some(seconds.to_string()), balance })
        }
    }
}

/// The limit that a call is one too many for, if bursts are refused.
fn burst(world: &World, site: &Site, asked: &Asked<'_>) -> Option<Reason> {
    if !world.read(|state| state.settings.enforces_bursts) {
        return None;
    }
    let segments: Vec<&str> = asked.path.split('/').skip(3).collect();
    let found = operations::find(Edition::Cloud, asked.method, &segments);
    let endpoint = found.as_ref().map_or("", |(operation, _)| operation.template);
    let limit = burst_limit(asked.method, found.as_ref().map_or("", |(operation, _)| operation.id));
    if !world.is_within(format!("{} {} {endpoint}", site.id, asked.method), &[limit]) {
        return Some(Reason::Burst);
    }
    let (operation, captured) = found?;
    let named = captured.get("issueIdOrKey").filter(|_| operation.writes())?;
    // Whether it is named by its key or its id, it is one issue.
    let known = world.read(|state| state.jira_sites.get(&site.id)?.issue(named).map(|issue| issue.id));
    let issue = known.map_or_else(|| named.clone(), |id| id.to_string());
    (!world.is_within(format!("{} {issue}", site.id), &WRITES_TO_ONE_ISSUE)).then_some(Reason::WritesPerIssue)
}

fn too_many(exceeded: &Exceeded, now: Moment) -> Response {
    let mut response = refusal(429, "Rate limit exceeded.");
    let headers = response.headers_mut();
    tell_balance(headers, exceeded.balance, now);
    set(headers, "ratelimit-reason", exceeded.reason.as_header());
    set(headers, "x-ratelimit-remaining", "0");
    if let Some(retry_after) = &exceeded.retry_after {
        set(headers, "retry-after", retry_after);
    }
    response
}

fn tell_balance(headers: &mut HeaderMap, balance: Balance, now: Moment) {
    let Balance { limit, remaining, resets } = balance;
    set(headers, "x-ratelimit-limit", &limit.to_string());
    set(headers, "x-ratelimit-remaining", &remaining.to_string());
    set(headers, "x-ratelimit-reset", &resets.as_rfc3339());
    set(headers, "ratelimit-policy", &format!("\"global-app-quota\";q={limit};w=3600"));
    set(headers, "ratelimit", &format!("\"global-app-quota\";r={remaining};t={}", resets.since(now).as_secs()));
    if balance.near_limit() {
        set(headers, "x-ratelimit-nearlimit", "true");
    }
}

/// Sets a header; a value that cannot be one (a test may inject one) is left out and logged.
fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => drop(headers.insert(name, value)),
        Err(error) => eprintln!("atlassian: {name} cannot be sent: {error}"),
    }
}

/// Headers that Jira's edge adds to every answer, among them some that must not pass a proxy.
fn dress(response: &mut Response) {
    let headers = response.headers_mut();
    set(headers, "server", "AtlassianEdge");
    set(headers, "set-cookie", &format!("atlassian.xsrf.token={}; Path=/; SameSite=None; Secure", random::opaque(8)));
    set(headers, "atl-traceid", &random::opaque(16));
    set(headers, "x-arequestid", &random::opaque(16));
    set(headers, "cache-control", "no-cache, no-store, no-transform");
    set(headers, "timing-allow-origin", "*");
    set(headers, "x-content-type-options", "nosniff");
    set(headers, "strict-transport-security", "max-age=63072000; includeSubDomains; preload");
}

/// An `ETag` on what was read in JSON, and 304 for who has it already.
async fn conditional(response: Response, method: &Method, asked: &HeaderMap) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if method != Method::GET || response.status() != StatusCode::OK || !is_json {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..16]));
    set(&mut head.headers, "etag", &tag);
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(body))
}

fn refusal(code: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(code).expect("the caller names a status");
    (status, Json(json!({ "code": code, "message": message }))).into_response()
}
