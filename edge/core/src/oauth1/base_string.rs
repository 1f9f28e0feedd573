//! The signature base string (RFC 5849, section 3.4.1): both sides compute it, and the client signs it.

use std::fmt;

use url::Url;

use super::{
    form::{Pairs, read},
    percent::encode,
};

/// A query or form that the two sides could parse differently: a broken escape, invalid UTF-8, or a value without a
/// name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryUnreadable;

impl fmt::Display for QueryUnreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The query cannot be signed: it has a broken percent escape, text that is not UTF-8, or a value without a name.")
    }
}

impl std::error::Error for QueryUnreadable {}

/// The base string of a call.
///
/// `url` is the URL of the request, parsed once, as the sender does. `form` is the body, if its content type is that of
/// a form. `protocol` are the `oauth_…` parameters without the signature.
pub fn base_string(
    method: &str,
    url: &Url,
    form: Option<&str>,
    protocol: &[(&str, &str)],
) -> Result<String, QueryUnreadable> {
    let mut parameters = readable(url.query().unwrap_or_default())?;
    parameters.extend(readable(form.unwrap_or_default())?);
    parameters.extend(protocol.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let method = method.to_ascii_uppercase();
    Ok([method.as_str(), &base_uri(url), &normalized(&parameters)].map(encode).join("&"))
}

fn readable(text: &str) -> Result<Pairs, QueryUnreadable> {
    read(text).filter(|pairs| pairs.iter().all(|(name, _)| !name.is_empty())).ok_or(QueryUnreadable)
}

/// Section 3.4.1.2. The parser has lower-cased scheme and host and removed the default port; the path is unchanged.
pub(super) fn base_uri(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Section 3.4.1.3.2: encoded first, then sorted by bytes.
fn normalized(parameters: &[(String, String)]) -> String {
    let mut encoded: Vec<_> = parameters.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort_unstable();
    encoded.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOL: [(&str, &str); 5] = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
    ];

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    /// RFC 5849, section 3.4.1.1.
    #[test]
    fn the_base_string_of_the_rfc_is_the_base_string() {
        let url = url("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
        let base = base_string("POST", &url, Some("c2&a3=2+q"), &PROTOCOL).expect("a base string");
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
                        %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
                        %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201\
                        %26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(base, expected);
    }

    /// RFC 5849, section 3.4.1.2.
    #[test]
    fn scheme_and_host_are_in_lower_case_and_default_ports_are_dropped() {
        assert_eq!(base_uri(&url("http://EXAMPLE.COM:80/r%20v/X?id=123")), "http://example.com/r%20v/X");
        assert_eq!(base_uri(&url("https://www.example.net:8080/?q=1")), "https://www.example.net:8080/");
        assert_eq!(base_uri(&url("HTTPS://jira.example.com:443")), "https://jira.example.com/");
        assert_eq!(base_uri(&url("https://[2001:DB8::1]:8443/jira")), "https://[2001:db8::1]:8443/jira");
    }

    /// RFC 5849, section 3.4.1.3.2.
    #[test]
    fn the_parameters_of_the_rfc_are_normalized_as_there() {
        let mut all = read("b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q").expect("a form");
        all.extend(PROTOCOL.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let expected = "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2\
                        &oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201\
                        &oauth_token=kkk9d7dh3k39sjv7";
        assert_eq!(normalized(&all), expected);
    }

    #[test]
    fn a_query_that_can_be_read_in_two_ways_is_refused() {
        for query in ["a=%", "a=%zz", "a=%ff", "=b", "a=1&=2"] {
            let url = url(&format!("https://jira.example.com/rest?{query}"));
            assert_eq!(base_string("GET", &url, None, &[]), Err(QueryUnreadable), "{query}");
        }
    }
}
