//! The pages of embeds, and what their frames are answered.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{HOST, Maker, answers, counts, moment};
use crate::{http::tests::world::Deployment, ports::RateLimit};

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

/// Whether a page may be framed by nobody.
fn assert_unframed(headers: &HeaderMap) {
    let policy = header(headers, "content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(header(headers, "x-frame-options"), "DENY");
}

#[tokio::test]
async fn a_published_chart_is_drawn_in_the_pages_of_its_origins_and_whose_access_it_is_is_said() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.frame("published", &json!({"origins": [HOST, "https://wiki.example.com:8443"]})).await;
    let page = frame.page().await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let policy = header(&page.headers, "content-security-policy");
    assert!(
        policy.ends_with("; frame-ancestors https://intranet.example.com https://wiki.example.com:8443"),
        "{policy}"
    );
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!((header(&page.headers, "x-frame-options"), header(&page.headers, "set-cookie")), ("", ""));
    assert!(page.body.contains("<title>Open &amp; waiting</title>"), "{}", page.body);
    assert!(!page.body.contains("SECRET"));
    let drawn = frame.drawn(None).await;
    assert_eq!((&drawn["state"], &drawn["title"]), (&json!("drawn"), &json!("Open & waiting")), "{drawn}");
    let figure = drawn["figure"].as_str().expect("a figure");
    assert!(figure.contains("with the access of Staging until "), "{figure}");
    assert!(figure.contains("Open &lt;b&gt;") && !figure.contains("SECRET"), "{figure}");
    let of = |kind: &str| format!("{kind}, {}", frame.id);
    assert!(figure.contains("<svg") && !figure.contains("<script"), "{}", of("a figure"));
}

#[tokio::test]
async fn a_frame_that_has_the_numbers_is_not_sent_them_again() {
    let deployment = Deployment::new();
    let frame = Maker::new(&deployment).await.published().await;
    let drawn = frame.drawn(None).await;
    let known = json!({"embed": frame.id, "width": 500, "known": drawn["counted_at"]});
    let again = frame.post("/embed/v1/renders", &known).await.json();
    assert_eq!((&again["state"], &again["figure"]), (&json!("drawn"), &Value::Null), "{again}");
    assert_eq!(again["counted_at"], drawn["counted_at"]);
    let before = json!({"embed": frame.id, "known": "2020-01-01T00:00:00Z"});
    assert!(frame.post("/embed/v1/renders", &before).await.json()["figure"].is_string());
}

#[tokio::test]
async fn charts_without_signing_in_are_not_allowed_until_an_administrator_allows_them() {
    let deployment = Deployment::new();
    let maker = Maker::where_anonymous_charts_are_not_allowed(&deployment).await;
    assert_eq!(maker.ada.get("/api/v1/settings").await.json(), json!({"anonymous_charts": false}));
    let refused = maker.create("published", &json!({})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("An administrator can allow it"), "{}", refused.body);
    let anonymous = json!({"connection_id": maker.connection["id"], "audience": "anonymous"});
    let delegations = format!("/api/v1/charts/{}/delegations", maker.chart["id"].as_str().expect("an id"));
    assert_eq!(maker.ada.post(&delegations, &anonymous).await.status, StatusCode::BAD_REQUEST);
    maker.allow_anonymous_charts(true).await;
    let frame = maker.published().await;
    assert_eq!(frame.drawn(None).await["state"], "drawn");
    // What was allowed is shown nowhere once that is over.
    maker.allow_anonymous_charts(false).await;
    moment(&deployment);
    assert_eq!(frame.render(None).await.status, StatusCode::NOT_FOUND);
    let page = frame.page().await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_unframed(&page.headers);
    assert_eq!(maker.shown(&frame).await["is_withheld"], true);
    // A signed one is not for everybody, so it needs no such yes.
    let signed = maker.signed(&json!({})).await;
    let session = signed.session(&signed.claims()).await;
    assert_eq!(signed.drawn(Some(&session)).await["state"], "drawn");
}

#[tokio::test]
async fn what_is_unknown_paused_or_ended_has_no_page_and_may_be_framed_by_nobody() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    for path in ["/embed/emb_unknown", "/embed/emb_unknown.svg", "/embed/cht_1", "/embed/x", "/embed/v1", "/embed/"] {
        let answered = frame.get(path).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
        assert_unframed(&answered.headers);
    }
    assert_eq!(frame.page().await.status, StatusCode::OK);
    assert_eq!(maker.edit(&frame, &json!({"state": "paused"})).await.json()["state"], "paused");
    moment(&deployment);
    let paused = frame.page().await;
    assert_eq!(paused.status, StatusCode::NOT_FOUND);
    assert_unframed(&paused.headers);
    assert_eq!(frame.render(None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(frame.get(&format!("/embed/{}.svg", frame.id)).await.status, StatusCode::NOT_FOUND);
    maker.edit(&frame, &json!({"state": "active"})).await;
    moment(&deployment);
    assert_eq!(frame.page().await.status, StatusCode::OK, "and it goes on");
    maker.end(&frame).await;
    moment(&deployment);
    let ended = frame.page().await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND);
    assert_unframed(&ended.headers);
}

#[tokio::test]
async fn a_chart_that_was_deleted_is_shown_nowhere_until_it_is_restored() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    let chart = format!("/api/v1/charts/{}", maker.chart["id"].as_str().expect("an id"));
    maker.ada.call(http::Method::DELETE, &chart, &json!({})).await;
    assert_eq!(frame.page().await.status, StatusCode::NOT_FOUND);
    maker.ada.post(&format!("{chart}/restore"), &json!({})).await;
    assert_eq!(frame.page().await.status, StatusCode::OK);
}

#[tokio::test]
async fn open_frames_notice_within_ten_seconds_that_the_access_is_not_given_any_more() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    assert_eq!(frame.drawn(None).await["state"], "drawn");
    maker.end_delegation(&frame, "pause").await;
    moment(&deployment);
    let paused = frame.drawn(None).await;
    assert_eq!((&paused["state"], &paused["figure"]), (&json!("delegation_ended"), &Value::Null), "{paused}");
    maker.end_delegation(&frame, "end").await;
    moment(&deployment);
    assert_eq!(frame.drawn(None).await["state"], "delegation_ended");
    assert_eq!(frame.get(&format!("/embed/{}.svg", frame.id)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(frame.page().await.status, StatusCode::OK, "the page says what happened");
}

#[tokio::test]
async fn an_access_that_is_given_elsewhere_or_to_others_shows_nothing_here() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.frame("published", &json!({"access": null})).await;
    assert_eq!(frame.drawn(None).await["state"], "not_delegated_here");
    let delegations = format!("/api/v1/charts/{}/delegations", maker.chart["id"].as_str().expect("an id"));
    let place = |id: &str| json!([{"kind": "embed", "id": id}]);
    let other = maker.published().await;
    for (audience, placements) in [
        ("anonymous", json!([{"kind": "organization"}])),
        ("anonymous", place(&other.id)),
        ("page", place(&frame.id)),
        ("members", place(&frame.id)),
    ] {
        let new = json!({
            "connection_id": maker.connection["id"], "audience": audience, "placements": placements,
        });
        let given = maker.ada.post(&delegations, &new).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
        moment(&deployment);
        assert_eq!(frame.drawn(None).await["state"], "not_delegated_here", "{audience} {placements}");
    }
    let new = json!({
        "connection_id": maker.connection["id"], "audience": "anonymous", "placements": place(&frame.id),
    });
    maker.ada.post(&delegations, &new).await;
    moment(&deployment);
    assert_eq!(frame.drawn(None).await["state"], "drawn");
    // An embed of another chart, or none, is no place for this one.
    for id in ["emb_unknown", "elsewhere"] {
        let new = json!({"connection_id": maker.connection["id"], "placements": place(id)});
        assert_eq!(maker.ada.post(&delegations, &new).await.status, StatusCode::BAD_REQUEST, "{id}");
    }
}

#[tokio::test]
async fn readers_of_an_embed_cost_few_hops_and_one_set_of_counts() {
    let deployment = Deployment::new();
    let frame = Maker::new(&deployment).await.published().await;
    let hops = deployment.world.hops.borrow().len();
    for _ in 0..500 {
        frame.drawn(None).await;
    }
    assert_eq!(deployment.world.hops.borrow().len() - hops, 2, "the frame and the render, each once in three seconds");
    assert_eq!(counts(&deployment), 1);
}

#[tokio::test]
async fn strangers_are_counted_and_readers_of_what_exists_are_not() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    deployment.world.limiter.most.set(Some(3));
    let session = frame.session(&frame.claims()).await;
    for _ in 0..20 {
        assert_eq!(frame.render(Some(&session)).await.status, StatusCode::OK);
        moment(&deployment);
    }
    let guess = |number: u32| json!({"embed": format!("emb_{number}")});
    let mut statuses = Vec::new();
    for number in 0..5 {
        statuses.push(frame.from("198.51.100.1", "/embed/v1/renders", &guess(number)).await.status.as_u16());
    }
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
    let hops = deployment.world.hops.borrow().len();
    frame.from("198.51.100.1", "/embed/v1/renders", &guess(9)).await;
    assert_eq!(deployment.world.hops.borrow().len(), hops, "and then nobody is asked");
    // Tokens that were not signed are counted as well, and another client is not concerned.
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let body = json!({"embed": frame.id, "token": "a.b.c"});
        statuses.push(frame.from("198.51.100.2", "/embed/v1/sessions", &body).await.status.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    assert!(deployment.world.limiter.counted(RateLimit::Pages) > 0);
}

#[tokio::test]
async fn the_picture_of_a_published_embed_is_an_image_that_runs_nothing() {
    const OURS: [&str; 12] =
        ["svg", "title", "desc", "style", "g", "rect", "line", "path", "circle", "text", "defs", "pattern"];
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    for (query, other) in [("", false), ("?theme=dark", true)] {
        let picture = frame.get(&format!("/embed/{}.svg{query}", frame.id)).await;
        assert_eq!(picture.status, StatusCode::OK, "{}", picture.body);
        assert_eq!(header(&picture.headers, "content-type"), "image/svg+xml");
        assert_eq!(header(&picture.headers, "cache-control"), "public, max-age=60");
        assert_eq!(header(&picture.headers, "x-content-type-options"), "nosniff");
        assert_eq!(header(&picture.headers, "cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header(&picture.headers, "set-cookie"), "");
        let policy = header(&picture.headers, "content-security-policy").to_owned();
        assert!(policy.starts_with("sandbox; default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        let xml = roxmltree::Document::parse(&picture.body).expect("XML");
        for element in xml.descendants().filter(roxmltree::Node::is_element) {
            assert!(OURS.contains(&element.tag_name().name()), "{:?}", element.tag_name());
            assert!(element.attributes().all(|one| !one.name().starts_with("on") && one.name() != "href"));
        }
        assert!(picture.body.contains("with the access of Staging") && !picture.body.contains("SECRET"));
        let light = frame.get(&format!("/embed/{}.svg", frame.id)).await;
        assert_eq!(light.body != picture.body, other);
        assert_eq!(header(&light.headers, "content-security-policy") != policy, other, "each style has its own hash");
    }
    let signed = maker.signed(&json!({})).await;
    assert_eq!(signed.get(&format!("/embed/{}.svg", signed.id)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_address_of_a_published_embed_unfolds_and_that_of_a_signed_one_does_not() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    let ask = |url: &str, more: &str| {
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        format!("/oembed?url={url}{more}")
    };
    let address = format!("https://causeway.example/embed/{}", frame.id);
    let page = frame.page().await;
    let link = page.body.split(r#"type="application/json+oembed" href=""#).nth(1).expect("a link");
    let link = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let discovered = frame.get(link.strip_prefix("https://causeway.example").expect("ours")).await;
    assert_eq!(discovered.status, StatusCode::OK, "{}", discovered.body);
    let answer = frame.get(&ask(&address, "&maxwidth=400&maxheight=100000&format=json")).await.json();
    assert_eq!((&answer["type"], &answer["version"]), (&json!("rich"), &json!("1.0")));
    assert_eq!((&answer["width"], &answer["height"]), (&json!(400), &json!(480)), "{answer}");
    let html = answer["html"].as_str().expect("HTML");
    assert!(html.starts_with(&format!(r#"<iframe src="{address}" title="Open &amp; waiting""#)), "{html}");
    assert!(html.contains(r#"sandbox="allow-scripts allow-same-origin "#), "{html}");
    let xml = frame.get(&ask(&address, "&format=xml")).await;
    assert_eq!((xml.status, xml.code()), (StatusCode::NOT_IMPLEMENTED, "format_not_offered".to_owned()));
    let signed = maker.signed(&json!({})).await;
    for other in [
        format!("https://causeway.example/embed/{}", signed.id),
        "https://causeway.example/embed/emb_unknown".to_owned(),
        format!("https://elsewhere.example/embed/{}", frame.id),
        "https://causeway.example/charts/cht_1".to_owned(),
    ] {
        assert_eq!(frame.get(&ask(&other, "")).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    assert_eq!(frame.get("/oembed").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn where_jira_is_silent_a_frame_says_so_and_the_picture_is_not_there_for_now() {
    let deployment = Deployment::new();
    let frame = Maker::new(&deployment).await.published().await;
    answers(&deployment, "search/approximate-count", 503, &json!({}));
    let silent = frame.drawn(None).await;
    assert_eq!((&silent["state"], &silent["figure"]), (&json!("site_unreachable"), &Value::Null), "{silent}");
    assert!(silent["sentence"].as_str().is_some_and(|sentence| sentence.ends_with('.')));
    let picture = frame.get(&format!("/embed/{}.svg", frame.id)).await;
    assert_eq!(picture.status, StatusCode::SERVICE_UNAVAILABLE);
    deployment.world.clock.advance(Duration::from_mins(2));
    answers(&deployment, "search/approximate-count", 200, &json!({"count": 3}));
    assert_eq!(frame.drawn(None).await["state"], "drawn");
}

#[tokio::test]
async fn no_cookie_is_read_and_what_a_frame_sends_is_read_strictly() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    let session = format!("__Host-session={}", maker.ada.cookies.borrow()["__Host-session"]);
    let request = http::Request::post("/embed/v1/renders").header("cookie", session);
    let body = json!({"embed": frame.id}).to_string();
    let request = request.header("content-type", "application/json").body(axum::body::Body::from(body));
    let answered = deployment.send(request.expect("a request")).await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "a session of the app opens no embed: {}", answered.body);
    for body in [
        json!({"embed": frame.id, "params": {"team": "web"}}),
        json!({"embed": "cht_1"}),
        json!({}),
        json!([frame.id]),
        json!({"embed": frame.id, "width": -1}),
        json!({"embed": frame.id, "token": "x"}),
    ] {
        let answered = frame.post("/embed/v1/renders", &body).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let endless = json!({"embed": frame.id, "token": "x".repeat(20_000)});
    assert_eq!(frame.post("/embed/v1/sessions", &endless).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
