//! `application/x-www-form-urlencoded`: query strings, and Jira's responses.

use super::percent::decode;

/// Names and values, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// Parses a form; `None` if an escape is broken or the result is not UTF-8. Empty pieces between two `&` are skipped.
pub(super) fn read(text: &str) -> Option<Pairs> {
    text.split('&').filter(|piece| !piece.is_empty()).map(pair).collect()
}

fn pair(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    Some((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?))
}

/// The value of the only field `name`; `None` if there is none, or more than one.
pub(super) fn only<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut named = pairs.iter().filter(|(other, _)| other == name);
    let (_, value) = named.next()?;
    named.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_servers_read_it() {
        let read = read("a=1&b=2+3%2B&&c&=d&a=%C3%A4").expect("a form");
        let expected = [("a", "1"), ("b", "2 3+"), ("c", ""), ("", "d"), ("a", "ä")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(only(&read, "b"), Some("2 3+"));
        assert_eq!(only(&read, "a"), None, "twice");
        assert_eq!(only(&read, "z"), None);
    }

    #[test]
    fn a_form_with_a_broken_escape_is_no_form() {
        assert_eq!(read("a=1&b=%"), None);
        assert_eq!(read("%ff=1"), None);
    }
}
