//! Creates, lists, updates and deletes webhooks.

use api::{
    DeleteWebhook, EditWebhook, List, ListWebhooks, Name, NewWebhook, Nothing, TimelineEvent, Timestamp, WEBHOOKS,
    Webhook, WebhookEdit, WebhookEvent, WebhookId,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    organization::{Answers, Needs, Refusal, Step, Turn, record, records, to_record},
    ports::PortFailure,
    sealing::Sealed,
};

/// A webhook as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredWebhook {
    pub(crate) v: u8,
    /// The fields that administrators see.
    #[serde(rename = "shown")]
    pub(crate) details: WebhookDetails,
    /// The secret that signs its deliveries: JSON of [`Sealed`]. It is read only where it is opened, so a secret that
    /// cannot be read stops the deliveries of its own webhook and no others.
    pub(crate) secret: String,
    /// When a delivery was last attempted.
    #[serde(default)]
    pub(crate) tried_at: Option<Timestamp>,
}

/// The fields of a stored webhook that administrators see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WebhookDetails {
    pub(crate) id: WebhookId,
    /// The name that a member gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Name>,
    pub(crate) url: String,
    pub(crate) events: Vec<WebhookEvent>,
    pub(crate) created_at: Timestamp,
    /// The name of the member who created it.
    pub(crate) created_by: String,
    /// Since when deliveries have failed; `None` if the last one arrived.
    pub(crate) failing_since: Option<Timestamp>,
    /// When the receiver last accepted a delivery.
    pub(crate) last_delivered_at: Option<Timestamp>,
    /// When the receiver answered 410. Nothing is sent from then on.
    #[serde(default)]
    pub(crate) stopped_at: Option<Timestamp>,
    /// The number of the version, which `If-Match` names.
    pub(crate) version: u64,
}

impl StoredWebhook {
    /// The webhook in the contract's form.
    fn view(&self) -> Webhook {
        let WebhookDetails {
            id,
            name,
            url,
            events,
            created_at,
            created_by,
            failing_since,
            last_delivered_at,
            stopped_at,
            version,
        } = self.details.clone();
        Webhook { id, name, url, events, created_at, created_by, failing_since, last_delivered_at, stopped_at, version }
    }

    /// What the timeline calls it: its host and its name.
    fn called(&self) -> (String, Option<String>) {
        (host(&self.details.url), self.details.name.as_ref().map(Name::to_string))
    }

    /// Whether the webhook receives `event`.
    pub(super) fn wants(&self, event: WebhookEvent) -> bool {
        self.details.stopped_at.is_none() && self.details.events.contains(&event)
    }
}

impl Turn<'_> {
    pub(super) fn webhook(&self, id: &WebhookId) -> Result<Option<StoredWebhook>, PortFailure> {
        record(self.sql, "SELECT record FROM webhooks WHERE id = ?", vec![id.as_str().into()])
    }

    /// All webhooks, newest first.
    pub(super) fn webhooks(&self) -> Result<Vec<StoredWebhook>, PortFailure> {
        records(self.sql, "SELECT record FROM webhooks ORDER BY created_at DESC, id", vec![])
    }

    /// Inserts or updates a webhook.
    pub(super) fn store_webhook(&self, webhook: &StoredWebhook) -> Result<(), PortFailure> {
        let values = vec![
            webhook.details.id.as_str().into(),
            webhook.details.created_at.as_millis().into(),
            to_record(webhook)?,
        ];
        let upsert = "INSERT INTO webhooks (id, created_at, record) VALUES (?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET record = excluded.record";
        self.sql.run(upsert, values)
    }
}

/// The host of an address. The timeline contains no other part of it, because the path may be a secret.
pub(super) fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Refuses an empty list and events that cannot be subscribed to. Removes duplicates and sorts by the contract's order.
fn wanted(events: &[WebhookEvent]) -> Result<Vec<WebhookEvent>, Refusal> {
    if events.is_empty() || events.iter().any(|event| !WebhookEvent::ALL.contains(event)) {
        let why = "Choose at least one event: authorized, interrupted, recovered, unauthorized or deleted.";
        return Err(Refusal::Invalid(why.to_owned()));
    }
    Ok(WebhookEvent::ALL.iter().copied().filter(|event| events.contains(event)).collect())
}

/// Creates a webhook. The edge has checked the address.
#[derive(Serialize, Deserialize)]
pub struct StoreWebhook {
    /// The webhook's id, for which the secret was sealed.
    pub id: WebhookId,
    /// The requested webhook.
    pub new: NewWebhook,
    /// The secret that signs its deliveries.
    pub secret: Sealed,
}

impl Step for StoreWebhook {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let events = wanted(&self.new.events)?;
        if turn.webhooks()?.len() >= WEBHOOKS {
            return Err(Refusal::Invalid(format!("There are {WEBHOOKS} webhooks already. Delete one first.")));
        }
        let details = WebhookDetails {
            id: self.id,
            name: self.new.name,
            url: self.new.url,
            events,
            created_at: turn.now,
            created_by: turn.who.name(),
            failing_since: None,
            last_delivered_at: None,
            stopped_at: None,
            version: 1,
        };
        let webhook = StoredWebhook { v: 1, details, secret: self.secret.to_json(), tried_at: None };
        turn.store_webhook(&webhook)?;
        let (host, name) = webhook.called();
        turn.record_event(None, turn.who.actor(), TimelineEvent::WebhookCreated { host, name })
    }
}

/// Lists the webhooks, newest first.
impl Answers for ListWebhooks {
    type Outcome = List<Webhook>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<Webhook>, Refusal> {
        let items = turn.webhooks()?.iter().map(StoredWebhook::view).collect();
        Ok(List { items, next_cursor: None })
    }
}

/// Updates a webhook. The edge has checked the new address. A stopped webhook starts again.
impl Answers for EditWebhook {
    type Outcome = Webhook;

    fn needs(_: &WebhookId, _: &WebhookEdit) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WebhookId, edit: WebhookEdit, turn: &Turn<'_>) -> Result<Webhook, Refusal> {
        let mut webhook = turn.webhook(&id)?.ok_or(Refusal::NotFound)?;
        turn.check_version(webhook.details.version)?;
        if edit.name.is_some() {
            webhook.details.name = edit.name;
        }
        if let Some(events) = &edit.events {
            webhook.details.events = wanted(events)?;
        }
        if let Some(url) = edit.url.filter(|url| *url != webhook.details.url) {
            webhook.details.url = url;
            webhook.details.failing_since = None;
        }
        webhook.details.stopped_at = None;
        webhook.details.version += 1;
        turn.store_webhook(&webhook)?;
        let (host, name) = webhook.called();
        turn.record_event(None, turn.who.actor(), TimelineEvent::WebhookChanged { host, name })?;
        Ok(webhook.view())
    }
}

/// Deletes a webhook with its secret and its deliveries.
impl Answers for DeleteWebhook {
    type Outcome = Nothing;

    fn needs(_: &WebhookId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WebhookId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let webhook = turn.webhook(&id)?.ok_or(Refusal::NotFound)?;
        for delete in ["DELETE FROM webhooks WHERE id = ?", "DELETE FROM deliveries WHERE webhook = ?"] {
            turn.sql.run(delete, vec![id.as_str().into()])?;
        }
        let (host, name) = webhook.called();
        turn.record_event(None, turn.who.actor(), TimelineEvent::WebhookRemoved { host, name })?;
        Ok(Nothing {})
    }
}
