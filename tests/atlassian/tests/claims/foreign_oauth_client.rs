//! The token endpoint, tested with the `oauth2` crate as a client that we did not write.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse, TokenUrl,
};

use crate::asking::{Asking, Browser, CALLBACK, SCOPES, a_model, client, parameter, redirect_of};

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn foreign_client(asking: &Asking, secret: &str) -> Client {
    BasicClient::new(ClientId::new("causeway-development".into()))
        .set_client_secret(ClientSecret::new(secret.into()))
        .set_auth_uri(AuthUrl::new(asking.url("/authorize")).unwrap())
        .set_token_uri(TokenUrl::new(asking.url("/oauth/token")).unwrap())
        .set_redirect_uri(RedirectUrl::new(CALLBACK.into()).unwrap())
        .set_auth_type(AuthType::RequestBody)
}

/// The client's messages over a real socket.
pub(crate) async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let response = client().execute(reqwest::Request::try_from(request)?).await?;
    let mut answer = http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(response.bytes().await?.to_vec()).expect("what came over HTTP is HTTP"))
}

/// Through the consent page to a code, as that client would send a person there.
async fn consented(asking: &Asking, client: &Client) -> (AuthorizationCode, PkceCodeVerifier) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, csrf) = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(SCOPES.split(' ').map(|scope| Scope::new(scope.into())))
        .add_extra_param("audience", "api.atlassian.com")
        .add_extra_param("prompt", "consent")
        .set_pkce_challenge(challenge)
        .url();
    let browser = Browser::of(asking, Person::Ada).await;
    let back = redirect_of(&browser.decide(url.query().unwrap(), "accept", &[HARBOUR]).await);
    assert_eq!(parameter(&back, "state").as_ref(), Some(csrf.secret()));
    (AuthorizationCode::new(parameter(&back, "code").unwrap()), verifier)
}

async fn authorized(asking: &Asking, client: &Client) -> BasicTokenResponse {
    let (code, verifier) = consented(asking, client).await;
    client.exchange_code(code).set_pkce_verifier(verifier).request_async(&send).await.unwrap()
}

#[tokio::test]
async fn a_standard_client_authorizes_with_pkce_and_refreshes() {
    let asking = a_model().await;
    let client = foreign_client(&asking, "development-only-atlassian-secret");
    let tokens = authorized(&asking, &client).await;
    assert_eq!(tokens.expires_in(), Some(std::time::Duration::from_hours(1)));
    assert_eq!(tokens.scopes().unwrap().len(), 5);
    assert_eq!(asking.get("/me", tokens.access_token().secret()).await.status(), 200);
    let next = client.exchange_refresh_token(tokens.refresh_token().unwrap()).request_async(&send).await.unwrap();
    assert_ne!(next.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
}

#[tokio::test]
async fn a_standard_client_reads_the_refusals() {
    let asking = a_model().await;
    let client = foreign_client(&asking, "development-only-atlassian-secret");
    let tokens = authorized(&asking, &client).await;
    asking.model.revoke_consent(Person::Ada);
    let refused = client.exchange_refresh_token(tokens.refresh_token().unwrap()).request_async(&send).await;
    let Err(RequestTokenError::ServerResponse(words)) = refused else { panic!("not an OAuth error: {refused:?}") };
    assert_eq!(words.error().as_ref(), "invalid_grant");

    let stranger = foreign_client(&asking, "wrong");
    let refused = stranger.exchange_refresh_token(tokens.refresh_token().unwrap()).request_async(&send).await;
    let Err(RequestTokenError::ServerResponse(words)) = refused else { panic!("not an OAuth error: {refused:?}") };
    assert_eq!(words.error().as_ref(), "access_denied");
}

#[tokio::test]
async fn a_wrong_verifier_buys_nothing() {
    let asking = a_model().await;
    let client = foreign_client(&asking, "development-only-atlassian-secret");
    let (code, _) = consented(&asking, &client).await;
    let (_, other) = PkceCodeChallenge::new_random_sha256();
    assert!(client.exchange_code(code).set_pkce_verifier(other).request_async(&send).await.is_err());
}
