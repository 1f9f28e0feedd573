//! Words about a credential that ended, is refused, or lacks something.

use super::{CredentialKind as Kind, Words, words};
use crate::Responsible as Who;

pub(super) fn grant_refused(kind: Kind) -> Words {
    match kind {
        Kind::CloudOauth2 => words(
            "Atlassian ended the authorization",
            "Atlassian refuses to renew the access: the consent was removed, the account was deactivated or its password changed, or the authorization was unused for 90 days. Atlassian does not say which.",
            "Reauthorize the connection. If the account was deactivated, use another account.",
            Who::Reauthorizer,
        ),
        Kind::DataCenterOauth2 => words(
            "Jira ended the authorization",
            "Jira refuses to renew the access: the authorization was revoked in Jira, or the incoming link was deleted and created again.",
            "Reauthorize the connection. If Jira refuses that too, a Jira administrator must look at the incoming link.",
            Who::Reauthorizer,
        ),
        Kind::Oauth1 => words(
            "Jira ended the authorization",
            "Jira no longer accepts the access token: it was revoked in Jira, or the application link was deleted and created again.",
            "Reauthorize the connection. If Jira refuses that too, a Jira administrator must look at the application link.",
            Who::Reauthorizer,
        ),
        Kind::ApiToken | Kind::ScopedApiToken | Kind::Password | Kind::PersonalAccessToken | Kind::Unknown => words(
            "The authorization was ended",
            "Jira no longer accepts the credential: it was revoked or replaced.",
            "Reauthorize the connection.",
            Who::Reauthorizer,
        ),
    }
}

pub(super) fn rotation_lost(kind: Kind) -> Words {
    let why = match kind {
        Kind::CloudOauth2 => {
            "Atlassian issued the next token, its answer was lost on the way, and it could not be asked for again in time."
        }
        Kind::DataCenterOauth2 => {
            "Jira issued the next token and its answer was lost on the way. Jira gives the same token out only once."
        }
        _ => "The answer with the next token was lost, and could not be asked for again in time.",
    };
    words("The next token was lost on the way", why, "Reauthorize the connection.", Who::Reauthorizer)
}

pub(super) fn password_refused(kind: Kind) -> Words {
    match kind {
        Kind::ApiToken | Kind::ScopedApiToken => words(
            "Jira refuses the API token",
            "Jira refuses this e-mail address with this API token: the token was revoked or has expired, or the account was deactivated. Jira does not say which.",
            "The owner of the account must create a new API token. Then reauthorize the connection with it. If the account was deactivated, use another account.",
            Who::AccountOwner,
        ),
        Kind::Password => words(
            "Jira refuses the user name or password",
            "Jira refuses this user name with this password: the password was changed, or the account was deactivated. Jira does not say which.",
            "Reauthorize the connection with the right password. If the account was deactivated, use another account.",
            Who::AccountOwner,
        ),
        Kind::PersonalAccessToken => words(
            "Jira refuses the personal access token",
            "Jira refuses this personal access token: it was revoked or has expired, or its account was deactivated. Jira does not say which.",
            "The owner of the account must create a new personal access token. Then reauthorize the connection with it. If the account was deactivated, use another account.",
            Who::AccountOwner,
        ),
        Kind::CloudOauth2 | Kind::DataCenterOauth2 | Kind::Oauth1 | Kind::Unknown => words(
            "Jira refuses the credential",
            "Jira refuses this credential: it was changed or revoked, or its account was deactivated. Jira does not say which.",
            "Reauthorize the connection with a new credential.",
            Who::Reauthorizer,
        ),
    }
}

/// A refusal without Jira's own word that the credential is wrong.
pub(super) fn credential_refused(kind: Kind) -> Words {
    let kept = "Until Jira accepts it again, Causeway does not use it and keeps asking. After a day of refusals the connection becomes unauthorized.";
    match kind {
        Kind::CloudOauth2 => words(
            "Jira refuses the access token",
            "Jira refuses calls with the access token, and does not say why: the consent was removed, or the account lost its access to the site.",
            "Reauthorize the connection. If Jira refuses that too, an Atlassian administrator must give the account access to the site.",
            Who::Reauthorizer,
        ),
        Kind::ApiToken | Kind::ScopedApiToken => words(
            "Jira refuses the API token",
            "Jira refuses calls with this API token, and does not say why: the token was revoked or has expired, or the account lost its access to the site.",
            format!("The owner of the account must check whether the API token still exists. {kept}"),
            Who::AccountOwner,
        ),
        Kind::DataCenterOauth2 => words(
            "Jira refuses the access token",
            "Jira, or something in front of it, refuses calls with the access token: the authorization was revoked, the incoming link was removed, or a reverse proxy or sign-on page stands in the way.",
            "A Jira administrator must look at the incoming link, and at what stands in front of Jira. Then reauthorize the connection if it does not recover.",
            Who::JiraAdministrator,
        ),
        Kind::Oauth1 => words(
            "Jira refuses the signed calls",
            "Jira, or something in front of it, refuses signed calls and gives no reason: a reverse proxy or sign-on page may stand in the way.",
            "A Jira administrator must look at what stands in front of Jira.",
            Who::JiraAdministrator,
        ),
        Kind::Password | Kind::PersonalAccessToken | Kind::Unknown => {
            let secret = kind.secret();
            words(
                format!("Something refuses {secret}"),
                format!("Jira, or something in front of it, refuses {secret} and does not say that it is wrong."),
                format!(
                    "A Jira administrator must check whether a reverse proxy or a sign-on page stands in the way. {kept} If it was changed or revoked, reauthorize the connection with a new one."
                ),
                Who::JiraAdministrator,
            )
        }
    }
}

pub(super) fn captcha_required() -> Words {
    words(
        "Jira asks for a CAPTCHA",
        "There were too many failed sign-in attempts for this user, not necessarily through Causeway. Jira refuses the password until a CAPTCHA is solved.",
        "Sign in to Jira in a browser as this user, and solve the CAPTCHA. Then test the connection here, so that calls work again at once. If it is unauthorized, reauthorize it.",
        Who::AccountOwner,
    )
}

pub(super) fn basic_disabled(kind: Kind) -> Words {
    let (why, remedy, who) = match kind.is_cloud() {
        Some(true) => (
            "The site does not accept sign-in with an e-mail address and an API token.",
            "Connect the site with OAuth 2.0 instead, as a new connection.",
            Who::Reauthorizer,
        ),
        _ => (
            "This Jira does not accept sign-in with a user name and a password.",
            "A Jira administrator must switch on Basic authentication; calls then work again by themselves. Or create a new connection with OAuth 2.0 or a personal access token.",
            Who::JiraAdministrator,
        ),
    };
    words("Basic authentication is switched off", why, remedy, who)
}

pub(super) fn token_expired(kind: Kind) -> Words {
    let (headline, why, remedy, who) = match kind {
        Kind::ApiToken | Kind::ScopedApiToken => (
            "The API token has expired",
            "The API token has reached its last day.",
            "The owner of the account must create a new API token. Then reauthorize the connection with it.",
            Who::AccountOwner,
        ),
        Kind::PersonalAccessToken => (
            "The personal access token has expired",
            "The personal access token has reached its last day.",
            "The owner of the account must create a new personal access token in Jira. Then reauthorize the connection with it.",
            Who::AccountOwner,
        ),
        Kind::Oauth1 => (
            "The access token has expired",
            "Jira's access token has reached its last day.",
            "Reauthorize the connection.",
            Who::Reauthorizer,
        ),
        Kind::CloudOauth2 | Kind::DataCenterOauth2 | Kind::Password | Kind::Unknown => (
            "The credential has expired",
            "The credential has reached its last day.",
            "Reauthorize the connection with a new one.",
            Who::Reauthorizer,
        ),
    };
    words(headline, why, remedy, who)
}

pub(super) fn owner_deactivated(kind: Kind) -> Words {
    let remedy = match kind {
        Kind::CloudOauth2 => "Reauthorize the connection as another Atlassian account: hand it over.",
        _ => "Reauthorize the connection as another account: hand it over.",
    };
    words(
        "The account is deactivated",
        "The account behind this connection was deactivated.",
        remedy,
        Who::Reauthorizer,
    )
}

pub(super) fn scopes_missing(kind: Kind, missing: &[String]) -> Words {
    match kind {
        Kind::CloudOauth2 => words(
            lacking(missing),
            match missing {
                [] => "Not all the access that Causeway asks for was granted.".to_owned(),
                _ => format!("Not granted: {}. {}", missing.join(", "), consequences(missing)),
            },
            "Reauthorize the connection and accept everything that it asks for.",
            Who::Reauthorizer,
        ),
        Kind::DataCenterOauth2 => words(
            "The incoming link allows less than is needed",
            "The permission of the incoming link in Jira is smaller than what the connection asks for. Calls that need more are refused.",
            "A Jira administrator must raise the permission of the incoming link. Then reauthorize the connection.",
            Who::JiraAdministrator,
        ),
        Kind::ScopedApiToken => words(
            "The API token lacks a scope",
            "Jira refuses calls that need a scope which the API token does not have. Other calls work.",
            "The owner of the account must create an API token with the scopes read:jira-work, write:jira-work and read:jira-user. Then reauthorize the connection with it.",
            Who::AccountOwner,
        ),
        Kind::ApiToken | Kind::Oauth1 | Kind::Password | Kind::PersonalAccessToken | Kind::Unknown => words(
            "Some access was not granted",
            "Not all the access that Causeway needs was granted.",
            "Reauthorize the connection and accept everything that it asks for.",
            Who::Reauthorizer,
        ),
    }
}

/// What each scope of Jira Cloud is for, the most serious loss first.
const CLOUD_SCOPES: [(&str, &str, &str); 5] = [
    ("offline_access", "Access ends within the hour", "Access cannot be renewed after an hour."),
    ("read:jira-work", "Cannot read issues", "Issues and projects cannot be read."),
    ("write:jira-work", "Cannot change issues", "Issues cannot be created or changed; reading works."),
    ("read:jira-user", "Cannot read users", "Users cannot be read, so names of people are missing; issues work."),
    ("read:me", "Cannot read the account's profile", "The name of the account is not known; calls work."),
];

fn lacking(missing: &[String]) -> &'static str {
    let worst = CLOUD_SCOPES.iter().find(|(scope, ..)| missing.iter().any(|one| one == scope));
    worst.map_or("Some access was not granted", |(_, headline, _)| headline)
}

fn consequences(missing: &[String]) -> String {
    let lost = CLOUD_SCOPES.iter().filter(|(scope, ..)| missing.iter().any(|one| one == scope));
    lost.map(|(_, _, consequence)| *consequence).collect::<Vec<_>>().join(" ")
}
