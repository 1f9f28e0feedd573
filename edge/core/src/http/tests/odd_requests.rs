//! Requests that no well-behaved client sends: they are read leniently or refused by name, and are never our fault.

use std::{convert::Infallible, rc::Rc};

use axum::body::{Body, Bytes, to_bytes};
use futures::{StreamExt as _, stream};
use http::{Request, Response, StatusCode};

use super::world::{Browser, Deployment, PUBLIC_URL, WhoeverWaits};
use crate::{
    http::{IncomingRequest, not_served, router, serve},
    ports::Level,
};

async fn arrives(deployment: &Deployment, change: impl FnOnce(&mut IncomingRequest)) -> (Response<()>, String) {
    let mut incoming = IncomingRequest {
        method: "GET".to_owned(),
        url: format!("{PUBLIC_URL}/healthz"),
        headers: Vec::new(),
        body: Body::empty(),
    };
    change(&mut incoming);
    let (parts, body) =
        serve(&deployment.edge, router(&deployment.edge), Rc::new(WhoeverWaits), incoming).await.into_parts();
    for header in ["content-security-policy", "strict-transport-security", "referrer-policy", "x-request-id"] {
        assert!(parts.headers.contains_key(header), "{header} is missing");
    }
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (Response::from_parts(parts, ()), String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn headers_that_are_not_ascii_do_no_harm() {
    let deployment = Deployment::new();
    for (name, value) in
        [("x-a", "é"), ("x-city", "Köln 東京 👩‍👩‍👧"), ("x-a", "\u{7f}"), ("x-a", "a\nb"), ("é", "a"), ("", "")]
    {
        let header = (name.to_owned(), value.to_owned());
        let (answered, _) = arrives(&deployment, |incoming| incoming.headers.push(header)).await;
        assert_eq!(answered.status(), StatusCode::OK, "{name:?}: {value:?}");
    }
    let header = ("authorization".to_owned(), "Bearer é".to_owned());
    let (answered, _) = arrives(&deployment, |incoming| {
        incoming.headers.push(header);
        incoming.url = format!("{PUBLIC_URL}/api/v1/connections");
    })
    .await;
    assert_eq!(answered.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(deployment.world.log.lines(), []);
}

#[tokio::test]
async fn what_cannot_be_represented_is_refused_by_name_and_alerts_nobody() {
    let deployment = Deployment::new();
    let api = format!("{PUBLIC_URL}/api/v1/connections");
    let long = format!("{api}?q={}", "a".repeat(70_000));
    for (method, url, status) in [
        ("GET", long.as_str(), 431),
        ("GET", "https://causeway.example/api/v1/\u{1}", 400),
        ("GET", "", 400),
        ("G ET", &api, 405),
    ] {
        let (answered, body) = arrives(&deployment, |incoming| {
            (incoming.method, incoming.url) = (method.to_owned(), url.to_owned());
        })
        .await;
        assert_eq!(answered.status().as_u16(), status, "{method} {url:.60}: {body}");
    }
    let many = (0..40_000).map(|number| (format!("x-{number}"), String::new())).collect();
    let (answered, body) = arrives(&deployment, |incoming| incoming.headers = many).await;
    assert_eq!(answered.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "{body}");
    let (page, body) = arrives(&deployment, |incoming| incoming.url = format!("{PUBLIC_URL}/sign-in?{long}")).await;
    assert_eq!(page.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert!(body.starts_with("<!doctype html>"), "people get a page");
    let lines = deployment.world.log.of("request.unreadable");
    assert_eq!(lines.len(), 6);
    assert!(deployment.world.log.lines().iter().all(|line| line.level == Level::Info), "{lines:?}");
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[test]
fn a_fault_of_the_platform_has_the_usual_headers_and_an_alert_with_its_id() {
    let deployment = Deployment::new();
    let failed = not_served(&*deployment.world, "no stream");
    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(failed.headers().contains_key("content-security-policy"));
    let id = failed.headers()["x-request-id"].to_str().expect("text").to_owned();
    let lines = deployment.world.log.of("request.not_served");
    assert_eq!((lines[0].level, lines[0].details.contains(&id)), (Level::Alert, true));
}

async fn upload(ada: &Browser<'_>, body: Body) -> super::world::Answered {
    let request = Request::post("/api/v1/authorizations").header("origin", PUBLIC_URL).header("x-causeway", "1");
    ada.send(request.header("content-type", "application/json"), body).await
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up_after_twenty_seconds() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let begun_at = crate::ports::Clock::now(&*deployment.world);
    let started = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{"))]);
    let refused = upload(&ada, Body::from_stream(started.chain(stream::pending()))).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::REQUEST_TIMEOUT, "request_timeout"));
    let waited = crate::ports::Clock::now(&*deployment.world).since(begun_at);
    assert_eq!(waited, 20_000, "milliseconds");
}

#[tokio::test]
async fn a_body_without_a_declared_length_is_bounded_and_one_that_breaks_off_is_not_our_fault() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    // An endless body: whoever read on would never answer.
    let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b' '; 1000])));
    assert_eq!(upload(&ada, Body::from_stream(endless)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("gone"))]);
    let refused = upload(&ada, Body::from_stream(broken)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "invalid_request"));
    let request = Request::post("/api/v1/authorizations").header("origin", PUBLIC_URL).header("x-causeway", "1");
    let declared = request.header("content-type", "application/json").header("content-length", "65537");
    let refused = ada.send(declared, Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "a declared length is believed before anything is read");
}

#[test]
fn every_outgoing_call_is_marked() {
    let mut request = Request::get("https://hooks.example.com").body(Vec::<u8>::new()).expect("a request");
    crate::loop_detection::mark(&mut request);
    assert_eq!(request.headers()["causeway-hop"], "1");
}
