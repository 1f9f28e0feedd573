//! Forge: the keys and tokens by which the platform vouches for an app's requests, a host page that shows the app in frames
//! as Confluence does, and what the platform tells when the app is removed.
//!
//! Tokens are as those seen in production. The host page has the attributes of Forge's frames, and serves the app under the
//! policy that Atlassian's own package makes from the manifest; that policy lies beside the built app.

pub(crate) mod confluence;
mod host;
mod product;
mod remote;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::model::Model;
use crate::oidc::{published_key, signed};
use crate::people::Person;
use crate::random;
use crate::sites::HARBOUR;
use crate::world::{Shared, World};

/// The id of the key that signs invocation tokens.
const KEY_ID: &str = "forge/invocation-token/model-1";
/// The installation of the app on *Harbour Logistics*.
const INSTALLATION: &str = "ari:cloud:ecosystem::installation/0f0f0f0f-0000-4000-8000-000000000001";
/// How long a token lives, in seconds.
const LIFE: u64 = 25;

pub(crate) fn routes() -> Router<Shared> {
    let pages = host::routes().merge(confluence::routes()).merge(product::routes());
    Router::new().route("/forge/jwks.json", get(keys)).merge(pages).merge(remote::routes())
}

async fn keys(State(_): State<Shared>) -> Response {
    Json(json!({ "keys": [published_key(KEY_ID)] })).into_response()
}

/// Who looks at a page with the app, and where.
#[derive(Clone, Copy, Debug)]
pub struct Viewing<'a> {
    /// Who looks; nobody for an anonymous reader.
    pub person: Option<Person>,
    /// The key of the module.
    pub module: &'a str,
    /// The id of the page.
    pub page: &'a str,
}

/// What a token says of the app and its installation.
fn app(world: &World, module: &str, kind: &str) -> Value {
    let id = &world.options.forge_app_id;
    json!({
        "id": id, "version": "1.0.0", "installationId": INSTALLATION, "apiBaseUrl": "https://api.atlassian.com",
        "environment": { "type": "PRODUCTION", "id": "00000000-0000-4000-8000-00000000000e" },
        "module": { "type": kind, "key": module },
        "installation": { "id": INSTALLATION, "contexts": [{
            "name": format!("ari:cloud:confluence::site/{HARBOUR}"),
            "apiBaseUrl": format!("https://api.atlassian.com/ex/confluence/{HARBOUR}"), "cloudId": HARBOUR,
        }] },
    })
}

fn token(world: &World, mut claims: Value) -> String {
    let now = world.now().0;
    claims["iss"] = "forge/invocation-token".into();
    claims["aud"] = world.options.forge_app_id.as_str().into();
    (claims["iat"], claims["nbf"], claims["exp"]) = (now.into(), now.into(), (now + LIFE).into());
    claims["jti"] = random::opaque(16).into();
    signed(KEY_ID, &claims)
}

/// The token of a request that somebody's page makes.
fn token_of_page(world: &World, viewing: &Viewing) -> String {
    let account = viewing.person.map(Person::account_id);
    let mut context = json!({
        "cloudId": HARBOUR, "localId": "model", "moduleKey": viewing.module, "siteUrl": "https://harbour.atlassian.net",
        "environmentType": "PRODUCTION", "userAccess": { "enabled": true, "hasAccess": account.is_some() },
        "extension": { "type": "macro", "content": { "id": viewing.page, "type": "page" }, "space": { "id": "1", "key": "HAR" } },
    });
    if let Some(account) = account {
        context["accountId"] = account.into();
        context["accountType"] = "licensed".into();
    }
    token(world, json!({ "principal": account, "app": app(world, viewing.module, "xen:macro"), "context": context }))
}

/// The token of what the platform tells by itself.
fn token_of_platform(world: &World, module: &str) -> String {
    token(world, json!({ "principal": null, "app": app(world, module, "core:trigger") }))
}

/// Where Causeway is, which the app's manifest names as its remote.
fn remote(world: &World) -> String {
    world.options.sign_in_callback_url.trim_end_matches("/sign-in/callback").to_owned()
}

impl Model {
    /// The address of a page that shows these charts to somebody, each in a frame of its own.
    pub fn forge_page(&self, person: Option<Person>, charts: &[&str]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("person", person.map_or("", Person::slug));
        for chart in charts {
            query.append_pair("chart", chart);
        }
        format!("http://localhost:{}/forge/page?{}", self.world.address.port(), query.finish())
    }

    /// A token as the platform makes for a page that somebody looks at.
    pub fn invocation_token(&self, viewing: &Viewing) -> String {
        token_of_page(&self.world, viewing)
    }

    /// Removes the app from the site: the platform tells the remote. Answers the status of its answer.
    ///
    /// # Errors
    /// If the remote does not answer.
    pub async fn uninstalls_the_forge_app(&self) -> Result<u16, String> {
        let token = token_of_platform(&self.world, "leaving");
        let call = remote::Call { method: "POST", path: "/forge/v1/uninstalling", token: &token, reader: None };
        let told = remote::send(&self.world, call, "{}".into()).await?;
        Ok(told.status)
    }
}

/// A file of the built app.
fn file(world: &World, name: &str) -> Option<Vec<u8>> {
    let folder = world.options.forge_app.as_deref()?;
    let is_plain = name.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
    if is_plain { std::fs::read(folder.join(name)).ok() } else { None }
}
