//! What comes in, goes up, comes down and goes out.

/// A call as it came to the Worker.
pub struct ProxyRequest<B> {
    /// Names the call in answers and logs; goes up to Jira as well.
    pub request_id: String,
    /// The method, as it came.
    pub method: String,
    /// What is called.
    pub target: Target,
    /// All headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<B>,
}

/// What a call is for, cut out of the raw address. Nothing is decoded or checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The segment that should be a connection's id.
    pub connection: String,
    /// What follows `/jira/`.
    pub path: String,
    /// What follows the first `?`.
    pub query: Option<String>,
}

impl Target {
    /// Cuts up an address, absolute or from the path on, if it is `/api/v1/connections/{id}/jira/{path}`.
    ///
    /// The text must come straight from the request. (`Request.url` has been through the WHATWG parser, which resolves dot
    /// segments even as `%2e` and turns `\` into `/`. What it leaves is judged strictly.)
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

/// A call on its way up. It has no `Debug`: the headers carry the credential.
pub struct UpstreamRequest<B> {
    /// The method.
    pub method: &'static str,
    /// The whole address. A URL parser leaves its path as it is.
    pub url: String,
    /// The headers, lower case. There are no others.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<B>,
}

/// Jira's answer.
pub struct UpstreamAnswer<A> {
    /// The status.
    pub status: u16,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The body, unread.
    pub body: A,
}

/// What the caller gets.
#[derive(Debug, PartialEq, Eq)]
pub struct ProxyAnswer<A> {
    /// The status.
    pub status: u16,
    /// The headers, lower case. There are no others.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: ProxyBody<A>,
}

/// The body that the caller gets.
#[derive(Debug, PartialEq, Eq)]
pub enum ProxyBody<A> {
    /// Jira's, streamed.
    Jira(A),
    /// A problem of ours, as JSON.
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
