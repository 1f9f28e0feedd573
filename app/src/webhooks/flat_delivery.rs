//! A delivery with the fields of all outcomes side by side. The contract's own type has a tagged enum, whose serde
//! reader is large: see `app/SIZES.md`. A test compares this type with the contract's.

use api::{ConnectionId, DeliveryId, Timestamp, WebhookEvent};
use serde::Deserialize;

use crate::ui::lozenge::Tone;

/// The outcome of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct FlatOutcome {
    /// The outcome, as the contract names it.
    #[serde(rename = "outcome")]
    name: String,
    /// When the next attempt is due.
    #[serde(default)]
    next_at: Option<Timestamp>,
    /// When it was delivered or given up.
    #[serde(default)]
    at: Option<Timestamp>,
}

/// A message to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct FlatDelivery {
    /// The delivery's id.
    pub(super) id: DeliveryId,
    /// The event.
    pub(super) event: WebhookEvent,
    /// The connection that it is about.
    pub(super) connection_id: Option<ConnectionId>,
    /// The name of the connection at that time.
    pub(super) connection_name: Option<String>,
    /// When it happened.
    pub(super) at: Timestamp,
    /// The number of attempts.
    pub(super) attempts: u32,
    /// The outcome.
    pub(super) outcome: FlatOutcome,
    /// The last status with which the receiver answered.
    pub(super) last_status: Option<u16>,
    /// Why the last attempt failed.
    pub(super) last_failure: Option<String>,
}

impl FlatDelivery {
    /// Whether an attempt is still to come.
    pub(super) fn waits(&self) -> bool {
        self.outcome.name == "waiting"
    }

    /// Whether the next attempt is due before `then`.
    pub(super) fn is_due(&self, then: Timestamp) -> bool {
        self.waits() && self.outcome.next_at.is_none_or(|at| at < then)
    }

    /// Why there is no answer to show.
    pub(super) fn unanswered(&self) -> String {
        match &self.last_failure {
            _ if self.attempts == 0 => "Nothing was sent yet.".to_owned(),
            Some(why) => why.clone(),
            None => "There is no answer.".to_owned(),
        }
    }

    /// The colour and the word of the outcome, and the words before its moment.
    pub(super) fn verdict(&self) -> (Tone, &'static str, &'static str) {
        match (self.outcome.name.as_str(), self.attempts) {
            ("delivered", _) => (Tone::Success, "Delivered", ""),
            ("given_up", _) => (Tone::Danger, "Given up", "the last attempt failed "),
            (_, 0) => (Tone::Neutral, "Waiting", "due "),
            _ => (Tone::Warning, "Trying again", "due "),
        }
    }

    /// The moment of the outcome.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.outcome.next_at.or(self.outcome.at)
    }

    /// What the receiver answered, or why it could not be reached.
    pub(super) fn answer(&self) -> Option<String> {
        if self.outcome.name == "delivered" {
            return self.last_status.map(|status| format!(". The receiver answered {status}."));
        }
        self.last_failure.as_ref().map(|why| format!(". {why}"))
    }
}

#[cfg(test)]
mod tests {
    use api::DeliveryOutcome;

    use super::*;

    fn read(outcome: DeliveryOutcome, attempts: u32) -> FlatDelivery {
        let written = api::Delivery {
            id: DeliveryId::parse("dlv_1").expect("an id"),
            event: WebhookEvent::Interrupted,
            connection_id: ConnectionId::parse("con_1").ok(),
            connection_name: api::Name::parse("Staging").ok(),
            at: Timestamp::EPOCH,
            attempts,
            outcome,
            last_status: Some(500),
            last_failure: Some("The receiver answered 500.".to_owned()),
        };
        serde_json::from_value(serde_json::to_value(written).expect("JSON")).expect("a delivery")
    }

    #[test]
    fn what_the_contract_writes_of_each_outcome_is_read() {
        let at = Timestamp::EPOCH;
        let again = read(DeliveryOutcome::Waiting { next_at: at }, 1);
        assert_eq!(again.verdict(), (Tone::Warning, "Trying again", "due "));
        assert_eq!(again.answer().as_deref(), Some(". The receiver answered 500."));
        assert_eq!(read(DeliveryOutcome::Waiting { next_at: at }, 0).verdict().0, Tone::Neutral);
        let delivered = read(DeliveryOutcome::Delivered { at, status: 204 }, 2);
        assert_eq!((delivered.verdict().1, delivered.moment()), ("Delivered", Some(at)));
        assert_eq!(read(DeliveryOutcome::GivenUp { at }, 9).verdict().1, "Given up");
    }

    #[test]
    fn only_what_is_sent_soon_is_worth_looking_at_again_at_once() {
        let next_at = Timestamp::EPOCH.plus_seconds(60);
        let waiting = read(DeliveryOutcome::Waiting { next_at }, 1);
        assert!(waiting.waits());
        assert!(!waiting.is_due(Timestamp::EPOCH));
        assert!(waiting.is_due(Timestamp::EPOCH.plus_seconds(61)));
        assert!(!read(DeliveryOutcome::GivenUp { at: next_at }, 9).is_due(Timestamp::EPOCH.plus_seconds(61)));
    }
}
