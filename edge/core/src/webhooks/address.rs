//! Which addresses a webhook may have: any path and query on an allowed host.

use url::Url;

use crate::address::{Address, Policy};

/// Longest address accepted, in bytes.
const LONGEST: usize = api::WEBHOOK_URL_BYTES;

/// Parses an address that an administrator entered; the error is a sentence. What is stored and called is the parser's
/// serialization, whose host was checked.
pub fn check_address(text: &str, policy: &Policy) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "This is not a web address that begins with https://.")?;
    if url.as_str().len() > LONGEST {
        return Err("The address is longer than 2,048 bytes.".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("The address has a user, a password or a fragment (#) in it.".to_owned());
    }
    Address::check(&url.origin().ascii_serialization(), policy).map_err(|refused| refused.to_string())?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::OwnHost;

    fn checked(text: &str, allow_loopback: bool) -> bool {
        check_address(text, &Policy { allow_loopback, own_host: None }).is_ok()
    }

    #[test]
    fn any_path_and_query_of_a_public_host_are_taken() {
        for good in [
            "https://hooks.example.com/services/T0/B0/a%2Fb?c=d",
            "https://hooks.example.com:8443/",
            "https://bücher.example.com/",
        ] {
            assert!(checked(good, false), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused_however_it_is_written() {
        for bad in [
            "hooks.example.com",
            "http://hooks.example.com/",
            "https://user@hooks.example.com/",
            "https://:password@hooks.example.com/",
            "https://hooks.example.com/#a",
            "https://localhost/",
            "https://causeway.localhost./",
            "https://db.internal/",
            "https:\\\\127.0.0.1\\",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.0.0.1/",
            "https:10.0.0.1",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            &format!("https://hooks.example.com/{}", "a".repeat(2048)),
        ] {
            assert!(!checked(bad, false), "{bad}");
        }
    }

    #[test]
    fn our_own_host_receives_no_webhook() {
        let own_host = Url::parse("https://causeway.acme.com").ok().as_ref().and_then(OwnHost::of);
        let policy = Policy { allow_loopback: false, own_host };
        for own in ["https://causeway.acme.com/hook?x=1", "https://Causeway.acme.com.:8443/"] {
            assert_eq!(check_address(own, &policy), Err("The host is that of Causeway itself.".to_owned()), "{own}");
        }
        assert!(check_address("https://hooks.acme.com/causeway.acme.com", &policy).is_ok());
    }

    #[test]
    fn this_machine_is_reached_only_where_development_is_switched_on() {
        assert!(checked("http://127.0.0.1:9000/hook", true));
        assert!(!checked("http://127.0.0.1:9000/hook", false));
        assert!(!checked("http://10.0.0.1/", true));
    }
}
