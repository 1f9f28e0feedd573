//! Which headers cross: fixed lists, up and down.

/// What the caller may say to Jira. `accept-encoding` crosses as [`encoding`] makes it.
///
/// The conditional ones and `range` belong to attachments and avatars; `x-force-accept-language` makes Jira heed
/// `accept-language` from an app; `x-experimentalapi` opens what Jira calls experimental.
const UP: [&str; 10] = [
    "accept",
    "accept-language",
    "content-type",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "range",
    "x-experimentalapi",
    "x-force-accept-language",
];

/// What Jira may say to the caller, beside its rate-limit headers. `retry-after` crosses as a sane number of seconds.
const DOWN: [&str; 18] = [
    "accept-ranges",
    "atl-request-id",
    "atl-traceid",
    "content-disposition",
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

/// The rate-limit headers with a prefix of their own.
const RATE_LIMITS: [&str; 4] =
    ["x-ratelimit-limit", "x-ratelimit-nearlimit", "x-ratelimit-remaining", "x-ratelimit-reset"];

/// On every answer. What Jira sends was written by its users: it must not run on our origin, nor lie in a cache that
/// would still answer when the key is revoked.
const OURS: [(&str, &str); 6] = [
    ("cache-control", "private, no-store"),
    ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
];

/// The value of a header; of the first, if there are several.
pub(super) fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// What goes up, without the credential.
pub(super) fn up(headers: &[(String, String)], request_id: &str) -> Vec<(&'static str, String)> {
    let mut up: Vec<_> = UP
        .into_iter()
        .filter(|name| !is_hop_by_hop(headers, name))
        .filter_map(|name| Some((name, value(headers, name).filter(|value| is_sound(value))?.to_owned())))
        .collect();
    up.push(("accept-encoding", encoding(headers).to_owned()));
    up.push(("user-agent", "Causeway".to_owned()));
    up.push(("x-request-id", request_id.to_owned()));
    // Jira takes attachments only with this word against cross-site forms. Ours is no form: the credential is a bearer
    // token that no browser adds by itself.
    if value(headers, "content-type").is_some_and(is_multipart) {
        up.push(("x-atlassian-token", "no-check".to_owned()));
    }
    up
}

/// What comes down of Jira's, without `retry-after`.
pub(super) fn down(headers: &[(String, String)]) -> Vec<(&'static str, String)> {
    let mut down: Vec<_> = DOWN
        .into_iter()
        .chain(RATE_LIMITS)
        .filter_map(|name| Some((name, value(headers, name).filter(|value| is_sound(value))?.to_owned())))
        .collect();
    // A length of what is encoded is no length of what the runtime may send.
    let length = value(headers, "content-length").filter(|value| value.bytes().all(|b| b.is_ascii_digit()));
    if let Some(length) = length.filter(|_| value(headers, "content-encoding").is_none()) {
        down.push(("content-length", length.to_owned()));
    }
    down
}

/// What every answer carries.
pub(super) fn ours(request_id: &str) -> impl Iterator<Item = (&'static str, String)> {
    let fixed = OURS.into_iter().map(|(name, value)| (name, value.to_owned()));
    fixed.chain([(api::REQUEST_ID_HEADER, request_id.to_owned())])
}

/// `gzip` if the caller takes it, else nothing. The runtime reads gzip, so a refusal can be peeked into; and said outright,
/// nobody on the way adds an encoding that the caller did not ask for.
fn encoding(headers: &[(String, String)]) -> &'static str {
    let accepted = value(headers, "accept-encoding").unwrap_or_default();
    let takes_gzip = accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    if takes_gzip { "gzip" } else { "identity" }
}

/// Whether `Connection` names the header, which is then not meant for Jira (RFC 9110, section 7.6.1).
fn is_hop_by_hop(headers: &[(String, String)], name: &str) -> bool {
    headers
        .iter()
        .filter(|(header, _)| header.eq_ignore_ascii_case("connection"))
        .any(|(_, value)| value.split(',').any(|named| named.trim().eq_ignore_ascii_case(name)))
}

fn is_sound(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}

fn is_multipart(content_type: &str) -> bool {
    content_type.get(..20).is_some_and(|start| start.eq_ignore_ascii_case("multipart/form-data;"))
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
        let up = up(&sent, "req_1");
        assert_eq!(names(&up), ["accept", "accept-encoding", "user-agent", "x-request-id"]);
        assert!(up.contains(&("user-agent", "Causeway".into())) && up.contains(&("x-request-id", "req_1".into())));
    }

    #[test]
    fn an_attachment_is_sent_with_the_word_that_jira_asks_for() {
        let no_check = ("x-atlassian-token", "no-check".to_owned());
        assert!(up(&pairs(&[("content-type", "Multipart/Form-Data; boundary=x")]), "r").contains(&no_check));
        assert!(!up(&pairs(&[("content-type", "application/json")]), "r").contains(&no_check));
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
