//! Atlassian's side of an authorization: where the browser is sent, what a code is exchanged for, which sites a consent
//! covers, who gave it, and whether a site answers.
//!
//! Sources: Atlassian, *OAuth 2.0 (3LO) apps* and *Jira Cloud REST v3*. Out of scope: refreshing (the grant's keeper) and
//! calls of others (the proxy).

mod exchange;
mod messages;
mod resources;

pub use exchange::*;
pub use resources::*;

use api::{Failure, FailureCode};

use crate::excerpt::excerpt;

/// The most characters of a provider's text that a failure shows.
const LONGEST_DETAILS: usize = 500;

/// A failure in words for the person who authorizes. `details` are the provider's own words, shortened.
pub fn failure(code: FailureCode, details: Option<&str>) -> Failure {
    let (message, remedy) = messages::of(code);
    Failure {
        code,
        message: message.to_owned(),
        remedy: remedy.to_owned(),
        details: details.map(|text| excerpt(text, LONGEST_DETAILS).trim().to_owned()).filter(|text| !text.is_empty()),
    }
}
