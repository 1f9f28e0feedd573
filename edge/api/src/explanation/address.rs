//! Words about addresses: Causeway's, which an allowlist must admit, and the site's, which can change.

use super::{CredentialKind as Kind, Facts, Words, words};
use crate::Responsible as Who;

pub(super) fn ip_allow_list(kind: Kind, facts: &Facts<'_>) -> Words {
    let admin = if kind.is_cloud() == Some(false) { "A Jira administrator" } else { "An Atlassian administrator" };
    let remedy = match facts.egress_addresses {
        [] => format!(
            "{admin} must add the addresses that Causeway calls from to the IP allowlist. Calls then work again by themselves. Ask the operator of Causeway for the addresses."
        ),
        addresses => format!(
            "{admin} must add these addresses to the IP allowlist: {}. Calls then work again by themselves.",
            addresses.join(", ")
        ),
    };
    match kind.is_cloud() {
        Some(false) => words(
            "An IP allowlist refuses Causeway",
            "An IP allowlist in front of Jira does not include the addresses that Causeway calls from.",
            remedy,
            Who::JiraAdministrator,
        ),
        _ => words(
            "The site's IP allowlist refuses Causeway",
            "The IP allowlist of the site does not include the addresses that Causeway calls from.",
            remedy,
            Who::AtlassianAdministrator,
        ),
    }
}

/// Something in front of Jira asks people to sign in.
pub(super) fn web_page() -> Words {
    words(
        "A web page answers instead of Jira",
        "A sign-in page, or another web page, answers calls instead of Jira.",
        "A Jira administrator must let calls to /rest/ pass the sign-in page.",
        Who::JiraAdministrator,
    )
}

/// A redirect, or a page for people: something else answers at the address.
pub(super) fn site_moved(facts: &Facts<'_>) -> Words {
    match facts.failing.and_then(|failing| failing.http_status) {
        Some(status) if !(300..400).contains(&status) => web_page(),
        _ => words(
            "The site seems to have moved",
            "The site answers with a redirect to another address. Causeway never sends credentials to the target of a redirect.",
            "Look at the new address below (a test finds it), and confirm it if it is right. A Jira administrator knows.",
            Who::Reauthorizer,
        ),
    }
}

pub(super) fn address_refused() -> Words {
    words(
        "The site's address may not be called",
        "The site's address is not a public one: it leads to a private or internal network.",
        "Connect the site under a public https address.",
        Who::Reauthorizer,
    )
}
