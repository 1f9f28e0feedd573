//! Webhooks: Causeway tells other systems what happens to connections.
//!
//! A delivery is a `POST` of JSON, a [`WebhookMessage`], signed as [Standard Webhooks](https://www.standardwebhooks.com)
//! says, so that receivers can check it with a ready library: the headers `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`. It is delivered when the receiver answers 2xx within ten seconds, and tried again at growing
//! pauses otherwise; over retries and *Send again* the `webhook-id` stays, so that a receiver can tell what it has seen.
//! Administrators only.

use serde::{Deserialize, Serialize};

use crate::{
    Cause, ConnectionId, DeliveryId, Kind, List, Name, Nothing, State, Timestamp, UnknownFields, WebhookId,
    endpoint::endpoints, words::words,
};

/// The most webhooks of an organization.
pub const WEBHOOKS: usize = 20;
/// How long deliveries are kept, in days.
pub const DELIVERY_DAYS: u16 = 30;
/// How many deliveries of a webhook are kept.
pub const DELIVERIES_KEPT: u16 = 1000;
/// What every webhook's secret begins with; standard base64 of 32 bytes follows.
pub const WEBHOOK_SECRET_PREFIX: &str = "whsec_";

words! {
    /// What a webhook can be told.
    open WebhookEvent {
        /// What the message calls it: [`WebhookMessage::kind`].
        message_type: &'static str = "webhook.test",
    }
    /// A connection was authorized: made, reauthorized, taken back, or restored alive. It ends an incident, too.
    Authorized = "authorized", "connection.authorized";
    /// Calls began to fail. Told once for an incident, even when its cause changes.
    Interrupted = "interrupted", "connection.interrupted";
    /// Calls work again.
    Recovered = "recovered", "connection.recovered";
    /// A connection lost its credential.
    Unauthorized = "unauthorized", "connection.unauthorized";
    /// A connection was deleted, and has lost its credential with that.
    Deleted = "deleted", "connection.deleted";
    @unlisted {
        /// Somebody tries the webhook. Sent whatever the webhook wants to be told.
        Test = "test", "webhook.test";
    }
}

/// A webhook. Its secret is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// Where deliveries go. Its path may itself be a secret.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, by name.
    pub created_by: String,
    /// Since when deliveries fail; `null` while the last one arrived.
    pub failing_since: Option<Timestamp>,
    /// When the receiver last took a delivery.
    pub last_delivered_at: Option<Timestamp>,
    /// When the receiver said that it wants no more (410). Nothing is sent from then on, until the webhook is saved again
    /// or a test arrives.
    #[serde(default)]
    pub stopped_at: Option<Timestamp>,
    /// Counts edits. Its `ETag` is this number in quotes.
    pub version: u64,
}

/// Asks for a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where deliveries go: `https`, a public host, no user or fragment, at most 2,048 characters.
    pub url: String,
    /// What it is told; at least one of [`WebhookEvent::ALL`].
    pub events: Vec<WebhookEvent>,
}

/// A new webhook: the only time its secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// What its deliveries are signed with: `whsec_` and the base64 of 32 bytes. It is stored sealed.
    pub secret: String,
}

/// Changes a webhook. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookEdit {
    /// The new address. What still waits goes there, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is told from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
}

/// One message for one webhook, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The delivery's id, which is the header `webhook-id`.
    pub id: DeliveryId,
    /// What is told.
    pub event: WebhookEvent,
    /// The connection that it is about, if about one.
    pub connection_id: Option<ConnectionId>,
    /// That connection's name at the time.
    pub connection_name: Option<Name>,
    /// When it happened.
    pub at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// The status that the receiver last answered, if it answered.
    pub last_status: Option<u16>,
    /// Why the last attempt failed, in one sentence.
    pub last_failure: Option<String>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// It will be sent, for the first time or again.
    Waiting {
        /// When; in the past if it is due.
        next_at: Timestamp,
    },
    /// The receiver took it.
    Delivered {
        /// When.
        at: Timestamp,
        /// The status that it answered.
        status: u16,
    },
    /// It is not sent any more, unless somebody sends it again.
    GivenUp {
        /// Since when.
        at: Timestamp,
    },
    /// An outcome that this version does not know.
    #[serde(untagged)]
    Unknown(UnknownFields),
}

/// Which deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Where the page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The most deliveries, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// What a receiver is sent: the body of a delivery. It stays the same over retries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookMessage {
    /// What happened: [`WebhookEvent::message_type`].
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The details.
    pub data: WebhookData,
}

/// The details of a message. No credential and no address of a person is ever part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookData {
    /// The connection; `null` in a test.
    pub connection: Option<WebhookConnection>,
    /// Why, if calls fail or the credential was lost, and not on purpose.
    pub cause: Option<Cause>,
    /// The cause in one sentence.
    pub message: Option<String>,
    /// What to do about it, and who.
    pub remedy: Option<String>,
}

/// A connection, as receivers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookConnection {
    /// The connection's id.
    pub id: ConnectionId,
    /// Its name.
    pub name: Name,
    /// How it authenticates.
    pub kind: Kind,
    /// Its site.
    pub site: Option<WebhookSite>,
    /// Its status.
    pub status: State,
}

/// A site, as receivers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSite {
    /// Its name.
    pub name: String,
    /// Where people open it.
    pub url: String,
}

endpoints! {
    /// List webhooks.
    ///
    /// Administrators only.
    ListWebhooks: Get "/api/v1/webhooks" {
        answer: 200 List<Webhook>,
        problems: [],
    }

    /// Create a webhook.
    ///
    /// Administrators only. The answer is the only one that shows the secret.
    CreateWebhook: Post "/api/v1/webhooks" {
        request: NewWebhook,
        answer: 201 CreatedWebhook,
        problems: [],
    }

    /// Update a webhook.
    ///
    /// Administrators only. Needs `If-Match`: 428 without it, 412 when somebody else saved first.
    EditWebhook: Patch "/api/v1/webhooks/{id}" {
        params: WebhookId,
        request: WebhookEdit,
        answer: 200 Webhook,
        if_match: required,
        problems: [],
    }

    /// Delete a webhook and its deliveries.
    ///
    /// Administrators only. A delivery that is being sent may still arrive.
    DeleteWebhook: Delete "/api/v1/webhooks/{id}" {
        params: WebhookId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Send a test delivery to a webhook.
    ///
    /// Administrators only. The answer is the new delivery, which is sent soon.
    TestWebhook: Post "/api/v1/webhooks/{id}/test" {
        params: WebhookId,
        answer: 200 Delivery,
        problems: [],
    }

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

    #[test]
    fn what_receivers_are_sent_is_what_they_were_promised() {
        // A change here breaks receivers out there.
        let message = WebhookMessage {
            kind: WebhookEvent::Interrupted.message_type().into(),
            timestamp: Timestamp::EPOCH,
            data: WebhookData {
                connection: Some(WebhookConnection {
                    id: ConnectionId::parse("con_1").expect("an id"),
                    name: Name::parse("Staging").expect("a name"),
                    kind: Kind::CloudOauth2,
                    site: Some(WebhookSite { name: "Apex".into(), url: "https://apex.atlassian.net".into() }),
                    status: State::Interrupted,
                }),
                cause: Some(Cause::RateLimited),
                message: Some(Cause::RateLimited.sentence().into()),
                remedy: Some(Cause::RateLimited.remedy().into()),
            },
        };
        let expected = serde_json::json!({
            "type": "connection.interrupted", "timestamp": "1970-01-01T00:00:00Z",
            "data": {
                "connection": {"id": "con_1", "name": "Staging", "kind": "cloud_oauth2", "status": "interrupted",
                    "site": {"name": "Apex", "url": "https://apex.atlassian.net"}},
                "cause": "rate_limited", "message": "Atlassian is limiting the number of calls.",
                "remedy": "Nothing for you to do: Causeway tries again and recovers by itself.",
            },
        });
        assert_eq!(serde_json::to_value(message).ok(), Some(expected));
    }

    #[test]
    fn events_of_a_newer_version_are_read_as_unknown() {
        assert_eq!(serde_json::from_str::<WebhookEvent>("\"brand_new\"").ok(), Some(WebhookEvent::read("brand_new")));
    }
}
