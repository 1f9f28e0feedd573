//! A secret that is shown once, right after it was created. It takes the focus.

use leptos::prelude::*;

use super::{button::Button, copy_button::CopyButton, focus, icon::Icon};

/// The secret, with `children` below it.
#[component]
pub(crate) fn ShownOnce(
    /// What was done.
    title: &'static str,
    /// What the secret is, for screen readers.
    what: &'static str,
    /// The words on its copy button.
    copy: &'static str,
    /// A note on what to do with it.
    note: &'static str,
    /// The secret.
    text: String,
    #[prop(into)] on_done: Callback<()>,
    children: Children,
) -> impl IntoView {
    // After the frame in which a dialog closes and gives the focus back to its button.
    Effect::new(|_| request_animation_frame(|| focus("shown-once-text")));
    view! {
        <section class="shown-once" aria-labelledby="shown-once">
            <h2 id="shown-once" class="result tone-success">{Icon::Success.view()} {title}</h2>
            <p role="status">{note}</p>
            <pre id="shown-once-text" tabindex="0" aria-label=what class="key">{text.clone()}</pre>
            <CopyButton text=text what=copy />
            {children()}
            <div class="buttons"><Button on_press=on_done>"Done"</Button></div>
        </section>
    }
}
