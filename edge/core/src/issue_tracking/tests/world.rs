//! A Jira project, a mapping for it, and a link, for tests.

use api::{
    FieldForm, InRule, IssueTypeMapping, JiraField, JiraId, JiraIssueType, JiraMetadata, JiraOption, JiraPermission,
    JiraStatus, Mapping, Name, OutRule, ProductStatus, StatusCategory, Timestamp,
};

use crate::issue_tracking::jira::JiraIssue;

/// The statuses of the type *Bug*: id, name, category.
pub(crate) const STATUSES: [(&str, &str, StatusCategory); 4] = [
    ("10", "To Do", StatusCategory::ToDo),
    ("20", "In Progress", StatusCategory::InProgress),
    ("30", "In Review", StatusCategory::InProgress),
    ("40", "Done", StatusCategory::Done),
];

pub(crate) fn id(text: &str) -> JiraId {
    JiraId::parse(text).expect("an id")
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

pub(crate) fn status(of: &str) -> JiraStatus {
    let found = STATUSES.iter().find(|(id, ..)| *id == of);
    let (_, name, category) = found.copied().unwrap_or((of, of, StatusCategory::InProgress));
    JiraStatus { id: id(of), name: name.to_owned(), category: Some(category) }
}

pub(crate) fn issue(in_status: &str) -> JiraIssue {
    JiraIssue {
        id: id("10042"),
        key: "ABC-7".to_owned(),
        project: id("10000"),
        issue_type: id("10001"),
        status: status(in_status),
        is_archived: false,
        updated: None,
    }
}

pub(crate) fn field(of: &str, form: FieldForm, options: &[&str]) -> JiraField {
    let option = |option: &&str| JiraOption { id: id(option), name: format!("Option {option}") };
    JiraField {
        id: id(of),
        name: format!("Name of {of}"),
        is_required: false,
        has_default: false,
        form,
        options: options.iter().map(option).collect(),
    }
}

pub(crate) fn metadata() -> JiraMetadata {
    let required = |field: JiraField| JiraField { is_required: true, ..field };
    let bug = JiraIssueType {
        id: id("10001"),
        name: "Bug".to_owned(),
        is_subtask: false,
        statuses: STATUSES.iter().map(|(of, ..)| status(of)).collect(),
        fields: vec![
            required(field("project", FieldForm::Other, &[])),
            required(field("issuetype", FieldForm::Other, &[])),
            required(field("summary", FieldForm::Text, &[])),
            field("description", FieldForm::LongText, &[]),
            field("priority", FieldForm::Option, &["1", "3"]),
            field("labels", FieldForm::Texts, &[]),
            field("customfield_1", FieldForm::Option, &["100", "101"]),
            field("customfield_2", FieldForm::Number, &[]),
        ],
    };
    let permissions = ["BROWSE_PROJECTS", "CREATE_ISSUES", "TRANSITION_ISSUES"];
    let granted = |key: &str| JiraPermission { key: key.to_owned(), is_granted: true };
    JiraMetadata {
        issue_types: vec![bug],
        transition_fields: Vec::new(),
        permissions: permissions.map(granted).into(),
        read_at: at(0),
    }
}

pub(crate) fn product_statuses() -> Vec<ProductStatus> {
    let one = |status: &str, category| ProductStatus { status: name(status), category };
    vec![
        one("open", None),
        one("in_progress", Some(StatusCategory::InProgress)),
        one("fixed", Some(StatusCategory::Done)),
        one("ignored", Some(StatusCategory::Done)),
    ]
}

pub(crate) fn type_mapping() -> IssueTypeMapping {
    let out = |status: &str, to: Option<&str>| OutRule { status: name(status), to: to.map(id) };
    let inward = |status: &str, to: Option<&str>| InRule { status: id(status), to: to.map(name) };
    IssueTypeMapping {
        issue_type: id("10001"),
        out: vec![
            out("open", Some("10")),
            out("in_progress", Some("20")),
            out("fixed", Some("40")),
            out("ignored", None),
        ],
        inward: vec![
            inward("10", Some("open")),
            inward("20", Some("in_progress")),
            inward("30", Some("in_progress")),
            inward("40", Some("fixed")),
        ],
        fields: Vec::new(),
        transition_fields: Vec::new(),
        pass_through: Vec::new(),
        on_conflict: api::ConflictRule::Block,
        on_reopen: api::ReopenRule::Block,
    }
}

pub(crate) fn mapping() -> Mapping {
    Mapping { statuses: product_statuses(), issue_types: vec![type_mapping()], ..Mapping::default() }
}
