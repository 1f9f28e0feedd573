//! What is said to a person whose authorization did not work.

use api::FailureCode;

/// The most characters of a provider's words that are kept.
const DETAILS: usize = 500;

pub(super) const fn of(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::Denied => {
            ("Access was not granted: Cancel was chosen at Atlassian.", "Authorize again and choose Accept.")
        }
        FailureCode::Cancelled => ("The authorization was cancelled.", "Authorize again when you are ready."),
        FailureCode::Expired => ("Ten minutes have passed since this authorization was started.", "Authorize again."),
        FailureCode::OtherBrowser => (
            "The answer from Atlassian came back in another browser.",
            "Authorize again, and finish in the window that opens.",
        ),
        FailureCode::ProviderError => (
            "Atlassian reported an error instead of granting access.",
            "Authorize again. If it stays, give the details to the operator of Causeway.",
        ),
        FailureCode::CodeRefused => ("Atlassian refused the authorization code.", "Authorize again."),
        FailureCode::ClientRefused => (
            "Atlassian refuses Causeway's own client ID or secret.",
            "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Then authorize again.",
        ),
        FailureCode::ProviderUnavailable => {
            ("Atlassian did not answer as expected.", "Wait a moment, then authorize again.")
        }
        FailureCode::NoRefreshToken => (
            "Atlassian gave access for one hour only, without a way to renew it.",
            "The operator of Causeway must enable the scope offline_access for the app. Then authorize again.",
        ),
        FailureCode::NoSite => (
            "The consent covers no Jira site.",
            "Authorize again with an account that has access to a Jira site, and choose that site.",
        ),
        FailureCode::OtherSite => (
            "The consent covers another site than the one of this connection.",
            "Authorize again and choose the site of this connection.",
        ),
        FailureCode::IpAllowList => (
            "The site's IP allowlist refuses calls from Causeway.",
            "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist. Then authorize again.",
        ),
        FailureCode::Unknown => ("The authorization did not work.", "Authorize again."),
        FailureCode::SiteRefused => (
            "The site does not let this account call Jira.",
            "Check that the account can open Jira on this site and that the app is allowed there. Then authorize again.",
        ),
    }
}

/// Shortens what a provider said to one line of bounded length. It stays text; screens never take it for markup.
pub(super) fn shorten(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DETAILS).collect();
    line.trim().to_owned()
}
