//! The paths of Causeway's redirect addresses.
//!
//! Each authorization server has one of its own, so that an answer of another server is noticed before its code is sent
//! anywhere (RFC 9700, section 4.4).

/// The path that all servers shared before each got its own. Links and apps that were registered with it keep working.
pub const SHARED_CALLBACK_PATH: &str = "/oauth/callback";

/// Atlassian's path.
pub const CLOUD_CALLBACK_PATH: &str = "/oauth/callback/cloud";

/// The path of a Data Center site at this base URL: host, port and context path stand in it. They consist of characters
/// that a path may hold, and only an address of this machine, for development, can begin with something else than
/// `https`. So two sites have the same path only if they are the same.
pub fn data_center_callback_path(base_url: &str) -> String {
    let address = base_url.trim().trim_end_matches('/');
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, context_path) = address.split_at(address.find('/').unwrap_or(address.len()));
    format!("/oauth/callback/data-center/{}{context_path}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_site_has_a_redirect_address_of_its_own() {
        let of = data_center_callback_path;
        assert_eq!(of("https://jira.example.com/jira"), "/oauth/callback/data-center/jira.example.com/jira");
        assert_eq!(of("https://jira.example.com:8443"), "/oauth/callback/data-center/jira.example.com:8443");
        assert_eq!(of(" HTTPS://Jira.Example.com/Jira/ "), of("https://jira.example.com/Jira"));
        let paths = [
            SHARED_CALLBACK_PATH.to_owned(),
            CLOUD_CALLBACK_PATH.to_owned(),
            of("https://cloud"),
            of("https://jira.example.com"),
            of("https://jira.example.com/jira"),
            of("https://jira.example.com/jira2"),
            of("https://jira.example.com:8443/jira"),
            of("https://jira.example.org/jira"),
        ];
        let distinct: std::collections::BTreeSet<_> = paths.iter().collect();
        assert_eq!(distinct.len(), paths.len());
    }
}
