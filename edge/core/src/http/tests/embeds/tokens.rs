//! Tokens that hosts sign, and the sessions that they are exchanged for: nothing but a genuine one opens anything.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Frame, Maker, answers, moment, sign};
use crate::http::tests::world::Deployment;

fn with(frame: &Frame<'_>, changes: &[(&str, Value)]) -> Value {
    let mut claims = frame.claims();
    claims["params"] = json!({"team": "web"});
    for (name, value) in changes {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(*name);
        } else {
            claims[*name] = value.clone();
        }
    }
    claims
}

fn locked() -> Value {
    json!({"locked_params": ["team"]})
}

#[tokio::test]
async fn a_genuine_token_opens_its_embed_whatever_a_library_adds() {
    let deployment = Deployment::new();
    let frame = Maker::new(&deployment).await.signed(&locked()).await;
    let now = frame.claims()["iat"].as_i64().expect("a time");
    for changes in [
        vec![],
        vec![("sub", json!("reader-17"))],
        vec![("iss", json!("intranet")), ("jti", json!("1")), ("nbf", json!(now))],
        vec![("aud", json!("https://causeway.example"))],
        vec![("aud", json!(["https://other.example", "https://causeway.example"]))],
        vec![("iat", json!(now + 20))],
        vec![("exp", json!(now + 600))],
    ] {
        let session = frame.session(&with(&frame, &changes)).await;
        assert_eq!(frame.drawn(Some(&session)).await["state"], "drawn", "{changes:?}");
    }
    let page = frame.page().await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<title>Chart</title>") && !page.body.contains("waiting"), "the page tells nothing");
    assert!(!page.body.contains("oembed"));
}

#[tokio::test]
async fn broken_tokens_are_refused_each_for_its_own_reason() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let (frame, other) = (maker.signed(&locked()).await, maker.signed(&locked()).await);
    let good = frame.sign(&with(&frame, &[])).await;
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (head, body) = signed.split_once('.').expect("two parts");
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = with(&frame, &[]).to_string();
    let forged = part(&with(&frame, &[("params", json!({"team": "app"}))]));
    let mut texts = vec![
        ("none", String::new(), "it is no token"),
        ("one part", head.to_owned(), "it is no token"),
        ("two parts", signed.to_owned(), "it is no token"),
        ("four parts", format!("{good}.x"), "it is no token"),
        ("an API key", "cw_0123456789012345678901234567890123456789012".to_owned(), "it is no token"),
        ("the key itself", frame.key.clone(), "it is no token"),
        ("padding", format!("{good}=="), "it is no token"),
        ("a header that is no JSON", format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("x")), "it is no token"),
        ("an endless one", "a".repeat(4_097), "it is too long"),
        ("no signature", format!("{signed}."), "not signed with a key"),
        ("the signature of another", format!("{head}.{forged}.{signature}"), "not signed with a key"),
        ("a cut signature", good[..good.len() - 3].to_owned(), "not signed with a key"),
        ("an unsigned one", format!("{}.{body}.", part(&json!({"alg": "none"}))), "not signed with HS256"),
        ("no algorithm", format!("{}.{body}.{signature}", part(&json!({"typ": "JWT"}))), "it is no token"),
    ];
    for (what, header, reason) in [
        ("another algorithm", json!({"alg": "HS512"}), "not signed with HS256"),
        ("an algorithm in small letters", json!({"alg": "hs256"}), "not signed with HS256"),
        ("RSA with the secret", json!({"alg": "RS256"}), "not signed with HS256"),
        ("another kind of token", json!({"alg": "HS256", "typ": "at+jwt"}), "of another kind"),
        ("critical extensions", json!({"alg": "HS256", "crit": ["b64"], "b64": false}), "of another kind"),
    ] {
        texts.push((what, sign(&header, claims.as_bytes(), &frame.key).await, reason));
    }
    let usual = json!({"alg": "HS256"});
    for (what, claims, reason) in [
        ("no JSON", b"team=web".as_slice(), "not the expected ones"),
        ("a list", b"[1,2]", "not the expected ones"),
        ("a text", b"\"max\"", "not the expected ones"),
        ("bytes", b"\xff\xfe", "not the expected ones"),
    ] {
        texts.push((what, sign(&usual, claims, &frame.key).await, reason));
    }
    texts.push(("another embed's key", sign(&usual, claims.as_bytes(), &other.key).await, "not signed with a key"));
    texts.push(("an empty key", sign(&usual, claims.as_bytes(), "").await, "not signed with a key"));
    let now = frame.claims()["iat"].as_i64().expect("a time");
    for (what, changes, reason) in [
        ("expired", vec![("iat", json!(now - 300)), ("exp", json!(now))], "it has expired"),
        ("long expired", vec![("iat", json!(now - 9_000)), ("exp", json!(now - 8_700))], "it has expired"),
        ("of the future", vec![("iat", json!(now + 31))], "not valid yet"),
        ("valid later", vec![("nbf", json!(now + 31))], "not valid yet"),
        ("too long-lived", vec![("exp", json!(now + 601))], "longer than ten minutes"),
        ("for ever", vec![("exp", json!(i64::MAX))], "longer than ten minutes"),
        ("of long ago, for long", vec![("iat", json!(0))], "longer than ten minutes"),
        ("ends before it begins", vec![("iat", json!(now + 20)), ("exp", json!(now + 10))], "longer than ten minutes"),
        ("without an end", vec![("exp", Value::Null)], "not the expected ones"),
        ("without a beginning", vec![("iat", Value::Null)], "not the expected ones"),
        ("a time that is a text", vec![("exp", json!("soon"))], "not the expected ones"),
        ("a time with parts of seconds", vec![("exp", json!(1.5))], "not the expected ones"),
        ("another embed", vec![("embed", json!(other.id))], "for another embed"),
        ("no embed", vec![("embed", Value::Null)], "not the expected ones"),
        ("another service", vec![("aud", json!("https://elsewhere.example"))], "for another service"),
        ("no service", vec![("aud", json!([]))], "for another service"),
        ("without the locked parameter", vec![("params", Value::Null)], "lacks a parameter"),
        ("another parameter", vec![("params", json!({"owner": "max"}))], "not locked"),
        ("one more parameter", vec![("params", json!({"team": "web", "owner": "max"}))], "not locked"),
        ("a parameter that is no text", vec![("params", json!({"team": ["web"]}))], "not the expected ones"),
        ("an unknown claim", vec![("admin", json!(true))], "not the expected ones"),
        ("an empty subject", vec![("sub", json!(""))], "empty or too long"),
        ("an endless subject", vec![("sub", json!("x".repeat(257)))], "empty or too long"),
    ] {
        texts.push((what, frame.sign(&with(&frame, &changes)).await, reason));
    }
    assert!(texts.len() >= 40, "{}", texts.len());
    for (what, token, reason) in texts {
        let answered = frame.exchange(&token).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{what}: {}", answered.body);
        let problem = answered.json();
        assert_eq!(problem["code"], "embed_token_refused", "{what}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(reason)), "{what}: {problem}");
    }
    assert_eq!(frame.exchange(&good).await.status, StatusCode::OK, "the good one");
}

#[tokio::test]
async fn a_value_that_the_chart_does_not_offer_shows_nothing() {
    let deployment = Deployment::new();
    let frame = Maker::new(&deployment).await.signed(&locked()).await;
    let session = frame.session(&with(&frame, &[("params", json!({"team": "web\" OR project = OTHER"}))])).await;
    let shown = frame.drawn(Some(&session)).await;
    assert_eq!((&shown["state"], &shown["figure"]), (&json!("query_refused"), &Value::Null), "{shown}");
    assert!(!shown.to_string().contains("OTHER"), "{shown}");
}

#[tokio::test]
async fn a_session_is_for_its_embed_for_ten_minutes_and_says_no_more_than_the_token_did() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let (frame, other) = (maker.signed(&locked()).await, maker.signed(&locked()).await);
    let session = frame.session(&with(&frame, &[])).await;
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::OK);
    assert_eq!(other.render(Some(&session)).await.status, StatusCode::UNAUTHORIZED, "another embed");
    let (content, signature) = session.split_once('.').expect("two parts");
    let changed = URL_SAFE_NO_PAD.decode(content).expect("base64");
    let changed = String::from_utf8(changed).expect("text").replace("web", "app");
    let changed = format!("{}.{signature}", URL_SAFE_NO_PAD.encode(changed));
    let token = frame.sign(&with(&frame, &[])).await;
    for wrong in ["", ".", "a.b", content, &format!("{content}."), &changed, &token, &"a".repeat(9_000)] {
        assert_eq!(frame.render(Some(wrong)).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    assert_eq!(frame.render(None).await.status, StatusCode::UNAUTHORIZED);
    deployment.world.clock.advance(Duration::from_secs(599));
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::OK);
    deployment.world.clock.advance(Duration::from_secs(1));
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::UNAUTHORIZED, "it is over");
}

#[tokio::test]
async fn readers_with_other_values_never_see_each_others_numbers() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let (frame, other) = (maker.signed(&locked()).await, maker.signed(&locked()).await);
    let asks = |count: u64| answers(&deployment, "search/approximate-count", 200, &json!({"count": count}));
    let mut seen = Vec::new();
    for (frame, team, count) in [(&frame, "web", 211), (&frame, "app", 322), (&other, "web", 433)] {
        asks(count);
        let session = frame.session(&with(frame, &[("params", json!({"team": team}))])).await;
        let figure = frame.drawn(Some(&session)).await["figure"].as_str().expect("a figure").to_owned();
        assert!(figure.contains(&format!("is largest: {count} issues")), "{team}: {figure}");
        seen.push((session, frame, count));
    }
    for (session, frame, count) in &seen {
        let figure = frame.drawn(Some(session)).await["figure"].as_str().expect("a figure").to_owned();
        for (.., other) in &seen {
            assert_eq!(figure.contains(&format!("is largest: {other} issues")), other == count, "{count} {other}");
        }
    }
    let asked = deployment.world.asked.borrow();
    let queries: Vec<String> = asked.iter().map(|one| String::from_utf8_lossy(one.body()).into_owned()).collect();
    assert!(queries.iter().any(|query| query.contains(r#"labels = \"web\""#)), "{queries:?}");
}

#[tokio::test]
async fn a_rotated_key_ends_at_once_or_when_it_was_said_with_the_sessions_that_it_opened() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    let rotate = async |seconds: u32| {
        let path = format!("/api/v1/embeds/{}/key", frame.id);
        let rotated = maker.ada.post(&path, &json!({"overlap_seconds": seconds})).await;
        assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.body);
        let key = rotated.json()["key"].as_str().expect("a key").to_owned();
        moment(&deployment);
        Frame { deployment: &deployment, id: frame.id.clone(), key }
    };
    let session = frame.session(&frame.claims()).await;
    let second = rotate(60).await;
    assert_ne!(second.key, frame.key);
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::OK, "the old key goes on for a minute");
    let token = frame.sign(&frame.claims()).await;
    assert_eq!(frame.exchange(&token).await.status, StatusCode::OK);
    second.session(&second.claims()).await;
    let told = maker.shown(&frame).await["key"].clone();
    assert!(told["previous_until"].is_string() && told["created_at"].is_string(), "{told}");
    deployment.world.clock.advance(Duration::from_mins(1));
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::UNAUTHORIZED);
    let token = frame.sign(&frame.claims()).await;
    assert_eq!(frame.exchange(&token).await.status, StatusCode::UNAUTHORIZED);
    let session = second.session(&second.claims()).await;
    let third = rotate(0).await;
    assert_eq!(second.render(Some(&session)).await.status, StatusCode::UNAUTHORIZED, "at once");
    third.session(&third.claims()).await;
    let published = maker.published().await;
    let path = format!("/api/v1/embeds/{}/key", published.id);
    let none = maker.ada.post(&path, &json!({"overlap_seconds": 0})).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST, "{}", none.body);
    let long = maker.ada.post(&format!("/api/v1/embeds/{}/key", frame.id), &json!({"overlap_seconds": 86_401})).await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST, "{}", long.body);
}

#[tokio::test]
async fn other_locked_parameters_end_the_sessions_of_before() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    let session = frame.session(&frame.claims()).await;
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::OK);
    let edited = maker.edit(&frame, &locked()).await;
    assert_eq!((edited.status, &edited.json()["locked_params"]), (StatusCode::OK, &json!(["team"])));
    moment(&deployment);
    assert_eq!(frame.render(Some(&session)).await.status, StatusCode::UNAUTHORIZED, "it had every value");
}

#[tokio::test]
async fn keys_are_stored_sealed_and_shown_once() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    assert!(frame.key.starts_with("cwe_") && frame.key.len() == 47, "{}", frame.key);
    assert!(!deployment.world.tables.dump().contains(&frame.key[4..]));
    let listed = maker.ada.get("/api/v1/embeds").await.body;
    assert!(!listed.contains("cwe_") && listed.contains(&frame.id), "{listed}");
    let path = format!("/api/v1/embeds/{}", frame.id);
    let ended = maker.ada.call(Method::DELETE, &path, &json!({})).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(
        !deployment.world.tables.dump().contains(&frame.id[4..]) || deployment.world.tables.dump().contains("dlg_")
    );
}
