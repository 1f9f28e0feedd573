//! Atlassian's side of an authorization: the authorization URL, the code exchange, the sites of a consent, the account,
//! and whether a site responds.
//!
//! Sources: Atlassian, *OAuth 2.0 (3LO) apps* and *Jira Cloud REST v3*. Out of scope: refreshing (the grant's keeper)
//! and calls on behalf of others (the proxy).

mod event_token;
mod exchange;
mod messages;
mod resources;

pub(crate) use event_token::verify as verify_event_token;
pub use exchange::*;
pub use resources::*;

use api::{Failure, FailureCode};

use crate::excerpt::excerpt;

/// The most characters of a provider's text that a failure shows.
const LONGEST_DETAILS: usize = 500;

/// A failure for the person who authorizes. `details` are the provider's own words, shortened.
pub fn failure(code: FailureCode, details: Option<&str>) -> Failure {
    let (message, remedy) = messages::of(code);
    Failure {
        code,
        message: message.to_owned(),
        remedy: remedy.to_owned(),
        details: details.map(|text| excerpt(text, LONGEST_DETAILS).trim().to_owned()).filter(|text| !text.is_empty()),
    }
}
