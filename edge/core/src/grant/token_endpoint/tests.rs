use futures::executor::block_on;
use oauth2::{ClientId, ClientSecret, TokenUrl};

use super::*;
use crate::fakes::{FakeResponse, ScriptedHttp};

fn client() -> TokenClient {
    TokenClient {
        token_url: TokenUrl::new("https://auth.example/oauth/token".to_owned()).expect("an address"),
        id: ClientId::new("client".to_owned()),
        secret: ClientSecret::new("s&cret".to_owned()),
    }
}

fn verdict_on(reply: FakeResponse) -> Verdict {
    let http = ScriptedHttp::default();
    http.then(reply);
    block_on(refresh(&http, &client(), &Token::parse("old").expect("a token"), None))
}

#[test]
fn a_refresh_is_one_form_with_the_client_in_the_body() {
    let http = ScriptedHttp::default();
    block_on(refresh(&http, &client(), &Token::parse("old").expect("a token"), None));
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
    let (access, refresh) = (Token::parse("a").expect("a token"), Token::parse("r"));
    assert_eq!(
        verdict_on(FakeResponse::json(200, body)),
        Verdict::Given(GivenTokens { access, refresh, expires_in: 3600 })
    );
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
            Verdict::Given(_) => "given",
            Verdict::GrantRefused => "grant",
            Verdict::ClientRefused { .. } => "client",
            Verdict::Unclear(_) => "unclear",
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
        let Verdict::Unclear(unclear) = verdict_on(FakeResponse::json(200, body)) else {
            panic!("{body} was believed")
        };
        assert!(!unclear.why.contains("SECRET"), "{}", unclear.why);
    }
}
