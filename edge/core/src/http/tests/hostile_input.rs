//! E8: input that is odd or hostile is accepted or refused as the contract says.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use super::world::{Answered, Browser, Deployment, PUBLIC_URL, path_of};

/// Sends a body as it is, of which no JSON library would write some.
async fn raw(ada: &Browser<'_>, method: &str, path: &str, tag: &str, body: impl Into<Vec<u8>>) -> Answered {
    let request = Request::builder().method(method).uri(path).header("origin", PUBLIC_URL).header("x-causeway", "1");
    let request = request.header("content-type", "application/json").header("if-match", tag);
    ada.send(request, Body::from(body.into())).await
}

#[tokio::test]
async fn e8_a_name_has_1_to_255_characters_in_any_script() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut connection = ada.connect("Staging").await;
    for good in [
        "x".to_owned(),
        "é".repeat(255),
        format!(" {} ", "x".repeat(255)),
        "שלום \u{202e}txt.exe\u{200f}".to_owned(),
        "👩‍👩‍👧 <script>alert(1)</script> '; DROP TABLE connections; --".to_owned(),
        "\u{0}".replace('\u{0}', "%00"),
    ] {
        let saved = ada.edit(&connection, &json!({"name": good})).await;
        assert_eq!((saved.status, &saved.json()["name"]), (StatusCode::OK, &json!(good.trim())), "{good:?}");
        connection = ada.show(&connection).await;
    }
    for bad in [
        String::new(),
        " ".repeat(3),
        "\u{3000}\u{2003}".into(),
        "x".repeat(256),
        "a\nb".into(),
        "a\u{0}b".into(),
        "\u{7f}x".into(),
    ] {
        let refused = ada.edit(&connection, &json!({"name": bad})).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::BAD_REQUEST, "invalid_request".to_owned()),
            "{bad:?}"
        );
    }
    assert_eq!(ada.show(&connection).await, connection, "what was refused changed nothing");
}

#[tokio::test]
async fn e8_names_are_compared_as_people_read_them() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("Straße ÄÖ").await;
    let id = ada.authorize().await;
    let refused = ada.post("/api/v1/connections", &json!({"name": " straße äö ", "authorization_id": id})).await;
    assert_eq!(refused.code(), "name_taken");
}

#[tokio::test]
async fn e8_a_body_that_is_not_exactly_the_contract_is_refused_and_changes_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = path_of(&connection);
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: Vec<Vec<u8>> = vec![
        br#"{"name":"A","extra":1}"#.into(),
        br#"{"name":"A","name":"B"}"#.into(),
        br#"{"name":1}"#.into(),
        br#"{"name":["A"]}"#.into(),
        br#"{"name":"\ud800"}"#.into(),
        br#"{"name":"\udc00\ud800"}"#.into(),
        b"{\"name\":\"\xff\xfe\"}".into(),
        b"{\"name\":\"\xed\xa0\x80\"}".into(),
        br#"{"name":"A"} {"name":"B"}"#.into(),
        br#"{"name":"A",}"#.into(),
        br"{'name':'A'}".into(),
        br#""A""#.into(),
        b"null".into(),
        b"\xef\xbb\xbf\xef\xbb\xbf{\"name\":\"A\"}".into(),
        format!(r#"{{"name":{deep}}}"#).into(),
    ];
    for body in bodies {
        let refused = raw(&ada, "PATCH", &path, "\"1\"", body.clone()).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::BAD_REQUEST, "invalid_request".to_owned()),
            "{shown}"
        );
    }
    assert_eq!(ada.show(&connection).await, connection);
}

#[tokio::test]
async fn e8_what_ends_a_credential_takes_only_exactly_what_it_knows() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = path_of(&connection);
    for body in [
        "",
        "{}",
        r#"{"reach":"everything"}"#,
        r#"{"reach":"connection","reach":"consent"}"#,
        r#"{"reach":"consent","of":"x"}"#,
        r#"{"reach":null}"#,
        r#"{"reach":"Consent"}"#,
    ] {
        let refused = raw(&ada, "POST", &format!("{path}/unauthorize"), "", body).await;
        assert_eq!(refused.code(), "invalid_request", "{body}");
    }
    for what in ["restore", "revert", "renew"] {
        let refused = raw(&ada, "POST", &format!("{path}/{what}"), "", r#"{"force":true}"#).await;
        assert_eq!(refused.code(), "invalid_request", "{what}");
    }
    assert_eq!(raw(&ada, "DELETE", &path, "", r#"{"purge":true}"#).await.code(), "invalid_request");
    for query in ["", "action=", "action=purge", "action=delete&action=unauthorize", "action=delete&x=1"] {
        assert_eq!(ada.get(&format!("{path}/impact?{query}")).await.code(), "invalid_request", "{query}");
    }
    for query in
        ["deleted=1", "deleted=maybe", "status=alive", "q=a&q=b", "sort=size", "kind=saml", "limit=-1", "limit=1e3"]
    {
        assert_eq!(ada.get(&format!("/api/v1/connections?{query}")).await.code(), "invalid_request", "{query}");
    }
    assert_eq!(ada.show(&connection).await, connection);
}

#[tokio::test]
async fn e8_a_search_is_text_and_nothing_else() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("100% \u{202e}שלום").await;
    for (q, found) in
        [("100%25", 1), ("%25", 1), ("_", 0), ("%27%20OR%201=1", 0), ("%D7%A9%D7%9C", 1), ("%00", 0), ("%FF", 0)]
    {
        let page = ada.get(&format!("/api/v1/connections?q={q}")).await.json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{q}");
    }
}
