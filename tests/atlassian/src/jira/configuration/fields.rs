//! Fields: what their values are, and which options there are.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The type of a custom field, where it is not the usual one of its kind.
    #[serde(default)]
    pub(crate) custom_type: Option<String>,
    /// The names of the options, for fields that have some.
    #[serde(default)]
    options: Vec<String>,
    /// The names that every option of a cascading field has below it.
    #[serde(default)]
    suboptions: Vec<String>,
}

/// What a field's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    Paragraph,
    Number,
    Date,
    DateTime,
    Option,
    Options,
    Cascade,
    Url,
    Labels,
    Person,
    People,
    IssueType,
    Project,
    Status,
    Priority,
    Resolution,
    Components,
    Versions,
    Parent,
    /// Sprints, of which only the one that is to come is set.
    Sprint,
    Attachments,
    Comments,
    Worklogs,
    /// Estimates and the time that was spent.
    TimeTracking,
    Watches,
    Votes,
    IssueLinks,
    Subtasks,
}

/// One option of a field, with those below it.
#[derive(Clone, Debug)]
pub(crate) struct FieldOption {
    pub(crate) id: u64,
    pub(crate) value: String,
    pub(crate) below: Vec<FieldOption>,
}

impl Field {
    /// The number of a custom field; none for Jira's own fields.
    pub(crate) fn number(&self) -> Option<u64> {
        self.id.strip_prefix("customfield_")?.parse().ok()
    }

    /// Whether lists of issues can have a column of it.
    pub(crate) fn is_navigable(&self) -> bool {
        !matches!(self.kind, Kind::Comments | Kind::Worklogs | Kind::TimeTracking)
    }

    /// Its options, numbered after the field.
    pub(crate) fn options(&self) -> Vec<FieldOption> {
        let first = self.number().unwrap_or_default() * 10;
        let below = |parent: u64| {
            let options = (parent * 10..).zip(&self.suboptions);
            options.map(|(id, value)| FieldOption { id, value: value.clone(), below: Vec::new() }).collect()
        };
        (first..)
            .zip(&self.options)
            .map(|(id, value)| FieldOption { id, value: value.clone(), below: below(id) })
            .collect()
    }
}
