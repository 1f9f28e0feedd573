//! How the address of a call names a site, where it names no connection.

use serde::{Deserialize, Serialize};

use crate::cloud_id::is_cloud_id;

/// The longest context path, in bytes.
const LONGEST: usize = 255;

/// What the address of a call says about the site. Links in Jira's answers (`self`) lead to the same address with
/// another host, so a client that follows them on Causeway's host arrives with one of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteReference {
    /// `/ex/jira/{cloudId}/…`: as at Atlassian's gateway.
    CloudId(String),
    /// `{context path}/rest/…`: as at an instance that is called directly. Empty, or begins with a slash.
    ContextPath(String),
}

impl SiteReference {
    /// The site with this cloudId, if it can be one.
    pub fn of_cloud_id(text: String) -> Option<Self> {
        is_cloud_id(&text).then_some(Self::CloudId(text))
    }

    /// The sites below this context path, if it can be one.
    pub fn of_context_path(text: String) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().all(plain);
        let is_path = text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment));
        (text.len() <= LONGEST && (text.is_empty() || is_path)).then_some(Self::ContextPath(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_cloud_id_or_a_context_path_names_a_site() {
        for path in ["", "/jira", "/tools/jira-8.1", "/a_b~c"] {
            assert_eq!(
                SiteReference::of_context_path(path.to_owned()),
                Some(SiteReference::ContextPath(path.to_owned()))
            );
        }
        for path in ["/", "jira", "/jira/", "//jira", "/a b", "/a%2fb", "/a?b", "/ä", &format!("/{}", "a".repeat(255))]
        {
            assert_eq!(SiteReference::of_context_path(path.to_owned()), None, "{path}");
        }
        assert_eq!(SiteReference::of_cloud_id("a-1".into()), Some(SiteReference::CloudId("a-1".into())));
        for id in ["", "a/b", "..", "a%2fb"] {
            assert_eq!(SiteReference::of_cloud_id(id.into()), None, "{id}");
        }
    }
}
