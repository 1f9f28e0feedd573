//! Consumer keys: the names of the other end of an application link, in OAuth 1.0a.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A consumer key: 1 to 255 letters, digits, `-` and `_`, all of ASCII. Jira compares it as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ConsumerKey(String);

/// Why a text is not a [`ConsumerKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerKeyRefused {
    /// Nothing, or only spaces.
    Empty,
    /// More than [`ConsumerKey::MAX_LENGTH`] characters.
    TooLong,
    /// A character that is none of the allowed ones: the first such.
    Character(char),
}

impl ConsumerKey {
    /// The most characters a consumer key has; Jira keeps no more.
    pub const MAX_LENGTH: usize = 255;

    /// Takes `text` without surrounding whitespace, or says why not. Cheap enough to call at every key press.
    pub fn parse(text: &str) -> Result<Self, ConsumerKeyRefused> {
        let text = text.trim();
        if text.is_empty() {
            Err(ConsumerKeyRefused::Empty)
        } else if let Some(odd) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
            Err(ConsumerKeyRefused::Character(odd))
        } else if text.len() > Self::MAX_LENGTH {
            Err(ConsumerKeyRefused::TooLong)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConsumerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ConsumerKeyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter a consumer key."),
            Self::TooLong => f.write_str("Use 255 characters or fewer."),
            Self::Character(odd) if odd.is_whitespace() || odd.is_control() => {
                f.write_str("Use one word, without spaces.")
            }
            Self::Character(odd) => write!(f, "Use only letters, digits, - and _ (not {odd})."),
        }
    }
}

impl std::error::Error for ConsumerKeyRefused {}

impl<'de> Deserialize<'de> for ConsumerKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<String> {
        ConsumerKey::parse(text).err().map(|refused| refused.to_string())
    }

    #[test]
    fn a_consumer_key_is_one_word_of_letters_digits_hyphens_and_underscores() {
        assert_eq!(
            ConsumerKey::parse(" Causeway_prod-2 ").map(|key| key.to_string()),
            Ok("Causeway_prod-2".to_owned())
        );
        assert!(ConsumerKey::parse(&"k".repeat(255)).is_ok());
        assert_eq!(refusal("  ").as_deref(), Some("Enter a consumer key."));
        assert_eq!(refusal(&"k".repeat(256)).as_deref(), Some("Use 255 characters or fewer."));
        assert_eq!(refusal("my key").as_deref(), Some("Use one word, without spaces."));
        assert_eq!(refusal("schlüssel").as_deref(), Some("Use only letters, digits, - and _ (not ü)."));
    }

    #[test]
    fn a_consumer_key_is_plain_text_on_the_wire_and_checked_there() {
        let key: ConsumerKey = serde_json::from_str(r#""causeway""#).expect("a key");
        assert_eq!(serde_json::to_string(&key).expect("text"), r#""causeway""#);
        assert!(serde_json::from_str::<ConsumerKey>(r#""cause way""#).is_err());
    }
}
