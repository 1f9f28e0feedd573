//! The four scopes. Each includes those before it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a token may do, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// See what the person sees.
    Read,
    /// Change what the person may change.
    Write,
    /// Administer Jira, if the person does.
    Admin,
    /// Administer the system, if the person does.
    SystemAdmin,
}

impl Scope {
    /// From the least to the most.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Admin, Self::SystemAdmin];

    /// The name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Admin => "ADMIN",
            Self::SystemAdmin => "SYSTEM_ADMIN",
        }
    }

    /// What the approval page says.
    pub(super) fn in_plain_words(self) -> &'static str {
        match self {
            Self::Read => "View projects and issues",
            Self::Write => "Create, update, and delete projects and issues",
            Self::Admin => "Administer Jira",
            Self::SystemAdmin => "Administer the system Jira runs on",
        }
    }

    /// The highest scope of a list; none if the list is empty or has an unknown scope, such as one of Cloud.
    pub(super) fn most_of(list: &str) -> Option<Self> {
        let named = |name: &str| Self::ALL.into_iter().find(|scope| scope.name() == name);
        let scopes: Option<Vec<Self>> = list.split_whitespace().map(named).collect();
        scopes?.into_iter().max()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_asks_for_the_most_it_names_and_scopes_of_cloud_are_none() {
        assert_eq!(Scope::most_of("READ WRITE"), Some(Scope::Write));
        assert_eq!(Scope::most_of("read:jira-work"), None);
        assert_eq!(Scope::most_of("READ offline_access"), None);
        assert_eq!(Scope::most_of(""), None);
        assert!(Scope::SystemAdmin > Scope::Admin && Scope::Admin > Scope::Write);
    }
}
