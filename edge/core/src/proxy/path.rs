//! Which paths may be called: `rest/…`, in one unambiguous spelling.
//!
//! Gateways between Causeway and Jira decode and normalise paths in different ways, so ambiguous paths are refused.
//! Every segment is checked as written and after each further percent-decoding. Which of the unambiguous paths may be
//! called is decided in `families.rs`.

/// The longest path, in bytes.
const LONGEST: usize = 8 * 1024;
/// How often a segment is decoded; one that is still encoded after that is refused.
const DECODINGS: usize = 3;

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathRefused {
    TooLong,
    NotRest,
    DoubleSlash,
    BeforeRest,
    Attachment,
    Page,
    Character,
    EmptySegment,
    DotSegment,
    EncodedSeparator,
    BadEncoding,
}

impl PathRefused {
    /// The reason, for people.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::TooLong => "The path is longer than 8 KiB.",
            Self::NotRest => "The path does not begin with rest/, which stands right after /jira/.",
            Self::DoubleSlash => "There are two slashes before rest/. Write one: …/jira/rest/….",
            Self::BeforeRest => {
                "Something stands before rest/. Leave it out: the connection knows its site, its cloudId and its context path."
            }
            Self::Attachment => {
                "This is an address for browsers. On Jira Cloud, rest/api/3/attachment/content/{id}?redirect=false gives the content of an attachment. \
                 On Data Center, rest/api/2/attachment/{id} describes it, and its REST interface does not give the content."
            }
            Self::Page => {
                "This is the address of a page for browsers. Call the REST interface: the issue of browse/ABC-1 is rest/api/2/issue/ABC-1, \
                 a board is rest/agile/1.0/board/{id}."
            }
            Self::Character => "The path has a character that must be percent-encoded, or may not occur at all.",
            Self::EmptySegment => "The path has two slashes in a row.",
            Self::DotSegment => "The path has a dot segment.",
            Self::EncodedSeparator => "The path has an encoded slash, backslash or semicolon.",
            Self::BadEncoding => "The path has a percent sign that encodes nothing, or is encoded more than once.",
        }
    }
}

/// The segments of a path from `rest` on, decoded as often as they are encoded, in small letters and without
/// whitespace around them: what a path is compared by. Jira gets the path as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathSegments(Vec<String>);

impl PathSegments {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Checks the text after `/jira/`, as received.
pub(super) fn admit(path: &str) -> Result<PathSegments, PathRefused> {
    if path.len() > LONGEST {
        return Err(PathRefused::TooLong);
    }
    if !path.bytes().all(is_plain) {
        return Err(PathRefused::Character);
    }
    let rest = path.strip_prefix("rest/").filter(|rest| !rest.is_empty()).ok_or_else(|| outside_rest(path))?;
    // A trailing slash is Jira's business.
    let segments = rest.strip_suffix('/').unwrap_or(rest);
    let segments = segments.split('/').map(|segment| admit_segment(segment).map(|text| folded(&text)));
    std::iter::once(Ok("rest".to_owned())).chain(segments).collect::<Result<_, _>>().map(PathSegments)
}

/// What a path that does not begin with `rest/` probably is.
fn outside_rest(path: &str) -> PathRefused {
    let is_at = |beginnings: &[&str]| beginnings.iter().any(|beginning| path.starts_with(beginning));
    if path.starts_with('/') && path.trim_start_matches('/').starts_with("rest/") {
        PathRefused::DoubleSlash
    } else if path.contains("/rest/") {
        PathRefused::BeforeRest
    } else if is_at(&["secure/attachment/", "secure/thumbnail/"]) {
        PathRefused::Attachment
    } else if is_at(&["browse/", "secure/", "projects/", "issues/", "jira/", "servicedesk/", "plugins/", "http"]) {
        PathRefused::Page
    } else {
        PathRefused::NotRest
    }
}

/// In small letters, so that all spellings of which some gateway or Jira makes the same letters are the same: `K` is
/// also the Kelvin sign, and `S` the long s.
fn folded(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_uppercase().to_lowercase() }
}

/// The characters that RFC 3986 allows in a path, without `;` (path parameters) and `@` (user information).
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'/' | b'%' | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'')
        || matches!(byte, b'(' | b')' | b'*' | b'+' | b',' | b'=' | b':')
}

/// Checks a segment. Returns it decoded.
fn admit_segment(raw: &str) -> Result<String, PathRefused> {
    if raw.is_empty() {
        return Err(PathRefused::EmptySegment);
    }
    let mut text = raw.to_owned();
    for round in 0..=DECODINGS {
        classify(&text)?;
        match decode(&text, round == 0)? {
            Some(decoded) => text = decoded,
            None => return Ok(text),
        }
    }
    Err(PathRefused::BadEncoding)
}

fn classify(segment: &str) -> Result<(), PathRefused> {
    if matches!(segment.trim(), "." | "..") {
        Err(PathRefused::DotSegment)
    } else if segment.contains(['/', '\\', ';']) {
        Err(PathRefused::EncodedSeparator)
    } else if segment.contains(char::is_control) {
        Err(PathRefused::Character)
    } else {
        Ok(())
    }
}

/// Decodes every `%xx`; `None` if there is none. In raw text every `%` must start an escape; in decoded text it may be
/// a percent sign. Invalid UTF-8, overlong forms included, is refused.
fn decode(text: &str, is_raw: bool) -> Result<Option<String>, PathRefused> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut found = false;
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, encoded(after)) {
            (b'%', Some((value, after))) => {
                decoded.push(value);
                found = true;
                rest = after;
            }
            (b'%', None) if is_raw => return Err(PathRefused::BadEncoding),
            _ => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    let decoded = String::from_utf8(decoded).map_err(|_| PathRefused::BadEncoding)?;
    Ok(found.then_some(decoded))
}

fn encoded(after_percent: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], after) = after_percent.split_first_chunk::<2>()?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(*high)? << 4 | digit(*low)?, after))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::fakes::SeededRandom;

    #[test]
    fn paths_of_jiras_rest_interface_are_let_through() {
        for path in [
            "rest/api/3/myself",
            "rest/api/3/issue/ABC-1/properties/com.example:key",
            "rest/api/2/search/",
            "rest/agile/1.0/board/1/issue",
            "rest/api/3/user/a%40b.test",
            "rest/api/3/project/M%C3%BCnchen%20Ost",
            "rest/api/3/issue/A-1/properties/100%25",
            "rest/api/3/issue/A-1/properties/100%25%20sure",
            "rest/api/3/issue/A-1/properties/...",
            "rest/api/3/issue/A-1/properties/.hidden",
            "rest/api/3/issue/A-1/properties/a..b",
            "rest/api/3/issue/A-1/properties/(a),b!c$d&e'f*g+h=i~j_k",
        ] {
            assert!(admit(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn every_spelling_of_a_way_out_is_refused() {
        use PathRefused::*;
        let long = format!("rest/{}", "a".repeat(LONGEST));
        let corpus = [
            (NotRest, "ui rest rest/ Rest/a REST/a rest%2fapi r%65st/a restful/a /evil.test api/2/issue"),
            (DoubleSlash, "/rest/a //rest/a"),
            (BeforeRest, "a/rest/b http://evil.test/rest/a //evil.test/rest/a ex/jira/other/rest/a jira/rest/api/2/x"),
            (BeforeRest, "../rest/a ./rest/a %2e%2e/rest/a"),
            (Attachment, "secure/attachment/10000/a.png secure/thumbnail/10000/a.png"),
            (
                Page,
                "browse/ABC-1 secure/x jira/software/projects/A/boards/1 plugins/servlet/oauth/token https://x.test",
            ),
            (DotSegment, "rest/.. rest/../x rest/./x rest/a/../../x rest/a/. rest/a/.. rest/a/../"),
            (DotSegment, "rest/%2e%2e/x rest/%2E%2E/x rest/.%2e/x rest/%2e./x rest/%2e rest/a/%2e%2E"),
            (DotSegment, "rest/%252e%252e/x rest/%252E./x rest/%25252e%25252e/x rest/%25%32%65%25%32%65/x"),
            (DotSegment, "rest/..%20/x rest/%20../x rest/..%c2%a0/x"),
            (EncodedSeparator, "rest/a%2fb rest/a%2Fb rest/..%2fx rest/%2f rest/a%5cb rest/..%5C.. rest/a%252fb"),
            (EncodedSeparator, "rest/a%255cb rest/a%25252fb rest/..%3b/x rest/a%3bb rest/a%253Bb rest/%25%32%66"),
            (
                Character,
                "rest/a\\b rest\\a rest/..\\x rest/a;b rest/..;/x rest/;a rest/a@b evil@rest/a rest/@evil.test",
            ),
            (Character, "rest/a%00 rest/%00 rest/a%0d%0aX:1 rest/%0a rest/%09 rest/%7f rest/a%2500 rest/a%250d"),
            (Character, "rest/ä rest/．． rest/a<b rest/a>b rest/a\"b rest/a`b rest/a{b} rest/a|b rest/a^b rest/a[b]"),
            (Character, "rest/a?b rest/a#b rest/%c2%85"),
            (EmptySegment, "rest//a rest//evil.test/a rest/a//b rest/a// rest///"),
            (BadEncoding, "rest/% rest/a% rest/%2 rest/%zz rest/%u002e rest/a%%32 rest/%c0%ae%c0%ae/x rest/%ff"),
            (BadEncoding, "rest/%e0%80%af rest/%2525252541 rest/%c3"),
            (TooLong, long.as_str()),
        ];
        for (why, paths) in corpus {
            for path in paths.split(' ') {
                assert_eq!(admit(path).err(), Some(why), "{path:?}");
            }
        }
        for path in ["rest/a b", "rest/a\r\nb", "rest/a\tb", "rest/a\0b", "rest/\u{7f}", " rest/a"] {
            assert_eq!(admit(path).err(), Some(Character), "{path:?}");
        }
    }

    #[test]
    fn a_path_is_compared_decoded_and_in_small_letters() {
        let segments = |path: &str| admit(path).map(|path| path.iter().collect::<Vec<_>>().join("|"));
        assert_eq!(segments("rest/API/2/user/pass%77ord/").as_deref(), Ok("rest|api|2|user|password"));
        assert_eq!(segments("rest/%2541pi/%20x%20").as_deref(), Ok("rest|api|x"));
        assert_eq!(segments("rest/%E2%84%AA/%C5%BF").as_deref(), Ok("rest|k|s"), "the Kelvin sign and the long s");
    }

    #[test]
    fn no_two_bytes_after_a_percent_sign_reach_a_separator_a_dot_segment_or_a_control_character() {
        for byte in 0..=u8::MAX {
            let way_out = !(0x20..0x7f).contains(&byte) || b"/\\;".contains(&byte);
            for path in [format!("rest/a%{byte:02x}b"), format!("rest/a%{byte:02X}"), format!("rest/a%25{byte:02x}b")] {
                assert_eq!(admit(&path).is_err(), way_out, "{path}");
            }
        }
    }

    #[test]
    fn what_is_let_through_is_left_as_it_is_by_a_url_parser() {
        const PIECES: [&str; 24] = [
            "rest/", "rest", "/", "//", ".", "..", "%2e", "%2E", "%252e", "%25", "%2f", "%5c", "\\", ";", "@", ":",
            "%00", "%0a", "a", "A-1", "api/3/", "%C3%A4", "?", "#",
        ];
        let random = SeededRandom::new(7);
        let mut let_through = 0;
        for _ in 0..20_000 {
            let pieces = (0..=random.below(5)).map(|_| PIECES[usize::try_from(random.below(24)).expect("small")]);
            let path = format!("rest/{}", pieces.collect::<String>());
            if admit(&path).is_err() {
                continue;
            }
            let_through += 1;
            let url = Url::parse(&format!("https://api.test/ex/jira/cloud-1/{path}")).expect("an address");
            assert_eq!((url.path(), url.query()), (format!("/ex/jira/cloud-1/{path}").as_str(), None));
            assert_eq!(url.host_str(), Some("api.test"));
        }
        assert!(let_through > 1_000, "only {let_through} of 20000 paths were let through");
    }
}
