//! The issuer against the `openidconnect` crate: discovery, keys, and every check of an ID token.

use atlassian::{IdTokenFlaw, Person};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, RedirectUrl, Scope, TokenResponse,
};
use url::Url;

use crate::asking::{Asking, SIGN_IN_CALLBACK, a_model, parameter, redirect_of};
use crate::foreign_oauth_client::send;

/// Goes the whole way, and says where it ended if it did not end well.
async fn sign_in(
    asking: &Asking,
    person: Person,
    how: AuthType,
) -> Result<(CoreIdTokenClaims, CoreUserInfoClaims), String> {
    let issuer = IssuerUrl::new(asking.model.url()).unwrap();
    let metadata = CoreProviderMetadata::discover_async(issuer, &send).await.map_err(|error| error.to_string())?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new("causeway".into()),
        Some(ClientSecret::new("development-only-oidc-secret".into())),
    )
    .set_redirect_uri(RedirectUrl::new(SIGN_IN_CALLBACK.into()).unwrap())
    .set_auth_type(how);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (url, csrf, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.into())))
        .set_pkce_challenge(challenge)
        .url();
    let back = chosen(asking, &url, person).await;
    assert_eq!(parameter(&back, "state").as_ref(), Some(csrf.secret()));
    let code = AuthorizationCode::new(parameter(&back, "code").unwrap());
    let request = client.exchange_code(code).map_err(|error| error.to_string())?.set_pkce_verifier(verifier);
    let tokens = request.request_async(&send).await.map_err(|error| error.to_string())?;
    let id_token = tokens.id_token().unwrap();
    let claims = id_token.claims(&client.id_token_verifier(), &nonce).map_err(|error| error.to_string())?.clone();
    let subject = Some(claims.subject().clone());
    let request = client.user_info(tokens.access_token().clone(), subject).map_err(|error| error.to_string())?;
    let info = request.request_async(&send).await.map_err(|error| error.to_string())?;
    Ok((claims, info))
}

/// The page shows everybody; this one is chosen.
async fn chosen(asking: &Asking, url: &Url, person: Person) -> Url {
    let page = asking.http.get(url.as_str()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains(person.name()));
    decided(asking, url.query().unwrap(), person.slug()).await
}

async fn decided(asking: &Asking, question: &str, person: &str) -> Url {
    let form = [("question", question), ("person", person)];
    redirect_of(&asking.http.post(asking.url("/oidc/authorize/decision")).form(&form).send().await.unwrap())
}

#[tokio::test]
async fn a_standard_client_signs_people_in_by_either_way_of_showing_its_secret() {
    let asking = a_model().await;
    for how in [AuthType::BasicAuth, AuthType::RequestBody] {
        let (claims, info) = sign_in(&asking, Person::Ada, how).await.unwrap();
        assert_eq!(claims.email().unwrap().as_str(), "ada@example.com");
        assert_eq!(claims.email_verified(), Some(true));
        assert_eq!(claims.name().unwrap().get(None).unwrap().as_str(), "Ada Admin");
        assert_eq!(info.email().unwrap().as_str(), "ada@example.com");
    }
}

#[tokio::test]
async fn nobody_vouches_for_umas_address() {
    let asking = a_model().await;
    let (claims, _) = sign_in(&asking, Person::Uma, AuthType::BasicAuth).await.unwrap();
    assert_eq!(claims.email_verified(), Some(false));
    asking.model.set_email(Person::Uma, "ada@example.com", false);
    let (claims, _) = sign_in(&asking, Person::Uma, AuthType::BasicAuth).await.unwrap();
    assert_eq!((claims.email().unwrap().as_str(), claims.email_verified()), ("ada@example.com", Some(false)));
}

#[tokio::test]
async fn a_standard_client_refuses_every_flaw_that_can_be_ordered() {
    let asking = a_model().await;
    for (flaw, word) in [
        (IdTokenFlaw::WrongNonce, "nonce"),
        (IdTokenFlaw::WrongAudience, "audience"),
        (IdTokenFlaw::WrongIssuer, "issuer"),
        (IdTokenFlaw::Expired, "expired"),
        (IdTokenFlaw::WrongSignature, "ignature"),
    ] {
        asking.model.change_settings(|settings| settings.id_token_flaw = flaw);
        let refused = sign_in(&asking, Person::Ada, AuthType::BasicAuth).await.unwrap_err();
        assert!(refused.contains(word), "{flaw:?}: {refused}");
    }
}

#[tokio::test]
async fn cancelling_is_told_to_the_client_and_a_wrong_redirect_only_to_the_person() {
    let asking = a_model().await;
    let question = |redirect: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("client_id", "causeway"), ("redirect_uri", redirect), ("response_type", "code")]);
        query.extend_pairs([("scope", "openid"), ("state", "s")]).finish()
    };
    let back = decided(&asking, &question(SIGN_IN_CALLBACK), "").await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    let url = asking.url(&format!("/oidc/authorize?{}", question("https://evil.example")));
    assert_eq!(asking.http.get(url).send().await.unwrap().status(), 400);
}
