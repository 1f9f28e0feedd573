//! A secret, the only time it can be seen.

use leptos::prelude::*;

use super::{button::Button, copy_button::CopyButton, icon::Icon};

/// The secret, with what can be done with it beneath.
#[component]
pub(crate) fn ShownOnce(
    /// What was done.
    title: &'static str,
    /// What it is, for screen readers.
    what: &'static str,
    /// What its copy button says.
    copy: &'static str,
    /// What is said of it.
    note: &'static str,
    /// The secret.
    text: String,
    #[prop(into)] on_done: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="shown-once" aria-labelledby="shown-once">
            <h2 id="shown-once" class="result tone-success">{Icon::Success.view()} {title}</h2>
            <p role="status">{note}</p>
            <pre tabindex="0" aria-label=what class="key">{text.clone()}</pre>
            <CopyButton text=text what=copy />
            {children()}
            <div class="buttons"><Button on_press=on_done>"Done"</Button></div>
        </section>
    }
    .into_any()
}
