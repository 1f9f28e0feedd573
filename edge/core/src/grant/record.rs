//! The stored record of a grant.
//!
//! Unknown fields of the stored JSON are ignored and missing ones have defaults, so that versions can coexist during a
//! deployment. Tokens are stored sealed.

use api::{Cause, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CloudClient, Generation};
use crate::sealing::Sealed;

/// The known versions of the stored format. Version 1 holds bearer tokens that are refreshed at Atlassian; version 2
/// holds everything else. Code that only knows version 1 leaves version 2 alone.
pub(super) const VERSIONS: std::ops::RangeInclusive<u32> = 1..=2;

/// The record of one grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The version of the stored format.
    pub(super) v: u32,
    /// The state of the grant.
    #[serde(flatten)]
    pub(super) state: State,
    /// The last report that the organization received.
    #[serde(default, rename = "told")]
    pub(super) last_reported: LastReported,
    /// No writes to KV before this time, after a failure.
    #[serde(default)]
    pub(super) copy_after: Option<Timestamp>,
    /// No reports before this time, after a failure.
    #[serde(default, rename = "tell_after")]
    pub(super) report_after: Option<Timestamp>,
}

/// The state of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum State {
    /// It is pending until *Save*.
    Pending {
        /// When the organization is asked whether the grant was saved.
        until: Timestamp,
        /// The tokens with their metadata.
        #[serde(rename = "held")]
        stored: StoredCredential,
    },
    /// A connection holds it.
    Active {
        /// The tokens with their metadata.
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
    /// It was destroyed here. The tombstone keeps late responses and rescue copies from restoring it.
    Retired {
        /// When.
        since: Timestamp,
        /// How often the KV copy was removed.
        #[serde(default)]
        sweeps: u32,
    },
}

/// The tokens of a pending or active grant, with their metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCredential {
    /// The current tokens.
    pub(super) tokens: Tokens,
    /// When the person consented.
    pub(super) authorized_at: Timestamp,
    /// When the refresh token was last issued or used.
    pub(super) refreshed_at: Timestamp,
    /// When to refresh even if nobody needs a token.
    pub(super) keep_alive_at: Timestamp,
    /// The scopes granted.
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    /// The refresh that was started and has no conclusive result yet.
    #[serde(default)]
    pub(super) intent: Option<Intent>,
    /// Why refreshing fails.
    #[serde(default)]
    pub(super) trouble: Option<Trouble>,
    /// When a refresh was last forced.
    #[serde(default)]
    pub(super) forced_at: Option<Timestamp>,
    /// The generation of the copy in KV, as far as known.
    #[serde(default)]
    pub(super) copied: Option<Generation>,
    /// Which of Causeway's clients at Atlassian refreshes it.
    #[serde(default, skip_serializing_if = "CloudClient::is_first")]
    pub(super) client: CloudClient,
}

/// Sealed tokens of one generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    /// The number of the rotation.
    pub(super) generation: Generation,
    /// The access token.
    pub(super) access: Sealed,
    /// The form of `access`.
    #[serde(default, skip_serializing_if = "Form::is_bare")]
    pub(super) access_form: Form,
    /// The refresh token; `None`: the credential cannot be refreshed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<Sealed>,
    /// The form of `refresh`.
    #[serde(default, skip_serializing_if = "Form::is_bare")]
    pub(super) refresh_form: Form,
    /// When the access token expires.
    pub(super) access_expires_at: Timestamp,
    /// When a refresh is due.
    pub(super) refresh_after: Timestamp,
    /// The attempt number of the intent that produced them; 0 for those of the authorization.
    #[serde(default)]
    pub(super) attempt: u32,
}

/// The form of a sealed text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// A bare access token, or a refresh token for Atlassian.
    #[default]
    Bare,
    /// JSON of a [`Credential`](super::Credential) or a [`Renewal`](super::Renewal).
    Whole,
}

impl Form {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    const fn is_bare(&self) -> bool {
        matches!(self, Self::Bare)
    }
}

impl Tokens {
    /// The version of the stored format that holds these tokens.
    pub(super) const fn version(&self) -> u32 {
        if self.access_form.is_bare() && self.refresh_form.is_bare() && self.refresh.is_some() { 1 } else { 2 }
    }

    /// Whether they can never be refreshed.
    pub(super) const fn is_static(&self) -> bool {
        self.refresh.is_none()
    }

    /// Whether a refresh can be repeated with the same refresh token after a response was lost: at Atlassian, for ten
    /// minutes. A Data Center site invalidates the old tokens at once.
    pub(super) fn have_leeway(&self) -> bool {
        self.refresh_form.is_bare()
    }
}

/// A refresh that was started. It is stored before the request is sent, so that a restarted keeper knows that the
/// refresh token of this generation may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// When the refresh token was first presented: the earliest start of Atlassian's ten minutes of leeway.
    pub(super) first_sent: Timestamp,
    /// When it was last presented.
    pub(super) last_sent: Timestamp,
    /// How often it was presented.
    pub(super) attempt: u32,
    /// No request is sent before this time.
    pub(super) next_attempt_at: Timestamp,
    /// When a request was sent whose response was lost; it may have contained new tokens.
    #[serde(default)]
    pub(super) unanswered_since: Option<Timestamp>,
    /// The last request has no result yet.
    #[serde(default, rename = "in_the_air")]
    pub(super) in_flight: bool,
    /// Atlassian refused the refresh token, and KV could not be searched for a newer one.
    #[serde(default)]
    pub(super) refused: bool,
}

/// A failure to refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trouble {
    /// Since when.
    pub(super) since: Timestamp,
    /// Why.
    pub(super) cause: Cause,
    /// The status that the token endpoint answered last, if it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
}

/// The last report that the organization received.
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

    /// The tokens, if the grant is pending or active.
    pub(super) const fn stored(&self) -> Option<&StoredCredential> {
        match &self.state {
            State::Pending { stored, .. } | State::Active { stored } => Some(stored),
            State::Dead { .. } | State::Retired { .. } => None,
        }
    }

    /// Whether the copy in KV is current or none is needed.
    pub(super) fn is_copied(&self) -> bool {
        match &self.state {
            State::Active { stored } => stored.copied == Some(stored.tokens.generation),
            State::Pending { .. } | State::Dead { .. } | State::Retired { .. } => true,
        }
    }

    /// The record with other tokens, if the grant is pending or active.
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

    /// Other versions of the code, and this one, read stored grants by these names.
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
