//! Keyboard shortcuts of one key: `/` searches, `c` creates, `?` lists them. They can be switched off (WCAG 2.1.4),
//! because speech input may trigger them; the browser stores the choice.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::{
    context::expect_context,
    navigation::use_navigation,
    route::Route,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        note,
    },
};

const REMEMBERED_AS: &str = "causeway-shortcuts";
const OFF: &str = "off";

/// The action of a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Search,
    Create,
    Shortcuts,
}

/// Every shortcut: its key, its words, its action.
const ALL: [(&str, &str, Shortcut); 3] = [
    ("/", "Search connections", Shortcut::Search),
    ("c", "Create a connection", Shortcut::Create),
    ("?", "List the keyboard shortcuts", Shortcut::Shortcuts),
];

fn meant(key: &str) -> Option<Shortcut> {
    ALL.iter().find(|(one, ..)| *one == key).map(|(.., shortcut)| *shortcut)
}

/// Whether the list is open and whether shortcuts are on. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Shortcuts {
    listed: RwSignal<bool>,
    on: RwSignal<bool>,
}

impl Shortcuts {
    /// Listens for keys from now on.
    pub(crate) fn start() -> Self {
        let stored = window().local_storage().ok().flatten();
        let off = stored.and_then(|stored| stored.get_item(REMEMBERED_AS).ok().flatten()).is_some_and(|it| it == OFF);
        let shortcuts = Self { listed: RwSignal::new(false), on: RwSignal::new(!off) };
        let navigation = use_navigation();
        let pressed = window_event_listener(ev::keydown, move |event| {
            let Some(shortcut) = meant(&event.key()).filter(|_| shortcuts.on.get_untracked() && !elsewhere(&event))
            else {
                return;
            };
            match shortcut {
                Shortcut::Search if !search() => return,
                Shortcut::Search => {}
                Shortcut::Create => navigation.go(&Route::NewConnection.path()),
                Shortcut::Shortcuts => shortcuts.listed.set(true),
            }
            event.prevent_default();
        });
        on_cleanup(move || pressed.remove());
        shortcuts
    }

    fn switch(self, on: bool) {
        self.on.set(on);
        if let Ok(Some(storage)) = window().local_storage() {
            note(storage.set_item(REMEMBERED_AS, if on { "" } else { OFF }), "the switch will not be remembered");
        }
    }
}

/// Whether the key press belongs to something else: a field, a dialog, a menu, the browser.
fn elsewhere(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let taken = "input, textarea, select, [contenteditable], [role=menu]";
    event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.repeat()
        || event.is_composing()
        || event.default_prevented()
        || target.is_some_and(|target| target.closest(taken).is_ok_and(|taken| taken.is_some()))
        || document().query_selector("dialog[open], [role=menu]").is_ok_and(|open| open.is_some())
}

/// Focuses the search field. Returns false if the screen has none.
fn search() -> bool {
    let field = document().query_selector("input[type=search]").ok().flatten();
    let field = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    field.is_some_and(|field| {
        field.select();
        field.focus().is_ok()
    })
}

/// The button that opens the list.
#[component]
pub(crate) fn ShortcutsButton() -> impl IntoView {
    let Shortcuts { listed, .. } = expect_context();
    view! { <Button look=Look::Subtle label="Keyboard shortcuts" on_press=move |()| listed.set(true)>"?"</Button> }
}

/// The list.
#[component]
pub(crate) fn ShortcutsDialog() -> impl IntoView {
    let shortcuts: Shortcuts = expect_context();
    let close = move |()| shortcuts.listed.set(false);
    let line = |(key, words, _): (&'static str, &'static str, _)| {
        view! { <dt><kbd>{key}</kbd></dt> <dd>{words}</dd> }.into_any()
    };
    view! {
        <Dialog open=shortcuts.listed.into() on_close=close title="Keyboard shortcuts">
            <dl class="shortcuts">{ALL.map(line).into_iter().collect::<Vec<_>>()}</dl>
            <p class="subtle">"They work while no field, menu or dialog has the focus."</p>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || shortcuts.on.get()
                    on:change:target=move |event| shortcuts.switch(event.target().checked())
                />
                "Use keyboard shortcuts"
            </label>
            <div class="buttons">
                <Button autofocus=true on_press=close>"Close"</Button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keys_that_are_listed_mean_something() {
        assert_eq!(meant("/"), Some(Shortcut::Search));
        assert_eq!(meant("?"), Some(Shortcut::Shortcuts));
        for key in ["C", "x", "Enter", " ", ""] {
            assert_eq!(meant(key), None, "{key}");
        }
    }
}
