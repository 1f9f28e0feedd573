//! The mapping: how the tasks of a project become issues of its Jira project, and how statuses follow each other.
//!
//! Types, statuses, priorities and fields of Jira are named by id, because names change and the same name stands for
//! several statuses. What the product names (statuses, kinds, priorities) is compared as written. A mapping is stored
//! as it is sent, so its parts ignore fields that this version does not know.

use serde::{Deserialize, Serialize};

use super::{FieldForm, FieldText, JiraId, StatusCategory};
use crate::{
    Name,
    words::{Known, words},
};

/// The most statuses that an issue is moved through on its way to the one that it should have, the last included.
pub const WALK_STEPS: usize = 4;
/// The most entries of any list in a mapping.
pub const MAPPING_ENTRIES: usize = 200;
/// The most characters of a value for a field.
pub const FIELD_VALUE_CHARACTERS: usize = 32_767;

/// How tasks become issues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// Generated clients in Python would take a class `Mapping` for that of the standard library.
#[cfg_attr(feature = "openapi", schema(as = TaskMapping))]
pub struct Mapping {
    /// The statuses that tasks can have in the product. A task with another one is refused.
    pub statuses: Vec<ProductStatus>,
    /// The types of issue that tasks become, each with its statuses.
    pub issue_types: Vec<IssueTypeMapping>,
    /// Which kind of task becomes which type of issue. Kinds that are not listed become the first type of `issue_types`.
    #[serde(default)]
    pub kinds: Vec<KindTarget>,
    /// Which priority of a task becomes which priority of Jira. Those that are not listed are left to Jira.
    #[serde(default)]
    pub priorities: Vec<PriorityTarget>,
    /// Which labels issues get.
    #[serde(default)]
    pub labels: LabelRule,
    /// When Causeway comments on an issue.
    #[serde(default)]
    pub comments: CommentRule,
    /// Whether the feed has the comments that others write on issues in Jira. Those that are restricted to a group or a role,
    /// and internal notes, are left out.
    #[serde(default)]
    pub comments_from_jira: bool,
}

/// A status that tasks can have in the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductStatus {
    /// The status, as the product writes it.
    pub status: Name,
    /// What it means, for suggestions; `null` if nobody said.
    #[serde(default)]
    pub category: Option<StatusCategory>,
}

/// How statuses of one type of issue and those of tasks follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueTypeMapping {
    /// The id of the type of issue.
    pub issue_type: JiraId,
    /// From the product to Jira: where an issue goes when its task changes.
    pub out: Vec<OutRule>,
    /// From Jira to the product: what a task becomes when its issue moves.
    #[serde(rename = "in")]
    pub inward: Vec<InRule>,
    /// Values for fields that Jira wants when an issue is created and the task does not have.
    #[serde(default)]
    pub fields: Vec<FieldValue>,
    /// Values for fields that Jira wants when an issue moves, such as a resolution.
    #[serde(default)]
    pub transition_fields: Vec<TransitionField>,
    /// Statuses that an issue may be moved through where no transition leads directly to its target, by id.
    #[serde(default)]
    pub pass_through: Vec<JiraId>,
    /// What happens when both sides changed and do not agree.
    #[serde(default)]
    pub on_conflict: ConflictRule,
    /// What happens when a task opens again whose issue is done.
    #[serde(default)]
    pub on_reopen: ReopenRule,
}

/// Where an issue goes when its task has a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutRule {
    /// The status of the task.
    pub status: Name,
    /// The id of the status that the issue gets; `null` leaves the issue where it is.
    pub to: Option<JiraId>,
}

/// What a task becomes when its issue has a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InRule {
    /// The id of the status of the issue.
    pub status: JiraId,
    /// The status that the product is told; `null` leaves the task as it is.
    pub to: Option<Name>,
}

/// The type of issue that a kind of task becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KindTarget {
    /// The kind of task, as the product writes it.
    pub kind: Name,
    /// The id of the type of issue, one of the mapping's types.
    pub issue_type: JiraId,
}

/// The priority of Jira that a priority of tasks becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityTarget {
    /// The priority, as the product writes it.
    pub priority: Name,
    /// The id of the priority in Jira; `null` leaves it to Jira.
    pub to: Option<JiraId>,
}

/// Which labels issues get.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LabelRule {
    /// Whether the labels of a task become labels of its issue. Jira's labels have no spaces; they become `_`.
    #[serde(default)]
    pub copied: bool,
    /// Labels that every issue gets.
    #[serde(default)]
    pub always: Vec<Name>,
}

/// A value for a field of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldValue {
    /// The id of the field, such as `resolution` or `customfield_10010`.
    pub field: JiraId,
    /// What the values are.
    pub form: FieldForm,
    /// The values: ids of options, or texts. Forms that take one value use the first.
    pub values: Vec<FieldText>,
}

/// A value for a field that a transition wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransitionField {
    /// The id of the status that the transition leads to.
    pub to: JiraId,
    /// The field and its value.
    pub value: FieldValue,
}

words! {
    /// When Causeway comments on an issue.
    open CommentRule {}
    /// Never.
    Never = "never";
    /// When a task's status moves its issue: the comment names the status in the product.
    Moves = "moves";
}

words! {
    /// What happens when both sides changed and do not agree.
    open ConflictRule {}
    /// Neither side is changed, and a person chooses.
    Block = "block";
    /// The issue follows the task.
    ProductWins = "product_wins";
    /// The task follows the issue.
    JiraWins = "jira_wins";
}

words! {
    /// What happens when a task opens again whose issue is done.
    open ReopenRule {}
    /// Neither side is changed, and a person chooses.
    Block = "block";
    /// The issue is opened again.
    Reopen = "reopen";
    /// The issue stays done, and the two count as in sync.
    Leave = "leave";
}

#[expect(clippy::derivable_impls, reason = "`words!` writes the enum, and marks no variant as its default")]
impl Default for CommentRule {
    fn default() -> Self {
        Self::Never
    }
}

#[expect(clippy::derivable_impls, reason = "`words!` writes the enum, and marks no variant as its default")]
impl Default for ConflictRule {
    fn default() -> Self {
        Self::Block
    }
}

#[expect(clippy::derivable_impls, reason = "`words!` writes the enum, and marks no variant as its default")]
impl Default for ReopenRule {
    fn default() -> Self {
        Self::Block
    }
}

impl Mapping {
    /// The statuses of one type of issue.
    pub fn issue_type(&self, id: &JiraId) -> Option<&IssueTypeMapping> {
        self.issue_types.iter().find(|one| one.issue_type == *id)
    }

    /// The type of issue that a kind of task becomes.
    pub fn issue_type_of(&self, kind: Option<&Name>) -> Option<&IssueTypeMapping> {
        let listed = kind.and_then(|kind| self.kinds.iter().find(|target| target.kind == *kind));
        match listed {
            Some(target) => self.issue_type(&target.issue_type),
            None => self.issue_types.first(),
        }
    }

    /// Whether tasks can have this status.
    pub fn knows(&self, status: &Name) -> bool {
        self.statuses.iter().any(|known| known.status == *status)
    }

    /// The first word that this version does not know.
    pub fn unknown_word(&self) -> Option<&str> {
        let of_statuses = || self.statuses.iter().find_map(|one| one.category.as_ref()?.unknown_word());
        let of_types = || self.issue_types.iter().find_map(IssueTypeMapping::unknown_word);
        self.comments.unknown_word().or_else(of_statuses).or_else(of_types)
    }
}

impl IssueTypeMapping {
    /// Where the issue of a task with this status goes: `None` if nothing is said, `Some(None)` to leave it.
    pub fn out(&self, status: &Name) -> Option<Option<&JiraId>> {
        self.out.iter().find(|rule| rule.status == *status).map(|rule| rule.to.as_ref())
    }

    /// What a task becomes whose issue has this status: `None` if nothing is said, `Some(None)` to leave it.
    pub fn inward(&self, status: &JiraId) -> Option<Option<&Name>> {
        self.inward.iter().find(|rule| rule.status == *status).map(|rule| rule.to.as_ref())
    }

    fn unknown_word(&self) -> Option<&str> {
        let values = self.fields.iter().chain(self.transition_fields.iter().map(|field| &field.value));
        let of_values = values.into_iter().find_map(|value| value.form.unknown_word());
        of_values.or_else(|| self.on_conflict.unknown_word()).or_else(|| self.on_reopen.unknown_word())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mapping_of_the_fewest_words_is_read_and_its_rules_ask_a_person() {
        let sent = json!({
            "statuses": [{"status": "open"}, {"status": "fixed", "category": "done"}],
            "issue_types": [{
                "issue_type": "10001",
                "out": [{"status": "open", "to": null}, {"status": "fixed", "to": "10003"}],
                "in": [{"status": "10003", "to": "fixed"}],
            }],
            "of_tomorrow": true,
        });
        let mapping: Mapping = serde_json::from_value(sent).expect("a mapping");
        let bug = mapping.issue_type_of(None).expect("the first type is the default");
        assert_eq!((bug.on_conflict, bug.on_reopen), (ConflictRule::Block, ReopenRule::Block));
        let name = |text: &str| Name::parse(text).expect("a name");
        assert_eq!(bug.out(&name("open")), Some(None), "left on purpose");
        assert_eq!(bug.out(&name("lost")), None, "not covered");
        assert_eq!(bug.out(&name("fixed")), Some(Some(&JiraId::parse("10003").expect("an id"))));
        assert_eq!(mapping.unknown_word(), None);
    }

    #[test]
    fn a_word_of_tomorrow_is_kept_and_can_be_found() {
        let sent = json!({
            "statuses": [], "comments": "always",
            "issue_types": [{"issue_type": "1", "out": [], "in": [], "on_conflict": "toss_a_coin"}],
        });
        let mapping: Mapping = serde_json::from_value(sent).expect("a mapping");
        assert_eq!(mapping.unknown_word(), Some("always"));
        assert_eq!(mapping.issue_types[0].unknown_word(), Some("toss_a_coin"));
    }
}
