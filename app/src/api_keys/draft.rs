//! The input of the dialog that creates an API key.

use api::{ConnectionId, KeyScope, Name, NewApiKey, Timestamp, WorkspaceId};

/// What a scope allows, in plain words.
pub(super) const fn plain(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::ConnectionsRead => "See connections",
        KeyScope::ConnectionsWrite => "Rename connections",
        KeyScope::Proxy => "Call Jira through connections",
        KeyScope::TasksRead => "See tasks and their changes",
        KeyScope::TasksWrite => "Push tasks",
        KeyScope::ChartsRead => "See what charts ask",
        KeyScope::Unknown(_) => "A permission of a newer version",
    }
}

/// How long the old key keeps working after a rotation: the seconds and the words.
pub(super) const OVERLAPS: [(u32, &str); 3] =
    [(86_400, "Keep the old key working for 24 hours"), (3_600, "Keep it working for 1 hour"), (0, "End it at once")];

/// Every scope, in the order of the screen.
pub(super) const SCOPES: [KeyScope; 6] = [
    KeyScope::Proxy,
    KeyScope::ConnectionsRead,
    KeyScope::ConnectionsWrite,
    KeyScope::TasksWrite,
    KeyScope::TasksRead,
    KeyScope::ChartsRead,
];

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

/// What is wrong with the input, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    pub(super) name: Option<String>,
    pub(super) scopes: Option<&'static str>,
    pub(super) connections: Option<&'static str>,
}

impl Faults {
    /// The element that takes the focus: of the first field that is wrong.
    pub(super) fn first(&self) -> Option<&'static str> {
        let fields = [
            ("key-name", self.name.is_some()),
            ("key-scopes", self.scopes.is_some()),
            ("key-connections", self.connections.is_some()),
        ];
        fields.into_iter().find(|(_, wrong)| *wrong).map(|(id, _)| id)
    }
}

/// The end of a key that lives so many days; `None` for never.
pub(super) fn end(days: Option<i64>, now: Timestamp) -> Option<Timestamp> {
    days.map(|days| now.plus_seconds(days * 86_400))
}

impl ApiKeyDraft {
    /// What is wrong, each once.
    pub(super) fn faults(&self) -> Faults {
        let none_chosen = self.connections.as_ref().is_some_and(Vec::is_empty);
        Faults {
            name: Name::parse(&self.name).err().map(|refused| refused.to_string()),
            scopes: self.scopes.is_empty().then_some("Choose at least one permission."),
            connections: none_chosen.then_some("Choose at least one connection, or all."),
        }
    }

    /// The request; `None` while something is wrong.
    pub(super) fn request(&self, now: Timestamp) -> Option<NewApiKey> {
        if self.faults() != Faults::default() {
            return None;
        }
        Some(NewApiKey {
            name: Name::parse(&self.name).ok()?,
            scopes: self.scopes.clone(),
            connections: self.connections.clone(),
            workspace: self.workspace.clone(),
            expires_at: end(self.days, now),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_name_and_something_it_may_do_somewhere() {
        let good = ApiKeyDraft { name: "CI".to_owned(), ..ApiKeyDraft::default() };
        assert!(good.request(Timestamp::EPOCH).is_some());
        assert_eq!(ApiKeyDraft::default().faults().first(), Some("key-name"));
        for (bad, first) in [
            (ApiKeyDraft::default(), "key-name"),
            (ApiKeyDraft { scopes: Vec::new(), ..good.clone() }, "key-scopes"),
            (ApiKeyDraft { connections: Some(Vec::new()), ..good }, "key-connections"),
        ] {
            assert_eq!((bad.request(Timestamp::EPOCH), bad.faults().first()), (None, Some(first)));
        }
    }

    #[test]
    fn every_overlap_that_is_offered_is_one_that_the_edge_takes() {
        assert!(OVERLAPS.iter().all(|(seconds, _)| *seconds <= api::KEY_OVERLAP_SECONDS));
    }

    #[test]
    fn a_key_ends_in_ninety_days_unless_chosen_otherwise() {
        let draft = ApiKeyDraft { name: "CI".to_owned(), ..ApiKeyDraft::default() };
        let ends = |draft: &ApiKeyDraft| draft.request(Timestamp::EPOCH).and_then(|key| key.expires_at);
        assert_eq!(ends(&draft), Some(Timestamp::EPOCH.plus_seconds(90 * 86_400)));
        assert_eq!(ends(&ApiKeyDraft { days: None, ..draft }), None);
    }
}
