//! Paths, queries and headers that nobody thought of.

use url::Url;

use super::{content_disposition, families, location, path, query};
use crate::jira::JiraTarget;

/// Decodes as often as something is encoded, as some gateway may.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..6 {
        let pairs = format!("a={}", text.replace('+', "%2B").replace('&', "%26"));
        text = url::form_urlencoded::parse(pairs.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
    }
    text
}

#[test]
fn a_path_that_is_passed_on_stays_beneath_jiras_rest_interface() {
    crate::fuzz::fuzz(include_str!("../../corpus/paths.txt"), |text| {
        let Ok(segments) = path::admit(text) else { return };
        for base in ["https://api.test/ex/jira/one/", "https://jira.test/context/"] {
            let url = Url::parse(&format!("{base}{text}")).expect("an address");
            assert_eq!(url.as_str(), format!("{base}{text}"), "it is sent as it came");
            assert!(url.as_str().starts_with(&format!("{base}rest/")));
        }
        let all = decoded(text);
        assert!(!all.split(['/', '\\', ';']).any(|segment| matches!(segment.trim(), "." | "..")), "{all:?}");
        let segments: Vec<_> = segments.iter().collect();
        assert_eq!(segments.first(), Some(&"rest"));
        let family = families::check(&path::admit(text).expect("it was admitted"), true);
        let secret = ["auth", "oauth", "oauth2", "pat", "webauthn"];
        if segments.get(1).is_some_and(|family| secret.contains(family)) {
            assert!(family.is_err(), "{segments:?}");
        }
    });
}

#[test]
fn a_query_that_is_passed_on_signs_nobody_in() {
    crate::fuzz::fuzz(include_str!("../../corpus/queries.txt"), |text| {
        if query::admit(text).is_err() {
            return;
        }
        let url = Url::parse(&format!("https://jira.test/rest?{text}")).expect("an address");
        for (name, _) in url.query_pairs() {
            let name = name.trim().to_ascii_lowercase();
            let signs_in = ["os_", "oauth_", "xoauth_"].iter().any(|begin| name.starts_with(begin));
            assert!(!signs_in && name != "jwt" && name != "access_token", "{name}");
        }
        let sent: Vec<_> = url.query_pairs().collect();
        let received: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
        assert_eq!(sent, received, "it means the same when it is sent");
    });
}

#[test]
fn a_location_comes_down_as_a_path_of_ours_or_not_at_all() {
    let gateway = JiraTarget::Gateway { cloud_id: "one".into() };
    crate::fuzz::fuzz(include_str!("../../corpus/paths.txt"), |text| {
        for location in [text.to_owned(), format!("/{text}"), format!("https://evil.test/{text}")] {
            let called = "https://api.test/ex/jira/one/rest/api/3/field/1";
            let Some(path) = location::ours(&gateway, called, "/ex/jira/one", &location) else { continue };
            assert!(path.starts_with("/ex/jira/one/rest/"), "{path}");
            assert!(http::HeaderValue::from_str(&path).is_ok(), "{path:?}");
        }
    });
}

#[test]
fn the_name_of_a_file_comes_down_in_one_header_or_not_at_all() {
    crate::fuzz::fuzz(include_str!("../../corpus/queries.txt"), |text| {
        for value in [format!("attachment; filename=\"{text}\""), format!("inline; filename={text}"), text.to_owned()] {
            if value.contains(char::is_control) {
                // No header has them.
                continue;
            }
            if let Some(ascii) = content_disposition::ascii(&value) {
                assert!(ascii.is_ascii() && http::HeaderValue::from_str(&ascii).is_ok(), "{ascii:?}");
            }
        }
    });
}
