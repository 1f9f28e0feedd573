//! Screens, schemes and what projects are made from.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Screen {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) fields: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FieldConfiguration {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) required: Vec<String>,
    pub(crate) hidden: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct WorkflowScheme {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) default: String,
    /// The workflow of a type, both by name.
    pub(crate) types: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueTypeScheme {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) types: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ScreenScheme {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) create: String,
    pub(crate) edit: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueTypeScreenScheme {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) default: String,
    /// The screen scheme of a type, both by name.
    pub(crate) types: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PermissionScheme {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Who holds a permission, by its key.
    pub(crate) grants: BTreeMap<String, Vec<Holder>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Holder {
    /// Everybody who reaches the site.
    Anybody,
    Reporter,
    Assignee,
    /// A project role, by name.
    Role(String),
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Template {
    pub(crate) workflow_scheme: String,
    pub(crate) issue_type_scheme: String,
    pub(crate) screens: String,
    pub(crate) field_configuration: String,
    pub(crate) permission_scheme: String,
    pub(crate) components: Vec<String>,
    pub(crate) versions: Vec<String>,
}
