//! The numbers of a chart, as they were computed for somebody at a moment.

use serde::{Deserialize, Serialize};

use crate::{Color, SegmentKey, words::words};

/// The computed numbers of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Data {
    /// Over all issues of the source.
    pub total: Amount,
    /// The segments, in the order in which they are shown. Empty: the chart is one number. Hidden ones are left out.
    pub segments: Vec<Segment>,
    /// The columns of each segment, in order. Empty: each segment is one number.
    pub columns: Vec<Column>,
    /// Whether the segments add up to the total. They do not, where an issue can be in several of them or where some are
    /// left out; then shares would be wrong.
    pub adds_up: bool,
    /// What the numbers rest on.
    pub counted: Counted,
    /// What a reader has to know about them. Empty: nothing.
    pub notes: Vec<Note>,
}

/// A number, and the issues behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Amount {
    /// How many issues.
    pub issues: u64,
    /// The number that is drawn: that of issues, a sum or an average. 0 for an average of nothing.
    pub value: f64,
    /// The query that finds these issues; `null` where it is not shown.
    pub jql: Option<String>,
    /// Where these issues are listed in Jira; `null` where that is not shown.
    pub url: Option<String>,
}

words! {
    /// The category of a status of Jira, which gives it its colour.
    Category {
        /// To do.
        New = "new",
        /// In progress.
        Indeterminate = "indeterminate",
        /// Done.
        Done = "done",
    }
}

/// A segment of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Segment {
    /// Which segment it is.
    pub key: SegmentKey,
    /// What it is called.
    pub label: String,
    /// The colour that the spec gives it.
    pub color: Option<Color>,
    /// The category of a status.
    pub category: Option<Category>,
    /// The number of the segment.
    pub amount: Amount,
    /// The number of each column, in the order of [`Data::columns`].
    pub cells: Vec<Amount>,
}

/// A column of every segment: a value of the split, or a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Which column it is.
    pub key: SegmentKey,
    /// What it is called.
    pub label: String,
    /// The colour that the spec gives it.
    pub color: Option<Color>,
    /// The category of a status.
    pub category: Option<Category>,
}

words! {
    /// Who counted the issues.
    Counter {
        /// Jira counted the issues of each segment.
        Jira = "jira",
        /// Every issue was read, and the numbers were made of them.
        Issues = "issues",
        /// The reader's browser asked Jira.
        Browser = "browser",
    }
}

/// What the numbers of a chart rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counted {
    /// When, in RFC 3339 and UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub at: String,
    /// Who counted the issues.
    pub by: Counter,
    /// The time zone in which Jira read the dates, by its IANA name, for example `Europe/Berlin`.
    pub zone: String,
}

words! {
    /// What a reader has to know about the numbers.
    Note {
        /// Jira calls its counts approximate.
        Approximate = "approximate",
        /// An issue can be in several segments.
        Overlapping = "overlapping",
        /// The segments are the largest of those seen in the 100 issues that changed last.
        Sampled = "sampled",
        /// Some segments are hidden, or left out.
        Incomplete = "incomplete",
    }
}
