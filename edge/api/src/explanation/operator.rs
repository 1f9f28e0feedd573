//! Words about what neither Jira nor the person who authorized can change: the sign-in service, and Causeway itself.

use super::{CredentialKind as Kind, Facts, Words, words};
use crate::Responsible as Who;

/// The remedy of what passes by itself.
const WAIT: &str = "No action needed: Causeway keeps trying and recovers by itself.";

pub(super) fn sign_in_unreachable(kind: Kind, facts: &Facts<'_>) -> Words {
    let answer = facts.token_status.map_or("does not answer".to_owned(), |status| format!("answers {status}"));
    match kind {
        Kind::CloudOauth2 if facts.lacks_token || facts.token_status.is_some() => words(
            format!("Atlassian's sign-in service {answer}"),
            format!("Causeway needs a new token, and Atlassian's sign-in service {answer}."),
            WAIT,
            Who::Nobody,
        ),
        Kind::CloudOauth2 | Kind::ApiToken | Kind::ScopedApiToken => words(
            "Atlassian does not answer",
            "Atlassian, which passes calls on to the site, does not answer as it should.",
            WAIT,
            Who::Nobody,
        ),
        _ => words(
            format!("The sign-in service {answer}"),
            format!("Causeway needs a new token, and the sign-in service {answer}."),
            WAIT,
            Who::Nobody,
        ),
    }
}

pub(super) fn client_refused(kind: Kind) -> Words {
    let headline = "Causeway's client ID or secret is refused";
    match kind.is_cloud() {
        Some(true) => words(
            headline,
            "Atlassian refuses Causeway's own client ID or client secret, so no new token can be obtained.",
            "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Nobody needs to reauthorize.",
            Who::Operator,
        ),
        _ => words(
            headline,
            "Causeway's own client ID or client secret is refused, so no new token can be obtained.",
            "The operator of Causeway must correct the client ID and the client secret. Nobody needs to reauthorize.",
            Who::Operator,
        ),
    }
}

pub(super) fn unsealable() -> Words {
    words(
        "Causeway cannot open the stored credential",
        "The stored credential was sealed with a key that is no longer configured.",
        "The operator of Causeway must put the removed key back into SEALING_KEYS. Otherwise reauthorize the connection.",
        Who::Operator,
    )
}
