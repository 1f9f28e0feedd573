//! The RSA key of a connection by OAuth 1.0a. The public key is shown to be copied; the private key never leaves the
//! edge.

use api::{GenerateRsaKey, NewRsaKey};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{draft::Draft, written::Field};
use crate::{
    client::{CallError, call},
    ui::{button::Button, copy_button::CopyButton, failure::failure_beside},
};

/// *Generate new key*, and the public key once there is one.
#[component]
pub(super) fn SigningKey(draft: Draft) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let generate = move |()| {
        busy.set(true);
        failed.set(None);
        let request = NewRsaKey { connection_id: draft.connection.get_value() };
        spawn_local(async move {
            let answer = call::<GenerateRsaKey>(&(), &request).await;
            busy.try_set(false);
            match answer {
                Ok(key) => {
                    draft.key.try_set(Some(key));
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let fault = draft.fault(Field::Key);
    let shown = move || {
        match draft.key.get() {
        Some(key) => public_key("public-key", "Public key", key.public_key),
        None => view! { <p class="subtle">"Causeway signs every call. The private key stays in Causeway, sealed; Jira gets the public key."</p> }.into_any(),
    }
    };
    view! {
        <div class="field">
            <p class="field-label">"Key"</p>
            <Button id=Field::Key.id() on_press=generate busy=busy>"Generate new key"</Button>
            <p class="field-error" role="alert">{move || fault.get().unwrap_or_default()}</p>
            {move || failure_beside(failed.get())}
            {shown}
        </div>
    }
    .into_any()
}

/// A public key, to be selected or copied.
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
