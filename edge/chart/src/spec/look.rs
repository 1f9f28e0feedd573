//! How a chart looks, and what it says in words.

use serde::{Deserialize, Serialize};

use super::yes;
use crate::words::words;

/// A line to reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Where it is.
    pub value: f64,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Label>))]
    pub label: Option<String>,
}

words! {
    /// Which colours segments get that have none of their own.
    Palette {
        /// Six that can be told apart.
        Categorical = "categorical",
        /// Those of Jira's status categories.
        Status = "status",
        /// One for all.
        Single = "single",
    }
}

words! {
    /// A colour of the palette, by its hue. Which shade it is depends on the theme.
    Color {
        /// Blue.
        Blue = "blue",
        /// Teal.
        Teal = "teal",
        /// Orange.
        Orange = "orange",
        /// Green.
        Green = "green",
        /// Magenta.
        Magenta = "magenta",
        /// Yellow.
        Yellow = "yellow",
        /// Purple.
        Purple = "purple",
        /// Red.
        Red = "red",
        /// Grey.
        Gray = "gray",
    }
}

/// How a chart looks, beside its mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Which colours it has.
    #[serde(default = "Look::usual_palette")]
    pub palette: Palette,
    /// Whether numbers stand on the marks, where they fit.
    #[serde(default = "yes")]
    pub labels: bool,
    /// Whether shares are shown beside the numbers, where totals add up.
    #[serde(default)]
    pub percent: bool,
    /// Whether a legend is shown where labels do not fit on the marks.
    #[serde(default = "yes")]
    pub legend: bool,
}

impl Look {
    const fn usual_palette() -> Palette {
        Palette::Categorical
    }
}

impl Default for Look {
    fn default() -> Self {
        Self { palette: Self::usual_palette(), labels: true, percent: false, legend: true }
    }
}

/// What a chart says in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// Its title, which is also the chart's name in lists.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Label))]
    pub title: String,
    /// What stands below the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Text>))]
    pub subtitle: Option<String>,
    /// What is read out instead of the sentence that is made of the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Text>))]
    pub alt: Option<String>,
}
