//! What the values of fields are, as metadata says it.

use serde_json::{Value, json};

use super::super::configuration::{Field, Kind};

/// What a field's values are, as `schema` says it.
pub(in super::super) fn schema(field: &Field) -> Value {
    let (kind, items) = types(field.kind);
    let mut schema = json!({ "type": kind });
    if let Some(items) = items {
        schema["items"] = items.into();
    }
    if let Some(number) = field.number() {
        schema["custom"] = match field.kind {
            Kind::Sprint => "com.pyxis.greenhopper.jira:gh-sprint".into(),
            _ => format!("com.atlassian.jira.plugin.system.customfieldtypes:{}", custom_type(field)).into(),
        };
        schema["customId"] = number.into();
    } else {
        schema["system"] = field.id.as_str().into();
    }
    schema
}

/// The operations that edit a field.
pub(in super::super) fn operations(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Labels | Kind::Options | Kind::People | Kind::Components | Kind::Versions => &["add", "set", "remove"],
        Kind::Attachments => &["set", "copy"],
        Kind::IssueLinks => &["add", "copy"],
        Kind::Comments | Kind::Worklogs => &["add", "edit", "remove"],
        Kind::TimeTracking => &["set", "edit"],
        _ => &["set"],
    }
}

fn types(kind: Kind) -> (&'static str, Option<&'static str>) {
    match kind {
        Kind::Text | Kind::Paragraph | Kind::Url => ("string", None),
        Kind::Number => ("number", None),
        Kind::Date => ("date", None),
        Kind::DateTime => ("datetime", None),
        Kind::Option => ("option", None),
        Kind::Options => ("array", Some("option")),
        Kind::Cascade => ("option-with-child", None),
        Kind::Labels => ("array", Some("string")),
        Kind::Person => ("user", None),
        Kind::People => ("array", Some("user")),
        Kind::IssueType => ("issuetype", None),
        Kind::Project => ("project", None),
        Kind::Status => ("status", None),
        Kind::Priority => ("priority", None),
        Kind::Resolution => ("resolution", None),
        Kind::Components => ("array", Some("component")),
        Kind::Versions => ("array", Some("version")),
        Kind::Parent => ("issuelink", None),
        Kind::Sprint => ("array", Some("json")),
        Kind::Attachments => ("array", Some("attachment")),
        Kind::Comments => ("comments-page", None),
        Kind::Worklogs => ("array", Some("worklog")),
        Kind::TimeTracking => ("timetracking", None),
        Kind::Watches => ("watches", None),
        Kind::Votes => ("votes", None),
        Kind::IssueLinks | Kind::Subtasks => ("array", Some("issuelinks")),
    }
}

/// The type of a custom field, after the colon.
fn custom_type(field: &Field) -> &str {
    if let Some(custom_type) = &field.custom_type {
        return custom_type;
    }
    match field.kind {
        Kind::Paragraph => "textarea",
        Kind::Number => "float",
        Kind::Date => "datepicker",
        Kind::DateTime => "datetime",
        Kind::Option => "select",
        Kind::Options => "multiselect",
        Kind::Cascade => "cascadingselect",
        Kind::Url => "url",
        Kind::Labels => "labels",
        Kind::Person => "userpicker",
        Kind::People => "multiuserpicker",
        _ => "textfield",
    }
}
