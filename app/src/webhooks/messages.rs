//! The words for webhooks.

use api::{Webhook, WebhookEvent};
use leptos::prelude::*;

use crate::ui::{
    lozenge::{Tone, lozenge},
    moment::moment,
};

/// What a webhook is called: its name or, without one, its address.
pub(super) fn title(webhook: &Webhook) -> String {
    webhook.name.as_ref().map_or_else(|| webhook.url.clone(), ToString::to_string)
}

/// The word for an event.
pub(super) const fn word(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::Authorized => "Authorized",
        WebhookEvent::Interrupted => "Interrupted",
        WebhookEvent::Recovered => "Recovered",
        WebhookEvent::Unauthorized => "Unauthorized",
        WebhookEvent::Deleted => "Deleted",
        WebhookEvent::TaskLinked => "Task linked",
        WebhookEvent::TaskStatusChanged => "Task changed in Jira",
        WebhookEvent::TaskBlocked => "Task blocked",
        WebhookEvent::TaskRecovered => "Task recovered",
        WebhookEvent::TaskConflict => "Task in conflict",
        WebhookEvent::ResyncFinished => "Resync finished",
        WebhookEvent::TaskCommented => "Comment in Jira",
        WebhookEvent::Test => "Test",
        WebhookEvent::Unknown(_) => "An event of a newer version",
    }
}

/// The sentence for an event.
pub(super) const fn sentence(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::Authorized => "A connection was authorized, reauthorized or restored",
        WebhookEvent::Interrupted => "Calls through a connection began to fail",
        WebhookEvent::Recovered => "Calls work again",
        WebhookEvent::Unauthorized => "A connection lost its credential",
        WebhookEvent::Deleted => "A connection was deleted",
        WebhookEvent::TaskLinked => "A task has an issue now",
        WebhookEvent::TaskStatusChanged => "The status of a task changed in Jira",
        WebhookEvent::TaskBlocked => "Something blocks a task, and a person has to end it",
        WebhookEvent::TaskRecovered => "What was the matter with a task is over",
        WebhookEvent::TaskConflict => "Both sides of a task changed, and a person chooses",
        WebhookEvent::ResyncFinished => "A resync of a project's tasks has ended",
        WebhookEvent::TaskCommented => "Somebody commented on the issue of a task, or edited a comment",
        WebhookEvent::Test => "Somebody sent a test",
        WebhookEvent::Unknown(_) => "An event of a newer version",
    }
}

/// The events of a webhook, in words.
pub(super) fn events(details: &[WebhookEvent]) -> String {
    if WebhookEvent::ALL.iter().all(|event| details.contains(event)) {
        return "All events".to_owned();
    }
    details.iter().map(|event| word(*event)).collect::<Vec<_>>().join(", ")
}

/// How its deliveries go: the colour, the word, and the words before the moment.
fn standing(webhook: &Webhook) -> (Tone, &'static str, &'static str) {
    if webhook.stopped_at.is_some() {
        (
            Tone::Danger,
            "Stopped",
            "The receiver answered that it wants no more messages. Send a test or save the webhook again to resume. Since ",
        )
    } else if webhook.failing_since.is_some() {
        (Tone::Warning, "Failing", "since ")
    } else if webhook.last_delivered_at.is_some() {
        (Tone::Success, "Delivering", "last ")
    } else {
        (Tone::Neutral, "Nothing sent yet", "")
    }
}

/// How its deliveries go, in two lines.
pub(super) fn state(webhook: &Webhook) -> AnyView {
    let (tone, word, about) = standing(webhook);
    let at = webhook.stopped_at.or(webhook.failing_since).or(webhook.last_delivered_at);
    view! { {lozenge(tone, word)} <span class="status-more">{about} {at.map(moment)}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use api::Timestamp;

    use super::*;

    #[test]
    fn a_webhook_that_fails_is_not_called_delivering_though_something_arrived_once() {
        let json = r#"{"id":"whk_1","url":"https://hooks.example/","events":[],"created_at":"2026-01-01T00:00:00Z",
            "created_by":"Ada","failing_since":null,"last_delivered_at":null,"version":1}"#;
        let mut webhook: Webhook = serde_json::from_str(json).expect("a webhook");
        assert_eq!(standing(&webhook).1, "Nothing sent yet");
        webhook.last_delivered_at = Some(Timestamp::EPOCH);
        assert_eq!(standing(&webhook).1, "Delivering");
        webhook.failing_since = Some(Timestamp::EPOCH);
        assert_eq!(standing(&webhook).1, "Failing");
        webhook.stopped_at = Some(Timestamp::EPOCH);
        assert_eq!(standing(&webhook).1, "Stopped");
    }

    #[test]
    fn a_webhook_that_receives_all_events_says_so() {
        assert_eq!(events(WebhookEvent::ALL), "All events");
        assert_eq!(events(&[WebhookEvent::Interrupted, WebhookEvent::Recovered]), "Interrupted, Recovered");
    }
}
