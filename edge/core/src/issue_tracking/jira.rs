//! Jira's language, as far as tasks need it: requests as path and body, answers as small structs. Members that are not
//! known are ignored; an answer that cannot be read is `None`, never a guess.
//!
//! Cloud is spoken to in version 3, with documents for long texts; Data Center in version 2, with wiki markup. Out of
//! scope: sending, credentials and rate limits.

mod comment;
mod events;
mod issue;
mod metadata;
mod refusal;
mod requests;
mod transition;

pub use comment::JiraComment;
pub use events::{
    JiraEvent, ListedWebhook, SubscriptionSpec, delete_webhook, list_webhooks, read_refreshed, read_registered,
    refresh_webhook,
};
pub use issue::{BulkFetch, FoundIssue, JiraIssue, NextPage, SearchPage, TaskMark};
pub use metadata::{CreatablePage, FieldPage, TypeStatuses, needed_permissions, read_permissions, read_resolutions};
pub use refusal::JiraRefusal;
pub use requests::{FETCHED_AT_ONCE, JiraRequest, JiraVersion, Page, objects};
pub use transition::{OfferedTransition, TransitionList};

use api::{JiraStatus, StatusCategory};
use serde::{Deserialize, Deserializer};

/// The key of the entity property that marks an issue as made for a task.
pub const MARK_PROPERTY: &str = "causeway";

/// A status, as Jira writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenStatus {
    #[serde(deserialize_with = "id")]
    id: api::JiraId,
    #[serde(default)]
    name: String,
    status_category: Option<WrittenCategory>,
}

/// The category of a status. Its key is the same in every language.
#[derive(Deserialize)]
struct WrittenCategory {
    #[serde(default)]
    key: String,
}

impl From<WrittenStatus> for JiraStatus {
    fn from(written: WrittenStatus) -> Self {
        let category = written.status_category.and_then(|category| match category.key.as_str() {
            "new" => Some(StatusCategory::ToDo),
            "indeterminate" => Some(StatusCategory::InProgress),
            "done" => Some(StatusCategory::Done),
            _ => None,
        });
        Self { id: written.id, name: written.name, category }
    }
}

/// An id, which Jira writes as a text in most places and as a number in some.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<api::JiraId, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Number(u64),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Number(number) => number.to_string(),
    };
    api::JiraId::parse(&text).ok_or_else(|| serde::de::Error::custom("not an id of Jira"))
}

/// An id that may be absent.
fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<api::JiraId>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] api::JiraId);
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| id.0))
}
