//! Webhooks: made, listed, changed, removed.

use api::{
    List, NewWebhook, Nothing, TimelineEvent, Timestamp, WEBHOOKS, Webhook, WebhookEdit, WebhookEvent, WebhookId,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, record, records, to_record},
    ports::{PortFailure, Random},
    sealing::Sealed,
};

/// A webhook as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WebhookRecord {
    pub(crate) v: u8,
    /// What administrators see.
    pub(crate) shown: Webhook,
    /// What its deliveries are signed with: JSON of [`Sealed`], read only where it is opened, so that one that cannot be
    /// read spoils its webhook alone.
    pub(crate) secret: String,
    /// When something was last sent to it.
    #[serde(default)]
    pub(crate) tried_at: Option<Timestamp>,
}

impl WebhookRecord {
    /// Whether it is told of `event`.
    pub(super) fn wants(&self, event: WebhookEvent) -> bool {
        self.shown.stopped_at.is_none() && self.shown.events.contains(&event)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    pub(super) fn webhook(&self, id: &WebhookId) -> Result<Option<WebhookRecord>, PortFailure> {
        record(self.sql, "SELECT record FROM webhooks WHERE id = ?", vec![id.as_str().into()])
    }

    /// All of them, newest first.
    pub(super) fn webhooks(&self) -> Result<Vec<WebhookRecord>, PortFailure> {
        records(self.sql, "SELECT record FROM webhooks ORDER BY created_at DESC, id", vec![])
    }

    /// Writes a webhook, new or changed.
    pub(super) fn keep_webhook(&self, webhook: &WebhookRecord) -> Result<(), PortFailure> {
        let values =
            vec![webhook.shown.id.as_str().into(), webhook.shown.created_at.as_millis().into(), to_record(webhook)?];
        let upsert = "INSERT INTO webhooks (id, created_at, record) VALUES (?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET record = excluded.record";
        self.sql.run(upsert, values)
    }
}

/// The host, which is all of an address that the timeline tells: the path may be a secret.
fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Refuses events that cannot be asked for. Each is kept once, in the contract's order.
fn wanted(events: &[WebhookEvent]) -> Result<Vec<WebhookEvent>, Refusal> {
    if events.is_empty() || events.iter().any(|event| !WebhookEvent::ALL.contains(event)) {
        let why = "events needs at least one of authorized, interrupted, recovered, unauthorized, deleted.";
        return Err(Refusal::Invalid(why.to_owned()));
    }
    Ok(WebhookEvent::ALL.iter().copied().filter(|event| events.contains(event)).collect())
}

/// Makes a webhook, whose address was checked.
#[derive(Serialize, Deserialize)]
pub struct MakeWebhook {
    /// Its id, for which its secret was sealed.
    pub id: WebhookId,
    /// What was asked for.
    pub new: NewWebhook,
    /// What its deliveries are signed with.
    pub secret: Sealed,
}

impl Command for MakeWebhook {
    const NAME: &'static str = "make_webhook";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<(), Refusal> {
        let events = wanted(&self.new.events)?;
        if organization.webhooks()?.len() >= WEBHOOKS {
            return Err(Refusal::Invalid(format!("There are {WEBHOOKS} webhooks already. Delete one first.")));
        }
        let made = TimelineEvent::WebhookCreated { host: host(&self.new.url) };
        let shown = Webhook {
            id: self.id,
            url: self.new.url,
            events,
            created_at: organization.now,
            created_by: who.name(),
            failing_since: None,
            last_delivered_at: None,
            stopped_at: None,
            version: 1,
        };
        let secret = self.secret.to_json();
        organization.keep_webhook(&WebhookRecord { v: 1, shown, secret, tried_at: None })?;
        organization.note(None, who.actor(), made)
    }
}

/// Lists the webhooks, newest first.
#[derive(Serialize, Deserialize)]
pub struct FindWebhooks {}

impl Command for FindWebhooks {
    const NAME: &'static str = "find_webhooks";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = List<Webhook>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<List<Webhook>, Refusal> {
        let items = organization.webhooks()?.into_iter().map(|webhook| webhook.shown).collect();
        Ok(List { items, next_cursor: None })
    }
}

/// *Save* of a webhook, whose new address was checked. One that was stopped starts again.
#[derive(Serialize, Deserialize)]
pub struct SaveWebhook {
    /// The webhook.
    pub id: WebhookId,
    /// The version that the caller read.
    pub version: u64,
    /// What was sent.
    pub edit: WebhookEdit,
}

impl Command for SaveWebhook {
    const NAME: &'static str = "save_webhook";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Webhook;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Webhook, Refusal> {
        let mut webhook = organization.webhook(&self.id)?.ok_or(Refusal::NotFound)?;
        if webhook.shown.version != self.version {
            return Err(Refusal::EditConflict);
        }
        if let Some(events) = &self.edit.events {
            webhook.shown.events = wanted(events)?;
        }
        if let Some(url) = self.edit.url.filter(|url| *url != webhook.shown.url) {
            webhook.shown.url = url;
            webhook.shown.failing_since = None;
        }
        webhook.shown.stopped_at = None;
        webhook.shown.version += 1;
        organization.keep_webhook(&webhook)?;
        organization.note(None, who.actor(), TimelineEvent::WebhookChanged { host: host(&webhook.shown.url) })?;
        Ok(webhook.shown)
    }
}

/// Removes a webhook with its secret and its deliveries.
#[derive(Serialize, Deserialize)]
pub struct DropWebhook {
    /// The webhook.
    pub id: WebhookId,
}

impl Command for DropWebhook {
    const NAME: &'static str = "drop_webhook";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Nothing;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Nothing, Refusal> {
        let webhook = organization.webhook(&self.id)?.ok_or(Refusal::NotFound)?;
        for delete in ["DELETE FROM webhooks WHERE id = ?", "DELETE FROM deliveries WHERE webhook = ?"] {
            organization.sql.run(delete, vec![self.id.as_str().into()])?;
        }
        organization.note(None, who.actor(), TimelineEvent::WebhookRemoved { host: host(&webhook.shown.url) })?;
        Ok(Nothing {})
    }
}
