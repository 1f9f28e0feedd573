//! What Jira writes about fields, filters and queries.

use api::{ChartField, ChartFilter};
use chart::FieldKind;
use serde::Deserialize;

use crate::folding::folded;

/// The most fields that are listed.
const FIELDS: usize = 200;

/// A field in Jira's list.
#[derive(Deserialize)]
pub(super) struct FieldOfJira {
    pub(super) id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    searchable: bool,
    #[serde(default)]
    schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "type")]
    kind: String,
    /// The type of each of several values.
    #[serde(default)]
    items: Option<String>,
}

impl FieldOfJira {
    /// Whether its values are people.
    pub(super) fn holds_people(&self) -> bool {
        self.schema.as_ref().is_some_and(|schema| schema.kind == "user" || schema.items.as_deref() == Some("user"))
    }

    /// How its values make segments.
    pub(super) fn kind(&self) -> FieldKind {
        let of_schema = || self.schema.as_ref().map_or(FieldKind::Text, |schema| FieldKind::of_schema(&schema.kind));
        FieldKind::of_system(&self.id).unwrap_or_else(of_schema)
    }
}

/// The fields that queries can use and whose name or id contains `wanted`, which is in small letters.
pub(super) fn sorted(fields: Vec<FieldOfJira>, wanted: &str) -> Vec<ChartField> {
    let matches = |one: &FieldOfJira| {
        (one.searchable || one.schema.is_some())
            && (one.name.to_lowercase().contains(wanted) || one.id.to_lowercase().contains(wanted))
    };
    let shown = |one: FieldOfJira| ChartField { kind: one.kind(), id: one.id, name: one.name };
    let mut shown: Vec<ChartField> = fields.into_iter().filter(matches).map(shown).collect();
    shown.sort_by_cached_key(|one| (folded(&one.name), one.id.clone()));
    shown.truncate(FIELDS);
    shown
}

/// A saved filter, as Jira writes it.
#[derive(Deserialize)]
pub(super) struct FilterOfJira {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    jql: Option<String>,
}

impl FilterOfJira {
    /// The filter, if Jira tells its query.
    pub(super) fn shown(self) -> Option<ChartFilter> {
        Some(ChartFilter { id: self.id, name: self.name, jql: self.jql? })
    }
}

/// A page of `filter/search`.
#[derive(Deserialize)]
pub(super) struct FilterPage {
    pub(super) values: Vec<FilterOfJira>,
}

/// What `jql/parse` says.
#[derive(Deserialize)]
pub(super) struct ParsedQueries {
    queries: Vec<ParsedQuery>,
}

#[derive(Deserialize)]
struct ParsedQuery {
    #[serde(default)]
    errors: Vec<String>,
}

impl ParsedQueries {
    /// What is wrong, in Jira's words.
    pub(super) fn errors(self) -> Vec<String> {
        self.queries.into_iter().flat_map(|query| query.errors).collect()
    }
}

/// The resource that lists every value of a field; `None` if there is none.
pub(super) fn list_of(field: &str) -> Option<&'static str> {
    match field {
        "status" => Some("status"),
        "priority" => Some("priority"),
        "resolution" => Some("resolution"),
        "issuetype" => Some("issuetype"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_no_query_knows_are_left_out_and_the_others_stand_by_name() {
        let fields = r#"[
            {"id": "status", "name": "Status", "searchable": true, "schema": {"type": "status"}},
            {"id": "thumbnail", "name": "Images", "searchable": false},
            {"id": "customfield_1", "name": "Äpfel", "searchable": true, "schema": {"type": "number"}},
            {"id": "customfield_2", "name": "Sprint", "searchable": true, "schema": {"type": "array"}}
        ]"#;
        let read = || serde_json::from_str::<Vec<FieldOfJira>>(fields).expect("fields");
        let all = sorted(read(), "");
        let shown: Vec<(&str, FieldKind)> = all.iter().map(|one| (one.id.as_str(), one.kind)).collect();
        assert_eq!(
            shown,
            [
                ("customfield_1", FieldKind::Number),
                ("customfield_2", FieldKind::Multiple),
                ("status", FieldKind::Single)
            ]
        );
        assert_eq!(sorted(read(), "stat").len(), 1);
    }

    #[test]
    fn a_filter_without_a_query_cannot_be_chosen() {
        let filter = |json: &str| serde_json::from_str::<FilterOfJira>(json).expect("a filter").shown();
        assert!(filter(r#"{"id": "1", "name": "Open", "jql": "a"}"#).is_some());
        assert!(filter(r#"{"id": "1", "name": "Open"}"#).is_none());
    }
}
