//! The input of the dialog that creates an API key.

use api::{ConnectionId, KeyScope, Name, NewApiKey, Timestamp, WorkspaceId};

/// What a scope allows, in plain words.
pub(super) const fn plain(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::ConnectionsRead => "See connections",
        KeyScope::ConnectionsWrite => "Rename connections",
        KeyScope::Proxy => "Call Jira through connections",
        KeyScope::Unknown(_) => "Something that a newer version knows",
    }
}

/// Every scope, in the order of the screen.
pub(super) const SCOPES: [KeyScope; 3] = [KeyScope::Proxy, KeyScope::ConnectionsRead, KeyScope::ConnectionsWrite];

/// The expiries to choose from: the value, its words, and the days.
pub(super) const EXPIRIES: [(&str, &str, Option<i64>); 4] = [
    ("30", "In 30 days", Some(30)),
    ("90", "In 90 days", Some(90)),
    ("365", "In a year", Some(365)),
    ("never", "Never", None),
];

/// The input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiKeyDraft {
    /// The name as typed.
    pub(super) name: String,
    /// The chosen scopes.
    pub(super) scopes: Vec<KeyScope>,
    /// The chosen connections; `None` for all.
    pub(super) connections: Option<Vec<ConnectionId>>,
    /// The workspace to bind it to.
    pub(super) workspace: Option<WorkspaceId>,
    /// The days until it expires; `None` for never.
    pub(super) days: Option<i64>,
}

impl Default for ApiKeyDraft {
    fn default() -> Self {
        Self { name: String::new(), scopes: vec![KeyScope::Proxy], connections: None, workspace: None, days: Some(90) }
    }
}

impl ApiKeyDraft {
    /// The request, or the error to show.
    pub(super) fn request(&self, now: Timestamp) -> Result<NewApiKey, String> {
        let name = Name::parse(&self.name).map_err(|refused| refused.to_string())?;
        if self.scopes.is_empty() {
            return Err("Choose at least one thing that the key may do.".to_owned());
        }
        if self.connections.as_ref().is_some_and(Vec::is_empty) {
            return Err("Choose at least one connection, or all.".to_owned());
        }
        let expires_at = self.days.map(|days| now.plus_seconds(days * 86_400));
        Ok(NewApiKey {
            name,
            scopes: self.scopes.clone(),
            connections: self.connections.clone(),
            workspace: self.workspace.clone(),
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_name_and_something_it_may_do_somewhere() {
        let good = ApiKeyDraft { name: "CI".to_owned(), ..ApiKeyDraft::default() };
        assert!(good.request(Timestamp::EPOCH).is_ok());
        assert!(ApiKeyDraft::default().request(Timestamp::EPOCH).is_err());
        assert!(ApiKeyDraft { scopes: Vec::new(), ..good.clone() }.request(Timestamp::EPOCH).is_err());
        assert!(ApiKeyDraft { connections: Some(Vec::new()), ..good }.request(Timestamp::EPOCH).is_err());
    }

    #[test]
    fn a_key_ends_in_ninety_days_unless_chosen_otherwise() {
        let draft = ApiKeyDraft { name: "CI".to_owned(), ..ApiKeyDraft::default() };
        let ends = |draft: &ApiKeyDraft| draft.request(Timestamp::EPOCH).ok().and_then(|key| key.expires_at);
        assert_eq!(ends(&draft), Some(Timestamp::EPOCH.plus_seconds(90 * 86_400)));
        assert_eq!(ends(&ApiKeyDraft { days: None, ..draft }), None);
    }
}
