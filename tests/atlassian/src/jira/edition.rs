//! What Jira Cloud and Jira Data Center write differently about the same things.

use serde_json::{Value, json};

use super::documents;
use crate::people::Person;

/// Which Jira answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Version 3 of the REST API: people by account id, texts as documents.
    Cloud,
    /// Version 2: people by name and key, texts as texts.
    DataCenter,
}

impl Edition {
    /// The version in the path of the REST API.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::DataCenter => "2",
        }
    }

    /// Whether a value will do as a description or comment.
    pub(super) fn accepts_text(self, value: &Value) -> bool {
        match self {
            Self::Cloud => documents::is_document(value),
            Self::DataCenter => value.is_string(),
        }
    }

    /// What it says about a description that will not do.
    pub(super) fn text_complaint(self) -> &'static str {
        match self {
            Self::Cloud => "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
            Self::DataCenter => "Operation value must be a string",
        }
    }

    /// The person an assignee names.
    pub(super) fn person(self, value: &Value) -> Option<Person> {
        let text = |name: &str| value[name].as_str();
        match self {
            Self::Cloud => text("accountId").or_else(|| text("id")).and_then(Person::by_account_id),
            Self::DataCenter => {
                text("name").and_then(Person::by_slug).or_else(|| text("key").and_then(Person::by_user_key))
            }
        }
    }

    /// Who it is, as far as people are told apart.
    pub(super) fn identity(self, person: Person, api: &str) -> Value {
        match self {
            Self::Cloud => json!({
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
