//! Text as people search and sort it: in lower case and without accents, whether these were typed as one character or
//! as two.

use icu_normalizer::{
    ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed,
};

/// The text to sort by and to search in: decomposed (NFKD), without combining characters, lower case. *Écho*, *écho* and
/// *echo* are the same; *ø* and *o* are not, because Unicode does not decompose the former.
pub(crate) fn folded(text: &str) -> String {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    decomposed.chars().filter(|c| classes.get_u8(*c) == 0).flat_map(char::to_lowercase).collect()
}

/// The text in which two names that look the same are the same: composed (NFC), lower case, with its accents.
pub(crate) fn same_name(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(&text.to_lowercase()).into_owned()
}

/// The text that is stored to be searched: as it was typed, and folded.
pub(crate) fn searchable(text: &str) -> String {
    let (lower, folded) = (text.to_lowercase(), folded(text));
    if lower == folded { lower } else { format!("{lower}\n{folded}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_make_no_difference_to_a_search_and_their_spelling_none_to_a_name() {
        for text in ["\u{c9}cho", "E\u{301}cho", "\u{e9}CHO", "echo", "\u{ff25}cho"] {
            assert_eq!(folded(text), "echo", "{text}");
        }
        assert_eq!(folded("\u{1ec6}\u{df}\u{f8}"), "e\u{df}\u{f8}");
        assert_eq!(same_name("E\u{301}cho"), same_name("\u{e9}cho"));
        assert_ne!(same_name("\u{e9}cho"), same_name("echo"));
    }
}
