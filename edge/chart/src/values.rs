//! The values of fields, as Jira writes them in issues and lists.

use serde_json::Value;

use crate::{Category, words::words};

words! {
    /// How the values of a field make segments.
    FieldKind {
        /// One value or none.
        Single = "single",
        /// Any number of values: an issue can be in several segments.
        Multiple = "multiple",
        /// A date, or a date with a time.
        Date = "date",
        /// A number, which can be added up.
        Number = "number",
        /// A text that queries cannot compare as a whole.
        Text = "text",
    }
}

impl FieldKind {
    /// The kind of a field of Jira itself; `None` for one that was added to it, whose type Jira has to say.
    pub fn of_system(id: &str) -> Option<Self> {
        match id {
            "labels" | "components" | "fixVersions" | "versions" => Some(Self::Multiple),
            "created" | "updated" | "duedate" | "resolutiondate" | "statuscategorychangedate" | "lastViewed" => {
                Some(Self::Date)
            }
            "timeoriginalestimate"
            | "timeestimate"
            | "timespent"
            | "workratio"
            | "votes"
            | "watches"
            | "aggregatetimespent"
            | "aggregatetimeestimate"
            | "aggregatetimeoriginalestimate" => Some(Self::Number),
            "summary" | "description" | "environment" | "comment" => Some(Self::Text),
            id if id.starts_with("customfield_") => None,
            _ => Some(Self::Single),
        }
    }

    /// The kind of a field whose `schema` Jira describes with this `type`, in its list of fields.
    pub fn of_schema(kind: &str) -> Self {
        match kind {
            "array" => Self::Multiple,
            "date" | "datetime" => Self::Date,
            "number" => Self::Number,
            "option" | "user" | "group" | "version" | "project" | "priority" | "resolution" | "status"
            | "issuetype" | "component" => Self::Single,
            _ => Self::Text,
        }
    }
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValue {
    /// As queries take it.
    pub value: String,
    /// What people call it.
    pub label: String,
    /// Of a status.
    pub category: Option<Category>,
}

impl FieldValue {
    /// Reads one value. `None`: it is empty, or of a form that no query compares with.
    pub fn read(json: &Value) -> Option<Self> {
        let plain = |text: String| Some(Self { value: text.clone(), label: text, category: None });
        match json {
            Value::String(text) if !text.trim().is_empty() => plain(text.clone()),
            Value::Number(number) => plain(number.to_string()),
            Value::Object(object) => {
                let text = |name: &str| match object.get(name) {
                    Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    _ => None,
                };
                // Users are known by their account at Jira Cloud, and by their name at Data Center, where they have no id.
                // Options are compared by what they say.
                let value = ["accountId", "value", "id", "key", "name"].into_iter().find_map(text)?;
                let value =
                    if text("displayName").is_some() && text("accountId").is_none() { text("name")? } else { value };
                let label = ["displayName", "value", "name", "key"].into_iter().find_map(text);
                let category = object.get("statusCategory").and_then(|one| one.get("key")).and_then(Value::as_str);
                let category = category.and_then(|key| Category::ALL.iter().copied().find(|one| one.as_str() == key));
                Some(Self { label: label.unwrap_or_else(|| value.clone()), value, category })
            }
            _ => None,
        }
    }

    /// The values that a field of an issue has.
    pub fn all(json: &Value) -> Vec<Self> {
        match json {
            Value::Array(values) => values.iter().filter_map(Self::read).collect(),
            one => Self::read(one).into_iter().collect(),
        }
    }
}

/// The number that a field of an issue has.
pub(crate) fn number(json: &Value) -> Option<f64> {
    match json {
        Value::Number(number) => number.as_f64(),
        Value::Object(object) => object.get("votes").or_else(|| object.get("watchCount")).and_then(Value::as_f64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_in_every_form_that_jira_writes() {
        for (json, value, label, category) in [
            (json!("backend"), "backend", "backend", None),
            (json!(8), "8", "8", None),
            (json!({"id": "3", "name": "Open", "statusCategory": {"key": "new"}}), "3", "Open", Some(Category::New)),
            (json!({"id": "3", "name": "Open", "statusCategory": {"key": "undefined"}}), "3", "Open", None),
            (json!({"accountId": "5b:1", "displayName": "Becky"}), "5b:1", "Becky", None),
            (json!({"name": "becky", "key": "JIRAUSER1", "displayName": "Becky"}), "becky", "Becky", None),
            (json!({"id": "10200", "value": "Gold"}), "Gold", "Gold", None),
            (json!({"id": 12, "name": "Sprint 3"}), "12", "Sprint 3", None),
            (json!({"id": "10001", "key": "ABC-1"}), "10001", "ABC-1", None),
        ] {
            let read = FieldValue::read(&json).expect("a value");
            assert_eq!((read.value.as_str(), read.label.as_str(), read.category), (value, label, category), "{json}");
        }
        for nothing in [json!(null), json!(""), json!(true), json!({}), json!([])] {
            assert_eq!(FieldValue::read(&nothing), None, "{nothing}");
        }
        assert_eq!(FieldValue::all(&json!(["a", null, "b"])).len(), 2);
    }

    #[test]
    fn a_field_that_was_added_to_jira_has_the_type_that_jira_says() {
        assert_eq!(FieldKind::of_system("customfield_1"), None);
        assert_eq!(FieldKind::of_system("labels"), Some(FieldKind::Multiple));
        assert_eq!(FieldKind::of_system("status"), Some(FieldKind::Single));
        assert_eq!(FieldKind::of_schema("string"), FieldKind::Text);
        assert_eq!(FieldKind::of_schema("option"), FieldKind::Single);
        assert_eq!(FieldKind::of_schema("any"), FieldKind::Text);
    }
}
