//! A labelled line of text.

use leptos::prelude::*;

/// A text field with its label, help and error, tied together for screen readers.
#[component]
pub(crate) fn TextField(
    /// The id, unique on the screen.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// Help beneath it.
    help: &'static str,
    /// What is written.
    value: RwSignal<String>,
    /// What is wrong with it, if it should be said already.
    error: Signal<Option<String>>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// The most characters.
    #[prop(default = "512")]
    most: &'static str,
    /// Called when the person leaves the field.
    #[prop(into)]
    on_leave: Callback<()>,
    /// What the browser knows it as: `password` for what nobody shall read over a shoulder.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    // A browser that fills in its own passwords would fill in the wrong ones.
    let autocomplete = if kind == "password" { "new-password" } else { "off" };
    let described = move || if error.get().is_some() { format!("{id}-error {id}-help") } else { format!("{id}-help") };
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label} <span class="field-required" aria-hidden="true" hidden=optional>"*"</span>
            </label>
            <input
                class="field-input"
                id=id
                type=kind
                required=!optional
                autocomplete=autocomplete
                maxlength=most
                aria-describedby=described
                aria-invalid=move || error.get().is_some().then_some("true")
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
                on:blur=move |_| on_leave.run(())
            />
            <div class="field-notes">
                <p class="field-error" id=format!("{id}-error") aria-live="polite">
                    {move || error.get().unwrap_or_default()}
                </p>
                <p class="field-help" id=format!("{id}-help")>
                    {help}
                </p>
            </div>
        </div>
    }
    .into_any()
}
