//! Limits of the query string, which is passed on unchanged.

/// The longest query, in bytes.
const LONGEST: usize = 16 * 1024;
/// The most parameters.
const MOST: usize = 512;

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueryRefused {
    /// More than 16 KiB or 512 parameters.
    TooLarge,
    /// A space, a control character, `#` or a non-ASCII character: it would not reach Jira unchanged.
    Character,
}

/// Checks the text after the `?`.
pub(super) fn admit(query: &str) -> Result<(), QueryRefused> {
    if query.len() > LONGEST || query.split('&').count() > MOST {
        Err(QueryRefused::TooLarge)
    } else if query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        Ok(())
    } else {
        Err(QueryRefused::Character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_bounded_in_bytes_and_parameters() {
        assert_eq!(admit("jql=project%20%3D%20A&a=../..&b=http://x@y;z\\&&c"), Ok(()));
        assert_eq!(admit(&"a".repeat(LONGEST + 1)), Err(QueryRefused::TooLarge));
        assert_eq!(admit(&vec!["a=1"; 1000].join("&")), Err(QueryRefused::TooLarge));
    }

    #[test]
    fn a_query_that_would_be_changed_on_its_way_is_refused() {
        for query in ["a b", "a\r\nb", "a\tb", "ä", "a#b", "a\0"] {
            assert_eq!(admit(query), Err(QueryRefused::Character), "{query:?}");
        }
    }
}
