//! What a project offers: create metadata, statuses by type, permissions. Pages are read one by one, and put together by
//! [`CreatablePage`] and its brothers into the contract's [`JiraIssueType`].

use std::collections::BTreeMap;

use api::{FieldForm, JiraField, JiraId, JiraIssueType, JiraOption, JiraPermission, JiraStatus};
use serde::Deserialize;

use super::{WrittenStatus, id, optional_id};

/// The permissions that Causeway needs in a project.
const NEEDED: [&str; 6] =
    ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "LINK_ISSUES", "ADD_COMMENTS"];

/// A page of the types of issue that can be created in a project. Their statuses and fields are still empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatablePage {
    /// The types of the page.
    pub types: Vec<JiraIssueType>,
    /// The number of the first type of the next page; `None` on the last.
    pub next: Option<u64>,
}

/// A page of the fields that new issues of a type can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPage {
    /// The fields of the page.
    pub fields: Vec<JiraField>,
    /// The number of the first field of the next page; `None` on the last.
    pub next: Option<u64>,
}

/// The statuses of each type of issue of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeStatuses(BTreeMap<JiraId, Vec<JiraStatus>>);

/// A page of create metadata. Cloud names its list, Data Center calls it `values`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    #[serde(default = "Vec::new", alias = "issueTypes", alias = "fields")]
    values: Vec<T>,
    start_at: Option<u64>,
    total: Option<u64>,
    is_last: Option<bool>,
}

#[derive(Deserialize)]
struct WrittenType {
    #[serde(deserialize_with = "id")]
    id: JiraId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    subtask: bool,
}

/// A field, as create metadata and transitions write it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenField {
    // Cloud writes both, Data Center the first, so neither can be an alias of the other.
    #[serde(default, deserialize_with = "optional_id")]
    field_id: Option<JiraId>,
    #[serde(default, deserialize_with = "optional_id")]
    key: Option<JiraId>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    has_default_value: bool,
    #[serde(default)]
    schema: WrittenSchema,
    #[serde(default)]
    allowed_values: Option<Vec<serde_json::Value>>,
}

#[derive(Default, Deserialize)]
struct WrittenSchema {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    items: String,
    #[serde(default)]
    system: String,
    #[serde(default)]
    custom: String,
}

/// An allowed value: options have a `value`, everything else a `name`.
#[derive(Deserialize)]
struct WrittenOption {
    #[serde(deserialize_with = "id")]
    id: JiraId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    value: Option<String>,
}

impl CreatablePage {
    /// Reads a page.
    pub fn read(body: &[u8]) -> Option<Self> {
        let page: Page<WrittenType> = serde_json::from_slice(body).ok()?;
        let next = page.next();
        let blank = |written: WrittenType| JiraIssueType {
            id: written.id,
            name: written.name,
            is_subtask: written.subtask,
            statuses: Vec::new(),
            fields: Vec::new(),
        };
        Some(Self { types: page.values.into_iter().map(blank).collect(), next })
    }
}

impl FieldPage {
    /// Reads a page.
    pub fn read(body: &[u8]) -> Option<Self> {
        let page: Page<WrittenField> = serde_json::from_slice(body).ok()?;
        let next = page.next();
        Some(Self { fields: page.values.into_iter().filter_map(|field| field.field(None)).collect(), next })
    }
}

impl TypeStatuses {
    /// Reads the statuses by type.
    pub fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct OfType {
            #[serde(deserialize_with = "id")]
            id: JiraId,
            statuses: Vec<WrittenStatus>,
        }
        let types: Vec<OfType> = serde_json::from_slice(body).ok()?;
        let statuses = |of_type: OfType| (of_type.id, of_type.statuses.into_iter().map(Into::into).collect());
        Some(Self(types.into_iter().map(statuses).collect()))
    }

    /// Takes the statuses of a type out.
    pub fn take(&mut self, issue_type: &JiraId) -> Vec<JiraStatus> {
        self.0.remove(issue_type).unwrap_or_default()
    }
}

/// The permissions to ask for, separated by commas.
pub fn needed_permissions() -> String {
    NEEDED.join(",")
}

/// Reads the resolutions that Jira knows, as the field that transitions ask for.
pub fn read_resolutions(body: &[u8]) -> Option<JiraField> {
    #[derive(Deserialize)]
    struct Written {
        #[serde(deserialize_with = "id")]
        id: JiraId,
        #[serde(default)]
        name: String,
    }
    let written: Vec<Written> = serde_json::from_slice(body).ok()?;
    let options = written.into_iter().map(|one| JiraOption { id: one.id, name: one.name }).collect();
    let (is_required, has_default, form) = (false, false, FieldForm::Option);
    Some(JiraField {
        id: JiraId::parse("resolution")?,
        name: "Resolution".to_owned(),
        is_required,
        has_default,
        form,
        options,
    })
}

/// Reads which of the permissions the account has. One that Jira does not name is one that it does not have.
pub fn read_permissions(body: &[u8]) -> Option<Vec<JiraPermission>> {
    #[derive(Deserialize)]
    struct Written {
        permissions: BTreeMap<String, Have>,
    }
    #[derive(Deserialize)]
    struct Have {
        #[serde(default, rename = "havePermission")]
        have: bool,
    }
    let written: Written = serde_json::from_slice(body).ok()?;
    let is_granted = |key: &str| written.permissions.get(key).is_some_and(|permission| permission.have);
    Some(NEEDED.map(|key| JiraPermission { key: key.to_owned(), is_granted: is_granted(key) }).into())
}

impl<T> Page<T> {
    fn next(&self) -> Option<u64> {
        let count = u64::try_from(self.values.len()).ok().filter(|count| *count > 0)?;
        let end = self.start_at.unwrap_or(0).saturating_add(count);
        let has_more = match (self.is_last, self.total) {
            (Some(is_last), _) => !is_last,
            (None, Some(total)) => end < total,
            (None, None) => false,
        };
        has_more.then_some(end)
    }
}

impl WrittenField {
    /// The field; its id is the key that it stands under, or stands in it.
    pub(super) fn field(self, key: Option<&str>) -> Option<JiraField> {
        let options = self.allowed_values.unwrap_or_default();
        let option = |value| {
            serde_json::from_value(value)
                .ok()
                .map(|WrittenOption { id, name, value }| JiraOption { id, name: name.or(value).unwrap_or_default() })
        };
        Some(JiraField {
            id: key.and_then(JiraId::parse).or(self.field_id).or(self.key)?,
            name: self.name,
            is_required: self.required,
            has_default: self.has_default_value,
            form: self.schema.form(),
            options: options.into_iter().filter_map(option).collect(),
        })
    }
}

impl WrittenSchema {
    fn form(&self) -> FieldForm {
        let of_long_text = |name: &str| matches!(name, "description" | "environment") || name.ends_with(":textarea");
        match (self.kind.as_str(), self.items.as_str()) {
            ("string", _) if of_long_text(&self.system) || of_long_text(&self.custom) => FieldForm::LongText,
            ("string", _) => FieldForm::Text,
            ("number", _) => FieldForm::Number,
            ("date" | "datetime", _) => FieldForm::Date,
            ("option" | "priority" | "resolution" | "securitylevel" | "version" | "component", _) => FieldForm::Option,
            ("array", "option" | "component" | "version") => FieldForm::Options,
            ("array", "string") => FieldForm::Texts,
            ("user", _) => FieldForm::User,
            _ => FieldForm::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_read_page_by_page_from_cloud_and_data_center() {
        let bug = json!({"id": "10001", "name": "Bug", "subtask": false, "hierarchyLevel": 0});
        let cloud = json!({"issueTypes": [bug], "startAt": 0, "maxResults": 1, "total": 2});
        let page = CreatablePage::read(cloud.to_string().as_bytes()).expect("a page");
        assert_eq!((page.types[0].name.as_str(), page.next), ("Bug", Some(1)));
        let data_center = json!({"values": [bug], "startAt": 1, "maxResults": 1, "total": 2, "isLast": true});
        assert_eq!(CreatablePage::read(data_center.to_string().as_bytes()).map(|page| page.next), Some(None));
        assert_eq!(CreatablePage::read(b"<html>"), None);
    }

    #[test]
    fn fields_say_what_they_take_whatever_else_they_say() {
        let fields = json!({"fields": [
            {"fieldId": "summary", "key": "summary", "name": "Summary", "required": true, "schema": {"type": "string", "system": "summary"}},
            {"key": "customfield_1", "name": "Notes", "required": false,
                "schema": {"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea"}},
            {"fieldId": "customfield_2", "name": "Severity", "required": true, "hasDefaultValue": true,
                "schema": {"type": "option"}, "allowedValues": [{"id": "1", "value": "High", "name": "High"}, {"odd": true}]},
            {"fieldId": "customfield_3", "name": "Sprint", "required": false, "schema": {"type": "json"}},
            {"fieldId": "priority", "name": "Priority", "schema": {"type": "priority"}, "allowedValues": [{"id": "3", "name": "Medium"}]},
        ], "total": 5});
        let read = FieldPage::read(fields.to_string().as_bytes()).expect("a page").fields;
        let forms: Vec<_> = read.iter().map(|field| field.form).collect();
        assert_eq!(
            forms,
            [FieldForm::Text, FieldForm::LongText, FieldForm::Option, FieldForm::Other, FieldForm::Option]
        );
        assert_eq!(read[1].id.as_str(), "customfield_1");
        assert_eq!(read[2].options.len(), 1);
        assert!(read[2].is_required && read[2].has_default);
        assert_eq!(read[4].options[0].name, "Medium");
    }

    #[test]
    fn statuses_belong_to_their_type_and_categories_are_told_in_every_language() {
        let answer = json!([{"id": "10001", "name": "Fehler", "statuses": [
            {"id": "1", "name": "Offen", "statusCategory": {"key": "new", "name": "Zu erledigen"}},
            {"id": "2", "name": "Fertig", "statusCategory": {"key": "done"}}, {"id": "9", "name": "?"},
        ]}]);
        let mut statuses = TypeStatuses::read(answer.to_string().as_bytes()).expect("statuses");
        let bug = statuses.take(&JiraId::parse("10001").expect("an id"));
        let categories: Vec<_> = bug.iter().map(|status| status.category).collect();
        assert_eq!(categories, [Some(api::StatusCategory::ToDo), Some(api::StatusCategory::Done), None]);
    }

    #[test]
    fn a_permission_that_is_not_named_is_not_granted() {
        let answer = json!({"permissions": {"CREATE_ISSUES": {"havePermission": true}, "EDIT_ISSUES": {"havePermission": false}}});
        let read = read_permissions(answer.to_string().as_bytes()).expect("permissions");
        let granted: Vec<_> = read.iter().filter(|one| one.is_granted).map(|one| one.key.as_str()).collect();
        assert_eq!((read.len(), granted), (6, vec!["CREATE_ISSUES"]));
    }
}
