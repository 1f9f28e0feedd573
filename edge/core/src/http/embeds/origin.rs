//! The origins of pages that may show an embed. They stand in a header, so nothing but a plain origin is taken.

use api::{EMBED_ORIGIN_CHARACTERS, EMBED_ORIGINS};
use url::{Host, Url};

use crate::organization::Refusal;

/// The origins, each as a browser writes it, or why one is refused. `allow_loopback`: pages of this machine may be named,
/// also without TLS. For development only.
pub(super) fn checked(origins: &[String], allow_loopback: bool) -> Result<Vec<String>, Refusal> {
    if !(1..=EMBED_ORIGINS).contains(&origins.len()) {
        return Err(Refusal::Invalid(format!("An embed has 1 to {EMBED_ORIGINS} origins.")));
    }
    let mut all = Vec::new();
    for text in origins {
        let Some(origin) = read(text.trim(), allow_loopback) else {
            let shown = shown(text);
            let why = format!(
                "{shown} is no origin. Name https, the host, and the port if there is one: https://wiki.example.com."
            );
            return Err(Refusal::Invalid(why));
        };
        if !all.contains(&origin) {
            all.push(origin);
        }
    }
    Ok(all)
}

/// What of an entered text a refusal repeats.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(80).collect()
}

fn read(text: &str, allow_loopback: bool) -> Option<String> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= EMBED_ORIGIN_CHARACTERS)?;
    let is_loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        // A source of a content security policy cannot be one: CSP3, section 2.3.1.
        Host::Ipv6(_) => return None,
    };
    let is_allowed = if is_loopback { allow_loopback } else { url.scheme() == "https" };
    let is_web = matches!(url.scheme(), "https" | "http");
    let origin = url.origin().ascii_serialization();
    // A host may contain `;` and `,`, which end a policy and a header.
    let host = url.host_str()?;
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    let is_bare = [origin.as_str(), &format!("{origin}/")].contains(&url.as_str());
    let entered = text.split_once("://").map(|(_, rest)| rest.strip_suffix('/').unwrap_or(rest))?;
    let was_bare = !entered.contains(['/', '\\', '?', '#', '@']);
    (is_allowed && is_web && is_plain && is_bare && was_bare).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://wiki.example.com", "https://wiki.example.com"),
            (" HTTPS://Wiki.Example.COM:443/ ", "https://wiki.example.com"),
            ("https://wiki.example.com:8443", "https://wiki.example.com:8443"),
            ("https://müller.example", "https://xn--mller-kva.example"),
            ("https://203.0.113.7", "https://203.0.113.7"),
        ] {
            assert_eq!(read(text.trim(), false).as_deref(), Some(origin), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_an_origin_and_nothing_gets_into_the_policy() {
        for text in [
            "",
            "*",
            "null",
            "'self'",
            "https:",
            "https://",
            "https://*",
            "https://*.example.com",
            "wiki.example.com",
            "http://wiki.example.com",
            "ftp://wiki.example.com",
            "data:text/html,x",
            "javascript:alert(1)",
            "blob:https://wiki.example.com/1",
            "https://wiki.example.com/page",
            "https://wiki.example.com//",
            "https://wiki.example.com/..",
            "https://wiki.example.com?a",
            "https://wiki.example.com/#",
            "https://user@wiki.example.com",
            "https://@wiki.example.com",
            "https://wiki.example.com;script-src",
            "https://wiki.example.com,x",
            "https://wiki.example.com 'unsafe-inline'",
            "https://a.example https://b.example",
            "https://wiki_example.com",
            "https://[2001:db8::1]",
            "https:\\\\wiki.example.com",
            "http://localhost:8080",
            "https://127.0.0.1",
            &format!("https://{}.example", "a".repeat(300)),
        ] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }

    #[test]
    fn pages_of_this_machine_are_named_in_development_alone() {
        for text in ["http://localhost:8080", "http://127.0.0.1:1234", "https://localhost"] {
            assert_eq!(read(text, false), None, "{text}");
            assert_eq!(read(text, true).as_deref(), Some(text));
        }
        assert_eq!(read("http://wiki.example.com", true), None);
    }

    #[test]
    fn an_embed_names_each_origin_once_and_some() {
        let named = |texts: &[&str]| checked(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), false);
        let twice = named(&["https://a.example", "https://a.example/", "https://b.example"]);
        assert_eq!(twice.ok(), Some(vec!["https://a.example".to_owned(), "https://b.example".to_owned()]));
        assert!(named(&[]).is_err() && named(&["https://a.example"; 11]).is_err());
    }
}
