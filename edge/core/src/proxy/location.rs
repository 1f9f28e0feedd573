//! The `Location` of a response, as a path of our own.
//!
//! Jira names with it where the outcome of a long operation can be read, or what was created (201, 202, 303). Its own
//! address never crosses: only a path beneath its REST interface does, beneath the path that the call came by.

use url::Url;

use crate::{jira::JiraTarget, proxy::path};

/// The path of our own for a `location`; `None` if it leads elsewhere than to the site's REST interface.
pub(super) fn ours(target: &JiraTarget, called: &str, base_path: &str, location: &str) -> Option<String> {
    let called = Url::parse(called).ok()?;
    let to = called.join(location).ok()?;
    let path = rest_path(target, &called, &to)?;
    path::admit(path).ok()?;
    Some(match to.query() {
        Some(query) => format!("{base_path}/{path}?{query}"),
        None => format!("{base_path}/{path}"),
    })
}

/// The path from `rest/` on. Atlassian's gateway names the site's own address, or a path of it.
fn rest_path<'a>(target: &JiraTarget, called: &Url, to: &'a Url) -> Option<&'a str> {
    let is_same = to.origin() == called.origin();
    let rest = match target {
        JiraTarget::Direct { .. } if is_same => to.path().strip_prefix(target.context_path()?)?,
        JiraTarget::Direct { .. } => return None,
        JiraTarget::Gateway { cloud_id } => {
            let at_gateway = to.path().strip_prefix("/ex/jira/").and_then(|rest| rest.strip_prefix(cloud_id.as_str()));
            at_gateway.filter(|_| is_same).unwrap_or(to.path())
        }
    };
    rest.strip_prefix('/').filter(|path| path.starts_with("rest/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_beneath_the_sites_rest_interface_becomes_one_of_ours() {
        let gateway = JiraTarget::Gateway { cloud_id: "one".into() };
        let called = "https://api.test/ex/jira/one/rest/api/3/field/1";
        let ours = |location: &str| ours(&gateway, called, "/ex/jira/one", location);
        let task = Some("/ex/jira/one/rest/api/3/task/1?a=b".to_owned());
        for location in [
            "https://api.test/ex/jira/one/rest/api/3/task/1?a=b",
            "https://acme.atlassian.net/rest/api/3/task/1?a=b",
            "/rest/api/3/task/1?a=b",
        ] {
            assert_eq!(ours(location), task, "{location}");
        }
        for location in
            ["https://api.media.test/file/1", "/ex/jira/two/rest/api/3/task/1", "/rest/%252e%252e/x", "/secure"]
        {
            assert_eq!(ours(location), None, "{location}");
        }
    }

    #[test]
    fn an_instance_is_left_neither_by_its_host_nor_by_its_context_path() {
        let direct = JiraTarget::Direct { address: "https://jira.test/jira".to_owned().into() };
        let called = "https://jira.test/jira/rest/api/2/issue";
        let ours = |location: &str| ours(&direct, called, "/api/v1/connections/con_1/jira", location);
        let issue = Some("/api/v1/connections/con_1/jira/rest/api/2/issue/1".to_owned());
        assert_eq!(ours("https://jira.test/jira/rest/api/2/issue/1"), issue);
        assert_eq!(ours("issue/1"), issue);
        for location in
            ["https://evil.test/jira/rest/api/2/issue/1", "/rest/api/2/issue/1", "http://jira.test/jira/rest/x"]
        {
            assert_eq!(ours(location), None, "{location}");
        }
    }
}
