//! OAuth 1.0a with application links: the consumer signs with its private key (RSA-SHA1), Jira verifies with the public
//! key that an administrator registered. Token secrets are handed out and take no part in any signature.

mod approval;
mod endpoints;
mod links;
mod message;
mod nonces;
mod problem;
mod tokens;
mod verification;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::request::Parts;
use serde::{Deserialize, Serialize};

use super::{At, base_url};
use crate::people::Person;
pub use links::ApplicationLink;
use links::ApplicationLinks;
use message::Message;
pub(crate) use nonces::Nonces;
use problem::Problem;
use tokens::Tokens;

/// What one instance remembers of OAuth 1.0a.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Oauth1 {
    pub(crate) links: ApplicationLinks,
    pub(crate) tokens: Tokens,
}

impl Oauth1 {
    /// Removes a link, and with it every token of that consumer. False if there is none such.
    pub(crate) fn remove_link(&mut self, consumer_key: &str) -> bool {
        self.tokens.forget_consumer(consumer_key);
        self.links.remove(consumer_key)
    }
}

pub(super) fn routes(at: &At) -> Router<At> {
    let broken = middleware::from_fn_with_state(at.clone(), not_found_if_broken);
    Router::new().merge(endpoints::routes()).merge(approval::routes()).route_layer(broken)
}

/// The page that a broken application link answers.
async fn not_found_if_broken(State(at): State<At>, request: Request, next: Next) -> Response {
    if at.read(|installation| installation.settings.application_links_broken) {
        return base_url::nothing_there().await;
    }
    next.run(request).await
}

/// The account of a signed call.
pub(super) fn caller(at: &At, head: &Parts, body: &[u8]) -> Result<Person, Problem> {
    let message = Message::read(at, head, body);
    let consumer = verification::verify(at, &message)?;
    let token = message.demand("oauth_token")?;
    let clock = at.clock();
    at.read(|installation| {
        let names_revoked = installation.settings.names_revoked_tokens;
        let person = installation.oauth1.tokens.opened_by(&consumer, token, clock, names_revoked)?;
        if installation.accounts.is_active(person) { Ok(person) } else { Err(Problem::PermissionDenied) }
    })
}
