//! The form of a webhook: its address and its events.

use api::{CreateWebhook, CreatedWebhook, EditWebhook, NewWebhook, ProblemCode, Webhook, WebhookEdit, WebhookEvent};
use leptos::prelude::*;

use super::messages::sentence;
use crate::{
    client::{call, call_if_match},
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        field::TextField,
        learn_more::learn_more,
        mutation::Mutation,
    },
};

/// What the form has done.
#[derive(Clone)]
pub(super) enum SavedWebhook {
    /// It created a webhook.
    New(CreatedWebhook),
    /// It changed one.
    Changed,
}

/// The form, empty or for an existing webhook.
#[component]
pub(super) fn WebhookForm(
    /// The webhook to edit.
    #[prop(optional_no_strip)]
    before: Option<Webhook>,
    /// Called after a success.
    on_saved: Callback<SavedWebhook>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let url = RwSignal::new(before.as_ref().map(|webhook| webhook.url.clone()).unwrap_or_default());
    let events =
        RwSignal::new(before.as_ref().map_or_else(|| WebhookEvent::ALL.to_vec(), |before| before.events.clone()));
    let left = RwSignal::new(false);
    let none = Memo::new(move |_| events.with(Vec::is_empty));
    let mutation = Mutation::new();
    let words = if before.is_some() { "Save" } else { "Create" };
    let save = move |()| {
        left.set(true);
        let (url, events) = (url.get_untracked().trim().to_owned(), events.get_untracked());
        if url.is_empty() || events.is_empty() {
            return;
        }
        match before.clone() {
            None => {
                let new = NewWebhook { name: None, url, events };
                let made = async move { call::<CreateWebhook>(&(), &new).await };
                mutation.run(made, move |made| on_saved.run(SavedWebhook::New(made)));
            }
            Some(Webhook { id, version, .. }) => {
                let edit = WebhookEdit { name: None, url: Some(url), events: Some(events) };
                let saved = async move { call_if_match::<EditWebhook>(&id, &edit, version).await };
                mutation.run(saved, move |_| on_saved.run(SavedWebhook::Changed));
            }
        }
    };
    // Only the address can be invalid in what this form sends.
    let url_error = Signal::derive(move || {
        let missing = || (left.get() && url.with(|url| url.trim().is_empty())).then(|| "Enter an address.".to_owned());
        mutation.refused(ProblemCode::InvalidRequest).or_else(missing)
    });
    let tickable = move |event: &WebhookEvent| {
        let event = *event;
        let ticked = events.with_untracked(|events| events.contains(&event));
        let change = move |ticked| events.update(|events| tick(events, event, ticked));
        choice(sentence(event).into_any(), ticked, Callback::new(change))
    };
    view! {
        <TextField
            id="webhook-url"
            label="URL"
            help="A public https address of your system."
            value=url
            error=url_error
            most="2048"
            on_leave=|()| ()
        />
        <fieldset class="field">
            <legend>"Tell it when"</legend>
            {WebhookEvent::ALL.iter().map(tickable).collect::<Vec<_>>()}
            <p class="field-error" role="alert">
                {move || if none.get() { "Choose at least one." } else { "" }}
            </p>
        </fieldset>
        <p class="subtle">"Each message is signed. " {learn_more("/help/webhooks/".to_owned())}</p>
        {mutation.failure_except(ProblemCode::InvalidRequest)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary on_press=save busy=mutation.busy()>{words}</Button>
        </div>
    }
}
