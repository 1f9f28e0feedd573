//! What is sent in each step, and what is taken from the answer.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::oauth1::{challenge, form};

/// The `oauth_…` parameters that were sent.
fn sent(world: &World) -> Vec<(String, String)> {
    let requests = world.http.requests();
    let header = requests[0].headers()["authorization"].to_str().expect("text").to_owned();
    challenge::parameters(&header)
}

fn value(parameters: &[(String, String)], name: &str) -> String {
    form::only(parameters, name).unwrap_or_else(|| panic!("{name} once")).to_owned()
}

fn not_understood<T: std::fmt::Debug>(answer: &Result<T, Oauth1Refusal>) {
    assert!(matches!(answer, Err(Oauth1Refusal::AnswerNotUnderstood { .. })), "{answer:?}");
}

#[test]
fn a_request_token_is_asked_for_with_the_callback_and_everything_signed() {
    let world = World::answering(form(200, "oauth_token=req-1&oauth_token_secret=s&oauth_callback_confirmed=true"));
    let callback = Callback::Address(Url::parse("https://causeway.example.com/oauth/callback").expect("an address"));
    assert_eq!(world.request_token(&callback).expect("a token").expose(), "req-1");

    let request = &world.http.requests()[0];
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://jira.example.com/jira/plugins/servlet/oauth/request-token");
    assert!(request.body().is_empty());

    let sent = sent(&world);
    assert_eq!(value(&sent, "oauth_consumer_key"), "causeway");
    assert_eq!(value(&sent, "oauth_callback"), "https://causeway.example.com/oauth/callback");
    assert_eq!(value(&sent, "oauth_timestamp"), (world.now().as_millis() / 1000).to_string());
    let nonce = value(&sent, "oauth_nonce");
    assert!(nonce.len() == 30 && nonce.bytes().all(|b| b.is_ascii_hexdigit()), "{nonce}");
    let signed = String::from_utf8(STANDARD.decode(value(&sent, "oauth_signature")).expect("base64")).expect("text");
    assert!(
        signed.starts_with("POST&https%3A%2F%2Fjira.example.com%2Fjira%2Fplugins%2Fservlet%2Foauth%2Frequest-token&")
    );
    assert!(signed.contains("oauth_callback%3Dhttps%253A%252F%252Fcauseway.example.com%252Foauth%252Fcallback%26"));
    assert!(!signed.contains("oauth_signature%3D"), "the signature does not sign itself");
}

#[test]
fn a_verification_code_is_asked_for_with_oob() {
    let world = World::answering(form(200, "oauth_token=req-1&oauth_token_secret=s&oauth_callback_confirmed=true"));
    world.request_token(&Callback::VerificationCode).expect("a token");
    assert_eq!(value(&sent(&world), "oauth_callback"), "oob");
}

#[test]
fn the_approval_happens_below_the_context_path() {
    let (base, consumer) = (base(), consumer());
    let token = RequestToken::new("r+/1").expect("a token");
    let url = ApplicationLink { base: &base, consumer: &consumer }.authorize_url(&token);
    assert_eq!(url.as_str(), "https://jira.example.com/jira/plugins/servlet/oauth/authorize?oauth_token=r%2B%2F1");
}

#[test]
fn a_request_token_without_its_confirmation_is_not_taken() {
    for body in [
        "",
        "oauth_token=req-1&oauth_token_secret=s",
        "oauth_token=req-1&oauth_callback_confirmed=false",
        "oauth_callback_confirmed=true",
        "oauth_token=&oauth_callback_confirmed=true",
        "oauth_token=req-1&oauth_token=req-2&oauth_callback_confirmed=true",
        "oauth_token=req%0a1&oauth_callback_confirmed=true",
        "oauth_token=%ff&oauth_callback_confirmed=true",
        "{\"oauth_token\":\"req-1\"}",
    ] {
        not_understood(&World::answering(form(200, body)).request_token(&Callback::VerificationCode));
    }
    let long = format!("oauth_token={}&oauth_callback_confirmed=true", "x".repeat(513));
    not_understood(&World::answering(form(200, &long)).request_token(&Callback::VerificationCode));
    let page = FakeResponse::html(200, "<html>Sign in</html>");
    not_understood(&World::answering(page).request_token(&Callback::VerificationCode));
}

#[test]
fn an_access_token_comes_with_its_dates() {
    let body = "oauth_token=acc-1&oauth_token_secret=s&oauth_expires_in=157680000&oauth_session_handle=ses-1\
                &oauth_authorization_expires_in=160272000\n";
    // Jira calls its forms plain text.
    let world = World::answering(FakeResponse::of(200, "text/plain;charset=UTF-8", body.as_bytes()));
    let grant = world.access_token().expect("a grant");
    let expected = AccessGrant {
        token: TokenKey::new("acc-1").expect("a token"),
        expires_at: Some(world.now().plus_seconds(157_680_000)),
        session: SessionHandle::new("ses-1"),
        session_ends_at: Some(world.now().plus_seconds(160_272_000)),
    };
    assert_eq!(grant, expected);
    let sent = sent(&world);
    assert_eq!(value(&sent, "oauth_token"), "req-1");
    assert_eq!(value(&sent, "oauth_verifier"), "uWq3fK");
    assert_eq!(world.http.requests()[0].uri().path(), "/jira/plugins/servlet/oauth/access-token");
}

#[test]
fn an_access_token_may_come_alone_but_not_with_a_lifetime_that_is_none() {
    let grant = World::answering(form(200, "oauth_token=acc-1&oauth_token_secret=s")).access_token().expect("a grant");
    assert_eq!((grant.expires_at, grant.session, grant.session_ends_at), (None, None, None));
    for body in
        ["oauth_token=acc-1&oauth_expires_in=soon", "oauth_token=acc-1&oauth_expires_in=-1", "oauth_token_secret=s"]
    {
        not_understood(&World::answering(form(200, body)).access_token());
    }
}

#[test]
fn a_call_is_signed_with_its_query_and_its_token() {
    let world = World::answering(form(200, ""));
    let url = "https://jira.example.com/jira/rest/api/2/search?jql=project%20%3D%20A&startAt=0";
    let header = world.sign("get", url, Some("application/json")).expect("a header");
    let parameters = challenge::parameters(&header);
    let signed = STANDARD.decode(value(&parameters, "oauth_signature")).expect("base64");
    let signed = String::from_utf8(signed).expect("text");
    assert!(signed.starts_with(
        "GET&https%3A%2F%2Fjira.example.com%2Fjira%2Frest%2Fapi%2F2%2Fsearch&jql%3Dproject%2520%253D%2520A%26"
    ));
    assert!(signed.contains("oauth_token%3Dacc-1%26") && signed.ends_with("startAt%3D0"), "{signed}");
    assert_ne!(world.sign("get", url, None), Ok(header), "each call has a nonce of its own");
}

#[test]
fn what_cannot_be_signed_truthfully_is_refused_with_the_reason() {
    let world = World::answering(form(200, ""));
    let url = "https://jira.example.com/rest/api/2/issue";
    for content_type in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded ;charset=utf-8"] {
        assert_eq!(world.sign("POST", url, Some(content_type)), Err(NotSigned::FormBody));
    }
    assert!(world.sign("POST", url, Some("multipart/form-data; boundary=x")).is_ok());
    let with = |query: &str| world.sign("GET", &format!("{url}?{query}"), None);
    assert_eq!(with("jql=100%"), Err(NotSigned::QueryUnreadable));
    assert_eq!(with("a=1&oauth%5Ftoken=x"), Err(NotSigned::ProtocolParameter));
    assert!(NotSigned::FormBody.to_string().ends_with("Send JSON."));
}

#[test]
fn a_key_that_does_not_sign_is_said_to_be_the_reason() {
    let world = World::answering(form(200, ""));
    let key = ConsumerKey::parse("causeway").expect("a consumer key");
    let consumer = Consumer { key, private_key: PrivateKey::from_pkcs8(b"no key".to_vec()) };
    let base = base();
    let refused = block_on(
        ApplicationLink { base: &base, consumer: &consumer }.request_token(&world, &Callback::VerificationCode),
    );
    assert_eq!(refused, Err(Oauth1Refusal::NotSigned(NotSigned::KeyUnusable)));
    assert!(world.http.requests().is_empty());
}

#[test]
fn keys_are_shown_as_jira_takes_them_and_private_ones_never() {
    let pem = PublicKey::from_spki(vec![0; 60]).to_pem();
    let body = format!("{}\n{}", "A".repeat(64), "A".repeat(16));
    assert_eq!(pem, format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"));
    assert_eq!(format!("{:?}", consumer()), "Consumer { key: ConsumerKey(\"causeway\"), private_key: PrivateKey(…) }");
}
