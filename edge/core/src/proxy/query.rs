//! Checks of the query string, which is passed on unchanged.

use std::borrow::Cow;

use url::form_urlencoded;

/// The longest query, in bytes.
const LONGEST: usize = 16 * 1024;
/// The most parameters.
const MOST: usize = 512;
/// The beginnings of the parameters in which Jira takes a sign-in or a signature: Data Center's own (`os_username`,
/// `os_password`, `os_authType`) and OAuth 1.0a's. A call would be made as somebody else, or what is wrong there would
/// be taken for the connection's credential.
const SIGN_IN_BEGINNINGS: [&str; 3] = ["os_", "oauth_", "xoauth_"];
/// The parameters in which Jira takes a token: that of a Connect app, and a bearer token (RFC 6750, section 2.3).
const SIGN_IN_NAMES: [&str; 2] = ["jwt", "access_token"];
/// How often a name is decoded.
const DECODINGS: usize = 3;

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueryRefused {
    /// More than 16 KiB or 512 parameters.
    TooLarge,
    /// A space, a control character, `#` or a non-ASCII character: it would not reach Jira unchanged.
    Character,
    /// A parameter in which Jira takes a sign-in.
    SignIn,
}

/// Checks the text after the `?`.
pub(super) fn admit(query: &str) -> Result<(), QueryRefused> {
    if query.len() > LONGEST || query.split('&').count() > MOST {
        Err(QueryRefused::TooLarge)
    } else if !query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        Err(QueryRefused::Character)
    } else if query.split(['&', ';']).any(is_sign_in) {
        Err(QueryRefused::SignIn)
    } else {
        Ok(())
    }
}

/// Whether Jira takes a sign-in from a parameter with this name, in any case, as written or decoded.
fn is_sign_in(parameter: &str) -> bool {
    let mut name = Cow::Borrowed(parameter.split('=').next().unwrap_or_default());
    for _ in 0..=DECODINGS {
        let read = name.trim();
        let begins = |start: &str| read.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start));
        if SIGN_IN_NAMES.iter().any(|other| read.eq_ignore_ascii_case(other))
            || SIGN_IN_BEGINNINGS.into_iter().any(begins)
        {
            return true;
        }
        if !name.contains(['%', '+', '=', '&']) {
            return false;
        }
        let decoded = form_urlencoded::parse(name.as_bytes()).next().map(|(name, _)| name.into_owned());
        name = Cow::Owned(decoded.unwrap_or_default());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_signs_nobody_in_however_the_name_is_written() {
        for query in [
            "os_username=ada&os_password=x",
            "a=1&OS_authType=basic",
            "%6fs_username=ada",
            "o%73%5Fusername=ada",
            "%256Fs_username=ada",
            "%20os_username=ada",
            "+os_username",
            "a=1;os_username=ada",
            "oauth_token=x",
            "xoauth_requestor_id=ada",
            "a=1&JWT=x",
            "access%5Ftoken=x",
        ] {
            assert_eq!(admit(query), Err(QueryRefused::SignIn), "{query}");
        }
        assert_eq!(admit("jql=os_username%20=%20os_x&fields=os_x&cos_x=1&os=1&accessType=EDIT&jwts=1"), Ok(()));
    }

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
