//! Words about a site that does not answer, limits calls, or refuses the account.

use super::{CredentialKind as Kind, Facts, Words, words};
use crate::Responsible as Who;

pub(super) fn site_unreachable(kind: Kind, facts: &Facts<'_>) -> Words {
    let waits = "No action needed: Causeway keeps trying and recovers by itself.";
    let server = match kind.is_cloud() {
        Some(true) => format!("{waits} Atlassian's status page may say more."),
        _ => format!("{waits} If it persists, a Jira administrator must look at the server."),
    };
    if facts.lacks_token {
        let answer = facts.token_status.map_or("does not answer".to_owned(), |status| format!("answers {status}"));
        let why = format!("Jira {answer} when asked for a new token.");
        return words(format!("No new token: Jira {answer}"), why, server, Who::Nobody);
    }
    if facts.has_web_page && facts.failing.is_none() {
        return super::address::web_page();
    }
    match facts.status_of_jira() {
        // The platform's own statuses: Jira was not reached.
        Some(525 | 526) => words(
            "Jira's TLS certificate is not accepted",
            "The certificate of the Jira server has expired, is for another name, or lacks its chain.",
            "A Jira administrator must install a valid certificate with its whole chain.",
            Who::JiraAdministrator,
        ),
        Some(520..=530) | None => words(
            "Jira does not answer",
            "No connection to Jira could be made, or no usable answer came in time.",
            server,
            Who::Nobody,
        ),
        Some(status @ 500..) => words(
            format!("Jira answers {status}"),
            format!("Jira answers {status}: it has a fault, is overloaded, or is down for maintenance."),
            server,
            Who::Nobody,
        ),
        Some(status) => words(
            "Something other than Jira answers",
            format!("What answers at the site's address is not Jira's REST interface (status {status})."),
            server,
            Who::Nobody,
        ),
    }
}

pub(super) fn rate_limited(kind: Kind, facts: &Facts<'_>) -> Words {
    let ends = match facts.limited_until {
        Some(_) => "No action needed: calls work again when the limit is over.",
        None => "No action needed: Causeway keeps trying and recovers by itself.",
    };
    match kind.is_cloud() {
        Some(true) => words(
            "Atlassian's rate limit is reached",
            // All connections by OAuth 2.0 share the hourly quota of one app.
            if kind == Kind::CloudOauth2 {
                "Atlassian limits how many calls a site answers, and how many one app makes in an hour at all its sites. One of these limits is reached."
            } else {
                "Atlassian limits how many calls a site answers, and this site's limit is reached."
            },
            format!("{ends} If it comes back often, let your systems make fewer calls at a time."),
            Who::Nobody,
        ),
        Some(false) => words(
            "Jira's rate limit is reached",
            "This Jira limits how many calls an account may make, and the account's limit is reached.",
            format!("{ends} If it comes back often, a Jira administrator can raise the limit for this account."),
            Who::Nobody,
        ),
        None => words(
            "The site's rate limit is reached",
            "The site limits how many calls it answers, and that limit is reached.",
            ends,
            Who::Nobody,
        ),
    }
}

pub(super) fn site_refused(kind: Kind) -> Words {
    match kind {
        Kind::CloudOauth2 => words(
            "The site refuses the app or the account",
            "Jira refuses calls although the access token is new: an administrator blocked the app for this site, or the account lost its access to Jira. Jira does not say which.",
            "An Atlassian administrator must allow the app for the site, or give the account access to Jira.",
            Who::AtlassianAdministrator,
        ),
        Kind::ApiToken | Kind::ScopedApiToken => words(
            "The site refuses the account",
            "Jira refuses this account's calls: the account lost its access to the site, or may not view any project.",
            "An Atlassian administrator must give the account access to Jira.",
            Who::AtlassianAdministrator,
        ),
        Kind::DataCenterOauth2 => words(
            "Jira refuses the authorization",
            "Jira refuses calls although the access token is valid: the incoming link was removed or changed, or the account lost its access to Jira. Jira does not say which.",
            "A Jira administrator must look at the incoming link in Jira, and at the account's permissions.",
            Who::JiraAdministrator,
        ),
        Kind::Oauth1 => words(
            "Jira refuses the account",
            "Jira refuses signed calls of this account: the account was deactivated, or lost its access to Jira.",
            "A Jira administrator must look at the account and at its permissions.",
            Who::JiraAdministrator,
        ),
        Kind::Password | Kind::PersonalAccessToken => words(
            "Jira refuses the account",
            "Jira refuses this account's calls: it lost its access to Jira, or may not view any project.",
            "A Jira administrator must give the account access to Jira.",
            Who::JiraAdministrator,
        ),
        Kind::Unknown => words(
            "The site refuses the account",
            "The site refuses this account: it lost its access to Jira.",
            "A Jira administrator must give the account access to Jira.",
            Who::JiraAdministrator,
        ),
    }
}

pub(super) fn site_gone(kind: Kind, facts: &Facts<'_>) -> Words {
    match kind {
        Kind::CloudOauth2 if facts.reaches_no_site => words(
            "The account reaches no Jira site",
            "The account that gave the consent has no access to any Jira site now.",
            "An Atlassian administrator must give the account access to the site. Then reauthorize the connection and choose this site.",
            Who::AtlassianAdministrator,
        ),
        Kind::CloudOauth2 => words(
            "The consent does not cover this site",
            "The consent no longer covers this site: another site was chosen when it was last given, or the account lost its access to this one.",
            "Reauthorize the connection and choose this site.",
            Who::Reauthorizer,
        ),
        _ => words(
            "The site no longer exists",
            "There is no longer a Jira site at this address.",
            "Reauthorize the connection with the site's new address.",
            Who::Reauthorizer,
        ),
    }
}
