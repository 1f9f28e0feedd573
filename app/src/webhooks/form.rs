//! What a webhook is made of: where it goes, and what it is told.

use api::{CreateWebhook, CreatedWebhook, EditWebhook, NewWebhook, ProblemCode, Webhook, WebhookEdit, WebhookEvent};
use leptos::prelude::*;

use super::words::sentence;
use crate::{
    client::{call, call_if_match},
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        errand::Errand,
        field::TextField,
        learn_more::learn_more,
    },
};

/// What the form did.
#[derive(Clone)]
pub(super) enum Saved {
    /// Made a webhook.
    New(CreatedWebhook),
    /// Changed one.
    Changed,
}

/// The form, empty or with what there is.
#[component]
pub(super) fn WebhookForm(
    /// The webhook that is changed.
    #[prop(optional_no_strip)]
    before: Option<Webhook>,
    /// What to do when it is saved.
    on_saved: Callback<Saved>,
    /// What to do when it is not.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let url = RwSignal::new(before.as_ref().map(|webhook| webhook.url.clone()).unwrap_or_default());
    let events =
        RwSignal::new(before.as_ref().map_or_else(|| WebhookEvent::ALL.to_vec(), |before| before.events.clone()));
    let left = RwSignal::new(false);
    let none = Memo::new(move |_| events.with(Vec::is_empty));
    let errand = Errand::new();
    let words = if before.is_some() { "Save" } else { "Create" };
    let save = move |()| {
        left.set(true);
        let (url, events) = (url.get_untracked().trim().to_owned(), events.get_untracked());
        if url.is_empty() || events.is_empty() {
            return;
        }
        match before.clone() {
            None => {
                let new = NewWebhook { url, events };
                let made = async move { call::<CreateWebhook>(&(), &new).await };
                errand.run(made, move |made| on_saved.run(Saved::New(made)));
            }
            Some(Webhook { id, version, .. }) => {
                let edit = WebhookEdit { url: Some(url), events: Some(events) };
                let saved = async move { call_if_match::<EditWebhook>(&id, &edit, version).await };
                errand.run(saved, move |_| on_saved.run(Saved::Changed));
            }
        }
    };
    // Nothing but the address can be invalid of what this form sends.
    let url_error = Signal::derive(move || {
        let missing = || (left.get() && url.with(|url| url.trim().is_empty())).then(|| "Enter an address.".to_owned());
        errand.refused(ProblemCode::InvalidRequest).or_else(missing)
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
        {errand.failure_but(ProblemCode::InvalidRequest)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary on_press=save busy=errand.busy()>{words}</Button>
        </div>
    }
    .into_any()
}
