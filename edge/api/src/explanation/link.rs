//! Words about what connects a Data Center with Causeway: its links, keys and clock.

use super::{CredentialKind as Kind, Words, words};
use crate::Responsible as Who;

pub(super) fn signature_invalid() -> Words {
    words(
        "Jira does not accept the signature",
        "The application link in Jira has another public key, or a reverse proxy changes the address that was signed.",
        "A Jira administrator must put this connection's public key into the application link, and check that the proxy passes the base URL on.",
        Who::JiraAdministrator,
    )
}

pub(super) fn consumer_unknown(kind: Kind) -> Words {
    match kind {
        Kind::Oauth1 => words(
            "Jira does not know the consumer key",
            "The application link in Jira was removed, or has another consumer key.",
            "A Jira administrator must create the application link again, with the same consumer key and public key: they are shown under Signing key. Calls then work again by themselves. If Jira refuses the access token after that, reauthorize the connection.",
            Who::JiraAdministrator,
        ),
        Kind::DataCenterOauth2 => words(
            "Jira refuses the client ID or the client secret",
            "The incoming link in Jira was removed or changed.",
            "A Jira administrator must check that the incoming link exists, and which client ID it has. If the link has a new client ID or client secret, reauthorize the connection with them.",
            Who::JiraAdministrator,
        ),
        _ => words(
            "Jira does not know the client",
            "Jira does not know the consumer key or client ID, or refuses its secret: the link in Jira was removed or changed.",
            "A Jira administrator must look at the link. If its values changed, reauthorize the connection with new credentials.",
            Who::JiraAdministrator,
        ),
    }
}

pub(super) fn clock_skew() -> Words {
    words(
        "Jira's clock and Causeway's differ",
        "A signed call carries the time, and Jira refuses it when the two clocks differ by more than a few minutes.",
        "A Jira administrator must check the clock of the Jira server. Once it is right, calls work again by themselves. Causeway's clock is kept right by the platform that it runs on.",
        Who::JiraAdministrator,
    )
}
