//! Webhook deliveries: which are due, and their outcomes.

use api::{DELIVERIES_KEPT, DELIVERY_DAYS, DeliveryId, DeliveryOutcome, ReceiverAnswer, Timestamp, WebhookId};
use serde::Deserialize;

use crate::{
    organization::{StoredDelivery, StoredWebhook, Turn, Value, outbox::SentTo, record, records, to_record},
    ports::PortFailure,
};

/// The pause after each failed attempt, in milliseconds. After the last attempt the delivery is given up.
const PAUSES: [i64; 7] = [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000];
/// How long an attempt may take before it counts as interrupted, in milliseconds: well over its limit of ten seconds.
const UNDER_WAY: i64 = 60_000;
/// How long deliveries are kept, in milliseconds.
pub(super) const KEPT: i64 = DELIVERY_DAYS as i64 * 86_400_000;
/// The HTTP status of a receiver that wants no further deliveries.
const GONE: u16 = 410;
/// A delivery to send now.
#[derive(Debug)]
pub struct DueDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The webhook.
    pub webhook: WebhookId,
    /// When this attempt began.
    pub at: Timestamp,
    /// The receiver's address.
    pub url: String,
    /// The secret that signs it: JSON of a sealed record.
    pub secret: String,
    /// The body.
    pub body: String,
}

/// The result of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// The receiver answered 2xx.
    Taken {
        /// The status that it answered, 2xx.
        status: u16,
        /// The beginning of the body that it answered.
        body: String,
    },
    /// The receiver did not answer, or with another status.
    Failed {
        /// The status that it answered, if it answered, and the beginning of its body.
        answer: Option<(u16, String)>,
        /// Why, in one sentence.
        why: String,
        /// The seconds of the receiver's `Retry-After`, if it sent one.
        retry_after: Option<u32>,
    },
}

#[derive(Deserialize)]
struct Due {
    due_at: Option<i64>,
}

impl Turn<'_> {
    /// When the next delivery is due; `None` if none waits. An overdue delivery is due now.
    pub(super) fn next_delivery_at(&self) -> Result<Option<Timestamp>, PortFailure> {
        let rows: Vec<Due> =
            self.sql.rows("SELECT min(due_at) AS due_at FROM deliveries WHERE due_at IS NOT NULL", vec![])?;
        let due = rows.first().and_then(|row| row.due_at).map(Timestamp::from_millis);
        Ok(due.map(|due| due.max(self.now)))
    }

    /// Takes the deliveries that are due: at most `most`, and at most one for each webhook, so that no receiver delays
    /// another. Webhooks that do not fail come first, then those whose last attempt is longest ago. Each delivery is
    /// counted as attempted and is due again in a minute. An interrupted attempt is therefore repeated, but not for
    /// ever.
    pub fn take_due_deliveries(&self, most: usize) -> Result<Vec<DueDelivery>, PortFailure> {
        let due = "SELECT id, record FROM webhooks WHERE id IN \
             (SELECT webhook FROM deliveries INDEXED BY deliveries_by_due WHERE due_at <= ? AND due_at IS NOT NULL)";
        let undelivered = "UPDATE deliveries SET due_at = NULL WHERE webhook = ?";
        let values = vec![self.now.as_millis().into()];
        let mut webhooks = self.readable::<StoredWebhook>("webhooks", due, values, undelivered)?;
        webhooks.sort_by_key(|webhook| (webhook.details.failing_since.is_some(), webhook.tried_at));
        let mut taken = Vec::new();
        for mut webhook in webhooks {
            if taken.len() < most
                && let Some(due) = self.take_due_delivery(&mut webhook)?
            {
                taken.push(due);
            }
        }
        Ok(taken)
    }

    fn take_due_delivery(&self, webhook: &mut StoredWebhook) -> Result<Option<DueDelivery>, PortFailure> {
        let due = "SELECT id, record FROM deliveries WHERE webhook = ? AND due_at <= ? ORDER BY due_at, number LIMIT 1";
        let values = vec![webhook.details.id.as_str().into(), self.now.as_millis().into()];
        let undelivered = "UPDATE deliveries SET due_at = NULL WHERE id = ?";
        let found = self.readable::<StoredDelivery>("deliveries", due, values, undelivered)?;
        let Some(mut delivery) = found.into_iter().next() else { return Ok(None) };
        if usize::from(delivery.tries) > PAUSES.len() {
            // Its last attempt was interrupted.
            delivery.details.outcome = DeliveryOutcome::GivenUp { at: self.now };
            self.store_delivery(&delivery)?;
            return Ok(None);
        }
        delivery.tries += 1;
        delivery.details.attempts = delivery.details.attempts.saturating_add(1);
        delivery.details.outcome = DeliveryOutcome::Waiting { next_at: self.now.plus_millis(UNDER_WAY) };
        delivery.sent = Some(SentTo { at: self.now, url: webhook.details.url.clone() });
        self.store_delivery(&delivery)?;
        webhook.tried_at = Some(self.now);
        self.store_webhook(webhook)?;
        Ok(Some(DueDelivery {
            id: delivery.details.id,
            webhook: delivery.webhook,
            at: self.now,
            url: webhook.details.url.clone(),
            secret: webhook.secret.clone(),
            body: delivery.body,
        }))
    }

    /// Records the result of an attempt. Does nothing if the webhook has been deleted meanwhile.
    pub fn record_delivery_attempt(&self, id: &DeliveryId, result: Attempted) -> Result<(), PortFailure> {
        let Some(mut delivery) = self.delivery(id)? else { return Ok(()) };
        let Some(mut webhook) = self.webhook(&delivery.webhook)? else { return Ok(()) };
        match result {
            Attempted::Taken { status, body } => {
                delivery.answer = Some(ReceiverAnswer { at: self.now, status, body });
                delivery.details.outcome = DeliveryOutcome::Delivered { at: self.now, status };
                (delivery.details.last_status, delivery.details.last_failure) = (Some(status), None);
                webhook.details.last_delivered_at = Some(self.now);
                (webhook.details.failing_since, webhook.details.stopped_at) = (None, None);
            }
            Attempted::Failed { answer, why, retry_after } => {
                let status = answer.as_ref().map(|(status, _)| *status);
                delivery.answer = answer.map(|(status, body)| ReceiverAnswer { at: self.now, status, body });
                delivery.details.outcome = self.after_failure(&delivery, status, retry_after);
                (delivery.details.last_status, delivery.details.last_failure) = (status, Some(why));
                webhook.details.failing_since.get_or_insert(self.now);
                if status == Some(GONE) {
                    self.stop(&mut webhook)?;
                }
            }
        }
        self.store_webhook(&webhook)?;
        self.store_delivery(&delivery)
    }

    /// The outcome after a failed attempt. The next attempt is never sooner than the receiver asked for.
    fn after_failure(
        &self,
        delivery: &StoredDelivery,
        status: Option<u16>,
        retry_after: Option<u32>,
    ) -> DeliveryOutcome {
        let tried = usize::from(delivery.tries).saturating_sub(1);
        match PAUSES.get(tried) {
            Some(pause) if status != Some(GONE) => {
                let retry_after = i64::from(retry_after.unwrap_or(0)) * 1000;
                DeliveryOutcome::Waiting { next_at: self.now.plus_millis(self.jittered(retry_after.max(*pause))) }
            }
            _ => DeliveryOutcome::GivenUp { at: self.now },
        }
    }

    /// Adds up to a tenth, so that deliveries that failed together are not sent again together.
    fn jittered(&self, pause: i64) -> i64 {
        let mut byte = [0];
        self.random.fill(&mut byte);
        pause + pause * i64::from(u8::from_be_bytes(byte)) / 2560
    }

    /// Stops a webhook whose receiver wants no further deliveries, and gives up those that wait.
    fn stop(&self, webhook: &mut StoredWebhook) -> Result<(), PortFailure> {
        webhook.details.stopped_at.get_or_insert(self.now);
        let waiting = "SELECT record FROM deliveries WHERE webhook = ? AND due_at IS NOT NULL";
        for mut delivery in records::<StoredDelivery>(self.sql, waiting, vec![webhook.details.id.as_str().into()])? {
            delivery.details.outcome = DeliveryOutcome::GivenUp { at: self.now };
            self.store_delivery(&delivery)?;
        }
        Ok(())
    }

    pub(super) fn delivery(&self, id: &DeliveryId) -> Result<Option<StoredDelivery>, PortFailure> {
        record(self.sql, "SELECT record FROM deliveries WHERE id = ?", vec![id.as_str().into()])
    }

    pub(super) fn store_delivery(&self, delivery: &StoredDelivery) -> Result<(), PortFailure> {
        let due = match delivery.details.outcome {
            DeliveryOutcome::Waiting { next_at } => Value::Integer(next_at.as_millis()),
            DeliveryOutcome::Delivered { .. } | DeliveryOutcome::GivenUp { .. } | DeliveryOutcome::Unknown(_) => {
                Value::Null
            }
        };
        let values = vec![due, to_record(delivery)?, delivery.details.id.as_str().into()];
        self.sql.run("UPDATE deliveries SET due_at = ?, record = ? WHERE id = ?", values)
    }

    /// Deletes the deliveries that are older than [`KEPT`].
    pub(super) fn delete_old_deliveries(&self) -> Result<(), PortFailure> {
        let until = self.now.as_millis().saturating_sub(KEPT);
        self.sql.run("DELETE FROM deliveries WHERE at <= ?", vec![until.into()])
    }

    pub(super) fn delete_deliveries_beyond_the_newest(&self, webhook: &WebhookId) -> Result<(), PortFailure> {
        let id = || Value::from(webhook.as_str());
        let delete = "DELETE FROM deliveries WHERE webhook = ? AND number <= \
             (SELECT number FROM deliveries WHERE webhook = ? ORDER BY number DESC LIMIT 1 OFFSET ?)";
        self.sql.run(delete, vec![id(), id(), i64::from(DELIVERIES_KEPT).into()])
    }
}
