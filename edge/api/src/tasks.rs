//! Tasks: what a product has, and the issues of Jira that they become.
//!
//! A product pushes its tasks by an id of its own, the external id. Causeway makes an issue of each, keeps both statuses in
//! step by the project's mapping, and says what does not get through.

mod causes;
mod changes;
mod connection_resync;
mod endpoints;
mod jira_metadata;
mod list;
mod mapping;
mod mapping_check;
mod resync;
mod trial;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use causes::*;
pub use changes::*;
pub use connection_resync::*;
pub use endpoints::*;
pub use jira_metadata::*;
pub use list::*;
pub use mapping::*;
pub use mapping_check::*;
pub use resync::*;
pub use trial::*;

#[cfg(feature = "openapi")]
use crate::openapi::texts::{
    ExternalIdText, IssueText, PropertiesMap, TaskBodyText, TaskLabels, TaskTitle, TaskUrl, TaskVersion,
};
use crate::{Name, ProjectId, TaskId, Timestamp, endpoint::Params, words::words};

/// The most characters of an external id.
pub const EXTERNAL_ID_CHARACTERS: usize = 255;
/// The most characters of a task's title.
pub const TASK_TITLE_CHARACTERS: usize = 1_000;
/// The most characters of a task's body.
pub const TASK_BODY_CHARACTERS: usize = 40_000;
/// The most characters of a task's URL.
pub const TASK_URL_CHARACTERS: usize = 2_048;
/// The most labels of a task.
pub const TASK_LABELS: usize = 50;
/// The most properties of a task.
pub const TASK_PROPERTIES: usize = 50;
/// The most characters of the value of a property.
pub const TASK_PROPERTY_CHARACTERS: usize = 4_000;
/// The most tasks that are pushed at once.
pub const TASKS_AT_ONCE: usize = 100;
/// The most tasks of a project.
pub const TASKS_OF_PROJECT: usize = 100_000;
/// The most tasks of a project that wait for Jira. A push of more is refused for a while (429).
pub const TASKS_WAITING: usize = 20_000;
/// The most bytes of the body of a request that pushes tasks.
pub const TASK_REQUEST_BYTES: usize = 1024 * 1024 - 1;

words! {
    /// How far a task has got.
    #[derive(PartialOrd, Ord)]
    open TaskState {}
    /// It was pushed, and its issue is not created yet.
    Waiting = "waiting";
    /// The answer to its creation was lost. Causeway looks for the issue before it creates one.
    OutcomeUnknown = "outcome_unknown";
    /// Both sides agree.
    InSync = "in_sync";
    /// One side changed, and the other is being told.
    Syncing = "syncing";
    /// Jira did not answer as it should. Causeway tries again by itself.
    Retrying = "retrying";
    /// A person has to do something: see what blocks it.
    Blocked = "blocked";
    /// Both sides changed, in ways that do not agree. A person chooses.
    Conflict = "conflict";
    /// The issue was deleted, or the connection's account may not see it any more.
    Missing = "missing";
    /// The issue was moved to a project of Jira that is not the project's.
    Moved = "moved";
    /// Somebody unlinked it. Pushes are kept, and create no issue.
    Unlinked = "unlinked";
}

/// Which task of which project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskPath {
    /// The project.
    pub id: ProjectId,
    /// The product's id of the task, decoded.
    pub external_id: String,
}

impl Params for TaskPath {
    fn fill(&self, template: &str) -> String {
        template.replace("{id}", self.id.as_str()).replace("{external_id}", &percent_encoded(&self.external_id))
    }

    fn read(values: &[&str]) -> Option<Self> {
        let &[id, external_id] = values else { return None };
        Some(Self { id: ProjectId::parse(id).ok()?, external_id: external_id.to_owned() })
    }

    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
        use utoipa::PartialSchema as _;
        vec![
            ("id", "The id of the project.", ProjectId::schema()),
            ("external_id", "The product's own id of the task, percent-encoded.", ExternalIdText::schema()),
        ]
    }
}

/// All but unreserved characters (RFC 3986, section 2.3) as `%` and two digits, so that a slash is no separator.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
        encoded
    })
}

/// Why a text is not the external id of a task; `None` if it is one.
///
/// `.` and `..` cannot be addressed: every client and server removes them from a path, encoded or not.
pub fn external_id_refused(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("The external id is empty."),
        "." | ".." => Some("The external id must not be . or .., because no address can name it."),
        _ if text.chars().count() > EXTERNAL_ID_CHARACTERS => Some("The external id has more than 255 characters."),
        _ if text.chars().any(char::is_control) => Some("The external id has control characters."),
        _ => None,
    }
}

/// A task as the product pushes it. What is absent is removed from a task that exists, except for the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// What it is, on one line. The summary of the issue.
    #[cfg_attr(feature = "openapi", schema(value_type = TaskTitle))]
    pub title: String,
    /// Its status in the product: one of those that the mapping names.
    pub status: Name,
    /// Where people open it in the product: `http` or `https`. The issue links to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TaskUrl>))]
    pub url: Option<String>,
    /// What it is about, in Markdown. It becomes the description of the issue, and is not kept after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TaskBodyText>))]
    pub body: Option<String>,
    /// What kind of task it is. The mapping says which type of issue it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Name>,
    /// How urgent it is, in the product's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Name>,
    /// Labels of the issue. Blanks in them become `_`, because Jira's labels have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = TaskLabels, required = false))]
    pub labels: Vec<Name>,
    /// Further values by name, which are kept and shown with the task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = PropertiesMap, required = false))]
    pub properties: BTreeMap<String, String>,
    /// When the status changed in the product. A push that is older than what it contradicts moves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// The version that this push replaces; refused (412) if the task has another one. 0: the task must not exist yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TaskVersion>))]
    pub if_version: Option<u32>,
}

/// A task of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchTask {
    /// The product's own id of the task: 1 to 255 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = ExternalIdText))]
    pub external_id: String,
    /// The task itself, as a push of it alone has it.
    pub task: NewTask,
}

/// Tasks that are pushed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskBatch {
    /// At most a hundred tasks, in any order. Each external id at most once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub tasks: Vec<BatchTask>,
}

/// What became of the tasks of a batch, in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskBatchAnswer {
    /// A result for each task.
    pub results: Vec<TaskResult>,
}

/// What became of a task of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskResult {
    /// The external id as it was sent.
    pub external_id: String,
    /// The task as it is stored; `null` if it was refused.
    pub task: Option<Task>,
    /// Why it was refused; `null` if it was stored.
    pub refused: Option<TaskRefused>,
}

/// Why a task was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskRefused {
    /// The code of the problem that a request with this task alone would have been answered.
    pub code: crate::ProblemCode,
    /// What is wrong, in a sentence for people.
    pub detail: String,
}

/// A task, and its issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// The task's id at Causeway.
    pub id: TaskId,
    /// The product's own id of the task.
    pub external_id: String,
    /// What it is.
    pub title: String,
    /// Its status in the product, as last pushed or as Jira last changed it.
    pub status: Name,
    /// Where people open it in the product.
    pub url: Option<String>,
    /// What kind of task it is.
    pub kind: Option<Name>,
    /// How urgent it is, in the product's own words.
    pub priority: Option<Name>,
    /// The task's labels.
    pub labels: Vec<Name>,
    /// Further values by name.
    pub properties: BTreeMap<String, String>,
    /// How far it has got.
    pub state: TaskState,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// What blocks it, and who can end that; `null` if nothing does.
    pub blocked: Option<Blocked>,
    /// When Causeway goes on with it by itself; `null` if nothing is left to do.
    pub next_at: Option<Timestamp>,
    /// The issue of Jira; `null` if there is none yet.
    pub issue: Option<TaskIssue>,
    /// The statuses on which both sides last agreed; `null` if they never did.
    pub base: Option<SyncBase>,
    /// The number of the version; it grows with each push that changes something.
    pub version: u32,
    /// When the product says that the status changed.
    pub changed_at: Option<Timestamp>,
    /// When it was pushed first.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
}

/// The issue of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskIssue {
    /// The issue's id, which never changes.
    pub id: JiraId,
    /// The issue's key, for example `ABC-12`; another one once the issue is moved.
    pub key: String,
    /// Where people open it.
    pub url: String,
    /// The id of its type; `null` until Jira told it.
    pub issue_type: Option<JiraId>,
    /// Its status as last seen; `null` until it was seen.
    pub status: Option<IssueStatus>,
}

/// A status of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueStatus {
    /// The status's id.
    pub id: JiraId,
    /// The name of the status.
    pub name: String,
}

/// The statuses on which both sides last agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncBase {
    /// The task's status.
    pub task: Name,
    /// The issue's status.
    pub issue: IssueStatus,
    /// When they agreed.
    pub at: Timestamp,
}

/// Which issue to link a task to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkTaskRequest {
    /// The id or the key of the issue.
    #[cfg_attr(feature = "openapi", schema(value_type = IssueText))]
    pub issue: String,
}

words! {
    /// Which side of a conflict stands.
    closed Keep {}
    /// The product's status: the issue is moved.
    Product = "product";
    /// Jira's status: the product is told.
    Jira = "jira";
}

/// How a conflict is resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResolveTaskRequest {
    /// Which side stands.
    pub keep: Keep,
}
