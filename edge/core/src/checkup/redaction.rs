//! A report ends up in support tickets: it names no person and carries no credential.
//!
//! The sentences of the steps are ours and have neither. What they quote (names of sites, texts of failures) is not: this
//! is the last gate.

/// So long a word without a blank is no word: tokens are longer, names and addresses of sites are shorter.
const LONGEST_WORD: usize = 80;

/// The text without e-mail addresses, without words as long as tokens, without control characters.
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
