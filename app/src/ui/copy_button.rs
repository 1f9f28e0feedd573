//! A button that copies.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::{button::Button, icon::Icon};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// Copies `text`, and says that it did, or that the browser does not allow it.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    text: String,
    /// What it is, for its name: *Copy key*.
    what: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(Copied::NotYet);
    let copy = move |()| {
        let written = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            copied.set(if JsFuture::from(written).await.is_ok() { Copied::Yes } else { Copied::Refused });
            set_timeout(
                move || {
                    copied.try_set(Copied::NotYet);
                },
                Duration::from_secs(4),
            );
        });
    };
    let said = move || match copied.get() {
        Copied::NotYet => "",
        Copied::Yes => "Copied",
        Copied::Refused => "The browser did not allow it: select the text and copy it",
    };
    view! {
        <span class="copy">
            <Button on_press=copy>{Icon::Copy.view()} {what}</Button>
            <span class="subtle" role="status">{said}</span>
        </span>
    }
    .into_any()
}
