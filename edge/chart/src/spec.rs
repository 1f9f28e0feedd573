//! The spec of a chart: the question and the look. It holds nothing about access.

use serde::{Deserialize, Serialize};

mod group;
mod look;

use crate::{object, words::words};

pub use group::*;
pub use look::*;

/// What a chart asks, and how it looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Which issues it is about.
    pub source: Source,
    /// How they are drawn.
    pub mark: Mark,
    /// What is computed of the issues of a segment; left out: how many there are.
    #[serde(default, deserialize_with = "object::object")]
    pub measure: Measure,
    /// What makes the segments; left out: the chart is one number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub group: Option<Group>,
    /// What makes the columns of each segment; left out: each has one number. Not with two series, which are the columns.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub split: Option<Split>,
    /// A line to reach.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub goal: Option<Goal>,
    /// What whoever shows the chart may narrow it by. Empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "object::list")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub params: Vec<Param>,
    /// How it looks, beside the mark.
    #[serde(default, deserialize_with = "object::object")]
    pub look: Look,
    /// What it says in words.
    #[serde(deserialize_with = "object::object")]
    pub says: Says,
}

/// Which issues a chart is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Those that a JQL query finds. What it says about order is ignored.
    Jql(String),
    /// Those of a saved filter.
    #[serde(deserialize_with = "object::object")]
    Filter(Filter),
    /// Two series that are compared, such as created against resolved.
    #[serde(deserialize_with = "object::list")]
    Series(Vec<Series>),
}

/// A saved filter of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The id of the filter.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::FilterId))]
    pub id: String,
    /// Its name when the chart was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Label>))]
    pub name: Option<String>,
    /// Its query when the chart was saved: the chart goes on meaning this one, whatever becomes of the filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Jql>))]
    pub jql: Option<String>,
}

/// One of two series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// What it is called.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Label))]
    pub name: String,
    /// Which issues, in JQL.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Jql))]
    pub jql: String,
    /// The field that this series is grouped by; left out: that of `group`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub field: Option<Field>,
    /// Its colour; left out: the next of the palette.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

/// A field of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its id, for example `status` or `customfield_10016`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::FieldId))]
    pub id: String,
    /// What people call it; left out: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Label>))]
    pub name: Option<String>,
}

impl Field {
    /// What people call it.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

words! {
    /// How the numbers are drawn.
    Mark {
        /// Horizontal bars.
        Bar = "bar",
        /// Vertical bars.
        Column = "column",
        /// Bars whose columns stand on each other.
        Stacked = "stacked",
        /// A line through the segments.
        Line = "line",
        /// A line, filled below.
        Area = "area",
        /// A ring.
        Donut = "donut",
        /// One number.
        Tile = "tile",
        /// A table, and no picture.
        Table = "table",
    }
}

words! {
    /// What is computed of issues.
    Compute {
        /// How many there are.
        Count = "count",
        /// The sum of a field.
        Sum = "sum",
        /// The average of a field, over the issues that have a value.
        Average = "average",
    }
}

/// What is computed of the issues of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is computed.
    pub compute: Compute,
    /// The field, of a sum or an average.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub field: Option<Field>,
}

impl Default for Measure {
    fn default() -> Self {
        Self { compute: Compute::Count, field: None }
    }
}

/// What whoever shows a chart may narrow it by: one of some values of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What it is called.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ParamName))]
    pub name: String,
    /// The field to narrow by.
    #[serde(deserialize_with = "object::object")]
    pub field: Field,
    /// What it may be, as JQL takes it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ParamValues))]
    pub values: Vec<String>,
}

const fn yes() -> bool {
    true
}
