//! The form of a webhook: its name, its address and its events.

use api::{
    CreateWebhook, CreatedWebhook, EditWebhook, Name, NewWebhook, ProblemCode, Webhook, WebhookEdit, WebhookEvent,
};
use leptos::prelude::*;

use super::messages::sentence;
use crate::{
    client::{call, call_if_match},
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        field::TextField,
        focus,
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
    let called = before.as_ref().and_then(|webhook| webhook.name.as_ref());
    let name = RwSignal::new(called.map(ToString::to_string).unwrap_or_default());
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
        if url.is_empty() {
            return focus("webhook-url");
        }
        if events.is_empty() {
            return focus("webhook-events");
        }
        let name = Name::parse(&name.get_untracked()).ok();
        match before.clone() {
            None => {
                let new = NewWebhook { name, url, events };
                let made = async move { call::<CreateWebhook>(&(), &new).await };
                mutation.run(made, move |made| on_saved.run(SavedWebhook::New(made)));
            }
            Some(Webhook { id, version, .. }) => {
                let edit = WebhookEdit { name, url: Some(url), events: Some(events) };
                let saved = async move { call_if_match::<EditWebhook>(&id, &edit, version).await };
                mutation.run(saved, move |_| on_saved.run(SavedWebhook::Changed));
            }
        }
    };
    // Only the address can be invalid in what this form sends.
    let url_error = Signal::derive(move || {
        let missing = || (left.get() && url.with(|url| url.trim().is_empty())).then(|| "Enter a URL.".to_owned());
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
            id="webhook-name"
            label="Name"
            help="What receives the messages, for example Operations chat. Without a name the list shows the URL."
            value=name
            error=Signal::stored(None)
            optional=true
            most="255"
            on_leave=|()| ()
        />
        <TextField
            id="webhook-url"
            label="URL"
            help="A public https address of your system."
            value=url
            error=url_error
            most="2048"
            on_leave=|()| ()
        />
        <fieldset class="field" id="webhook-events" tabindex="-1" aria-describedby="webhook-events-error">
            <legend>"Send a message when"</legend>
            {WebhookEvent::ALL.iter().map(tickable).collect::<Vec<_>>()}
            <p class="field-error" id="webhook-events-error" role="alert">
                {move || if none.get() { "Choose at least one event." } else { "" }}
            </p>
        </fieldset>
        <p class="subtle">"Each message is signed. " {learn_more("/help/webhooks/".to_owned())}</p>
        {mutation.failure_except(ProblemCode::InvalidRequest)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button submits=true look=Look::Primary on_press=save busy=mutation.busy()>{words}</Button>
        </div>
    }
}
