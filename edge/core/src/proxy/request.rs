//! The requests and responses of the proxy.

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
    /// The segment for a connection's id.
    pub connection: String,
    /// The text after `/jira/`.
    pub path: String,
    /// The text after the first `?`.
    pub query: Option<String>,
}

impl Target {
    /// Splits a URL, absolute or beginning with the path, if it is `/api/v1/connections/{id}/jira/{path}`.
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
        let (connection, path) = path.strip_prefix("/api/v1/connections/")?.split_once('/')?;
        let path = path.strip_prefix("jira/")?;
        Some(Self { connection: connection.to_owned(), path: path.to_owned(), query })
    }
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
    pub body: Option<B>,
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
    /// A problem, as JSON.
    Problem(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_up_raw() {
        let target = Target::find("http://x.test:1/api/v1/connections/con_1/jira/rest/a%2fb/?q=%20?&r#s");
        let expected =
            Target { connection: "con_1".into(), path: "rest/a%2fb/".into(), query: Some("q=%20?&r".into()) };
        assert_eq!(target, Some(expected));
    }

    #[test]
    fn other_addresses_are_not_the_proxys() {
        for url in [
            "http://x.test/api/v1/connections/con_1",
            "http://x.test/api/v1/connections/con_1/checkup",
            "http://x.test/api/v1/connections/con_1/jira",
            "http://x.test/?/api/v1/connections/con_1/jira/rest",
            "http://x.test/#/api/v1/connections/con_1/jira/rest",
            "http://x.test",
            "",
        ] {
            assert_eq!(Target::find(url), None, "{url}");
        }
    }

    #[test]
    fn a_path_may_contain_what_looks_like_a_scheme() {
        let target = Target::find("/api/v1/connections/con_1/jira/http://evil.test/rest");
        assert_eq!(target.map(|t| t.path).as_deref(), Some("http://evil.test/rest"));
    }
}
