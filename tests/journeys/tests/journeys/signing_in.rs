//! Signing in: who may, and the page that they get afterwards.

use api::{PROOF_HEADER, PROOF_VALUE, ProblemCode};
use atlassian::Person;
use journeys::{Answer, Causeway, Visitor};
use reqwest::Method;

#[tokio::test]
async fn a_stranger_is_told_whom_to_ask() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Sam).await;
    browser.sees("You have no access yet").await;
    browser.sees("sam@example.com").await;
    browser.sees("ada@example.com").await;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_edge() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    browser.presses("Sign out").await;
    browser.sees("You are signed out").await;

    let (ada, thief) = (causeway.visitor(), causeway.visitor());
    ada.signs_in_as(Person::Ada).await;
    thief.takes_the_cookies_of(&ada);
    thief.gets("/api/v1/session").await.expect(200);
    ada.calls::<api::SignOut>(&(), &api::Nothing {}).await.expect(204);
    assert_eq!(thief.gets("/api/v1/session").await.expect(401).problem(), Some(ProblemCode::NotSignedIn));
}

#[tokio::test]
async fn a_return_address_never_leads_away() {
    let causeway = Causeway::start().await;
    let long = format!("/{}", "a".repeat(2048));
    let evil = ["//evil", "/\\evil", "/%09/evil", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "https://evil", &long];
    for address in evil {
        let visitor = causeway.visitor();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", address).finish();
        let callback = visitor.comes_back_from_the_issuer(&format!("/sign-in?{query}"), Person::Ada).await;
        assert_eq!(visitor.gets(callback.as_str()).await.header("location"), "/", "{address:?}");
    }
}

#[tokio::test]
async fn a_return_address_of_our_own_is_kept() {
    let causeway = Causeway::start().await;
    let visitor = causeway.visitor();
    let callback = visitor.comes_back_from_the_issuer("/sign-in?return_to=/api-keys", Person::Ada).await;
    assert_eq!(visitor.gets(callback.as_str()).await.header("location"), "/api-keys");
}

#[tokio::test]
async fn forged_host_headers_change_neither_addresses_nor_cookies() {
    let causeway = Causeway::start().await;
    let visitor = causeway.visitor();
    let honest = visitor.gets("/sign-in").await;
    let forged = visitor.request(Method::GET, "/sign-in").header("host", "evil.example");
    let forged = forged.header("x-forwarded-host", "evil.example").header("x-forwarded-proto", "https");
    let forged = visitor.sends(forged.header("forwarded", "host=evil.example;proto=https")).await;
    assert_eq!(redirect_uri(&forged), format!("{}/sign-in/callback", causeway.public_url));
    assert_eq!(redirect_uri(&forged), redirect_uri(&honest));
    assert_eq!(attributes(&forged), attributes(&honest));
}

fn redirect_uri(answer: &Answer) -> String {
    let location = answer.location();
    let pair = location.query_pairs().find(|(name, _)| name == "redirect_uri");
    pair.expect("the issuer is told where to send the browser").1.into_owned()
}

/// A cookie without its value and without the end of its name, which differ for each sign-in.
fn attributes(answer: &Answer) -> (String, String) {
    let (name, rest) = answer.header("set-cookie").split_once('=').expect("a cookie is set");
    let prefix = "__Host-sign-in-";
    assert!(name.starts_with(prefix), "{name}");
    (prefix.to_owned(), rest.split_once(';').expect("it has attributes").1.to_owned())
}

#[tokio::test]
async fn a_mutating_request_from_elsewhere_is_refused_and_changes_nothing() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let ask = |origin: Option<&str>, proof: bool| {
        let request = ada.request(Method::POST, "/api/v1/authorizations").body(r#"{"kind":"cloud_oauth2"}"#);
        let request = request.header("content-type", "application/json");
        let request = if proof { request.header(PROOF_HEADER, PROOF_VALUE) } else { request };
        origin.map_or(request.try_clone().expect("a text body"), |origin| request.header("origin", origin))
    };
    let own = causeway.public_url.clone();
    let foreign =
        [(Some("https://evil.example"), true), (Some("null"), true), (Some(own.as_str()), false), (None, true)];
    for (origin, proof) in foreign {
        let answer = ada.sends(ask(origin, proof)).await.expect(403);
        assert_eq!(answer.problem(), Some(ProblemCode::CrossSite), "origin {origin:?}, proof {proof}");
    }
    let form = ada.request(Method::POST, "/api/v1/sign-out").header("origin", "null").form(&[("a", "b")]);
    ada.sends(form).await.expect(403);
    ada.gets("/api/v1/session").await.expect(200);
    ada.sends(ask(Some(&own), true)).await.expect(201);
}

#[tokio::test]
async fn a_form_on_another_page_can_neither_sign_out_nor_start_anything() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    browser.opens(&format!("{}/model", causeway.model.url())).await;
    let form = format!(
        "const form = document.createElement('form');
         form.method = 'post'; form.action = '{}/api/v1/sign-out';
         document.body.append(form); form.submit();",
        causeway.public_url
    );
    browser.runs(&form).await;
    browser.is_at("/api/v1/sign-out").await;
    browser.opens("/").await;
    browser.sees("No connections yet").await;
}

#[tokio::test]
async fn a_missing_setting_is_named_and_only_what_needs_it_refuses() {
    let causeway = Causeway::start_with(|configuration| configuration.without("OIDC_CLIENT_SECRET")).await;
    let visitor = Visitor::new(&causeway.public_url);
    let health: api::Health = visitor.gets("/healthz").await.expect(503).json();
    assert!(health.findings.iter().any(|finding| finding.name == "OIDC_CLIENT_SECRET"), "{health:?}");
    let page = visitor.gets("/sign-in").await.expect(503);
    assert!(page.header("content-type").starts_with("text/html"), "a browser is shown a page");
    visitor.gets("/api/v1/session").await.expect(401);
}
