//! The OAuth 2.0 provider, with its quirks: codes that live ten seconds, a token endpoint that takes forms only, and
//! refreshes that must repeat the redirect address and end what came before at once.

mod approval;
mod grants;
mod links;
mod question;
mod scope;
mod token_endpoint;

use std::time::Duration;

use axum::Router;
use serde::{Deserialize, Serialize};

use super::At;
use crate::clock::Moment;
use crate::codes::{Code, Codes};
use crate::people::Person;
use crate::random;
use grants::Grants;
pub use grants::Oauth2Grant;
pub use links::IncomingLink;
use links::IncomingLinks;
pub use scope::Scope;

/// How long a code can be exchanged.
const CODE_LIFE: Duration = Duration::from_secs(10);

/// What one instance remembers of OAuth 2.0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Oauth2 {
    pub(crate) links: IncomingLinks,
    pub(crate) codes: Codes<Approved>,
    pub(crate) grants: Grants,
}

/// What a person allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Approved {
    pub(crate) client_id: String,
    pub(crate) person: Person,
    pub(crate) scope: Scope,
    pub(crate) redirect_uri: String,
}

impl Oauth2 {
    /// Keeps what was allowed, and returns the code for it.
    pub(crate) fn allow(&mut self, approved: Approved, challenge: Option<String>, now: Moment) -> String {
        let (code, redirect_uri) = (random::opaque(32), approved.redirect_uri.clone());
        self.codes.keep(code.clone(), Code { redirect_uri, challenge, issued: now, stands_for: approved });
        code
    }

    /// Removes a link, and with it every token of that client. False if there is none such.
    pub(crate) fn remove_link(&mut self, client_id: &str) -> bool {
        self.codes.forget(|approved| approved.client_id == client_id);
        self.grants.end(|grant| grant.client_id == client_id);
        self.links.remove(client_id)
    }

    /// Ends everything that a person allowed.
    pub(crate) fn revoke(&mut self, person: Person) {
        self.codes.forget(|approved| approved.person == person);
        self.grants.end(|grant| grant.person == person);
    }
}

pub(super) fn routes() -> Router<At> {
    Router::new().merge(approval::routes()).merge(token_endpoint::routes())
}
