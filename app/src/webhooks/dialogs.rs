//! The dialogs of webhooks, for the list and for the screen of one.

use api::{CreatedWebhook, DeleteWebhook, Nothing, Webhook};
use leptos::prelude::*;

use super::form::{Saved, WebhookForm};
use crate::{
    client::call,
    ui::{confirm_dialog::ConfirmDialog, dialog::Dialog, errand::Errand, flags::Flags},
};

/// What is being asked.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// Whether a webhook is being made.
    pub(super) creating: RwSignal<bool>,
    /// The webhook that is being changed.
    pub(super) editing: RwSignal<Option<Webhook>>,
    /// The webhook whose deletion is asked for.
    pub(super) deleting: RwSignal<Option<Webhook>>,
    /// The webhook that was made, while its secret is shown.
    pub(super) created: RwSignal<Option<CreatedWebhook>>,
}

impl Asked {
    /// Nothing yet.
    pub(super) fn start() -> Self {
        Self {
            creating: RwSignal::new(false),
            editing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            created: RwSignal::new(None),
        }
    }
}

/// The dialogs. `on_saved` and `on_deleted` are told what was done.
#[component]
pub(super) fn WebhookDialogs(asked: Asked, on_saved: Callback<()>, on_deleted: Callback<()>) -> impl IntoView {
    let flags: Flags = expect_context();
    let Asked { creating, editing, deleting, created } = asked;
    let errand = Errand::new();
    let delete = move |webhook: Webhook| {
        errand.run(async move { call::<DeleteWebhook>(&webhook.id, &Nothing {}).await }, move |_| {
            flags.done("Deleted the webhook".to_owned());
            deleting.set(None);
            on_deleted.run(());
        });
    };
    let cancel = Callback::new(move |()| {
        creating.set(false);
        editing.set(None);
    });
    let saved = Callback::new(move |saved| {
        match saved {
            Saved::New(webhook) => created.set(Some(webhook)),
            Saved::Changed => flags.done("Saved the webhook".to_owned()),
        }
        cancel.run(());
        on_saved.run(());
    });
    let url = move || deleting.get().map(|webhook| webhook.url).unwrap_or_default();
    view! {
        <Dialog open=creating.into() on_close=cancel title="Create webhook">
            <WebhookForm before=None on_saved=saved on_cancel=cancel />
        </Dialog>
        <Dialog open=Signal::derive(move || editing.with(Option::is_some)) on_close=cancel title="Edit webhook">
            <WebhookForm before=editing.get_untracked() on_saved=saved on_cancel=cancel />
        </Dialog>
        <ConfirmDialog asked=deleting title="Delete webhook" verb="Delete 1 webhook" errand on_confirm=delete>
            <p><strong><bdi>{url}</bdi></strong> " is told nothing any more:"</p>
            <ul>
                <li>"What still waits for it is not sent. What is on its way still arrives."</li>
                <li>"Its secret and the list of its deliveries are destroyed. This cannot be undone."</li>
            </ul>
        </ConfirmDialog>
    }
    .into_any()
}
