//! Names that people give to things.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A name given by a person: 1 to 255 characters after trimming, no control characters. Compared as written.
///
/// Marks that change the writing direction are kept, because names are written in every script; screens isolate them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

/// Why a text is not a [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRefused {
    /// Nothing, or only spaces.
    Empty,
    /// More than [`Name::MAX_LENGTH`] characters.
    TooLong,
    /// A line break, a tab or another control character.
    ControlCharacter,
}

impl Name {
    /// The most characters (Unicode scalar values) a name has.
    pub const MAX_LENGTH: usize = 255;

    /// Trims `text` and takes it, or says why not.
    pub fn parse(text: &str) -> Result<Self, NameRefused> {
        let text = text.trim();
        if text.is_empty() {
            Err(NameRefused::Empty)
        } else if text.chars().count() > Self::MAX_LENGTH {
            Err(NameRefused::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(NameRefused::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NameRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Enter a name.",
            Self::TooLong => "Use 255 characters or fewer.",
            Self::ControlCharacter => "Use one line without control characters.",
        })
    }
}

impl std::error::Error for NameRefused {}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_255_characters_on_one_line() {
        assert_eq!(Name::parse("  Staging ").map(|n| n.to_string()), Ok("Staging".to_owned()));
        assert!(Name::parse(&"é".repeat(255)).is_ok());
        assert_eq!(Name::parse(&"é".repeat(256)), Err(NameRefused::TooLong));
        assert_eq!(Name::parse(" \u{3000} "), Err(NameRefused::Empty));
        assert_eq!(Name::parse("a\nb"), Err(NameRefused::ControlCharacter));
        assert!(Name::parse("שלום\u{200f}").is_ok());
    }
}
