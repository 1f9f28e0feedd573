//! Texts of other systems, cut to what a person is shown.

/// The longest name or e-mail address that is kept, in characters: as long as Jira's own. Source: the columns of Jira's
/// table `cwd_user`.
pub(crate) const LONGEST_NAME: usize = 255;

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
}
