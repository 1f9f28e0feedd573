//! What a grant's keeper is asked, answers and reports. The Worker, the keeper and the organization meet here.

use std::fmt;

use api::{Cause, Timestamp};
use serde::{Deserialize, Serialize};

/// Counts a grant's rotations. It only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

/// A token in the clear. It is printed nowhere; it is serialized only between parts of the edge, never to storage.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Takes a token of 1 to 8192 visible ASCII characters (RFC 6749, appendix A); `None` otherwise.
    ///
    /// What is taken fits into a header as it is.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=8192).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What Atlassian's token endpoint gave for a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGrant {
    /// The access token.
    pub access_token: Token,
    /// The refresh token.
    pub refresh_token: Token,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// Until when *Save* may come; destroyed after that, unless a connection holds it.
    pub pending_until: Timestamp,
}

/// What a keeper is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum KeeperCommand {
    /// Take this grant; it is pending. Refused if the keeper already has one.
    Install {
        /// The tokens.
        grant: NewGrant,
    },
    /// A connection holds the grant now. May be told twice.
    Activate,
    /// Destroy the tokens. May be told twice.
    Retire,
    /// Give an access token.
    Token {
        /// The newest generation that the asker has seen, if any: a newer one is given without a refresh.
        seen: Option<Generation>,
        /// Jira answered 401 to the token of generation `seen`: force a refresh, at most one a minute.
        refused: bool,
    },
    /// Refresh now, though nothing asks for it: that moves the horizon. At most once a minute; sooner, what the last
    /// refresh gave stands.
    Renew,
}

/// What a keeper answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum KeeperAnswer {
    /// Done.
    Done,
    /// An access token that works, as far as the keeper knows.
    Token {
        /// The token.
        token: AccessToken,
    },
    /// It was refreshed, now or less than a minute ago. The news, for the organization.
    Renewed {
        /// The news.
        report: GrantReport,
    },
    /// There is no such grant, or it was destroyed.
    Gone,
    /// The grant is dead: reauthorize.
    Unauthorized {
        /// Why.
        cause: Cause,
    },
    /// No valid token can be had now; the grant is not dead.
    Unavailable {
        /// Why.
        cause: Cause,
        /// Seconds after which asking again makes sense.
        retry_after: u32,
    },
}

/// An access token and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The token.
    pub token: Token,
    /// Its generation.
    pub generation: Generation,
    /// When it ends.
    pub expires_at: Timestamp,
    /// From when on a refresh ahead of need is due (70–80 % of its life, jittered).
    pub refresh_after: Timestamp,
}

/// News about a grant, for the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum GrantReport {
    /// It was refreshed; whatever interrupted it is over.
    Refreshed {
        /// When.
        at: Timestamp,
        /// Its generation now.
        generation: Generation,
        /// When it must be reauthorized at the latest.
        reauthorize_before: Timestamp,
    },
    /// It cannot be refreshed for now.
    Interrupted {
        /// Since when.
        since: Timestamp,
        /// Why.
        cause: Cause,
    },
    /// It is dead.
    Unauthorized {
        /// Since when.
        since: Timestamp,
        /// Why.
        cause: Cause,
    },
}
