//! Redaction of reports, which end up in support tickets: they must contain no personal data and no credential.
//!
//! Our own sentences contain neither. What they quote (site names, error texts) may; this is the last filter.

/// The longest word, in bytes: tokens are longer; names and site addresses are shorter.
const LONGEST_WORD: usize = 80;

/// Removes e-mail addresses, words as long as tokens, and control characters.
pub(super) fn redacted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split(' ').map(|word| if is_private(word) { "(removed)" } else { word }).collect::<Vec<_>>().join(" ")
}

fn is_private(word: &str) -> bool {
    let address = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    address || word.len() > LONGEST_WORD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_tokens_are_removed_and_sentences_stay() {
        let token = "x".repeat(81);
        assert_eq!(redacted(&format!("Refused {token} of ada@example.com.")), "Refused (removed) of (removed)");
        let plain = "Jira answers as Acme (https://acme.atlassian.net).";
        assert_eq!(redacted(plain), plain);
        assert_eq!(redacted("one\ntwo"), "one two");
    }
}
