//! Incoming links of external applications: what a Jira administrator fills in, and the id and secret they get for it.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Scope;
use crate::random;

/// One client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingLink {
    /// What the approval page calls the client.
    pub name: String,
    /// The one address people are sent back to.
    pub redirect_url: String,
    /// The most that it may ask for.
    pub permission: Scope,
    /// Made up by Jira.
    pub client_id: String,
    /// Made up by Jira.
    pub client_secret: String,
}

/// All links of an instance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct IncomingLinks(Vec<IncomingLink>);

impl IncomingLinks {
    pub(crate) fn all(&self) -> &[IncomingLink] {
        &self.0
    }

    /// A new link. `Err` is a sentence for who filled it in.
    pub(crate) fn create(&mut self, name: &str, url: &str, permission: Scope) -> Result<IncomingLink, String> {
        if name.trim().is_empty() {
            return Err("Give the link a name.".into());
        }
        if Url::parse(url).is_err() {
            return Err("The redirect URL must be a whole address.".into());
        }
        let link = IncomingLink {
            name: name.trim().to_owned(),
            redirect_url: url.to_owned(),
            permission,
            client_id: random::opaque(24),
            client_secret: random::opaque(48),
        };
        self.0.push(link.clone());
        Ok(link)
    }

    pub(super) fn of(&self, client_id: &str) -> Option<&IncomingLink> {
        self.0.iter().find(|link| link.client_id == client_id)
    }

    /// False if there is none such.
    pub(super) fn remove(&mut self, client_id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|link| link.client_id != client_id);
        self.0.len() < before
    }
}
