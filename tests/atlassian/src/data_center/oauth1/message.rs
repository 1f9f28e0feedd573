//! A signed request as RFC 5849 sees it: parameters from the header, the query and a form, and what is signed over them.

use axum::extract::OriginalUri;
use http::header;
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::form_urlencoded;

use super::super::At;
use super::problem::Problem;

/// Everything but letters, digits and `-._~` is escaped (RFC 5849, 3.6).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Message {
    method: String,
    /// Scheme, host, port and path, as this instance is configured.
    uri: String,
    /// Decoded, in the order they came.
    parameters: Vec<(String, String)>,
}

impl Message {
    /// Reads a request at the address that the instance is configured with.
    pub(super) fn read(at: &At, head: &Parts, body: &[u8]) -> Self {
        let uri = head.extensions.get::<OriginalUri>().map_or(&head.uri, |original| &original.0);
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut parameters = in_header(text(header::AUTHORIZATION));
        parameters.extend(in_form(uri.query().unwrap_or_default().as_bytes()));
        if text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded") {
            parameters.extend(in_form(body));
        }
        let seen_as = at.read(|installation| installation.settings.sees_itself_as.clone());
        let origin = seen_as.unwrap_or_else(|| format!("http://{}", text(header::HOST)));
        Self { method: head.method.to_string(), uri: base_uri(&origin, uri.path()), parameters }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, for what must be there.
    pub(super) fn demand(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::ParameterAbsent(vec![name]))
    }

    /// The signature base string (RFC 5849, 3.4.1).
    pub(super) fn base_string(&self) -> String {
        let signed = self.parameters.iter().filter(|(name, _)| name != "oauth_signature");
        let mut pairs: Vec<_> = signed.map(|(name, value)| (escaped(name), escaped(value))).collect();
        pairs.sort();
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}&{}&{}", self.method.to_uppercase(), escaped(&self.uri), escaped(&pairs.join("&")))
    }
}

/// As OAuth 1.0a escapes.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The host in lower case, without the scheme's default port.
fn base_uri(origin: &str, path: &str) -> String {
    let origin = origin.to_lowercase();
    let without_port = match origin.split_once("://") {
        Some(("http", host)) => host.strip_suffix(":80").map(|host| format!("http://{host}")),
        Some(("https", host)) => host.strip_suffix(":443").map(|host| format!("https://{host}")),
        _ => None,
    };
    format!("{}{path}", without_port.unwrap_or(origin))
}

/// `OAuth realm="…", name="value", …`, without the realm.
fn in_header(value: &str) -> Vec<(String, String)> {
    let Some(listed) = value.strip_prefix("OAuth ") else { return Vec::new() };
    let pairs = listed.split(',').filter_map(|pair| pair.trim().split_once('='));
    let decoded = |text: &str| percent_decode_str(text.trim_matches('"')).decode_utf8_lossy().into_owned();
    pairs.filter(|(name, _)| *name != "realm").map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn in_form(form: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(form).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 5849, 3.4.1.1 and 3.4.1.3: one request with parameters everywhere, and its base string.
    #[test]
    fn the_example_of_the_standard_has_the_base_string_of_the_standard() {
        let header = "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_token=\"kkk9d7dh3k39sjv7\", \
                      oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
                      oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"";
        let mut parameters = in_header(header);
        parameters.extend(in_form(b"b5=%3D%253D&a3=a&c%40=&a2=r%20b"));
        parameters.extend(in_form(b"c2&a3=2+q"));
        let uri = base_uri("http://EXAMPLE.com:80", "/request");
        let message = Message { method: "post".into(), uri, parameters };
        assert_eq!(
            message.base_string(),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D\
             %26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
             %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
    }

    #[test]
    fn a_port_that_does_not_go_without_saying_is_signed() {
        assert_eq!(base_uri("https://Jira.example:443", "/jira/rest"), "https://jira.example/jira/rest");
        assert_eq!(base_uri("http://jira.example:443", "/rest"), "http://jira.example:443/rest");
    }
}
