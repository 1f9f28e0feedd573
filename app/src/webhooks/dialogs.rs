//! The dialogs for webhooks, used by the list and by the screen of one webhook.

use api::{CreatedWebhook, DeleteWebhook, Nothing, Webhook};
use leptos::prelude::*;

use super::{
    form::{SavedWebhook, WebhookForm},
    messages::title,
};
use crate::{
    client::call,
    context::expect_context,
    ui::{confirm_dialog::ConfirmDialog, dialog::Dialog, flags::Flags, mutation::Mutation},
};

/// Which dialog is open.
#[derive(Clone, Copy)]
pub(super) struct WebhookDialogState {
    /// Whether *Create webhook* is open.
    pub(super) creating: RwSignal<bool>,
    /// The webhook that *Edit webhook* edits.
    pub(super) editing: RwSignal<Option<Webhook>>,
    /// The webhook that *Delete webhook* asks about.
    pub(super) deleting: RwSignal<Option<Webhook>>,
    /// The webhook that was just created, while its secret is shown.
    pub(super) created: RwSignal<Option<CreatedWebhook>>,
}

impl WebhookDialogState {
    /// No dialog is open.
    pub(super) fn start() -> Self {
        Self {
            creating: RwSignal::new(false),
            editing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            created: RwSignal::new(None),
        }
    }
}

/// The dialogs. `on_saved` and `on_deleted` are called after a success.
#[component]
pub(super) fn WebhookDialogs(
    dialogs: WebhookDialogState,
    on_saved: Callback<()>,
    on_deleted: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let WebhookDialogState { creating, editing, deleting, created } = dialogs;
    let mutation = Mutation::new();
    let delete = move |webhook: Webhook| {
        mutation.run(async move { call::<DeleteWebhook>(&webhook.id, &Nothing {}).await }, move |_| {
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
            SavedWebhook::New(webhook) => created.set(Some(webhook)),
            SavedWebhook::Changed => flags.done("Saved the webhook".to_owned()),
        }
        cancel.run(());
        on_saved.run(());
    });
    let named = move || deleting.get().as_ref().map(title).unwrap_or_default();
    view! {
        <Dialog open=creating.into() on_close=cancel title="Create webhook">
            <WebhookForm before=None on_saved=saved on_cancel=cancel />
        </Dialog>
        <Dialog open=Signal::derive(move || editing.with(Option::is_some)) on_close=cancel title="Edit webhook">
            <WebhookForm before=editing.get_untracked() on_saved=saved on_cancel=cancel />
        </Dialog>
        <ConfirmDialog target=deleting title="Delete webhook" verb="Delete 1 webhook" mutation on_confirm=delete>
            <p><strong><bdi>{named}</bdi></strong> " receives nothing from now on:"</p>
            <ul>
                <li>"Deliveries that are still waiting are not sent. One that is being sent may still arrive."</li>
                <li>"Its secret and the list of its deliveries are deleted. This cannot be undone."</li>
            </ul>
        </ConfirmDialog>
    }
}
