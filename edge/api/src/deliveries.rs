//! Deliveries to webhooks: what was sent, how often, and what the receiver answered.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{EntryCursor, PageLimit};
use crate::{
    ConnectionId, DeliveryId, List, Name, Timestamp, UnknownFields, WebhookEvent, WebhookId, endpoint::endpoints,
};

/// One message for one webhook, and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The delivery's id, which is the header `webhook-id`.
    pub id: DeliveryId,
    /// The event that it reports.
    pub event: WebhookEvent,
    /// The connection that it is about, if any.
    pub connection_id: Option<ConnectionId>,
    /// That connection's name at the time.
    pub connection_name: Option<Name>,
    /// When it happened.
    pub at: Timestamp,
    /// How often it has been sent.
    pub attempts: u32,
    /// The outcome so far.
    pub outcome: DeliveryOutcome,
    /// The HTTP status that the receiver last answered, if it answered.
    pub last_status: Option<u16>,
    /// Why the last attempt failed, in one sentence.
    pub last_failure: Option<String>,
}

/// The outcome of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// It will be sent, for the first time or again.
    Waiting {
        /// When it will be sent; in the past if it is due.
        next_at: Timestamp,
    },
    /// The receiver accepted it.
    Delivered {
        /// When the receiver accepted it.
        at: Timestamp,
        /// The HTTP status that the receiver answered.
        status: u16,
    },
    /// It is not sent any more, unless somebody asks to send it again.
    GivenUp {
        /// When it was given up.
        at: Timestamp,
    },
    /// An outcome that this version does not know.
    #[serde(untagged)]
    Unknown(UnknownFields),
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Where the page begins: the `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub cursor: Option<String>,
    /// The most deliveries, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

/// A delivery with what was sent and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryContent {
    /// The delivery and its outcome.
    pub delivery: Delivery,
    /// The address that the last attempt went to, or that the first will go to.
    pub url: String,
    /// The headers of the last attempt, apart from `webhook-signature`, which is made anew for each attempt and not kept.
    /// Empty before the first attempt.
    pub headers: Vec<SentHeader>,
    /// The body, byte by byte as it is sent: the JSON of a [`WebhookMessage`](crate::WebhookMessage).
    pub body: String,
    /// When the last attempt began; `null` before the first one, and for one made before this was kept.
    pub sent_at: Option<Timestamp>,
    /// What the receiver last answered; `null` if it did not answer, or before this was kept.
    pub answer: Option<ReceiverAnswer>,
}

/// A header of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentHeader {
    /// The name of the header, in lower case.
    pub name: String,
    /// The value of the header.
    pub value: String,
}

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiverAnswer {
    /// When the answer came.
    pub at: Timestamp,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The beginning of the answer's body: at most 1,024 bytes, as text. It is the receiver's, and not checked.
    pub body: String,
}

endpoints! {
    /// List the deliveries of a webhook.
    ///
    /// Newest deliveries first. Administrators only.
    ListDeliveries: Get "/api/v1/webhooks/{id}/deliveries" {
        params: WebhookId,
        request: DeliveriesQuery,
        answer: 200 List<Delivery>,
        problems: [],
    }

    /// Send a delivery again.
    ///
    /// Administrators only. Works for every outcome; the answer is the delivery, which is sent soon.
    ResendDelivery: Post "/api/v1/deliveries/{id}/resend" {
        params: DeliveryId,
        answer: 200 Delivery,
        problems: [],
    }

    /// Show a delivery with what was sent and answered.
    ///
    /// Administrators only. The body of the delivery contains no credential; the address and the answer are the
    /// receiver's, and may contain secrets of its own.
    GetDelivery: Get "/api/v1/deliveries/{id}" {
        params: DeliveryId,
        answer: 200 DeliveryContent,
        problems: [],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_on_the_wire_is_what_clients_were_promised() {
        let delivery = Delivery {
            id: DeliveryId::parse("dlv_1").expect("an id"),
            event: WebhookEvent::Interrupted,
            connection_id: ConnectionId::parse("con_1").ok(),
            connection_name: Name::parse("Staging").ok(),
            at: Timestamp::EPOCH,
            attempts: 1,
            outcome: DeliveryOutcome::Waiting { next_at: Timestamp::EPOCH },
            last_status: Some(500),
            last_failure: Some("The receiver answered 500.".into()),
        };
        let expected = serde_json::json!({
            "id": "dlv_1", "event": "interrupted", "connection_id": "con_1", "connection_name": "Staging",
            "at": "1970-01-01T00:00:00Z", "attempts": 1,
            "outcome": {"outcome": "waiting", "next_at": "1970-01-01T00:00:00Z"},
            "last_status": 500, "last_failure": "The receiver answered 500.",
        });
        assert_eq!(serde_json::to_value(delivery).ok(), Some(expected));
    }
}
