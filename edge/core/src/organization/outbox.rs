//! Determines which changes of a connection are webhook events, and enqueues the deliveries that report them.
//!
//! A delivery is stored in the same transaction as the change that it reports, so neither exists without the other.

use api::{
    ConnectionId, Delivery, DeliveryId, DeliveryOutcome, Facts, Name, ReceiverAnswer, State, Timestamp,
    WebhookConnection, WebhookData, WebhookEvent, WebhookId, WebhookMessage, WebhookResync, WebhookSite, WebhookTask,
    explain,
};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{ConnectionDetails, Refusal, StoredConnection, Turn, record, to_record},
    ports::PortFailure,
};

/// A delivery as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredDelivery {
    pub(crate) v: u8,
    /// The fields that administrators see.
    #[serde(rename = "shown")]
    pub(crate) details: DeliveryDetails,
    /// The webhook that it belongs to.
    pub(crate) webhook: WebhookId,
    /// The body, which is the same for every attempt.
    pub(crate) body: String,
    /// The number of attempts since the delivery was created or last resent.
    #[serde(default)]
    pub(crate) tries: u8,
    /// When the last attempt began, and to which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sent: Option<SentTo>,
    /// What the receiver last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<ReceiverAnswer>,
}

/// An attempt to deliver.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SentTo {
    pub(crate) at: Timestamp,
    pub(crate) url: String,
}

/// The fields of a stored delivery that administrators see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DeliveryDetails {
    pub(crate) id: DeliveryId,
    pub(crate) event: WebhookEvent,
    /// The connection of the event; `None` for a test.
    pub(crate) connection_id: Option<ConnectionId>,
    /// The name of that connection at the time of the event.
    pub(crate) connection_name: Option<Name>,
    /// When the event happened.
    pub(crate) at: Timestamp,
    /// The number of all attempts.
    pub(crate) attempts: u32,
    pub(crate) outcome: DeliveryOutcome,
    /// The HTTP status that the receiver last answered, if it answered.
    pub(crate) last_status: Option<u16>,
    /// Why the last attempt failed, in one sentence.
    pub(crate) last_failure: Option<String>,
}

impl StoredDelivery {
    /// The delivery in the contract's form.
    pub(super) fn view(&self) -> Delivery {
        let DeliveryDetails {
            id,
            event,
            connection_id,
            connection_name,
            at,
            attempts,
            outcome,
            last_status,
            last_failure,
        } = self.details.clone();
        Delivery { id, event, connection_id, connection_name, at, attempts, outcome, last_status, last_failure }
    }
}

/// The webhook event of a change; `None` if the change is no event. An incident is reported once, even when its cause
/// changes. It ends with a recovery, a new authorization, or the loss of the credential.
fn event(was: Option<&StoredConnection>, is: &StoredConnection) -> Option<WebhookEvent> {
    let (before, now) = (was.map(|was| was.details.status.state()), is.details.status.state());
    let was_deleted = was.is_some_and(|was| was.details.deleted.is_some());
    match (was_deleted, is.details.deleted.is_some()) {
        (false, true) => return Some(WebhookEvent::Deleted),
        (true, true) => return None,
        (true, false) if now == State::Unauthorized => return None,
        _ => {}
    }
    let other_credential = was_deleted || was.is_none_or(|was| was.grant != is.grant);
    match (before, now) {
        (_, State::Authorized) if other_credential => Some(WebhookEvent::Authorized),
        (Some(before), now) if before == now => None,
        // A member deactivated or activated the connection, which is not an incident.
        (Some(State::Deactivated), State::Authorized)
        | (_, State::Deactivated | State::Unknown(_))
        | (None, State::Unauthorized) => None,
        (None | Some(State::Unauthorized), State::Authorized) => Some(WebhookEvent::Authorized),
        (_, State::Authorized) => Some(WebhookEvent::Recovered),
        (_, State::Interrupted) => Some(WebhookEvent::Interrupted),
        (_, State::Unauthorized) => Some(WebhookEvent::Unauthorized),
    }
}

fn data(shown: &ConnectionDetails) -> WebhookData {
    let cause = shown.status.cause();
    let said = cause.map(|cause| explain(cause, shown.credential_kind(), &Facts::default()));
    let site = shown.site.as_ref().map(|site| WebhookSite { name: site.name.clone(), url: site.url.clone() });
    WebhookData {
        connection: Some(WebhookConnection {
            id: shown.id.clone(),
            name: shown.name.clone(),
            kind: shown.kind,
            site,
            status: shown.status.state(),
        }),
        cause,
        message: said.as_ref().map(|said| said.why.clone()),
        remedy: said.map(|said| said.remedy),
        task: None,
        resync: None,
    }
}

/// What happened in a project, beside its connection.
#[derive(Clone, Default)]
pub(super) struct ProjectNews {
    pub(super) task: Option<WebhookTask>,
    pub(super) resync: Option<WebhookResync>,
}

impl Turn<'_> {
    /// Enqueues deliveries for the change of a connection. Must be called before the connection is stored, because it
    /// compares the connection with the stored one.
    pub(super) fn announce(&self, is: &StoredConnection) -> Result<(), Refusal> {
        let webhooks = self.webhooks()?;
        if webhooks.is_empty() {
            return Ok(());
        }
        let by_id = "SELECT record FROM connections WHERE id = ?";
        let was: Option<StoredConnection> = record(self.sql, by_id, vec![is.details.id.as_str().into()])?;
        let Some(event) = event(was.as_ref(), is) else { return Ok(()) };
        for webhook in webhooks.iter().filter(|webhook| webhook.wants(event)) {
            self.enqueue(&webhook.details.id, event, Some(&is.details))?;
        }
        Ok(())
    }

    /// Enqueues deliveries about a task or a resync.
    pub(super) fn announce_news(
        &self,
        event: WebhookEvent,
        connection: Option<&ConnectionDetails>,
        news: &ProjectNews,
    ) -> Result<(), Refusal> {
        for webhook in self.webhooks()?.iter().filter(|webhook| webhook.wants(event)) {
            self.enqueue_message(&webhook.details.id, event, connection, news.clone())?;
        }
        Ok(())
    }

    /// Stores a delivery that is due at once, and deletes the webhook's oldest deliveries if there are too many.
    pub(super) fn enqueue(
        &self,
        webhook: &WebhookId,
        event: WebhookEvent,
        about: Option<&ConnectionDetails>,
    ) -> Result<Delivery, Refusal> {
        self.enqueue_message(webhook, event, about, ProjectNews::default())
    }

    fn enqueue_message(
        &self,
        webhook: &WebhookId,
        event: WebhookEvent,
        about: Option<&ConnectionDetails>,
        ProjectNews { task, resync }: ProjectNews,
    ) -> Result<Delivery, Refusal> {
        let nothing =
            WebhookData { connection: None, cause: None, message: None, remedy: None, task: None, resync: None };
        let kind = event.message_type().to_owned();
        let data = WebhookData { task, resync, ..about.map_or(nothing, data) };
        let message = WebhookMessage { kind, timestamp: self.now, data };
        let details = DeliveryDetails {
            id: self.new_id(),
            event,
            connection_id: about.map(|connection| connection.id.clone()),
            connection_name: about.map(|connection| connection.name.clone()),
            at: self.now,
            attempts: 0,
            outcome: DeliveryOutcome::Waiting { next_at: self.now },
            last_status: None,
            last_failure: None,
        };
        let body = serde_json::to_string(&message)?;
        let delivery =
            StoredDelivery { v: 1, details, webhook: webhook.clone(), body, tries: 0, sent: None, answer: None };
        self.insert_delivery(&delivery)?;
        self.delete_deliveries_beyond_the_newest(webhook)?;
        Ok(delivery.view())
    }

    fn insert_delivery(&self, delivery: &StoredDelivery) -> Result<(), PortFailure> {
        let now = self.now.as_millis();
        let values = vec![
            delivery.details.id.as_str().into(),
            delivery.webhook.as_str().into(),
            now.into(),
            now.into(),
            to_record(delivery)?,
        ];
        let insert = "INSERT INTO deliveries (id, webhook, at, due_at, record) VALUES (?, ?, ?, ?, ?)";
        self.sql.run(insert, values)
    }
}

#[cfg(test)]
mod tests {
    use api::{Cause, Deleted, GrantId, Status};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn connection(status: &Status, grant: &str) -> StoredConnection {
        let (id, name) = (ConnectionId::parse("con_1").expect("an id"), Name::parse("Staging").expect("a name"));
        let mut connection = StoredConnection::new(id, name, NOW);
        connection.details.status = status.clone();
        connection.grant = GrantId::parse(format!("grt_{grant}")).ok();
        connection
    }

    fn deleted(mut connection: StoredConnection) -> StoredConnection {
        connection.details.deleted = Some(Deleted { at: NOW, by: "Ada".into(), purge_at: NOW });
        connection
    }

    #[test]
    fn each_change_has_one_name_or_none() {
        use WebhookEvent::{Authorized, Interrupted, Recovered, Unauthorized};
        let well = Status::Authorized;
        let ill = |cause| Status::Interrupted { cause, since: NOW };
        let dead = |cause| Status::Unauthorized { cause, since: Some(NOW), by: None };
        let (down, limited) = (ill(Cause::SiteUnreachable), ill(Cause::RateLimited));
        let (lost, refused) = (dead(Some(Cause::RotationLost)), dead(Some(Cause::GrantRefused)));
        let table = [
            (Some((&well, "a")), (&well, "a"), None),
            (Some((&well, "a")), (&well, "b"), Some(Authorized)),
            (Some((&well, "a")), (&down, "a"), Some(Interrupted)),
            (Some((&down, "a")), (&limited, "a"), None),
            (Some((&limited, "a")), (&well, "a"), Some(Recovered)),
            (Some((&limited, "a")), (&well, "b"), Some(Authorized)),
            (Some((&down, "a")), (&lost, "a"), Some(Unauthorized)),
            (Some((&lost, "a")), (&refused, "a"), None),
            (Some((&lost, "a")), (&well, "b"), Some(Authorized)),
            (Some((&lost, "a")), (&well, "a"), Some(Authorized)),
            (Some((&lost, "a")), (&down, "b"), Some(Interrupted)),
            (None, (&well, "a"), Some(Authorized)),
            (None, (&down, "a"), Some(Interrupted)),
            (None, (&lost, "a"), None),
        ];
        for (was, (is, grant), expected) in table {
            let before = was.map(|(status, grant)| connection(status, grant));
            assert_eq!(event(before.as_ref(), &connection(is, grant)), expected, "{was:?} → {is:?} {grant}");
        }
    }

    #[test]
    fn deleting_is_told_as_that_and_restoring_only_if_it_is_alive() {
        let well = connection(&Status::Authorized, "a");
        let dead = connection(&Status::Unauthorized { cause: None, since: None, by: None }, "a");
        assert_eq!(event(Some(&well), &deleted(dead.clone())), Some(WebhookEvent::Deleted));
        assert_eq!(event(Some(&deleted(dead.clone())), &deleted(dead.clone())), None);
        assert_eq!(event(Some(&deleted(dead.clone())), &dead), None);
        assert_eq!(event(Some(&deleted(dead)), &well), Some(WebhookEvent::Authorized));
    }
}
