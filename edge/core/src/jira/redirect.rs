//! What a redirect of an instance means, which is never followed, and a web page where JSON is expected.

use url::Url;

/// The words in the path of a sign-in page.
const SIGN_IN: [&str; 7] = ["login", "log-in", "signin", "sign-in", "saml", "sso", "auth"];

/// The meaning of a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// The site has moved to another host, or to another port of its host.
    Moved,
    /// To the sign-in page of Jira, or of a gateway in front of it.
    SignIn,
    /// Anything else.
    Elsewhere,
}

impl Redirect {
    /// Reads the redirect of a call to the URL `called`, beneath the context path `context_path`.
    ///
    /// A site that moved sends the same path to another host or port, or says for good (301, 308) where its root is now. A
    /// gateway sends the browser to a page of its own.
    pub fn read(status: u16, called: &str, context_path: &str, location: &str) -> Self {
        let Ok(called) = Url::parse(called) else { return Self::Elsewhere };
        let Ok(to) = called.join(location) else { return Self::Elsewhere };
        let path = called.path().strip_prefix(context_path).unwrap_or(called.path());
        let keeps_path = to.path().ends_with(path);
        let is_root = to.path().trim_end_matches('/') == context_path || to.path() == "/";
        let asks = SIGN_IN.iter().any(|word| to.path().to_ascii_lowercase().contains(word));
        let other_port = to.scheme() == called.scheme() && to.port_or_known_default() != called.port_or_known_default();
        match (to.host_str() == called.host_str(), status) {
            (false, _) if keeps_path => Self::Moved,
            (true, _) if keeps_path && other_port => Self::Moved,
            (false, 301 | 308) if is_root => Self::Moved,
            (false, _) => Self::SignIn,
            (true, _) if asks && !keeps_path => Self::SignIn,
            (true, _) => Self::Elsewhere,
        }
    }
}

/// Whether a body begins as a whole web page does, rather than a fragment or a file.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let start: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(14).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_page_is_no_moved_site() {
        let called = "https://jira.example.com/jira/rest/api/2/myself?a=b";
        for (status, location, meaning) in [
            (301, "https://new.example.com/jira/rest/api/2/myself?a=b", Redirect::Moved),
            (302, "https://new.example.com/rest/api/2/myself", Redirect::Moved),
            (308, "https://new.example.com/", Redirect::Moved),
            (302, "https://jira.example.com:8443/jira/rest/api/2/myself", Redirect::Moved),
            (302, "https://jira.example.com:8443/", Redirect::Elsewhere),
            (301, "//new.example.com/jira/", Redirect::Moved),
            (302, "https://new.example.com/", Redirect::SignIn),
            (302, "https://sso.example.com/saml?RelayState=/jira/rest/api/2/myself", Redirect::SignIn),
            (303, "https://login.example.com/oauth2/authorize?client_id=x", Redirect::SignIn),
            (301, "https://gateway.example.com/my.policy", Redirect::SignIn),
            (302, "/jira/login.jsp?os_destination=%2Frest", Redirect::SignIn),
            (302, "/oauth2/start", Redirect::SignIn),
            (302, "/jira/secure/thumbnail/1/x.png", Redirect::Elsewhere),
            (301, "http://jira.example.com/jira/rest/api/2/myself", Redirect::Elsewhere),
            (302, "http://[", Redirect::Elsewhere),
        ] {
            assert_eq!(Redirect::read(status, called, "/jira", location), meaning, "{status} {location}");
        }
    }
}
