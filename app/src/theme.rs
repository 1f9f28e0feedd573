//! Light or dark colours, or the system's choice. The browser stores it; `start.js` applies it before the first paint.

use leptos::prelude::*;

use crate::ui::note;

const REMEMBERED_AS: &str = "causeway-color-mode";

/// The stored choice: `light`, `dark`, or empty for the system's.
fn remembered() -> String {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(REMEMBERED_AS).ok().flatten()).unwrap_or_default()
}

fn choose(mode: &str) {
    if let Some(root) = document().document_element() {
        let written = if mode.is_empty() {
            root.remove_attribute("data-color-mode")
        } else {
            root.set_attribute("data-color-mode", mode)
        };
        note(written, "the colours were not changed");
    }
    if let Ok(Some(storage)) = window().local_storage() {
        note(storage.set_item(REMEMBERED_AS, mode), "the colours will not be remembered");
    }
}

/// The choice of colours.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let mode = RwSignal::new(remembered());
    let changed = move |value: String| {
        choose(&value);
        mode.set(value);
    };
    let option = move |value: &'static str, words: &'static str| {
        view! { <option value=value selected=move || mode.get() == value>{words}</option> }
    };
    view! {
        <select class="select" aria-label="Colours" on:change:target=move |event| changed(event.target().value())>
            {option("", "System colours")}
            {option("light", "Light")}
            {option("dark", "Dark")}
        </select>
    }
}
