//! What makes the segments and the columns of a chart.

use serde::{Deserialize, Serialize};

use super::{Color, Field, yes};
use crate::{SegmentKey, object, words::words};

words! {
    /// In which order segments stand.
    Order {
        /// The largest first.
        Largest = "largest",
        /// The smallest first.
        Smallest = "smallest",
        /// By label.
        Label = "label",
        /// As Jira orders the values, and spans of time as they follow each other.
        Natural = "natural",
        /// As `segments` lists them; others follow, the largest first.
        Listed = "listed",
    }
}

/// What makes the segments of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The field whose values make them.
    #[serde(deserialize_with = "object::object")]
    pub field: Field,
    /// The most segments, without *Other* and *None*.
    #[serde(default = "Group::usual_limit")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 40))]
    pub limit: u8,
    /// In which order they stand.
    #[serde(default = "Group::usual_order")]
    pub order: Order,
    /// Whether issues with other values get a segment.
    #[serde(default = "yes")]
    pub other: bool,
    /// Whether issues without a value get a segment.
    #[serde(default = "yes")]
    pub none: bool,
    /// The spans of time, if the field is a date.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub buckets: Option<Buckets>,
    /// What is said of single segments. Empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "object::list")]
    #[cfg_attr(feature = "openapi", schema(max_items = 40))]
    pub segments: Vec<SegmentSetting>,
}

impl Group {
    const fn usual_limit() -> u8 {
        10
    }

    const fn usual_order() -> Order {
        Order::Largest
    }
}

/// What makes the columns of each segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The field whose values make them.
    #[serde(deserialize_with = "object::object")]
    pub field: Field,
    /// The most columns, without *Other* and *None*.
    #[serde(default = "Split::usual_limit")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 40))]
    pub limit: u8,
    /// Whether issues with other values get a column.
    #[serde(default = "yes")]
    pub other: bool,
    /// Whether issues without a value get a column.
    #[serde(default = "yes")]
    pub none: bool,
    /// What is said of single columns. Empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "object::list")]
    #[cfg_attr(feature = "openapi", schema(max_items = 40))]
    pub segments: Vec<SegmentSetting>,
}

impl Split {
    const fn usual_limit() -> u8 {
        6
    }
}

/// What is said of one segment or column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SegmentSetting {
    /// Which one it is about.
    pub key: SegmentKey,
    /// Its label; left out: what Jira calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Label>))]
    pub label: Option<String>,
    /// Its colour; left out: the next of the palette.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Whether it is left out of the chart. Its issues stay in the total.
    #[serde(default)]
    pub hidden: bool,
}

words! {
    /// How long the spans of time are.
    Every {
        /// Days.
        Day = "day",
        /// Weeks, from Monday on.
        Week = "week",
        /// Months.
        Month = "month",
        /// Quarters of a year.
        Quarter = "quarter",
        /// Years.
        Year = "year",
    }
}

/// Spans of time: the last ones until today, or those between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Buckets {
    /// How long each is.
    pub every: Every,
    /// How many, the present one among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 40))]
    pub last: Option<u8>,
    /// The first day, written `2026-03-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Day>))]
    pub from: Option<String>,
    /// The day after the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Day>))]
    pub until: Option<String>,
}
