//! What a Jira project offers to tasks: types of issue with their statuses and fields, and what the account may do there.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::FIELD_VALUE_CHARACTERS;
use crate::{Timestamp, words::words};

/// An id of Jira: of a type of issue, a status, a field, an issue, an option. 1 to 255 visible ASCII characters.
///
/// Jira writes most of them in digits; fields have names such as `customfield_10010`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JiraId(String);

impl JiraId {
    /// The most characters of an id.
    pub const MAX_LENGTH: usize = 255;

    /// Takes an id as Jira writes it; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (plain && (1..=Self::MAX_LENGTH).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The id as Jira writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JiraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for JiraId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not an id of Jira: 1 to 255 visible ASCII characters"))
    }
}

/// A value for a field, 1 to 32,767 characters. Line breaks are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldText(String);

impl FieldText {
    /// Takes a text; `None` if it is empty or too long.
    pub fn parse(text: &str) -> Option<Self> {
        (1..=FIELD_VALUE_CHARACTERS).contains(&text.chars().count()).then(|| Self(text.to_owned()))
    }

    /// The text as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for FieldText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a value of a field has 1 to 32,767 characters"))
    }
}

words! {
    /// What a status means, whatever it is called.
    open StatusCategory {}
    /// Work has not begun. Jira calls it *To Do*.
    ToDo = "to_do";
    /// Work is under way.
    InProgress = "in_progress";
    /// Nothing is left to do.
    Done = "done";
}

words! {
    /// What the values of a field are.
    open FieldForm {}
    /// Text on one line.
    Text = "text";
    /// Text of several lines. In Jira Cloud it becomes a document, from Markdown.
    LongText = "long_text";
    /// A number, written in digits with a point.
    Number = "number";
    /// A date, such as `2026-11-22`, or a date and time as Jira writes them.
    Date = "date";
    /// One option, by id.
    Option = "option";
    /// Options, by id.
    Options = "options";
    /// Texts without spaces, such as labels.
    Texts = "texts";
    /// A person, by account id; in Jira Data Center by user name.
    User = "user";
    /// A form that Causeway has no values for. A field of this form is left to Jira.
    Other = "other";
}

/// What a Jira project offers, as Jira told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraMetadata {
    /// The types of issue that the account may create there.
    pub issue_types: Vec<JiraIssueType>,
    /// Fields that transitions ask for and new issues do not, with the values that Jira knows: the resolution.
    #[serde(default)]
    pub transition_fields: Vec<JiraField>,
    /// What the account may do in the project, of what Causeway needs.
    pub permissions: Vec<JiraPermission>,
    /// When Jira was asked.
    pub read_at: Timestamp,
}

/// A type of issue in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraIssueType {
    /// Its id in Jira.
    pub id: JiraId,
    /// What it is called.
    pub name: String,
    /// Whether its issues are parts of another one. Tasks have no parent, so they cannot become such issues.
    pub is_subtask: bool,
    /// The statuses that its issues can have.
    pub statuses: Vec<JiraStatus>,
    /// The fields that can be set when one is created.
    pub fields: Vec<JiraField>,
}

/// A status of issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraStatus {
    /// Its id in Jira.
    pub id: JiraId,
    /// What it is called.
    pub name: String,
    /// What it means; `null` if Jira does not say.
    pub category: Option<StatusCategory>,
}

/// A field that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraField {
    /// Its id, such as `priority` or `customfield_10010`.
    pub id: JiraId,
    /// What it is called.
    pub name: String,
    /// Whether Jira refuses an issue without it.
    pub is_required: bool,
    /// Whether Jira fills it in by itself.
    pub has_default: bool,
    /// What its values are.
    pub form: FieldForm,
    /// The values to choose from; empty if any may be written, or if Jira does not list them.
    pub options: Vec<JiraOption>,
}

/// A value that a field can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraOption {
    /// Its id in Jira.
    pub id: JiraId,
    /// What it is called.
    pub name: String,
}

/// A permission in a Jira project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraPermission {
    /// Its key, such as `CREATE_ISSUES`.
    pub key: String,
    /// Whether the account has it.
    pub is_granted: bool,
}

impl JiraMetadata {
    /// A type of issue, by id.
    pub fn issue_type(&self, id: &JiraId) -> Option<&JiraIssueType> {
        self.issue_types.iter().find(|one| one.id == *id)
    }
}

impl JiraIssueType {
    /// A status, by id.
    pub fn status(&self, id: &JiraId) -> Option<&JiraStatus> {
        self.statuses.iter().find(|one| one.id == *id)
    }

    /// A field, by id.
    pub fn field(&self, id: &str) -> Option<&JiraField> {
        self.fields.iter().find(|one| one.id.as_str() == id)
    }
}
