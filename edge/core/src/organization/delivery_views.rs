//! What administrators see of deliveries, and can do about them.

use api::{
    DeliveriesQuery, Delivery, DeliveryContent, DeliveryId, DeliveryOutcome, GetDelivery, List, ListDeliveries,
    Nothing, ResendDelivery, SentHeader, TestWebhook, WebhookEvent, WebhookId, entry_cursor,
};
use serde::Deserialize;

use crate::{
    organization::{Answers, Needs, Refusal, StoredDelivery, Turn, page::page_limit},
    webhooks::headers,
};

/// The deliveries of a page when the query has no limit.
const USUAL: u16 = 50;

#[derive(Deserialize)]
struct Row {
    number: i64,
    record: String,
}

/// Sends a test delivery to a webhook, even to a stopped one.
impl Answers for TestWebhook {
    type Outcome = Delivery;

    fn needs(_: &WebhookId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WebhookId, _: Nothing, turn: &Turn<'_>) -> Result<Delivery, Refusal> {
        turn.webhook(&id)?.ok_or(Refusal::NotFound)?;
        turn.enqueue(&id, WebhookEvent::Test, None)
    }
}

/// Sends a delivery again under the same id, whatever its outcome.
impl Answers for ResendDelivery {
    type Outcome = Delivery;

    fn needs(_: &DeliveryId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: DeliveryId, _: Nothing, turn: &Turn<'_>) -> Result<Delivery, Refusal> {
        let mut delivery = turn.delivery(&id)?.ok_or(Refusal::NotFound)?;
        delivery.tries = 0;
        delivery.details.outcome = DeliveryOutcome::Waiting { next_at: turn.now };
        turn.store_delivery(&delivery)?;
        Ok(delivery.view())
    }
}

/// Lists a page of a webhook's deliveries, newest first.
impl Answers for ListDeliveries {
    type Outcome = List<Delivery>;

    fn needs(_: &WebhookId, _: &DeliveriesQuery) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WebhookId, query: DeliveriesQuery, turn: &Turn<'_>) -> Result<List<Delivery>, Refusal> {
        turn.webhook(&id)?.ok_or(Refusal::NotFound)?;
        let limit = page_limit(query.limit, USUAL)?;
        let before = query.cursor.as_deref().map_or(Some(i64::MAX >> 10), entry_cursor);
        let before = before.ok_or_else(|| Refusal::Invalid("cursor is not one that a list gave.".to_owned()))?;
        let page =
            "SELECT number, record FROM deliveries WHERE webhook = ? AND number < ? ORDER BY number DESC LIMIT ?";
        let values = vec![id.as_str().into(), before.into(), (i64::from(limit) + 1).into()];
        let mut rows: Vec<Row> = turn.sql.rows(page, values)?;
        let more = rows.len() > usize::from(limit);
        rows.truncate(usize::from(limit));
        let next_cursor = rows.last().filter(|_| more).map(|row| row.number.to_string());
        let read = |row: &Row| serde_json::from_str::<StoredDelivery>(&row.record).map(|delivery| delivery.view());
        let items: Result<_, _> = rows.iter().map(read).collect();
        Ok(List { items: items?, next_cursor })
    }
}

/// Shows a delivery with what was sent and what the receiver answered.
impl Answers for GetDelivery {
    type Outcome = DeliveryContent;

    fn needs(_: &DeliveryId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: DeliveryId, _: Nothing, turn: &Turn<'_>) -> Result<DeliveryContent, Refusal> {
        let stored = turn.delivery(&id)?.ok_or(Refusal::NotFound)?;
        let delivery = stored.view();
        let (url, sent_at) = match stored.sent {
            Some(sent) => (sent.url, Some(sent.at)),
            None => (turn.webhook(&stored.webhook)?.ok_or(Refusal::NotFound)?.details.url, None),
        };
        let sent = sent_at.map(|at| headers(&id, at));
        let headers = sent.into_iter().flatten().map(|(name, value)| SentHeader { name: name.to_owned(), value });
        Ok(DeliveryContent {
            delivery,
            url,
            headers: headers.collect(),
            body: stored.body,
            sent_at,
            answer: stored.answer,
        })
    }
}
