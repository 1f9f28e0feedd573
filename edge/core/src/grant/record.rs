//! A grant as its keeper stores it.
//!
//! Stored JSON: a field that this code does not know is ignored, a missing one has a default, so that old and new code
//! can meet during a deployment. Tokens are in it only sealed.

use api::{Cause, Timestamp};
use serde::{Deserialize, Serialize};

use super::Generation;
use crate::sealing::Sealed;

/// The versions of the stored form. What has the first is read, and written, as before there was a second: bearer tokens
/// that are refreshed at Atlassian. Code that knows only the first leaves the rest alone.
pub(super) const VERSIONS: std::ops::RangeInclusive<u32> = 1..=2;

/// The record of one grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The version of the stored form.
    pub(super) v: u32,
    /// What has become of the grant.
    #[serde(flatten)]
    pub(super) state: State,
    /// What was last told to the organization.
    #[serde(default, rename = "told")]
    pub(super) last_reported: LastReported,
    /// KV is left alone until then: it failed.
    #[serde(default)]
    pub(super) copy_after: Option<Timestamp>,
    /// The organization is left alone until then: it failed.
    #[serde(default, rename = "tell_after")]
    pub(super) report_after: Option<Timestamp>,
}

/// What has become of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum State {
    /// It waits for *Save*.
    Pending {
        /// Until when; after that the organization is asked.
        until: Timestamp,
        /// The tokens and what is known of them.
        #[serde(rename = "held")]
        stored: StoredCredential,
    },
    /// A connection holds it.
    Active {
        /// The tokens and what is known of them.
        #[serde(rename = "held")]
        stored: StoredCredential,
    },
    /// Atlassian ended it. The tokens are destroyed.
    Dead {
        /// When.
        since: Timestamp,
        /// Why.
        cause: Cause,
        /// How often the KV copy was removed.
        #[serde(default)]
        sweeps: u32,
    },
    /// It was destroyed here. The tombstone keeps late answers and rescue copies from bringing it back.
    Retired {
        /// When.
        since: Timestamp,
        /// How often the KV copy was removed.
        #[serde(default)]
        sweeps: u32,
    },
}

/// The tokens of a living grant and what is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCredential {
    /// The tokens now.
    pub(super) tokens: Tokens,
    /// When the person consented.
    pub(super) authorized_at: Timestamp,
    /// When the refresh token was last used, or given.
    pub(super) refreshed_at: Timestamp,
    /// When to refresh at the latest, even if nobody asks.
    pub(super) keep_alive_at: Timestamp,
    /// The scopes granted.
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    /// The refresh that was begun and not yet concluded.
    #[serde(default)]
    pub(super) intent: Option<Intent>,
    /// Why refreshing fails.
    #[serde(default)]
    pub(super) trouble: Option<Trouble>,
    /// When Jira's refusal last forced a refresh.
    #[serde(default)]
    pub(super) forced_at: Option<Timestamp>,
    /// The generation that the KV copy has, as far as we know.
    #[serde(default)]
    pub(super) copied: Option<Generation>,
}

/// Sealed tokens of one generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    /// Counts the rotations.
    pub(super) generation: Generation,
    /// The access token.
    pub(super) access: Sealed,
    /// What `access` is once it is opened.
    #[serde(default, skip_serializing_if = "Form::is_bare")]
    pub(super) access_form: Form,
    /// The refresh token; `None`: the credential cannot be refreshed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<Sealed>,
    /// What `refresh` is once it is opened.
    #[serde(default, skip_serializing_if = "Form::is_bare")]
    pub(super) refresh_form: Form,
    /// When the access token ends.
    pub(super) access_expires_at: Timestamp,
    /// From when on a refresh is due.
    pub(super) refresh_after: Timestamp,
    /// The attempt of the intent that they answer; 0 for those that a code was exchanged for.
    #[serde(default)]
    pub(super) attempt: u32,
}

/// What a sealed text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// A token: an access token to bear, or a refresh token for Atlassian.
    #[default]
    Bare,
    /// JSON of all that belongs together: a [`Credential`](super::Credential), a [`Renewal`](super::Renewal).
    Whole,
}

impl Form {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    const fn is_bare(&self) -> bool {
        matches!(self, Self::Bare)
    }
}

impl Tokens {
    /// The version of the form that these are stored in.
    pub(super) const fn version(&self) -> u32 {
        if self.access_form.is_bare() && self.refresh_form.is_bare() && self.refresh.is_some() { 1 } else { 2 }
    }

    /// Whether they are never refreshed.
    pub(super) const fn is_static(&self) -> bool {
        self.refresh.is_none()
    }

    /// Whether a lost answer can be asked for again with the same refresh token: at Atlassian, for ten minutes. A Data
    /// Center site ends the old tokens at once.
    pub(super) fn have_leeway(&self) -> bool {
        self.refresh_form.is_bare()
    }
}

/// A refresh that was begun. Written before the request leaves, so that whoever finds it knows that the refresh token of
/// this generation may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// When the refresh token was first presented. Atlassian's ten minutes of leeway began then at the earliest.
    pub(super) first_sent: Timestamp,
    /// When it was last presented.
    pub(super) last_sent: Timestamp,
    /// How often it was presented.
    pub(super) attempt: u32,
    /// No request leaves before this.
    pub(super) next_attempt_at: Timestamp,
    /// The first request whose outcome is unknown: an answer with new tokens may have been lost.
    #[serde(default)]
    pub(super) unanswered_since: Option<Timestamp>,
    /// The last request has not been concluded.
    #[serde(default, rename = "in_the_air")]
    pub(super) in_flight: bool,
    /// Atlassian refused the refresh token, but KV could not be asked whether there is a newer one.
    #[serde(default)]
    pub(super) refused: bool,
}

/// Why refreshing fails, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trouble {
    /// Since when.
    pub(super) since: Timestamp,
    /// Why.
    pub(super) cause: Cause,
}

/// What was last told to the organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub(super) enum LastReported {
    /// Nothing.
    #[default]
    Nothing,
    /// That it works, at this generation.
    Works {
        /// Which.
        generation: Generation,
    },
    /// That it is interrupted.
    Interrupted {
        /// Why.
        cause: Cause,
    },
    /// That it is dead.
    Unauthorized,
}

impl Record {
    /// A new record.
    pub(super) const fn of(state: State, last_reported: LastReported) -> Self {
        let mut record = Self { v: 1, state, last_reported, copy_after: None, report_after: None };
        if let Some(stored) = record.stored() {
            record.v = stored.tokens.version();
        }
        record
    }

    /// The tokens, if the grant lives.
    pub(super) const fn stored(&self) -> Option<&StoredCredential> {
        match &self.state {
            State::Pending { stored, .. } | State::Active { stored } => Some(stored),
            State::Dead { .. } | State::Retired { .. } => None,
        }
    }

    /// Whether KV needs no copy of what is held.
    pub(super) fn is_copied(&self) -> bool {
        match &self.state {
            State::Active { stored } => stored.copied == Some(stored.tokens.generation),
            State::Pending { .. } | State::Dead { .. } | State::Retired { .. } => true,
        }
    }

    /// The same with other tokens, if the grant lives.
    pub(super) fn with(&self, stored: StoredCredential) -> Self {
        let state = match &self.state {
            State::Pending { until, .. } => State::Pending { until: *until, stored },
            State::Active { .. } => State::Active { stored },
            state @ (State::Dead { .. } | State::Retired { .. }) => state.clone(),
        };
        Self { state, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A change of any of these names makes the grants that are stored unreadable for older code, or for this.
    #[test]
    fn a_stored_record_keeps_its_names() {
        let sealed = json!({"v": 1, "kid": "k1", "nonce": "AAAAAAAAAAAAAAAA", "ciphertext": "AAAA"});
        let at = Timestamp::from_millis(1_795_323_600_000);
        let stored: Value = json!({
            "v": 1,
            "state": "active",
            "held": {
                "tokens": {
                    "generation": 3,
                    "access": sealed,
                    "refresh": sealed,
                    "access_expires_at": at,
                    "refresh_after": at,
                    "attempt": 2,
                },
                "authorized_at": at,
                "refreshed_at": at,
                "keep_alive_at": at,
                "scopes": ["a"],
                "intent": {
                    "first_sent": at,
                    "last_sent": at,
                    "attempt": 2,
                    "next_attempt_at": at,
                    "unanswered_since": at,
                    "in_the_air": true,
                    "refused": false,
                },
                "trouble": {"since": at, "cause": "atlassian_unreachable"},
                "forced_at": at,
                "copied": 2,
            },
            "told": {"news": "interrupted", "cause": "atlassian_unreachable"},
            "copy_after": at,
            "tell_after": at,
        });
        let record: Record = serde_json::from_value(stored.clone()).expect("a record");
        assert_eq!(serde_json::to_value(&record).expect("JSON"), stored);
    }
}
