//! The base address in the address of one of Jira's pages, which is what people copy from their browser.
//!
//! The host stays what it is: only the end is dropped, and what remains is checked like every other address.

use super::{Address, AddressRefused, Policy};

/// The first segments of the REST API of Jira, after `rest`.
const API_FAMILIES: &[&str] = &["agile", "api", "auth", "greenhopper", "oauth2", "servicedeskapi"];

impl Address {
    /// Parses and checks what a person typed or pasted. For a page of Jira (`…/browse/ABC-1`) it is the base address of
    /// that Jira. A Cloud site has no context path, so its base is its host; the context path of a Data Center site stays.
    pub fn read(text: &str, policy: &Policy) -> Result<Self, AddressRefused> {
        let text = text.trim();
        Self::check(base(text).unwrap_or(text), policy)
    }

    /// An address to suggest instead of a text that was refused because of how it was written; `None` if there is none.
    pub fn suggested(text: &str, policy: &Policy) -> Option<Self> {
        let text = text.trim();
        let text = text.split(['?', '#']).next().unwrap_or(text);
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        Self::read(&format!("https://{rest}"), policy).ok()
    }
}

/// The scheme and authority of an address, or the whole text.
fn origin(text: &str) -> &str {
    let start = text.find("://").map_or(0, |at| at + 3);
    text.get(start..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .and_then(|end| text.get(..start + end))
        .unwrap_or(text)
}

/// The part of a page's address before what Jira serves there; `None` if it is no page of Jira.
fn base(text: &str) -> Option<&str> {
    let origin = origin(text);
    let rest = text.get(origin.len()..)?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if Address::check(origin, &Policy::default()).is_ok_and(|address| address.is_atlassians()) {
        return Some(origin);
    }
    let mut at = origin.len();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        if begins_page(segment, segments.get(index + 1).copied().unwrap_or_default(), rest.len() > path.len()) {
            return text.get(..at);
        }
        at += segment.len() + 1;
    }
    None
}

/// Whether Jira's own pages begin with this segment and the `next`. A context path may be any word, so one word alone is
/// none of them.
fn begins_page(segment: &str, next: &str, has_query: bool) -> bool {
    match segment {
        "browse" => !next.is_empty(),
        "secure" => is_jsp_action(next) || matches!(next, "admin" | "attachment" | "project" | "thumbnail"),
        "rest" => API_FAMILIES.contains(&next),
        "plugins" => next == "servlet",
        "projects" => is_project_key(next),
        "servicedesk" => matches!(next, "agent" | "customer"),
        "issues" => next.is_empty() && has_query,
        "login.jsp" | "default.jsp" => next.is_empty(),
        _ => false,
    }
}

/// Jira's older pages are actions of this ending.
fn is_jsp_action(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(_, ending)| ending == "jspa")
}

/// Project keys are in capitals, unlike most paths.
fn is_project_key(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC_ONLY: &Policy = &Policy { allow_loopback: false, own_host: None };

    fn read(text: &str) -> Result<String, AddressRefused> {
        Address::read(text, PUBLIC_ONLY).map(|address| address.to_string())
    }

    #[test]
    fn a_pasted_page_leads_to_the_base_address_of_its_jira() {
        for (pasted, base) in [
            ("https://acme.atlassian.net/browse/ABC-1", "https://acme.atlassian.net"),
            ("https://acme.atlassian.net/jira/software/projects/ABC/boards/1", "https://acme.atlassian.net"),
            ("https://acme.atlassian.net/jira/software/c/projects/ABC/boards/1?view=x#y", "https://acme.atlassian.net"),
            ("https://acme.atlassian.net/rest/api/2/serverInfo", "https://acme.atlassian.net"),
            ("https://acme.atlassian.net/wiki/spaces/A", "https://acme.atlassian.net"),
            ("  https://acme.atlassian.net/jira/your-work \n", "https://acme.atlassian.net"),
            ("https://acme.atlassian.net?a=b", "https://acme.atlassian.net"),
            ("https://jira.example.com/browse/ABC-1?focusedId=1#comment-1", "https://jira.example.com"),
            ("https://jira.example.com/secure/RapidBoard.jspa?rapidView=1&view=detail", "https://jira.example.com"),
            ("https://jira.example.com:8443/jira/secure/Dashboard.jspa", "https://jira.example.com:8443/jira"),
            ("https://example.com/tools/jira/projects/ABC/issues/ABC-1", "https://example.com/tools/jira"),
            ("https://example.com/jira/issues/?jql=project%20%3D%20ABC", "https://example.com/jira"),
            ("https://example.com/jira/servicedesk/customer/portal/1", "https://example.com/jira"),
            ("https://example.com/jira/rest/api/2/myself", "https://example.com/jira"),
            ("https://example.com/jira/plugins/servlet/applinks", "https://example.com/jira"),
            ("https://example.com/jira/login.jsp?os_destination=%2F", "https://example.com/jira"),
        ] {
            assert_eq!(read(pasted).as_deref(), Ok(base), "{pasted}");
        }
    }

    #[test]
    fn context_paths_stay_intact_whatever_words_they_are_made_of() {
        for (typed, kept) in [
            ("https://example.com/jira/", "https://example.com/jira"),
            ("https://example.com/projects", "https://example.com/projects"),
            ("https://example.com/projects/jira", "https://example.com/projects/jira"),
            ("https://example.com/issues", "https://example.com/issues"),
            ("https://example.com/issues/browse/ABC-1", "https://example.com/issues"),
            ("https://example.com/browse", "https://example.com/browse"),
            ("https://example.com/secure/jira", "https://example.com/secure/jira"),
            ("https://example.com/secure/jira/secure/Dashboard.jspa", "https://example.com/secure/jira"),
            ("https://example.com/rest/jira", "https://example.com/rest/jira"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn a_pasted_page_of_a_forbidden_host_is_refused_like_its_host() {
        for host in ["127.0.0.1", "localhost", "2130706433", "[::1]", "jira.corp", "ada:secret@jira.example.com"] {
            for page in ["browse/ABC-1", "secure/RapidBoard.jspa?rapidView=1", "rest/api/2/myself"] {
                let host = format!("https://{host}");
                assert_eq!(read(&format!("{host}/{page}")), read(&host), "{host}/{page}");
                assert!(read(&host).is_err());
            }
        }
        assert!(read("https://127.0.0.1\\@acme.atlassian.net/browse/ABC-1").is_err());
        assert!(read("https://127.0.0.1#@acme.atlassian.net/browse/ABC-1").is_err());
    }

    #[test]
    fn what_was_only_written_wrongly_is_suggested_rightly_and_nothing_else_is() {
        let suggested = |text: &str| Address::suggested(text, PUBLIC_ONLY).map(|address| address.to_string());
        for (typed, right) in [
            ("acme.atlassian.net", "https://acme.atlassian.net"),
            ("acme.atlassian.net/browse/ABC-1", "https://acme.atlassian.net"),
            ("http://jira.example.com/jira/browse/ABC-1", "https://jira.example.com/jira"),
            ("jira.example.com:8443/jira", "https://jira.example.com:8443/jira"),
            ("https://jira.example.com/jira?a=b", "https://jira.example.com/jira"),
        ] {
            assert_eq!(suggested(typed).as_deref(), Some(right), "{typed}");
        }
        for text in ["", "jira", "localhost:2990", "ada:secret@jira.example.com", "10.0.0.1", "javascript:alert(1)"] {
            assert_eq!(suggested(text), None, "{text}");
        }
    }
}
