//! Webhooks: Causeway tells other systems what happens to connections.
//!
//! A delivery is a `POST` of JSON, a [`WebhookMessage`], signed as [Standard Webhooks](https://www.standardwebhooks.com)
//! says, so that receivers can check it with a ready library: the headers `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`. It is delivered when the receiver answers 2xx within ten seconds, and tried again at growing
//! pauses otherwise; over retries and *Send again* the `webhook-id` stays, so that a receiver can tell what it has seen.
//! Administrators only.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{SubscribedEvent, WebhookUrl};
use crate::{
    BlockedCause, Cause, ConnectionId, Delivery, JiraId, Kind, List, Name, Nothing, ProjectId, ResyncId, ResyncResults,
    ResyncState, State, Timestamp, WebhookId, endpoint::endpoints, words::words,
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
    /// The events that a webhook can receive.
    open WebhookEvent {
        /// What the message calls it: [`WebhookMessage::kind`].
        message_type: &'static str = "webhook.test",
    }
    /// A connection was authorized: created, reauthorized, reverted, or restored with its credential. An incident ends,
    /// too.
    Authorized = "authorized", "connection.authorized";
    /// Calls began to fail. Sent once for an incident, even when its cause changes.
    Interrupted = "interrupted", "connection.interrupted";
    /// Calls work again.
    Recovered = "recovered", "connection.recovered";
    /// A connection lost its credential.
    Unauthorized = "unauthorized", "connection.unauthorized";
    /// A connection was deleted, and has lost its credential with that.
    Deleted = "deleted", "connection.deleted";
    /// A task has an issue now.
    TaskLinked = "task_linked", "task.linked";
    /// The status of a task changed, because its issue moved in Jira.
    TaskStatusChanged = "task_status_changed", "task.status_changed";
    /// Something blocks a task, and a person has to end it.
    TaskBlocked = "task_blocked", "task.blocked";
    /// What was the matter with a task is over.
    TaskRecovered = "task_recovered", "task.recovered";
    /// Both sides of a task changed, and a person chooses.
    TaskConflict = "task_conflict", "task.conflict";
    /// A resync that was started has ended: all of it is done, or somebody cancelled it.
    ResyncFinished = "resync_finished", "resync.finished";
    /// Somebody commented on the issue of a task in Jira, or edited a comment.
    TaskCommented = "task_commented", "task.commented";
    @unlisted {
        /// Somebody tests the webhook. Sent whatever events the webhook asks for.
        Test = "test", "webhook.test";
    }
}

/// A webhook. Its secret is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// The name of the webhook; `null` if nobody named it.
    #[serde(default)]
    pub name: Option<Name>,
    /// The address that deliveries are sent to. Its path may itself be a secret.
    pub url: String,
    /// The events that it receives.
    pub events: Vec<WebhookEvent>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The name of the member who created it.
    pub created_by: String,
    /// Since when deliveries have failed; `null` if the last one arrived.
    pub failing_since: Option<Timestamp>,
    /// When the receiver last accepted a delivery.
    pub last_delivered_at: Option<Timestamp>,
    /// When the receiver answered 410. Nothing is sent from then on, until the webhook is saved again or a test arrives.
    #[serde(default)]
    pub stopped_at: Option<Timestamp>,
    /// The number of the version. The `ETag` is this number in quotes.
    pub version: u64,
}

/// A new webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// The name of the webhook, which says what receives its deliveries; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The address that deliveries are sent to: `https`, a public host, no user or fragment, at most 2,048 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = WebhookUrl))]
    pub url: String,
    /// The events that it receives, at least one. `test` cannot be asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<SubscribedEvent>, min_items = 1))]
    pub events: Vec<WebhookEvent>,
}

/// A new webhook: the only time its secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// The secret that signs its deliveries: `whsec_` and the base64 of 32 bytes. It is stored sealed.
    pub secret: String,
}

/// Changes to a webhook. Fields that are absent stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookEdit {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The new address. Deliveries that still wait are sent there, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<WebhookUrl>))]
    pub url: Option<String>,
    /// The events that it receives from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<SubscribedEvent>>, min_items = 1))]
    pub events: Option<Vec<WebhookEvent>>,
}

/// The body of a delivery. It stays the same over retries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookMessage {
    /// The type of the message, for example `connection.interrupted`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The details of the event.
    pub data: WebhookData,
}

/// The details of a message. It never contains a credential or the address of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookData {
    /// The connection; `null` in a test.
    pub connection: Option<WebhookConnection>,
    /// Why calls fail or the credential was lost; `null` if that was on purpose.
    pub cause: Option<Cause>,
    /// The cause in one sentence.
    pub message: Option<String>,
    /// What to do about it, and who.
    pub remedy: Option<String>,
    /// The task; absent in messages about connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<WebhookTask>,
    /// The resync that ended; absent in messages about anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resync: Option<WebhookResync>,
}

/// A task, as shown to receivers. What is confidential about it is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookTask {
    /// The id of its project.
    pub project_id: ProjectId,
    /// The name of its project.
    pub project: Name,
    /// The product's own id of the task.
    pub external_id: String,
    /// The task's status after the event.
    pub status: Name,
    /// The key of the issue; `null` if there is none.
    pub issue_key: Option<String>,
    /// What blocks it; `null` if nothing does.
    pub cause: Option<BlockedCause>,
    /// The comment; absent in messages about anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<WebhookComment>,
}

/// A comment of Jira's, as shown to receivers. Its text is in the feed of the project's changes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookComment {
    /// The id of the comment in Jira.
    pub id: JiraId,
    /// The name of whoever wrote it, or edited it, as Jira shows it.
    pub author: String,
    /// Whether it was written before, and edited now.
    pub is_edit: bool,
}

/// A resync that ended, as shown to receivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookResync {
    /// The resync's id.
    pub id: ResyncId,
    /// The id of its project.
    pub project_id: ProjectId,
    /// The name of its project.
    pub project: Name,
    /// How it ended: `finished` or `cancelled`.
    pub state: ResyncState,
    /// How many tasks ended how.
    pub results: ResyncResults,
}

/// A connection, as shown to receivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookConnection {
    /// The connection's id.
    pub id: ConnectionId,
    /// The name of the connection.
    pub name: Name,
    /// How it authenticates.
    pub kind: Kind,
    /// The Jira site of the connection.
    pub site: Option<WebhookSite>,
    /// The state of the connection.
    pub status: State,
}

/// A site, as receivers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSite {
    /// The name of the site.
    pub name: String,
    /// Where people open it.
    pub url: String,
}

endpoints! {
    /// List webhooks.
    ///
    /// Only administrators may list webhooks.
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
                task: None,
                resync: None,
            },
        };
        let expected = serde_json::json!({
            "type": "connection.interrupted", "timestamp": "1970-01-01T00:00:00Z",
            "data": {
                "connection": {"id": "con_1", "name": "Staging", "kind": "cloud_oauth2", "status": "interrupted",
                    "site": {"name": "Apex", "url": "https://apex.atlassian.net"}},
                "cause": "rate_limited", "message": "The site's rate limit is used up.",
                "remedy": "No action needed: Causeway keeps trying and recovers by itself.",
            },
        });
        assert_eq!(serde_json::to_value(message).ok(), Some(expected));
    }

    #[test]
    fn events_of_a_newer_version_are_read_as_unknown() {
        assert_eq!(serde_json::from_str::<WebhookEvent>("\"brand_new\"").ok(), Some(WebhookEvent::read("brand_new")));
    }
}
