//! What a check of a mapping finds, and what Causeway suggests for what is not covered.

use serde::{Deserialize, Serialize};

use super::{JiraId, StatusCategory};
use crate::{Name, words::words};

words! {
    /// What is wrong with a mapping.
    open MappingFault {
        /// Whether the mapping cannot be saved because of it.
        prevents_saving: bool = true,
    }
    /// A status of the product has no target and is not left on purpose.
    ProductStatusUncovered = "product_status_uncovered", true;
    /// A status of Jira has no target and is not left on purpose.
    JiraStatusUncovered = "jira_status_uncovered", true;
    /// A status that the product does not have.
    ProductStatusUnknown = "product_status_unknown", true;
    /// A status that issues of this type cannot have.
    JiraStatusUnknown = "jira_status_unknown", true;
    /// The same thing is said twice.
    Repeated = "repeated", true;
    /// There is no type of issue, or no status of the product.
    Empty = "empty", true;
    /// The Jira project has no such type of issue.
    IssueTypeUnknown = "issue_type_unknown", true;
    /// Issues of this type need a parent, and tasks have none.
    IssueTypeIsSubtask = "issue_type_is_subtask", true;
    /// Jira wants a field that the mapping has no value for.
    FieldUncovered = "field_uncovered", true;
    /// Jira has no such field for new issues of this type, or does not let it be set.
    FieldUnknown = "field_unknown", true;
    /// A value does not fit its field.
    ValueUnfit = "value_unfit", true;
    /// A priority that Jira does not offer.
    PriorityUnknown = "priority_unknown", true;
    /// Nobody said what a status of the product means, and its name does not tell.
    CategoryUnsaid = "category_unsaid", false;
    /// A status to pass through is one that tasks are mapped to: the issue would look as if it had arrived.
    PassThroughIsTarget = "pass_through_is_target", false;
    /// Out and back again is another status than before, so that a task would change by being sent.
    NotReversible = "not_reversible", false;
    /// The account lacks a permission that the mapping needs.
    PermissionMissing = "permission_missing", false;
    /// A rule that this version does not know.
    WordUnknown = "word_unknown", true;
    /// A list is longer than it may be.
    TooMany = "too_many", true;
}

words! {
    /// A part of a mapping.
    open MappingPart {}
    /// The statuses of the product.
    Statuses = "statuses";
    /// The types of issue.
    IssueTypes = "issue_types";
    /// From the product to Jira.
    Out = "out";
    /// From Jira to the product.
    In = "in";
    /// Values for fields of new issues.
    Fields = "fields";
    /// Values for fields that transitions want.
    TransitionFields = "transition_fields";
    /// Statuses to pass through.
    PassThrough = "pass_through";
    /// Kinds of tasks.
    Kinds = "kinds";
    /// Priorities.
    Priorities = "priorities";
    /// What the account may do.
    Permissions = "permissions";
    /// The rules.
    Rules = "rules";
}

/// Where in a mapping something is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MappingPlace {
    /// The part of the mapping.
    pub part: MappingPart,
    /// The id of the type of issue whose part it is; `null` for parts of the whole mapping.
    pub issue_type: Option<String>,
    /// The status, field, kind, priority or permission that it is about, as the mapping names it; `null` for none.
    pub item: Option<String>,
}

/// Something that a check of a mapping found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MappingFinding {
    /// What it is.
    pub fault: MappingFault,
    /// What it is, in a sentence with the names that people know.
    pub sentence: String,
    /// Where it is.
    pub place: MappingPlace,
    /// Whether the mapping cannot be saved because of it.
    pub prevents_saving: bool,
}

/// What a check of a mapping found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MappingCheck {
    /// What was found, what prevents saving first.
    pub findings: Vec<MappingFinding>,
    /// Whether the mapping can be saved.
    pub can_be_saved: bool,
}

words! {
    /// Why a target is suggested.
    open SuggestionReason {}
    /// Both have the same name, or nearly the same.
    Name = "name";
    /// Both mean the same.
    Category = "category";
}

/// A target that Causeway suggests for a status that is not covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "direction", rename_all = "snake_case")]
pub enum MappingSuggestion {
    /// From the product to Jira.
    Out {
        /// The id of the type of issue.
        issue_type: JiraId,
        /// The status of the product.
        status: Name,
        /// The id of the status of Jira.
        to: JiraId,
        /// Why it is suggested.
        reason: SuggestionReason,
    },
    /// From Jira to the product.
    In {
        /// The id of the type of issue.
        issue_type: JiraId,
        /// The id of the status of Jira.
        status: JiraId,
        /// The status of the product.
        to: Name,
        /// Why it is suggested.
        reason: SuggestionReason,
    },
}

/// Targets that Causeway suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MappingSuggestions {
    /// One for each status that is not covered and for which there is one.
    pub items: Vec<MappingSuggestion>,
    /// What the statuses of the product seem to mean, where nobody said.
    pub categories: Vec<GuessedCategory>,
}

/// What a status of the product seems to mean, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuessedCategory {
    /// The status of the product.
    pub status: Name,
    /// What it seems to mean.
    pub category: StatusCategory,
}
