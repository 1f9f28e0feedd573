//! Which Data Center instances there are.

use serde::{Deserialize, Serialize};

use crate::people::Person;

/// A Jira that a company runs itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instance {
    /// *Quarry Works*: a current version, with the context path `/jira`. Ada, Bob and Max have accounts.
    Quarry,
    /// *Orchard Foods*: an older version, without a context path. Ada and Bob have accounts.
    Orchard,
}

impl Instance {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Quarry, Self::Orchard];

    /// The name used in addresses and files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Quarry => "quarry",
            Self::Orchard => "orchard",
        }
    }

    /// The server's title, as `serverInfo` tells it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Quarry => "Quarry Works",
            Self::Orchard => "Orchard Foods",
        }
    }

    /// What stands between the host and everything else: `/jira`, or nothing.
    pub fn context_path(self) -> &'static str {
        match self {
            Self::Quarry => "/jira",
            Self::Orchard => "",
        }
    }

    /// The version it begins with.
    pub(crate) fn first_version(self) -> &'static str {
        match self {
            Self::Quarry => "10.3.2",
            Self::Orchard => "9.12.15",
        }
    }

    /// Who has an account.
    pub(crate) fn people(self) -> &'static [Person] {
        match self {
            Self::Quarry => &[Person::Ada, Person::Bob, Person::Max],
            Self::Orchard => &[Person::Ada, Person::Bob],
        }
    }
}
