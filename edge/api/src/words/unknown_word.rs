//! A word that a newer version wrote.

use std::fmt;

/// A word that this version does not know, kept as it came.
///
/// It holds 1 to 40 visible ASCII characters. Our own words are checked against that limit when they are compiled, so
/// every version can keep the words of every other. Anything else was not written by Causeway; it is kept as
/// `unknown`, because a truncated word could be taken for another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownWord {
    length: u8,
    bytes: [u8; Self::MAX_LENGTH],
}

impl UnknownWord {
    /// The most characters that are kept.
    pub const MAX_LENGTH: usize = 40;
    /// The word `unknown` itself.
    pub(crate) const UNKNOWN: Self = {
        let mut bytes = [0; Self::MAX_LENGTH];
        let (word, _) = bytes.split_at_mut(Self::FALLBACK.len());
        word.copy_from_slice(Self::FALLBACK.as_bytes());
        assert!(Self::FALLBACK.len() == 7);
        Self { length: 7, bytes }
    };
    const FALLBACK: &'static str = "unknown";

    /// Keeps `word`.
    pub fn new(word: &str) -> Self {
        let mut bytes = [0; Self::MAX_LENGTH];
        match (Self::fits(word), u8::try_from(word.len()), bytes.get_mut(..word.len())) {
            (true, Ok(length), Some(place)) => {
                place.copy_from_slice(word.as_bytes());
                Self { length, bytes }
            }
            _ => Self::UNKNOWN,
        }
    }

    /// Whether `word` can be kept as it is.
    pub const fn fits(word: &str) -> bool {
        let mut rest = word.as_bytes();
        if rest.is_empty() || rest.len() > Self::MAX_LENGTH {
            return false;
        }
        while let Some((first, others)) = rest.split_first() {
            if !first.is_ascii_graphic() {
                return false;
            }
            rest = others;
        }
        true
    }

    /// The word as it came.
    pub const fn as_str(&self) -> &str {
        match self.bytes.split_at_checked(self.length as usize) {
            Some((word, _)) => match str::from_utf8(word) {
                Ok(word) => word,
                Err(_) => Self::FALLBACK,
            },
            None => Self::FALLBACK,
        }
    }
}

impl fmt::Debug for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
