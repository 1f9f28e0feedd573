//! What the operator tells people: the addresses that Causeway calls from, and where the operator can be reached.

use std::net::IpAddr;

use api::Finding;
use url::Url;

use super::finding;

/// The most addresses that are shown.
const MOST_ADDRESSES: usize = 64;

/// What the operator tells people. It is shown as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorInfo {
    /// The addresses and networks that Causeway calls from, for IP allowlists.
    pub egress_addresses: Vec<String>,
    /// Where the operator can be reached: an `https` or `mailto` address.
    pub support_url: Option<String>,
}

/// Reads `EGRESS_ADDRESSES`: IP addresses and networks (`192.0.2.0/24`), separated by commas.
pub(super) fn egress_addresses(value: Option<&str>) -> Result<Vec<String>, Finding> {
    let refused = || {
        finding(
            "EGRESS_ADDRESSES",
            "must be at most 64 IP addresses or networks such as 192.0.2.0/24, separated by commas.",
        )
    };
    let parts = value.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
    let addresses: Vec<String> = parts.map(str::to_owned).collect();
    let are_valid = addresses.len() <= MOST_ADDRESSES && addresses.iter().all(|address| is_address_or_network(address));
    if are_valid { Ok(addresses) } else { Err(refused()) }
}

fn is_address_or_network(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    // `parse` alone would take a sign.
    let is_length = |length: &str| {
        length.bytes().all(|byte| byte.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|length| length <= longest)
    };
    length.is_none_or(is_length)
}

/// Reads `SUPPORT_URL`: a page (`https://…`) or an e-mail address (`mailto:…`).
pub(super) fn support_url(value: Option<&str>) -> Result<Option<String>, Finding> {
    let Some(value) = value else { return Ok(None) };
    let refused =
        || finding("SUPPORT_URL", "must begin with https:// or mailto:, and name a host or an e-mail address.");
    let url = Url::parse(value).map_err(|_| refused())?;
    let is_page =
        url.scheme() == "https" && url.host().is_some() && url.username().is_empty() && url.password().is_none();
    let is_mail = url.scheme() == "mailto" && crate::email::canonical(url.path()).is_some();
    if is_page || is_mail { Ok(Some(url.to_string())) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_taken_and_anything_else_is_named() {
        let read = |value| egress_addresses(Some(value)).ok();
        let two = vec!["192.0.2.7".to_owned(), "2001:db8::/32".to_owned()];
        assert_eq!(read(" 192.0.2.7 , 2001:db8::/32,"), Some(two));
        assert_eq!(egress_addresses(None), Ok(Vec::new()));
        for wrong in ["example.com", "192.0.2.0/33", "192.0.2.0/+8", "192.0.2.0/", "2001:db8::/129", "192.0.2"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read(&["192.0.2.7"; 65].join(",")), None);
        assert!(egress_addresses(Some("example.com")).is_err_and(|finding| finding.name == "EGRESS_ADDRESSES"));
    }

    #[test]
    fn the_operator_is_reached_at_a_page_or_by_mail_and_never_by_a_script() {
        let read = |value| support_url(Some(value)).ok().flatten();
        assert_eq!(read("https://help.example.com/jira"), Some("https://help.example.com/jira".to_owned()));
        assert_eq!(
            read("mailto:help@example.com?subject=Causeway").as_deref(),
            Some("mailto:help@example.com?subject=Causeway")
        );
        assert_eq!(support_url(None), Ok(None));
        for wrong in [
            "http://help.example.com",
            "javascript:alert(1)",
            "help@example.com",
            "mailto:",
            "https://a:b@example.com/",
        ] {
            assert!(support_url(Some(wrong)).is_err_and(|finding| finding.name == "SUPPORT_URL"), "{wrong}");
        }
    }
}
