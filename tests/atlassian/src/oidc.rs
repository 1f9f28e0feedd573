//! An OIDC issuer: discovery, keys, a page to choose whom to sign in as, tokens, userinfo. It is apart from the
//! Atlassian accounts; each sign-in asks anew.

mod authorize;
mod id_token;
mod tokens;

pub(crate) use id_token::{published_key, signed};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::people::Person;
use crate::resources::{bearer, unauthorized};
use crate::world::{Shared, World};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/oidc/jwks", get(|| async { Json(id_token::keys()) }))
        .route("/oidc/userinfo", get(userinfo).post(userinfo))
        .merge(authorize::routes())
        .merge(tokens::routes())
}

/// What a code of the issuer stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignIn {
    pub(crate) person: Person,
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// What an access token of the issuer opens, and until when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignInSession {
    pub(crate) sign_in: SignIn,
    pub(crate) expires: Moment,
}

async fn discovery(State(world): State<Shared>) -> Json<Value> {
    let issuer = world.url();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oidc/authorize"),
        "token_endpoint": format!("{issuer}/oidc/token"),
        "userinfo_endpoint": format!("{issuer}/oidc/userinfo"),
        "jwks_uri": format!("{issuer}/oidc/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "email", "email_verified", "name", "picture"],
    }))
}

/// What the issuer says about a person, as far as the scopes go.
fn claims(world: &World, sign_in: &SignIn) -> Value {
    let profile = world.read(|state| state.profile(sign_in.person));
    let mut claims = json!({ "sub": format!("model|{}", sign_in.person.slug()) });
    if sign_in.scopes.iter().any(|scope| scope == "email") {
        claims["email"] = json!(profile.email);
        claims["email_verified"] = json!(profile.email_verified);
    }
    if sign_in.scopes.iter().any(|scope| scope == "profile") {
        claims["name"] = json!(profile.name());
        claims["picture"] = json!(format!("{}/avatars/people/{}", world.url(), sign_in.person.slug()));
    }
    claims
}

async fn userinfo(State(world): State<Shared>, headers: HeaderMap) -> Response {
    let session = bearer(&headers).and_then(|token| {
        world.read(|state| state.sign_ins.get(token).filter(|session| state.now() < session.expires).cloned())
    });
    session
        .map_or_else(|| unauthorized("Unauthorized"), |session| Json(claims(&world, &session.sign_in)).into_response())
}
