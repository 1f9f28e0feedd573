//! Texts of other systems, cut to what a person is shown.

/// The most characters of a name, a title or an e-mail address of another system that are kept in records: as many as
/// Jira has itself. Source: the columns of its table `cwd_user`.
const LONGEST_NAME: usize = 255;

/// A name, a title or an e-mail address as it is kept in records: one line of at most 255 characters.
pub(crate) fn name(text: &str) -> String {
    excerpt(text, LONGEST_NAME).trim().to_owned()
}

/// An id of another system; `None` if it is empty or longer than any is. It is compared, so it is never cut.
pub(crate) fn id(text: String) -> Option<String> {
    (1..=LONGEST_NAME).contains(&text.chars().count()).then_some(text)
}

/// The beginning of `text` on one line: at most `longest` characters, control characters replaced by blanks. The result
/// is still untrusted text; screens never take it for markup.
pub(crate) fn excerpt(text: &str, longest: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_of_bounded_length() {
        assert_eq!(excerpt(" a\r\nb\t", 500), " a  b ");
        assert_eq!(excerpt("abcdef", 3), "abc");
    }

    #[test]
    fn a_name_is_cut_at_255_characters_and_an_id_that_long_is_none() {
        assert_eq!(name(&format!(" {}", "ä".repeat(300))).chars().count(), 254);
        assert_eq!(name("Ada\u{0}Admin\n"), "Ada Admin");
        assert_eq!(id("ä".repeat(255)).map(|id| id.len()), Some(510));
        assert_eq!((id("a".repeat(256)), id(String::new())), (None, None));
    }
}
