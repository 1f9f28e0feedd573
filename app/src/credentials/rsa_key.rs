//! The RSA key of an OAuth 1.0a connection. The public key is shown to be copied; the private key stays at the edge.

use api::{GenerateRsaKey, NewRsaKey};
use leptos::{ev, prelude::*};

use super::{draft::CredentialDraft, validation::CredentialField};
use crate::{
    client::call,
    ui::{button::Button, copy_button::CopyButton, mutation::Mutation},
};

/// *Generate new key*, and then the public key.
#[component]
pub(super) fn SigningKey(draft: CredentialDraft) -> impl IntoView {
    let mutation = Mutation::new();
    let generate = move |()| {
        let request = NewRsaKey { connection_id: draft.connection.get_value() };
        mutation.run(async move { call::<GenerateRsaKey>(&(), &request).await }, move |key| draft.key.set(Some(key)));
    };
    let error = draft.error_in(CredentialField::Key);
    let shown = move || {
        match draft.key.get() {
        Some(key) => public_key("public-key", "Public key", key.public_key),
        None => view! { <p class="subtle">"Causeway signs every call. The private key stays in Causeway, sealed; Jira gets the public key."</p> }.into_any(),
    }
    };
    view! {
        <div class="field">
            <p class="field-label">"Key"</p>
            <Button id=CredentialField::Key.id() on_press=generate busy=mutation.busy()>"Generate new key"</Button>
            <p class="field-error" role="alert">{move || error.get().unwrap_or_default()}</p>
            {mutation.failure()}
            {shown}
        </div>
    }
}

/// A public key, to select or copy.
pub(crate) fn public_key(id: &'static str, label: &'static str, pem: String) -> AnyView {
    let select = |event: ev::FocusEvent| event_target::<web_sys::HtmlTextAreaElement>(&event).select();
    view! {
        <div class="public-key">
        <label class="field-label" for=id>{label}</label>
        <textarea class="field-input code" id=id rows="9" readonly spellcheck="false" on:focus=select prop:value=pem.clone()></textarea>
        <CopyButton text=pem what="Copy public key" />
        </div>
    }
    .into_any()
}
