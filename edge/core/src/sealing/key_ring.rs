//! The keys of `SEALING_KEYS`: `kid:base64,kid:base64,…`. The first key seals; every key opens.
//!
//! `kid:` without a key is the name of one that was removed. Nothing opens with it, but the API keys that were made while
//! it sealed are told apart from guesses by the name: see `secrets/organization_claim.rs`.

use std::fmt;

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, Serialize, de};

/// The name of a sealing key: 1 to 32 letters, digits, `-`, `_` and `.`. It is public.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// Parses a name; `None` if it is not one.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        ((1..=32).contains(&text.len()) && plain).then_some(Self(text))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("not a key id"))
    }
}

/// The sealing keys. There is at least one.
#[derive(Clone)]
pub struct KeyRing {
    first: (KeyId, [u8; 32]),
    others: Vec<(KeyId, [u8; 32])>,
    removed: Vec<KeyId>,
}

impl KeyRing {
    /// Parses `SEALING_KEYS`. Base64 may be standard or URL-safe, padded or not; spaces around entries and one trailing
    /// comma are ignored.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let text = text.trim();
        let text = text.strip_suffix(',').unwrap_or(text);
        if text.is_empty() {
            return Err(KeyRingError::Empty);
        }
        let mut entries = text.split(',').enumerate().map(|(index, entry)| parse_entry(index + 1, entry.trim()));
        let first = match entries.next().ok_or(KeyRingError::Empty)?? {
            (id, Some(key)) => (id, key),
            (id, None) => return Err(KeyRingError::WrongLength { id, length: 0 }),
        };
        let mut ring = Self { first, others: Vec::new(), removed: Vec::new() };
        for entry in entries {
            let (id, key) = entry?;
            if ring.names(&id) {
                return Err(KeyRingError::Duplicate(id));
            }
            match key {
                Some(key) => ring.others.push((id, key)),
                None => ring.removed.push(id),
            }
        }
        Ok(ring)
    }

    /// The key that seals.
    pub(crate) const fn first(&self) -> (&KeyId, &[u8; 32]) {
        (&self.first.0, &self.first.1)
    }

    /// The keys with their names, the first key first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&KeyId, &[u8; 32])> {
        std::iter::once(&self.first).chain(&self.others).map(|(id, key)| (id, key))
    }

    /// The names of the keys, the first key first.
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys().map(|(id, _)| id.clone()).collect()
    }

    /// Whether a key of that name is here, or its name at least.
    pub fn names(&self, id: &KeyId) -> bool {
        self.key(id).is_some() || self.removed.contains(id)
    }

    /// The names of keys that were removed.
    pub fn removed(&self) -> &[KeyId] {
        &self.removed
    }

    /// The key of that name.
    pub(crate) fn key(&self, id: &KeyId) -> Option<&[u8; 32]> {
        self.keys().find(|(name, _)| *name == id).map(|(_, key)| key)
    }
}

/// A name and its key; no key if only the name is left.
fn parse_entry(position: usize, entry: &str) -> Result<(KeyId, Option<[u8; 32]>), KeyRingError> {
    let (id, key) = entry.split_once(':').ok_or(KeyRingError::NoName { position })?;
    let id = KeyId::parse(id.trim()).ok_or(KeyRingError::BadName { position })?;
    if key.trim().is_empty() {
        return Ok((id, None));
    }
    let Some(bytes) = decode(key.trim()) else { return Err(KeyRingError::NotBase64(id)) };
    let length = bytes.len();
    match bytes.try_into() {
        Ok(key) => Ok((id, Some(key))),
        Err(_) => Err(KeyRingError::WrongLength { id, length }),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, lenient).decode(text).ok()
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = std::iter::once(&self.first).chain(&self.others).map(|(id, _)| id.as_str());
        f.write_str("KeyRing")?;
        f.debug_list().entries(names).finish()
    }
}

/// What is wrong with `SEALING_KEYS`, for the operator. An error never contains a key: an entry without a usable name
/// is identified by its position, because its text may be a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRingError {
    /// There is no key.
    Empty,
    /// An entry has no `:`.
    NoName {
        /// Counted from 1.
        position: usize,
    },
    /// An entry's name is empty, too long, or has other characters than allowed.
    BadName {
        /// Counted from 1.
        position: usize,
    },
    /// A name is given twice.
    Duplicate(KeyId),
    /// A key is not base64.
    NotBase64(KeyId),
    /// A key has not 32 bytes.
    WrongLength {
        /// Whose key.
        id: KeyId,
        /// Its length in bytes.
        length: usize,
    },
}

impl fmt::Display for KeyRingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no key; it reads name:base64,name:base64,…"),
            Self::NoName { position } => write!(f, "entry {position} has no name; it reads name:base64"),
            Self::BadName { position } => {
                write!(f, "the name of entry {position} must have 1 to 32 letters, digits, `-`, `_` or `.`")
            }
            Self::Duplicate(id) => write!(f, "the name `{id}` is given twice"),
            Self::NotBase64(id) => write!(f, "the key `{id}` is not base64"),
            Self::WrongLength { id, length } => write!(f, "the key `{id}` has {length} bytes instead of 32"),
        }
    }
}

impl std::error::Error for KeyRingError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 32 bytes 0xfb: their base64 differs between the two alphabets.
    const STANDARD_PADDED: &str = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";

    #[test]
    fn a_key_may_be_written_in_either_alphabet_padded_or_not() {
        let url_safe = STANDARD_PADDED.replace('+', "-").replace('/', "_");
        for text in [STANDARD_PADDED, STANDARD_PADDED.trim_end_matches('='), &url_safe, url_safe.trim_end_matches('=')]
        {
            let ring = KeyRing::parse(&format!(" k1 : {text} ,")).expect("a key ring");
            assert_eq!(ring.first().1, &[0xfb; 32]);
        }
    }

    #[test]
    fn what_is_wrong_with_the_keys_is_named_without_printing_a_key() {
        let good = format!("a:{STANDARD_PADDED}");
        let cases = [
            (String::new(), "no key"),
            (" , ".to_owned(), "no key"),
            (STANDARD_PADDED.to_owned(), "entry 1 has no name"),
            (format!("{good},,"), "entry 2 has no name"),
            (format!("{good},:{STANDARD_PADDED}"), "name of entry 2"),
            (format!("{STANDARD_PADDED}:a"), "name of entry 1"),
            (format!("{good},{good}"), "`a` is given twice"),
            ("a:+/v7$".to_owned(), "`a` is not base64"),
            ("a:+/v7".to_owned(), "`a` has 3 bytes"),
            (format!("a:{}", "+/v7".repeat(11)), "`a` has 33 bytes"),
            ("a:".to_owned(), "`a` has 0 bytes"),
            (format!("{good},b:,b:"), "`b` is given twice"),
        ];
        for (text, expected) in cases {
            let error = KeyRing::parse(&text).expect_err(&text).to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
            assert!(!error.contains("+/v7"), "{error} prints a key");
        }
    }

    #[test]
    fn the_name_of_a_removed_key_opens_nothing() {
        let ring = KeyRing::parse(&format!("new:{STANDARD_PADDED},old:")).expect("a key ring");
        let old = KeyId::parse("old").expect("a name");
        assert_eq!((ring.removed(), ring.key(&old), ring.ids().len()), (&[old.clone()][..], None, 1));
    }

    #[test]
    fn a_printed_key_ring_shows_names_only() {
        let ring = KeyRing::parse(&format!("new:{STANDARD_PADDED},old:{STANDARD_PADDED}")).expect("a key ring");
        assert_eq!(format!("{ring:?}"), r#"KeyRing["new", "old"]"#);
    }
}
