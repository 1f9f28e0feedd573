//! The app at Atlassian that viewers consent to: one of their own that may only read, or that of connections.

use api::Finding;

use super::{Atlassian, Configuration, finding};
use crate::grant::CloudClient;

/// The scopes of viewers: reading alone.
pub const VIEWER_SCOPES: &[&str] = &["read:jira-work", "read:jira-user", "read:me", "offline_access"];

impl Configuration {
    /// The same for viewers: with the client that may only read, or where there is none with the first one.
    pub fn viewer_atlassian(&self) -> Result<Atlassian<'_>, &Finding> {
        let (client_id, client_secret) = match &self.viewer_client {
            Ok(Some((id, secret))) => (id.as_str(), secret.as_str()),
            Ok(None) => return self.atlassian(),
            Err(finding) => return Err(finding),
        };
        Ok(Atlassian {
            auth_url: self.auth_url.as_ref()?,
            api_url: self.api_url.as_ref()?,
            client_id,
            client_secret,
            scopes: VIEWER_SCOPES,
        })
    }

    /// Which client viewers consent to.
    pub const fn viewers_use(&self) -> CloudClient {
        match self.viewer_client {
            Ok(None) => CloudClient::First,
            Ok(Some(_)) | Err(_) => CloudClient::Viewers,
        }
    }

    /// The values that calls to Atlassian with one of the clients need.
    pub fn atlassian_of(&self, client: CloudClient) -> Result<Atlassian<'_>, &Finding> {
        match client {
            CloudClient::First => self.atlassian(),
            CloudClient::Viewers => self.viewer_atlassian(),
        }
    }

    /// What the operator should change about it.
    pub(super) fn viewer_advice(&self) -> Option<Finding> {
        let advice = finding(
            "ATLASSIAN_VIEWER_CLIENT_ID",
            "is not set, so whoever looks at a chart is asked for every scope of the first app, and Atlassian lists that app \
             in their account. Register a second app with the scopes read:jira-work, read:jira-user, read:me and \
             offline_access, and set this and ATLASSIAN_VIEWER_CLIENT_SECRET.",
        );
        let is_shared = self.client_id.is_ok() && matches!(self.viewer_client, Ok(None));
        is_shared.then_some(advice)
    }
}

/// The second app is optional, but half of it is a mistake.
pub(super) fn viewer_client(
    has_id: bool,
    has_secret: bool,
    read: impl FnOnce() -> Result<(String, String), Finding>,
) -> Result<Option<(String, String)>, Finding> {
    match (has_id, has_secret) {
        (false, false) => Ok(None),
        _ => read().map(Some),
    }
}
