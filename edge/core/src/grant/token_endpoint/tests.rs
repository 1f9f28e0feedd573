use futures::executor::block_on;
use oauth2::{ClientId, ClientSecret, TokenUrl};

use super::*;
use crate::fakes::{FakeResponse, ScriptedHttp};

const SENT_AT: Timestamp = Timestamp::from_millis(1_795_323_600_000);

fn client() -> TokenClient {
    TokenClient {
        token_url: TokenUrl::new("https://auth.example/oauth/token".to_owned()).expect("an address"),
        id: ClientId::new("client".to_owned()),
        secret: ClientSecret::new("s&cret".to_owned()),
    }
}

fn verdict_on(reply: FakeResponse) -> RefreshAnswer {
    let http = ScriptedHttp::default();
    http.then(reply);
    block_on(refresh(&http, &client(), &Token::parse("old").expect("a token"), None, SENT_AT))
}

#[test]
fn a_refresh_is_one_form_with_the_client_in_the_body() {
    let http = ScriptedHttp::default();
    block_on(refresh(&http, &client(), &Token::parse("old").expect("a token"), None, SENT_AT));
    let [request] = &http.requests()[..] else { panic!("not one request") };
    assert_eq!(
        (request.method(), request.uri().to_string().as_str()),
        (&http::Method::POST, "https://auth.example/oauth/token")
    );
    assert!(request.headers().get("authorization").is_none());
    let body = String::from_utf8(request.body().clone()).expect("text");
    assert_eq!(body, "grant_type=refresh_token&refresh_token=old&client_id=client&client_secret=s%26cret");
}

#[test]
fn a_good_answer_gives_its_tokens() {
    let body =
        r#"{"access_token":"a","refresh_token":"r","expires_in":3600,"token_type":"Bearer","scope":"x y","new":1}"#;
    let tokens = TokenSet {
        access_token: Token::parse("a").expect("a token"),
        refresh_token: Token::parse("r"),
        access_expires_at: SENT_AT.plus_seconds(3600),
        scopes: vec!["x".to_owned(), "y".to_owned()],
    };
    assert_eq!(verdict_on(FakeResponse::json(200, body)), RefreshAnswer::Given(tokens));
}

#[test]
fn only_the_errors_of_the_protocol_decide_anything() {
    let cases = [
        (403, r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#, "grant"),
        (400, r#"{"error":"invalid_grant"}"#, "grant"),
        (403, r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#, "grant"),
        (403, r#"{"error":"unauthorized_client","error_description":"The Refresh Token has expired"}"#, "grant"),
        (403, r#"{"error":"unauthorized_client","error_description":"Grant type not allowed"}"#, "client"),
        (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#, "client"),
        (401, r#"{"error":"invalid_client"}"#, "client"),
        (500, r#"{"error":"invalid_grant"}"#, "unclear"),
        (429, r#"{"error":"invalid_client"}"#, "unclear"),
        (400, r#"{"error":"invalid_request"}"#, "unclear"),
        (403, "<html>invalid_grant</html>", "unclear"),
        (403, r#"{"message":"invalid_grant"}"#, "unclear"),
        (403, "", "unclear"),
    ];
    for (status, body, expected) in cases {
        let actual = match verdict_on(FakeResponse::json(status, body)) {
            RefreshAnswer::Given(_) => "given",
            RefreshAnswer::GrantRefused => "grant",
            RefreshAnswer::ClientRefused { .. } => "client",
            RefreshAnswer::Ambiguous(_) => "unclear",
        };
        assert_eq!(actual, expected, "{status} {body}");
    }
}

#[test]
fn what_is_logged_of_an_answer_has_none_of_its_body() {
    for body in [
        r#"{"access_token":{"secret":"SECRET"}}"#,
        r#"{"access_token":"SECRET","expires_in":"SECRET","token_type":"Bearer"}"#,
    ] {
        let RefreshAnswer::Ambiguous(ambiguous) = verdict_on(FakeResponse::json(200, body)) else {
            panic!("{body} was believed")
        };
        assert!(!ambiguous.why.contains("SECRET"), "{}", ambiguous.why);
    }
}
