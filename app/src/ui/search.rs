//! A search field, which waits for the next keystroke.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;

/// How long a search waits for the next keystroke.
const KEYSTROKES: Duration = Duration::from_millis(200);

/// The field.
#[component]
pub(crate) fn SearchField(
    /// Its name.
    label: &'static str,
    /// What it searches.
    placeholder: &'static str,
    /// What is searched for.
    value: Signal<String>,
    /// Searches.
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
    .into_any()
}
