//! A text field.

use leptos::prelude::*;

use super::focus_selected;

/// A text field with label, help and error, connected for screen readers.
#[component]
pub(crate) fn TextField(
    /// The id, unique on the screen.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The help below it.
    help: &'static str,
    /// The value.
    value: RwSignal<String>,
    /// The error, if one is shown.
    error: Signal<Option<String>>,
    /// Whether it may be empty.
    #[prop(optional)]
    optional: bool,
    /// The longest value, in characters.
    #[prop(default = "512")]
    most: &'static str,
    /// Called when the focus leaves the field.
    #[prop(into)]
    on_leave: Callback<()>,
    /// The type of the input element, such as `password` or `url`.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    // Browsers would otherwise fill in a password of the person's own.
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
                // A field that is removed while it has the focus is left as well, after its screen is gone.
                on:blur=move |_| { on_leave.try_run(()); }
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
}

/// Once the errors are shown, focuses the first field that has one: in the open dialog if there is one, else on the
/// screen.
pub(crate) fn focus_first_error() {
    request_animation_frame(|| {
        let in_dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
        focus_selected(if in_dialog { "dialog[open] [aria-invalid=true]" } else { "#main [aria-invalid=true]" });
    });
}
