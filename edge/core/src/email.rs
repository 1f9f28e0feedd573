//! E-mail addresses, by which people are invited and found again.
//!
//! Every address goes through [`canonical`]: those that the operator names, those that are invited, and those that the
//! OpenID provider vouches for. Two ways to fold case would make one person's address somebody else's.

/// The most bytes of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const LONGEST: usize = api::EMAIL_CHARACTERS;

/// The form in which an address is stored and compared: without surrounding blanks, in lower case. `None` for what is no
/// address, and for addresses beyond ASCII: Unicode folds some foreign letters to ASCII ones (U+212A KELVIN SIGN to `k`),
/// and providers disagree on how to write such addresses.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && b != b',');
    let (name, host) = text.split_once('@')?;
    (is_plain && !name.is_empty() && !host.is_empty() && !host.contains('@')).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_folded_in_one_way_and_no_foreign_letter_becomes_an_ascii_one() {
        assert_eq!(canonical(" Ada@Example.COM ").as_deref(), Some("ada@example.com"));
        let long = format!("{}@example.com", "a".repeat(LONGEST));
        for bad in
            ["mar\u{212a}@example.com", "jürgen@example.com", "ada", "@x", "a@", "a b@x", "a@b@c", "a,b@x", &long]
        {
            assert_eq!(canonical(bad), None, "{bad}");
        }
    }
}
