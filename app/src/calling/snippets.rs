//! The choice of a language, and the program in it.

use api::Connection;
use leptos::prelude::*;

use super::snippet::{CallingKey, Language, Snippet, is_cloud};
use crate::ui::copy_button::CopyButton;

/// The origin of this page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The programs for a connection. There is one of these on a screen.
#[component]
pub(crate) fn Snippets(connection: Connection, key: CallingKey) -> impl IntoView {
    let is_cloud = is_cloud(&connection);
    let snippet = Snippet::new(&origin(), &connection, key);
    let language = RwSignal::new(Language::Curl);
    let choose = move |words: String| {
        if let Some(chosen) = Language::ALL.into_iter().find(|one| one.words(is_cloud) == words) {
            language.set(chosen);
        }
    };
    let options = Language::ALL.map(|one| view! { <option>{one.words(is_cloud)}</option> }.into_any());
    let program = move || {
        let program = snippet.program(language.get());
        view! {
            <pre tabindex="0" aria-label="Example" translate="no">{program.clone()}</pre>
            <CopyButton text=program what="Copy example" />
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field-label" for="snippet-language">"Language"</label>
            <select
                class="select"
                id="snippet-language"
                on:change:target=move |event| choose(event.target().value())
            >
                {options.into_iter().collect_view()}
            </select>
        </div>
        {program}
    }
}
