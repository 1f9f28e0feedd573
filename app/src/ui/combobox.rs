//! A text field with a list of suggestions, by the ARIA practices for a combobox: the focus stays in the field, arrow keys
//! move through the list, Enter takes a suggestion, Escape closes the list.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::when;

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suggestion {
    /// What the field holds when it is taken.
    pub(crate) value: String,
    /// What the list shows.
    pub(crate) words: String,
}

/// Where a key moves to in a list of `count` suggestions; `None` if it moves nowhere.
fn moved(key: &str, at: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match (key, at) {
        ("ArrowDown", None) => Some(0),
        ("ArrowDown", Some(at)) => Some(if at >= last { 0 } else { at + 1 }),
        ("ArrowUp", None | Some(0)) => Some(last),
        ("ArrowUp", Some(at)) => Some(at - 1),
        _ => None,
    }
}

/// The list beneath the field: whether it is open, and which suggestion is marked.
#[derive(Clone, Copy)]
struct SuggestionList {
    id: &'static str,
    value: RwSignal<String>,
    suggestions: Signal<Vec<Suggestion>>,
    open: RwSignal<bool>,
    at: RwSignal<Option<usize>>,
}

impl SuggestionList {
    fn is_shown(self) -> bool {
        self.open.get() && self.suggestions.with(|all| !all.is_empty())
    }

    fn close(self) {
        self.open.set(false);
        self.at.set(None);
    }

    /// The focus has left, perhaps because the screen is gone.
    fn leave(self) {
        self.open.try_set(false);
        self.at.try_set(None);
    }

    fn take(self, index: usize) {
        let taken = self.suggestions.with_untracked(|all| all.get(index).map(|one| one.value.clone()));
        if let Some(taken) = taken {
            self.value.set(taken);
        }
        self.close();
    }

    fn go(self, index: usize) {
        self.open.set(true);
        self.at.set(Some(index));
        let marked = format!("{}-option-{index}", self.id);
        request_animation_frame(move || {
            let marked = document().get_element_by_id(&marked).and_then(|marked| marked.dyn_into::<HtmlElement>().ok());
            let list = marked.as_ref().and_then(|marked| marked.parent_element());
            if let (Some(marked), Some(list)) = (marked, list) {
                let (top, bottom) = (marked.offset_top(), marked.offset_top() + marked.offset_height());
                let shown = list.scroll_top();
                list.set_scroll_top(shown.max(bottom - list.client_height()).min(top));
            }
        });
    }

    /// Handles a key. A key that the list uses neither submits a form nor closes a dialog.
    fn press(self, event: &ev::KeyboardEvent) {
        let (key, at) = (event.key(), self.at.get_untracked());
        let is_shown = untrack(|| self.is_shown());
        let used = match (key.as_str(), at) {
            ("Enter", Some(at)) if is_shown => {
                self.take(at);
                true
            }
            ("Escape", _) if is_shown => {
                self.close();
                true
            }
            _ => match moved(&key, at.filter(|_| is_shown), self.suggestions.with_untracked(Vec::len)) {
                Some(index) => {
                    self.go(index);
                    true
                }
                None => false,
            },
        };
        if used {
            event.prevent_default();
            event.stop_propagation();
        }
    }
}

/// The field and its list.
#[component]
pub(crate) fn Combobox(
    /// The id, unique on the screen.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The help below it, which may change; announced when it does.
    help: Signal<String>,
    /// The value.
    value: RwSignal<String>,
    /// What can be taken.
    suggestions: Signal<Vec<Suggestion>>,
    /// The error, if one is shown.
    error: Signal<Option<String>>,
    /// Called when the person enters the field, and with what was typed.
    #[prop(into)]
    on_search: Callback<String>,
) -> impl IntoView {
    let list = SuggestionList { id, value, suggestions, open: RwSignal::new(false), at: RwSignal::new(None) };
    let described = move || if error.get().is_some() { format!("{id}-error {id}-help") } else { format!("{id}-help") };
    let typed = move |text: String| {
        value.set(text.clone());
        list.at.set(None);
        list.open.set(true);
        on_search.run(text);
    };
    view! {
        <div class="field combobox">
            <label class="field-label" for=id>{label}</label>
            <input
                class="field-input"
                id=id
                type="text"
                role="combobox"
                autocomplete="off"
                maxlength="255"
                aria-autocomplete="list"
                aria-expanded=move || list.is_shown().to_string()
                aria-controls=format!("{id}-list")
                aria-activedescendant=move || list.at.get().map(|at| format!("{id}-option-{at}"))
                aria-describedby=described
                aria-invalid=move || error.get().is_some().then_some("true")
                prop:value=move || value.get()
                on:focus=move |_| on_search.run(value.get_untracked())
                on:click=move |_| list.open.set(true)
                on:blur=move |_| list.leave()
                on:keydown=move |event| list.press(&event)
                on:input:target=move |event| typed(event.target().value())
            />
            {move || when(list.is_shown(), || options(list, label))}
            <div class="field-notes">
                <p class="field-error" id=format!("{id}-error") aria-live="polite">{move || error.get().unwrap_or_default()}</p>
                <p class="field-help" id=format!("{id}-help") aria-live="polite">{move || help.get()}</p>
            </div>
        </div>
    }
}

fn options(list: SuggestionList, label: &'static str) -> AnyView {
    let option = |(index, one): (usize, Suggestion)| {
        view! {
            <li
                class="combobox-option"
                role="option"
                id=format!("{}-option-{index}", list.id)
                aria-selected=move || (list.at.get() == Some(index)).to_string()
                // The focus stays in the field.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| list.take(index)
            >
                <bdi>{one.words}</bdi>
            </li>
        }
        .into_any()
    };
    let options: Vec<AnyView> = list.suggestions.get().into_iter().enumerate().map(option).collect();
    view! { <ul class="combobox-list" role="listbox" id=format!("{}-list", list.id) aria-label=label>{options}</ul> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_begin_at_the_nearer_end() {
        assert_eq!((moved("ArrowDown", None, 3), moved("ArrowUp", None, 3)), (Some(0), Some(2)));
        assert_eq!((moved("ArrowDown", Some(2), 3), moved("ArrowUp", Some(0), 3)), (Some(0), Some(2)));
        assert_eq!((moved("ArrowDown", None, 0), moved("x", Some(1), 3)), (None, None));
    }
}
