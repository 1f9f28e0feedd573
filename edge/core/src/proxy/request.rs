//! The requests and responses of the proxy.

use std::time::Duration;

use futures::channel::oneshot;

/// A call as the Worker received it.
pub struct ProxyRequest<B> {
    /// The id of the call in responses and logs; Jira gets it too.
    pub request_id: String,
    /// The method, unchecked.
    pub method: String,
    /// The target.
    pub target: Target,
    /// All headers.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<B>,
}

/// The target of a call, cut out of the raw URL. Nothing is decoded or checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What names the connection or its site.
    pub address: CallAddress,
    /// Jira's path, without the slash before it.
    pub path: String,
    /// The text after the first `?`.
    pub query: Option<String>,
}

/// The part of a URL before Jira's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallAddress {
    /// `/api/v1/connections/{id}/jira/…`: the segment for the connection's id.
    Connection(String),
    /// `/ex/jira/{cloudId}/…`, as at Atlassian's gateway: the segment for the cloudId.
    Gateway(String),
    /// `{context path}/rest/…`, as at an instance of Data Center: the context path, empty if there is none.
    Instance(String),
}

impl CallAddress {
    /// The path of our own URL to which Jira's path, which begins with a slash, is appended.
    pub(super) fn base_path(&self) -> String {
        match self {
            Self::Connection(id) => format!("{CONNECTIONS}{id}/jira"),
            Self::Gateway(cloud_id) => format!("{GATEWAY}{cloud_id}"),
            Self::Instance(context_path) => context_path.clone(),
        }
    }
}

/// The path of Causeway's own connections.
const CONNECTIONS: &str = "/api/v1/connections/";
/// The path of Jira sites at Atlassian's gateway.
const GATEWAY: &str = "/ex/jira/";

impl Target {
    /// Splits a URL, absolute or beginning with the path, if it is one of a [`CallAddress`].
    ///
    /// The text must be the URL of the request. (`Request.url` was parsed as a WHATWG URL, which resolves dot segments,
    /// even `%2e`, and turns `\` into `/`. The rest is checked strictly.)
    pub fn find(url: &str) -> Option<Self> {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        let (address, query) = match url.split_once('?') {
            Some((address, query)) => (address, Some(query.to_owned())),
            None => (url, None),
        };
        let path = match address.split_once("://") {
            Some((_, rest)) if !address.starts_with('/') => rest.get(rest.find('/')?..)?,
            _ => address,
        };
        let (address, path) = split(path)?;
        Some(Self { address, path: path.to_owned(), query })
    }
}

/// Beneath these, Causeway answers by itself, also where `/rest/` follows.
const OURS: [&str; 4] = ["/api/", "/oauth/", "/sign-in", "/assets/"];

fn split(path: &str) -> Option<(CallAddress, &str)> {
    if let Some(rest) = path.strip_prefix(CONNECTIONS) {
        let (id, path) = rest.split_once('/')?;
        return Some((CallAddress::Connection(id.to_owned()), path.strip_prefix("jira/")?));
    }
    if let Some(rest) = path.strip_prefix(GATEWAY) {
        let (cloud_id, path) = rest.split_once('/')?;
        return Some((CallAddress::Gateway(cloud_id.to_owned()), path));
    }
    if OURS.iter().any(|folder| path.starts_with(folder)) {
        return None;
    }
    let at = path.find("/rest/")?;
    let (context_path, path) = path.split_at_checked(at)?;
    Some((CallAddress::Instance(context_path.to_owned()), path.strip_prefix('/')?))
}

/// A request to Jira. It has no `Debug`, because its headers contain the credential.
pub struct UpstreamRequest<B> {
    /// The method.
    pub method: &'static str,
    /// The URL. A URL parser does not change its path.
    pub url: String,
    /// All headers, in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<UpstreamBody<B>>,
    /// How long the first byte of the response is waited for; `None`: whoever sends it sees to that.
    pub within: Option<Duration>,
}

/// The body of a request to Jira.
pub struct UpstreamBody<B> {
    /// The body, unread.
    pub stream: B,
    /// Its length in bytes, if the caller declared it.
    pub length: Option<u64>,
    /// The most bytes that are sent. A body without a declared length is broken off there.
    pub limit: u64,
    /// Told how the upload ended; dropping it says nothing. `None` for a body that is too small to be watched.
    pub ended: Option<oneshot::Sender<UploadEnd>>,
}

/// How sending a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadEnd {
    /// Its last byte was sent, or nobody reads any more of it.
    Sent,
    /// It was broken off, because it has more bytes than may be sent.
    TooLarge,
}

/// Jira's response.
pub struct UpstreamAnswer<A> {
    /// The status.
    pub status: u16,
    /// The headers, as received.
    pub headers: Vec<(String, String)>,
    /// The body, unread.
    pub body: A,
}

/// The response for the caller.
#[derive(Debug, PartialEq, Eq)]
pub struct ProxyAnswer<A> {
    /// The status.
    pub status: u16,
    /// All headers, in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: ProxyBody<A>,
}

/// The body for the caller.
#[derive(Debug, PartialEq, Eq)]
pub enum ProxyBody<A> {
    /// Jira's, streamed.
    Jira(A),
    /// None: the status allows no body (Fetch standard, *null body status*).
    Empty,
    /// A problem, as JSON.
    Problem(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str) -> Option<(CallAddress, String)> {
        Target::find(url).map(|target| (target.address, target.path))
    }

    #[test]
    fn an_address_is_cut_up_raw() {
        let target = Target::find("http://x.test:1/api/v1/connections/con_1/jira/rest/a%2fb/?q=%20?&r#s");
        let address = CallAddress::Connection("con_1".into());
        let expected = Target { address, path: "rest/a%2fb/".into(), query: Some("q=%20?&r".into()) };
        assert_eq!(target, Some(expected));
    }

    #[test]
    fn an_address_of_the_gateway_or_of_an_instance_is_one_with_our_host() {
        let gateway = |id: &str| CallAddress::Gateway(id.to_owned());
        let instance = |path: &str| CallAddress::Instance(path.to_owned());
        for (url, address, path) in [
            ("https://x.test/ex/jira/cloud-1/rest/api/3/myself", gateway("cloud-1"), "rest/api/3/myself"),
            ("https://x.test/ex/jira/cloud-1/secure/x", gateway("cloud-1"), "secure/x"),
            ("https://x.test/rest/api/2/issue/1?expand=a/rest/b", instance(""), "rest/api/2/issue/1"),
            ("https://x.test/jira/rest/api/2/rest/x", instance("/jira"), "rest/api/2/rest/x"),
            ("https://x.test/tools/jira/rest/agile/1.0/board", instance("/tools/jira"), "rest/agile/1.0/board"),
            ("https://x.test//rest/api/2/myself", instance("/"), "rest/api/2/myself"),
        ] {
            assert_eq!(found(url), Some((address.clone(), path.to_owned())), "{url}");
            let whole = format!("https://x.test{}/{path}", address.base_path());
            assert!(url.starts_with(&whole), "{url} does not begin with {whole}");
        }
    }

    #[test]
    fn other_addresses_are_not_the_proxys() {
        for url in [
            "http://x.test/api/v1/connections/con_1",
            "http://x.test/api/v1/connections/con_1/checkup",
            "http://x.test/api/v1/connections/con_1/jira",
            "http://x.test/api/v1/projects/rest/x",
            "http://x.test/ex/jira/cloud-1",
            "http://x.test/ex/confluence/cloud-1/wiki",
            "http://x.test/help/calling-jira/",
            "http://x.test/rest",
            "http://x.test/oauth/callback/data-center/example.com/rest/jira",
            "http://x.test/assets/rest/x",
            "http://x.test/?/api/v1/connections/con_1/jira/rest",
            "http://x.test/?/rest/api",
            "http://x.test/#/api/v1/connections/con_1/jira/rest",
            "http://x.test",
            "",
        ] {
            assert_eq!(Target::find(url), None, "{url}");
        }
    }

    #[test]
    fn a_path_may_contain_what_looks_like_a_scheme() {
        let target = found("/api/v1/connections/con_1/jira/http://evil.test/rest");
        assert_eq!(target.map(|(_, path)| path).as_deref(), Some("http://evil.test/rest"));
    }
}
