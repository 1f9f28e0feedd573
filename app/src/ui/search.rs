//! A search field that waits for the next keystroke before it searches.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;

/// How long it waits for the next keystroke.
const KEYSTROKES: Duration = Duration::from_millis(200);

/// The field.
#[component]
pub(crate) fn SearchField(
    /// Its label.
    label: &'static str,
    /// What it searches.
    placeholder: &'static str,
    /// The search text.
    value: Signal<String>,
    /// Called with the new search text.
    #[prop(into)]
    on_search: Callback<String>,
) -> impl IntoView {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let search = move |words: String| {
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || on_search.run(words), KEYSTROKES).ok());
    };
    view! {
        <label class="search">
            <span class="assistive">{label}</span>
            {Icon::Search.view()}
            <input
                class="field-input"
                type="search"
                placeholder=placeholder
                prop:value=move || value.get()
                on:input:target=move |event| search(event.target().value())
            />
        </label>
    }
}
