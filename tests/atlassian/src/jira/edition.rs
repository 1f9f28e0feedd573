//! What Jira Cloud and Jira Data Center write differently about the same things.

use serde_json::{Value, json};

use super::documents;
use crate::people::Person;

/// Which Jira answers, in which version of its REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Version 3: people by account id, texts as documents.
    Cloud,
    /// Version 2 of Cloud: people by account id, texts as texts.
    CloudVersion2,
    /// Version 2: people by name and key, texts as texts.
    DataCenter,
}

impl Edition {
    /// The version in the path of the REST API.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::CloudVersion2 | Self::DataCenter => "2",
        }
    }

    /// A version of Cloud's REST API, as its path names it.
    pub(super) fn of_cloud(version: &str) -> Option<Self> {
        match version {
            "2" => Some(Self::CloudVersion2),
            "3" | "latest" => Some(Self::Cloud),
            _ => None,
        }
    }

    /// A text as the site keeps it: Cloud keeps documents, whichever version wrote them.
    pub(super) fn stored_text(self, sent: &Value) -> Value {
        match (self, sent.as_str()) {
            (Self::CloudVersion2, Some(text)) => documents::of_text(text),
            _ => sent.clone(),
        }
    }

    /// A stored text as this version writes it.
    pub(super) fn written_text(self, stored: &Value) -> Value {
        if self == Self::CloudVersion2 && documents::is_document(stored) {
            documents::text_of(stored).into()
        } else {
            stored.clone()
        }
    }

    /// Whether a value will do as a description or comment.
    pub(super) fn accepts_text(self, value: &Value) -> bool {
        match self {
            Self::Cloud => documents::is_document(value),
            Self::CloudVersion2 | Self::DataCenter => value.is_string(),
        }
    }

    /// What it says about a description that will not do.
    pub(super) fn text_complaint(self) -> &'static str {
        match self {
            Self::Cloud => "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
            Self::CloudVersion2 | Self::DataCenter => "Operation value must be a string",
        }
    }

    /// The person an assignee names.
    pub(super) fn person(self, value: &Value) -> Option<Person> {
        let text = |name: &str| value[name].as_str();
        match self {
            Self::Cloud | Self::CloudVersion2 => {
                text("accountId").or_else(|| text("id")).and_then(Person::by_account_id)
            }
            Self::DataCenter => {
                text("name").and_then(Person::by_slug).or_else(|| text("key").and_then(Person::by_user_key))
            }
        }
    }

    /// The person that a watcher is named by: the account id, or the user name.
    pub(super) fn watcher(self, name: &str) -> Option<Person> {
        match self {
            Self::Cloud | Self::CloudVersion2 => Person::by_account_id(name),
            Self::DataCenter => Person::by_slug(name),
        }
    }

    /// The parameter that names a watcher.
    pub(super) fn watcher_parameter(self) -> &'static str {
        match self {
            Self::Cloud | Self::CloudVersion2 => "accountId",
            Self::DataCenter => "username",
        }
    }

    /// Who it is, as far as people are told apart.
    pub(super) fn identity(self, person: Person, api: &str) -> Value {
        match self {
            Self::Cloud | Self::CloudVersion2 => json!({
                "self": format!("{api}/user?accountId={}", person.account_id()),
                "accountId": person.account_id(),
                "accountType": "atlassian",
            }),
            Self::DataCenter => json!({
                "self": format!("{api}/user?username={}", person.slug()),
                "key": person.user_key(),
                "name": person.slug(),
                "deleted": false,
            }),
        }
    }
}
