//! The controls of the editor. Each shows a part of the draft and changes it.

use leptos::prelude::*;

/// A choice among words. `options` are values and words.
pub(super) fn select(
    id: &'static str,
    label: &'static str,
    options: Signal<Vec<(String, String)>>,
    value: Signal<String>,
    on_change: Callback<String>,
) -> AnyView {
    let option = move |(own, words): (String, String)| {
        let this = own.clone();
        view! { <option value=own selected=move || value.get() == this>{words}</option> }.into_any()
    };
    let options = move || options.get().into_iter().map(option).collect::<Vec<_>>();
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <select class="select" id=id on:change:target=move |event| on_change.run(event.target().value())>{options}</select>
        </div>
    }
    .into_any()
}

/// The values and words of an enum whose values are words.
pub(super) fn words_of<T: Copy>(
    all: &[T],
    value: fn(T) -> &'static str,
    words: fn(T) -> &'static str,
) -> Signal<Vec<(String, String)>> {
    Signal::stored(all.iter().map(|one| (value(*one).to_owned(), words(*one).to_owned())).collect())
}

/// A line of text.
pub(super) struct Line {
    /// The id, unique on the screen.
    pub(super) id: &'static str,
    /// The label.
    pub(super) label: &'static str,
    /// The help below it.
    pub(super) help: &'static str,
    /// The type of the input element.
    pub(super) kind: &'static str,
    /// What it holds.
    pub(super) value: Signal<String>,
    /// The error, if one is shown.
    pub(super) error: Signal<Option<String>>,
    /// Called with what was typed.
    pub(super) on_input: Callback<String>,
}

impl Line {
    /// The field.
    pub(super) fn view(self) -> AnyView {
        let Self { id, label, help, kind, value, error, on_input } = self;
        let described =
            move || if error.get().is_some() { format!("{id}-error {id}-help") } else { format!("{id}-help") };
        view! {
            <div class="field">
                <label class="field-label" for=id>{label}</label>
                <input
                    class="field-input"
                    id=id
                    type=kind
                    step=(kind == "number").then_some("any")
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=move || error.get().is_some().then_some("true")
                    prop:value=move || value.get()
                    on:input:target=move |event| on_input.run(event.target().value())
                />
                <div class="field-notes">
                    <p class="field-error" id=format!("{id}-error") aria-live="polite">{move || error.get().unwrap_or_default()}</p>
                    <p class="field-help" id=format!("{id}-help")>{help}</p>
                </div>
            </div>
        }
        .into_any()
    }
}
