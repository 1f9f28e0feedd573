//! The transitions that Jira offers for an issue now.

use std::collections::BTreeMap;

use api::{JiraField, JiraStatus};
use serde::Deserialize;

use super::{WrittenStatus, metadata::WrittenField};

/// A transition that is open for the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedTransition {
    /// Its id, which is only good for this issue now.
    pub id: String,
    /// The status that it leads to.
    pub to: JiraStatus,
    /// Whether it shows a screen, on which fields can be set.
    pub has_screen: bool,
    /// The fields of its screen.
    pub fields: Vec<JiraField>,
}

/// The transitions that Jira offers. Without the permission to make them there are none, which looks the same as no way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionList(pub Vec<OfferedTransition>);

#[derive(Deserialize)]
struct Written {
    transitions: Vec<WrittenTransition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenTransition {
    #[serde(deserialize_with = "super::id")]
    id: api::JiraId,
    to: Option<WrittenStatus>,
    #[serde(default)]
    has_screen: bool,
    is_available: Option<bool>,
    #[serde(default)]
    fields: BTreeMap<String, WrittenField>,
}

impl TransitionList {
    /// Reads the answer. Transitions that are not available, or lead nowhere that is told, are left out.
    pub fn read(body: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(body).ok()?;
        let open = written.transitions.into_iter().filter(|one| one.is_available != Some(false));
        let offered = |one: WrittenTransition| {
            let fields: Vec<_> = one.fields.into_iter().filter_map(|(key, field)| field.field(Some(&key))).collect();
            let id = one.id.as_str().to_owned();
            // Data Center before 8 does not tell of screens; a transition with fields has one.
            let has_screen = one.has_screen || !fields.is_empty();
            Some(OfferedTransition { id, to: one.to?.into(), has_screen, fields })
        };
        Some(Self(open.filter_map(offered).collect()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_offered_is_read_with_the_fields_that_it_wants() {
        let answer = json!({"expand": "transitions", "transitions": [
            {"id": "31", "name": "Done", "to": {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
                "hasScreen": true, "fields": {"resolution": {"required": true, "schema": {"type": "resolution"},
                    "name": "Resolution", "allowedValues": [{"id": "10000", "name": "Fixed"}]}}},
            {"id": "41", "to": {"id": "4", "name": "Closed"}, "isAvailable": false},
            {"id": 51, "to": {"id": "5", "name": "Open"}},
            {"id": "61"},
        ]});
        let TransitionList(read) = TransitionList::read(answer.to_string().as_bytes()).expect("a list");
        assert_eq!(read.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["31", "51"]);
        assert_eq!(read[0].fields[0].id.as_str(), "resolution");
        assert!(read[0].fields[0].is_required && read[0].has_screen && !read[1].has_screen);
        assert_eq!(TransitionList::read(b"{}"), None);
    }
}
