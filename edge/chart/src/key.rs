//! What tells the segments of a chart apart.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::day;

/// Which segment of a chart, or which column of a split. On the wire a text: `value:10001` for a value as JQL takes it,
/// `from:2026-03-01` for a span of time by its first day, `series:0` for a series by its place, `other` and `none`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentKey {
    /// Issues whose field has this value: an id, where Jira takes one.
    Value(String),
    /// Issues of a span of time that begins on this day, written `2026-03-01`.
    From(String),
    /// Issues of the first series (0) or the second one (1).
    Series(u8),
    /// Issues whose field has a value that no segment stands for.
    Other,
    /// Issues whose field is empty.
    None,
}

/// A text that is no key of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `value:…`, `from:…`, `series:0`, `series:1`, `other` or `none`")
    }
}

impl std::error::Error for NotAKey {}

impl SegmentKey {
    /// Reads a key as it is written on the wire.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        match (text, text.split_once(':')) {
            ("other", _) => Ok(Self::Other),
            ("none", _) => Ok(Self::None),
            ("series:0", _) => Ok(Self::Series(0)),
            ("series:1", _) => Ok(Self::Series(1)),
            (_, Some(("value", value))) if !value.is_empty() => Ok(Self::Value(value.to_owned())),
            (_, Some(("from", text))) if day(text).is_some() => Ok(Self::From(text.to_owned())),
            _ => Err(NotAKey),
        }
    }
}

impl fmt::Display for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "value:{value}"),
            Self::From(day) => write!(f, "from:{day}"),
            Self::Series(place) => write!(f, "series:{place}"),
            Self::Other => f.write_str("other"),
            Self::None => f.write_str("none"),
        }
    }
}

impl Serialize for SegmentKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SegmentKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod schema {
    use std::borrow::Cow;

    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{ObjectBuilder, RefOr, Schema, Type},
    };

    use super::SegmentKey;
    use crate::VALUE_CHARACTERS;

    impl PartialSchema for SegmentKey {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("Which segment: `value:…`, `from:…`, `series:…`, `other` or `none`."))
                .pattern(Some("^(value:.+|from:[0-9]{4}-[0-9]{2}-[0-9]{2}|series:[01]|other|none)$"))
                .min_length(Some(4))
                .max_length(Some("value:".len() + VALUE_CHARACTERS))
                .examples(["value:10001".into()] as [serde_json::Value; 1])
                .into()
        }
    }

    impl ToSchema for SegmentKey {
        fn name() -> Cow<'static, str> {
            "SegmentKey".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_called_other_is_not_the_segment_other() {
        for text in ["value:other", "other", "none", "value:none", "from:2026-03-01", "series:1", "value:a:b"] {
            let key = SegmentKey::parse(text).expect("a key");
            assert_eq!(key.to_string(), text);
        }
        assert_ne!(SegmentKey::parse("value:other"), SegmentKey::parse("other"));
        for bad in ["", "value:", "from:", "from:2026-13-01", "from:spring", "series:2", "Other", "x"] {
            assert_eq!(SegmentKey::parse(bad), Err(NotAKey), "{bad}");
        }
    }
}
