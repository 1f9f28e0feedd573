//! The OAuth 2.0 provider, tested with the `oauth2` crate, and with requests written by hand for its quirks.

use std::time::Duration;

use atlassian::{IncomingLink, Oauth2Grant, Person, Scope};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope as Asked, TokenResponse, TokenUrl,
};
use reqwest::Response;
use serde_json::json;
use url::Url;

use super::asking::{Company, header, quarry};
use crate::asking::{json_of, parameter, refusal};
use crate::foreign_oauth_client::send;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

const CALLBACK: &str = "https://client.example/back";

fn linked(company: &Company, most: Scope) -> IncomingLink {
    company.jira.create_incoming_link("Causeway", CALLBACK, most).unwrap()
}

fn foreign_client(company: &Company, link: &IncomingLink) -> Client {
    BasicClient::new(ClientId::new(link.client_id.clone()))
        .set_client_secret(ClientSecret::new(link.client_secret.clone()))
        .set_auth_uri(AuthUrl::new(company.url("/rest/oauth2/latest/authorize")).unwrap())
        .set_token_uri(TokenUrl::new(company.url("/rest/oauth2/latest/token")).unwrap())
        .set_redirect_uri(RedirectUrl::new(link.redirect_url.clone()).unwrap())
        .set_auth_type(AuthType::RequestBody)
}

/// The approval page, with somebody logged in, and what they press.
async fn press(company: &Company, person: Person, question: &str, decision: &str) -> Response {
    let form = [("question", question), ("decision", decision)];
    let request = company.post("/rest/oauth2/latest/authorize").form(&form);
    request.header("cookie", company.browser(person).await).send().await.unwrap()
}

fn sent_back(response: &Response) -> Url {
    assert_eq!(response.status(), 302);
    Url::parse(header(response, "location")).unwrap()
}

/// Through the page to a code, as that client would send a person there.
async fn approved(company: &Company, client: &Client, scope: &str) -> (AuthorizationCode, PkceCodeVerifier) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, csrf) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(Asked::new(scope.into()))
        .set_pkce_challenge(challenge)
        .url();
    let back = sent_back(&press(company, Person::Ada, url.query().unwrap(), "allow").await);
    assert_eq!(parameter(&back, "state").as_ref(), Some(csrf.secret()));
    (AuthorizationCode::new(parameter(&back, "code").unwrap()), verifier)
}

fn question(link: &IncomingLink, replaced: &[(&str, &str)]) -> String {
    let usual =
        [("client_id", link.client_id.as_str()), ("redirect_uri", CALLBACK), ("response_type", "code"), ("state", "s")];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(usual.iter().filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name)));
    query.extend_pairs(replaced).finish()
}

/// The token endpoint, with the client's id and secret added.
async fn token(company: &Company, link: &IncomingLink, fields: &[(&str, &str)]) -> Response {
    let client = [("client_id", link.client_id.as_str()), ("client_secret", link.client_secret.as_str())];
    let form: Vec<_> = client.iter().chain(fields).copied().collect();
    company.post("/rest/oauth2/latest/token").form(&form).send().await.unwrap()
}

/// Tokens without a browser.
async fn authorized(company: &Company, link: &IncomingLink, person: Person, scope: Scope) -> Oauth2Grant {
    let code = company.jira.approve_incoming_link(link, person, scope);
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    assert_eq!(token(company, link, &fields).await.status(), 200);
    company.jira.oauth2_grants().pop().unwrap()
}

async fn refresh(company: &Company, link: &IncomingLink, grant: &Oauth2Grant) -> Response {
    let refresh_token = ("refresh_token", grant.refresh_token.as_str());
    token(company, link, &[("grant_type", "refresh_token"), refresh_token, ("redirect_uri", CALLBACK)]).await
}

const INVALID_GRANT: &str = "{\"error\":\"invalid_grant\"}";

#[tokio::test]
async fn a_standard_client_authorizes_with_pkce_calls_and_refreshes() {
    let company = quarry().await;
    let link = linked(&company, Scope::Write);
    let client = foreign_client(&company, &link);
    let (code, verifier) = approved(&company, &client, "WRITE").await;
    let tokens = client.exchange_code(code).set_pkce_verifier(verifier).request_async(&send).await.unwrap();
    assert_eq!(tokens.expires_in(), Some(Duration::from_hours(1)));
    let myself = company.with_token("myself", tokens.access_token().secret()).await;
    assert_eq!(json_of(myself).await["name"], "ada");
    let old = tokens.refresh_token().unwrap();
    let refreshing = client.exchange_refresh_token(old).add_extra_param("redirect_uri", CALLBACK);
    let next = refreshing.request_async(&send).await.unwrap();
    assert_ne!(next.refresh_token().unwrap().secret(), old.secret());
}

#[tokio::test]
async fn a_wrong_verifier_or_none_buys_nothing() {
    let company = quarry().await;
    let link = linked(&company, Scope::Read);
    let client = foreign_client(&company, &link);
    let (code, _) = approved(&company, &client, "READ").await;
    let (_, other) = PkceCodeChallenge::new_random_sha256();
    assert!(client.exchange_code(code).set_pkce_verifier(other).request_async(&send).await.is_err());
    let (code, _) = approved(&company, &client, "READ").await;
    assert!(client.exchange_code(code).request_async(&send).await.is_err());
}

#[tokio::test]
async fn the_page_wants_a_log_in_first_and_names_client_person_and_scopes() {
    let company = quarry().await;
    let path = format!("/rest/oauth2/latest/authorize?{}", question(&linked(&company, Scope::Write), &[]));
    let first = company.get(&path).send().await.unwrap();
    assert!(header(&first, "location").starts_with("/jira/login.jsp?"));
    let cookie = company.browser(Person::Max).await;
    let page = company.get(&path).header("cookie", cookie).send().await.unwrap().text().await.unwrap();
    for text in ["This is a model of Atlassian", "Causeway", "Max Member", "Quarry Works", "READ", "WRITE"] {
        assert!(page.contains(text), "{text} is missing");
    }
    assert!(!page.contains("ADMIN"));
}

#[tokio::test]
async fn a_scope_of_cloud_or_beyond_the_link_and_a_denial_are_told_to_the_client() {
    let company = quarry().await;
    let link = linked(&company, Scope::Write);
    for scope in ["read:jira-work", "ADMIN", "READ offline_access"] {
        let back = sent_back(&press(&company, Person::Ada, &question(&link, &[("scope", scope)]), "allow").await);
        assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_scope"), "{scope}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("s"));
    }
    let denied = sent_back(&press(&company, Person::Ada, &question(&link, &[]), "deny").await);
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn an_unknown_client_or_redirect_strands_the_person() {
    let company = quarry().await;
    let link = linked(&company, Scope::Write);
    for wrong in [("client_id", "unknown"), ("redirect_uri", "https://elsewhere.example/")] {
        let page = press(&company, Person::Ada, &question(&link, &[wrong]), "allow").await;
        assert_eq!(page.status(), 400);
        assert!(page.text().await.unwrap().contains("We can't connect the application"));
    }
}

#[tokio::test]
async fn json_is_an_error_of_the_server_and_a_header_is_no_client() {
    let company = quarry().await;
    let link = linked(&company, Scope::Read);
    let body =
        json!({ "grant_type": "refresh_token", "client_id": link.client_id, "client_secret": link.client_secret });
    let response = company.post("/rest/oauth2/latest/token").json(&body).send().await.unwrap();
    assert_eq!(response.status(), 500);
    let by_header = company.post("/rest/oauth2/latest/token").form(&[("grant_type", "refresh_token")]);
    let by_header = by_header.basic_auth(&link.client_id, Some(&link.client_secret)).send().await.unwrap();
    let (status, words) = refusal(by_header).await;
    assert_eq!((status, &words["error"]), (401, &json!("invalid_client")));
    let (status, words) = refusal(token(&company, &link, &[("grant_type", "password")]).await).await;
    assert_eq!((status, &words["error"]), (400, &json!("unsupported_grant_type")));
}

#[tokio::test]
async fn a_code_lives_ten_seconds() {
    let company = quarry().await;
    let link = linked(&company, Scope::Read);
    let code = company.jira.approve_incoming_link(&link, Person::Ada, Scope::Read);
    company.asking.model.advance_clock(Duration::from_secs(10));
    let late = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let late = token(&company, &link, &late).await;
    assert_eq!((late.status().as_u16(), late.text().await.unwrap().as_str()), (400, INVALID_GRANT));
}

#[tokio::test]
async fn a_refresh_must_repeat_the_redirect_address_and_has_no_leeway() {
    let company = quarry().await;
    let link = linked(&company, Scope::Read);
    let first = authorized(&company, &link, Person::Ada, Scope::Read).await;
    let bare = [("grant_type", "refresh_token"), ("refresh_token", first.refresh_token.as_str())];
    let bare = token(&company, &link, &bare).await;
    assert_eq!((bare.status().as_u16(), bare.text().await.unwrap().as_str()), (400, INVALID_GRANT));
    assert_eq!(company.with_token("myself", &first.access_token).await.status(), 200);
    assert_eq!(refresh(&company, &link, &first).await.status(), 200);
    assert_eq!(company.with_token("myself", &first.access_token).await.status(), 401);
    assert_eq!(refresh(&company, &link, &first).await.status(), 400);
    assert_eq!(company.jira.oauth2_grants().iter().filter(|grant| !grant.ended).count(), 1);
}

#[tokio::test]
async fn an_access_token_lives_as_long_as_the_administrator_says() {
    let company = quarry().await;
    company.jira.change_settings(|settings| settings.access_token_life = 120);
    let link = linked(&company, Scope::Read);
    let grant = authorized(&company, &link, Person::Ada, Scope::Read).await;
    company.asking.model.advance_clock(Duration::from_secs(119));
    assert_eq!(company.with_token("myself", &grant.access_token).await.status(), 200);
    company.asking.model.advance_clock(Duration::from_secs(1));
    let expired = company.with_token("myself", &grant.access_token).await;
    assert_eq!((expired.status().as_u16(), header(&expired, "x-seraph-loginreason")), (401, "AUTHENTICATED_FAILED"));
}

#[tokio::test]
async fn the_scope_of_a_token_bounds_what_its_person_may_do() {
    let company = quarry().await;
    let link = linked(&company, Scope::Admin);
    let comment = async |token: &str| {
        let request = company.post("/rest/api/2/issue/PIT-1/comment").bearer_auth(token);
        request.json(&json!({ "body": "Hello" })).send().await.unwrap().status().as_u16()
    };
    let properties = async |token: &str| company.with_token("application-properties", token).await.status().as_u16();
    let reader = authorized(&company, &link, Person::Ada, Scope::Read).await.access_token;
    let writer = authorized(&company, &link, Person::Ada, Scope::Write).await.access_token;
    let admin = authorized(&company, &link, Person::Ada, Scope::Admin).await.access_token;
    let of_a_member = authorized(&company, &link, Person::Max, Scope::Admin).await.access_token;
    assert_eq!((comment(&reader).await, comment(&writer).await), (403, 201));
    assert_eq!((properties(&writer).await, properties(&admin).await, properties(&of_a_member).await), (403, 200, 403));
}

#[tokio::test]
async fn tokens_end_by_the_client_the_person_the_account_and_the_link() {
    let company = quarry().await;
    let link = linked(&company, Scope::Read);
    let works = async |grant: &Oauth2Grant| company.with_token("myself", &grant.access_token).await.status() == 200;
    let of_ada = authorized(&company, &link, Person::Ada, Scope::Read).await;
    let client = [("client_id", link.client_id.as_str()), ("client_secret", &link.client_secret)];
    let form = [client[0], client[1], ("token", &of_ada.refresh_token)];
    assert_eq!(company.post("/rest/oauth2/latest/revoke").form(&form).send().await.unwrap().status(), 200);
    assert!(!works(&of_ada).await);
    let again = authorized(&company, &link, Person::Ada, Scope::Read).await;
    company.jira.revoke_access(Person::Ada);
    assert!(!works(&again).await);
    let of_max = authorized(&company, &link, Person::Max, Scope::Read).await;
    company.jira.set_active(Person::Max, false);
    assert!(!works(&of_max).await);
    company.jira.set_active(Person::Max, true);
    assert!(works(&of_max).await);
    assert!(company.jira.remove_incoming_link(&link.client_id));
    assert!(!works(&of_max).await);
    assert_eq!(refresh(&company, &link, &of_max).await.status(), 401);
}

#[tokio::test]
async fn an_administrator_is_told_what_is_wrong_with_a_link() {
    let company = quarry().await;
    assert!(company.jira.create_incoming_link(" ", CALLBACK, Scope::Read).is_err());
    assert!(company.jira.create_incoming_link("Causeway", "/back", Scope::Read).is_err());
    assert!(company.jira.incoming_links().is_empty());
}
