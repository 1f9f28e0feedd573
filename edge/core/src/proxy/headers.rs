//! The headers that the proxy passes on, up to Jira and down to the caller: fixed lists.

use crate::{
    loop_detection::{HOP_HEADER, HOP_VALUE},
    proxy::content_disposition,
};

/// Request headers that are passed on. `accept-encoding` is replaced by the result of [`encoding`].
///
/// The conditional headers and `range` are for attachments and avatars; `x-force-accept-language` makes Jira respect
/// `accept-language` from an app; `x-experimentalapi` enables Jira's experimental operations.
///
/// Bodies are not read, so their `content-encoding` goes up with them.
const UP: [&str; 11] = [
    "accept",
    "accept-language",
    "content-encoding",
    "content-type",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "range",
    "x-experimentalapi",
    "x-force-accept-language",
];

/// Response headers that are passed on, besides the rate-limit headers. `retry-after` is replaced by a bounded number
/// of seconds.
const DOWN: [&str; 18] = [
    "accept-ranges",
    "allow",
    "atl-request-id",
    "atl-traceid",
    "content-encoding",
    "content-language",
    "content-range",
    "content-type",
    "deprecation",
    "etag",
    "last-modified",
    "link",
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-reason",
    "sunset",
    "warning",
    "x-arequestid",
];

/// The rate-limit headers of Cloud, and of Data Center (*Adjusting your code for rate limiting*).
const RATE_LIMITS: [&str; 6] = [
    "x-ratelimit-fillrate",
    "x-ratelimit-interval-seconds",
    "x-ratelimit-limit",
    "x-ratelimit-nearlimit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

/// On every response, besides the id of the call. Jira's content is written by its users: it must not run on our origin, nor stay in a cache that
/// would serve it after the key was revoked.
pub const FIXED_HEADERS: [(&str, &str); 6] = [
    ("cache-control", "private, no-store"),
    ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
];

/// The value of a header; the first, if there are several.
pub(super) fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The request headers for Jira, without the credential.
pub(super) fn up(headers: &[(String, String)], method: &str, request_id: &str) -> Vec<(&'static str, String)> {
    let hop_by_hop = hop_by_hop(headers);
    let mut up: Vec<_> = UP
        .into_iter()
        .filter(|name| !hop_by_hop.iter().any(|named| named.eq_ignore_ascii_case(name)))
        .filter_map(|name| Some((name, value(headers, name).filter(|value| is_sound(value))?.to_owned())))
        .collect();
    up.push(("accept-encoding", encoding(headers).to_owned()));
    up.push(("user-agent", crate::USER_AGENT.to_owned()));
    up.push(("x-request-id", request_id.to_owned()));
    up.push((HOP_HEADER, HOP_VALUE.to_owned()));
    // Jira accepts a write that a form of another site could send (one without JSON) only with this header. It is safe
    // here, because no browser adds our credential by itself.
    let writes = !matches!(method, "GET" | "HEAD" | "OPTIONS");
    if writes && !value(headers, "content-type").is_some_and(is_json) {
        up.push(("x-atlassian-token", "no-check".to_owned()));
    }
    up
}

/// Jira's response headers for the caller, without `retry-after`.
pub(super) fn down(headers: &[(String, String)]) -> Vec<(&'static str, String)> {
    let mut down: Vec<_> = DOWN
        .into_iter()
        .chain(RATE_LIMITS)
        .filter_map(|name| Some((name, value(headers, name).filter(|value| is_sound(value))?.to_owned())))
        .collect();
    down.extend(
        value(headers, "content-disposition")
            .and_then(content_disposition::ascii)
            .filter(|value| is_sound(value))
            .map(|value| ("content-disposition", value)),
    );
    // The length of an encoded body is not the length of what the runtime sends.
    let length = value(headers, "content-length").filter(|value| value.bytes().all(|b| b.is_ascii_digit()));
    if let Some(length) = length.filter(|_| value(headers, "content-encoding").is_none()) {
        down.push(("content-length", length.to_owned()));
    }
    down
}

/// The headers of every response.
pub(super) fn ours(request_id: &str) -> impl Iterator<Item = (&'static str, String)> {
    let fixed = FIXED_HEADERS.into_iter().map(|(name, value)| (name, value.to_owned()));
    fixed.chain([(api::REQUEST_ID_HEADER, request_id.to_owned())])
}

/// `gzip` if the caller accepts it, otherwise `identity`. The runtime decodes gzip, so that a refusal can be examined;
/// and an explicit value keeps intermediaries from adding an encoding that the caller did not ask for.
fn encoding(headers: &[(String, String)]) -> &'static str {
    let accepted = value(headers, "accept-encoding").unwrap_or_default();
    let takes_gzip = accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    if takes_gzip { "gzip" } else { "identity" }
}

/// The headers that `Connection` lists: they are not meant for Jira (RFC 9110, section 7.6.1).
fn hop_by_hop(headers: &[(String, String)]) -> Vec<&str> {
    let lists = headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("connection"));
    lists.flat_map(|(_, value)| value.split(',')).map(str::trim).collect()
}

fn is_sound(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}

/// Whether a content type is JSON: `application/json`, or one that ends in `+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// Whether the content is a web page.
pub(super) fn is_html(headers: &[(String, String)]) -> bool {
    let content_type = value(headers, "content-type").unwrap_or_default();
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn names(headers: &[(&'static str, String)]) -> Vec<&'static str> {
        headers.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn nothing_that_is_not_on_the_list_goes_up() {
        let sent = pairs(&[
            ("Accept", "application/json"),
            ("Authorization", "Bearer cw_x"),
            ("Cookie", "a=b"),
            ("X-Atlassian-Token", "nope"),
            ("Forwarded", "for=1.2.3.4"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("X-Forwarded-Host", "evil"),
            ("CF-Connecting-IP", "1.2.3.4"),
            ("Connection", "close, X-ExperimentalApi"),
            ("X-ExperimentalApi", "opt-in"),
            ("TE", "trailers"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "h2c"),
            ("Proxy-Authorization", "x"),
            ("Expect", "100-continue"),
            ("Host", "evil"),
            ("Origin", "https://evil"),
            ("User-Agent", "curl"),
            ("X-Request-Id", "theirs"),
            ("If-Match", "\"a\r\nX: 1\""),
        ]);
        let up = up(&sent, "GET", "req_1");
        assert_eq!(names(&up), ["accept", "accept-encoding", "user-agent", "x-request-id", "causeway-hop"]);
        assert!(
            up.contains(&("user-agent", crate::USER_AGENT.into())) && up.contains(&("x-request-id", "req_1".into()))
        );
    }

    #[test]
    fn a_write_that_is_not_json_is_sent_with_the_word_that_jira_asks_for() {
        let is_said = |method: &str, content_type: Option<&str>| {
            let headers: Vec<_> = content_type.into_iter().map(|value| ("content-type", value)).collect();
            up(&pairs(&headers), method, "r").contains(&("x-atlassian-token", "no-check".to_owned()))
        };
        for write in ["POST", "PUT", "PATCH", "DELETE"] {
            for other in [
                Some("Multipart/Form-Data; boundary=x"),
                Some("multipart/form-data"),
                Some("application/x-www-form-urlencoded"),
                Some("text/plain"),
                Some("image/png"),
                Some("application/jsonp"),
                None,
            ] {
                assert!(is_said(write, other), "{write} {other:?}");
            }
            for json in ["application/json", "Application/JSON; charset=utf-8", "application/json-patch+json"] {
                assert!(!is_said(write, Some(json)), "{write} {json}");
            }
        }
        assert!(!is_said("GET", None) && !is_said("OPTIONS", Some("text/plain")));
    }

    #[test]
    fn an_encoded_body_goes_up_with_its_encoding() {
        let up = up(&pairs(&[("Content-Encoding", "gzip"), ("Content-Type", "application/json")]), "POST", "r");
        assert!(up.contains(&("content-encoding", "gzip".to_owned())));
    }

    #[test]
    fn which_methods_a_resource_has_comes_down() {
        assert_eq!(down(&pairs(&[("Allow", "GET,PUT,OPTIONS")])), [("allow", "GET,PUT,OPTIONS".to_owned())]);
    }

    #[test]
    fn the_rate_limits_of_data_center_come_down() {
        let sent =
            pairs(&[("X-RateLimit-FillRate", "2"), ("X-RateLimit-Interval-Seconds", "1"), ("X-RateLimit-Limit", "9")]);
        let expected = ["x-ratelimit-fillrate", "x-ratelimit-interval-seconds", "x-ratelimit-limit"];
        assert_eq!(names(&down(&sent)), expected);
    }

    #[test]
    fn only_an_encoding_that_the_caller_takes_is_asked_for() {
        for (accepted, asked) in [
            ("gzip, deflate, br", "gzip"),
            ("br;q=1, GZIP;q=0.5", "gzip"),
            ("gzip;q=0", "identity"),
            ("br", "identity"),
            ("", "identity"),
        ] {
            assert_eq!(encoding(&pairs(&[("Accept-Encoding", accepted)])), asked, "{accepted}");
        }
    }

    #[test]
    fn nothing_that_is_not_on_the_list_comes_down() {
        let sent = pairs(&[
            ("Content-Type", "text/html"),
            ("Content-Length", "12"),
            ("Set-Cookie", "a=b"),
            ("WWW-Authenticate", "Bearer"),
            ("Location", "https://evil"),
            ("Server", "AtlassianEdge"),
            ("Access-Control-Allow-Origin", "*"),
            ("Content-Security-Policy", "x"),
            ("Cache-Control", "public, max-age=9999"),
            ("Clear-Site-Data", "*"),
            ("Refresh", "0; url=https://evil"),
            ("X-RateLimit-Remaining", "1"),
            ("RateLimit-Reason", "jira-burst-based"),
            ("X-AREQUESTID", "a"),
            ("ETag", "\"a\nb\""),
        ]);
        let expected = ["content-type", "ratelimit-reason", "x-arequestid", "x-ratelimit-remaining", "content-length"];
        assert_eq!(names(&down(&sent)), expected);
    }

    #[test]
    fn the_length_of_an_encoded_body_stays_behind() {
        let down = down(&pairs(&[("content-encoding", "gzip"), ("content-length", "12")]));
        assert_eq!(names(&down), ["content-encoding"]);
    }
}
