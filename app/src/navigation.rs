//! The address of the app, and navigation without loading the page again.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::{context::expect_context, route::Route, ui::note};

/// The address, and whether the person may leave it. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Navigation {
    path: RwSignal<String>,
    query: RwSignal<String>,
    unsaved: RwSignal<bool>,
    held_back: RwSignal<Option<String>>,
    later: RwSignal<Option<Callback<String>>>,
    /// Tells where the person is on the screen that is left.
    leaving: StoredValue<Option<Callback<(), Option<Place>>>>,
    /// Where the person was when the screen that was gone back to was left.
    place: StoredValue<Option<Place>>,
}

/// A place in a list, kept in the history's entry of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// The first row in view.
    pub(crate) row: usize,
    /// How many pixels of that row are scrolled out of view.
    pub(crate) offset: f64,
    /// The id of the element with the focus; empty if it has none.
    pub(crate) focus: String,
}

impl Place {
    /// The place as a state of the history. The offset is in hundredths of a pixel: to read and write fractions takes a
    /// tenth of the first load.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row is some hundred pixels high")]
    fn written(&self) -> String {
        let hundredths = (self.offset * 100.0).round() as u32;
        format!("{} {hundredths} {}", self.row, self.focus)
    }

    /// Reads a state of the history; `None` if it is not a place of ours.
    fn read(state: &str) -> Option<Self> {
        let mut parts = state.splitn(3, ' ');
        let row = parts.next()?.parse().ok()?;
        let hundredths: u32 = parts.next()?.parse().ok()?;
        Some(Self { row, offset: f64::from(hundredths) / 100.0, focus: parts.next()?.to_owned() })
    }
}

impl Navigation {
    /// Reads the address, and follows Back and Forward from then on.
    pub(crate) fn start() -> Self {
        let (path, query) = address();
        let navigation = Self {
            path: RwSignal::new(path),
            query: RwSignal::new(query),
            unsaved: RwSignal::new(false),
            held_back: RwSignal::new(None),
            later: RwSignal::new(None),
            leaving: StoredValue::new(None),
            place: StoredValue::new(place_here()),
        };
        let moved = window_event_listener(ev::popstate, move |_| navigation.went());
        let unloading = window_event_listener(ev::beforeunload, move |event| {
            if navigation.unsaved.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            moved.remove();
            unloading.remove();
        });
        navigation
    }

    /// The screen at the address.
    pub(crate) fn route(self) -> Route {
        Route::parse(&self.path.get())
    }

    /// The query, without its question mark.
    pub(crate) fn query(self) -> Signal<String> {
        self.query.into()
    }

    /// The decoded value of a query parameter; empty if it is missing.
    pub(crate) fn param(self, name: &str) -> String {
        let params = self.query.with(|query| UrlSearchParams::new_with_str(query));
        params.ok().and_then(|params| params.get(name)).unwrap_or_default()
    }

    /// Sets a query parameter, or removes it if `value` is empty.
    pub(crate) fn set_param(self, name: &str, value: &str) {
        if let Some(query) = self.with_param(name, value) {
            self.set_query(&query);
        }
    }

    /// The query with this parameter.
    fn with_param(self, name: &str, value: &str) -> Option<String> {
        let params = UrlSearchParams::new_with_str(&self.query.get_untracked()).ok()?;
        if value.is_empty() {
            params.delete(name);
        } else {
            params.set(name, value);
        }
        Some(params.to_string().into())
    }

    /// The current path and query.
    pub(crate) fn here(self) -> String {
        joined(&self.path.get(), &self.query.get())
    }

    /// Goes to a path of ours. If there are unsaved changes, [`Self::held_back`] takes it instead.
    pub(crate) fn go(self, href: &str) {
        if self.unsaved.get_untracked() {
            self.held_back.set(Some(href.to_owned()));
        } else {
            self.note_place();
            write(href, true);
            self.place.set_value(None);
            self.read();
            scroll_to_top();
        }
    }

    /// Sets who tells where the person is when the screen is left.
    pub(crate) fn on_leave(self, tell: Option<Callback<(), Option<Place>>>) {
        self.leaving.try_set_value(tell);
    }

    /// Where the person was on this screen, if it was reached with Back or Forward, or loaded again. Given once.
    pub(crate) fn take_place(self) -> Option<Place> {
        self.place.try_update_value(Option::take).flatten()
    }

    /// Writes where the person is into the history's entry.
    fn note_place(self) {
        let place = self.leaving.get_value().and_then(|tell| tell.run(()));
        if let (Some(place), Ok(history)) = (place, window().history()) {
            let state = JsValue::from_str(&place.written());
            note(history.replace_state_with_url(&state, "", None), "the place was not noted");
        }
    }

    /// Sets the query with a new entry in the history, so that Back undoes it.
    pub(crate) fn push_query(self, query: &str) {
        if self.query.get_untracked() != query {
            write(&joined(&self.path.get_untracked(), query), true);
            self.query.set(query.to_owned());
        }
    }

    /// Sets a query parameter as a person chose it, or removes it if `value` is empty. Back undoes it.
    pub(crate) fn choose_param(self, name: &str, value: &str) {
        if let Some(query) = self.with_param(name, value) {
            self.push_query(&query);
        }
    }

    /// Replaces the query without a new entry in the history, as the second keystroke of a search does.
    pub(crate) fn set_query(self, query: &str) {
        if self.query.get_untracked() != query {
            write(&joined(&self.path.get_untracked(), query), false);
            self.query.set(query.to_owned());
        }
    }

    /// Sets whether leaving would lose unsaved changes.
    pub(crate) fn set_unsaved(self, unsaved: bool) {
        if self.unsaved.get_untracked() != unsaved {
            self.unsaved.set(unsaved);
        }
    }

    /// Whether there are unsaved changes.
    pub(crate) fn has_unsaved(self) -> bool {
        self.unsaved.get_untracked()
    }

    /// Where the person wanted to go while there were unsaved changes.
    pub(crate) fn held_back(self) -> Signal<Option<String>> {
        self.held_back.into()
    }

    /// What saves the unsaved changes for later and then goes to an address; `None` if they cannot be.
    pub(crate) fn later(self) -> RwSignal<Option<Callback<String>>> {
        self.later
    }

    /// Forgets that destination.
    pub(crate) fn stay(self) {
        self.held_back.set(None);
    }

    /// Goes there, and discards the unsaved changes.
    pub(crate) fn leave(self) {
        self.unsaved.set(false);
        if let Some(href) = self.held_back.try_update(Option::take).flatten() {
            self.go(&href);
        }
    }

    /// Back or Forward was used. Browsers cannot prevent that, so with unsaved changes the address is restored first.
    fn went(self) {
        self.place.set_value(place_here());
        let (path, query) = address();
        if self.unsaved.get_untracked() && path != self.path.get_untracked() {
            write(&joined(&self.path.get_untracked(), &self.query.get_untracked()), true);
            self.held_back.set(Some(joined(&path, &query)));
        } else {
            self.read();
        }
    }

    fn read(self) {
        let (path, query) = address();
        self.query.set(query);
        if self.path.get_untracked() != path {
            self.path.set(path);
        }
    }
}

/// The navigation, from context.
pub(crate) fn use_navigation() -> Navigation {
    expect_context()
}

/// A link to a screen of ours. With a modifier key or another button the browser handles the click.
#[component]
pub(crate) fn Link(
    /// A path of ours.
    #[prop(into)]
    to: String,
    /// The classes.
    #[prop(optional)]
    class: &'static str,
    /// Whether this screen is shown now.
    #[prop(optional, into)]
    current: Option<Signal<bool>>,
    children: Children,
) -> impl IntoView {
    let navigation = use_navigation();
    let href = to.clone();
    let current = current.map(|current| move || current.get().then_some("page"));
    let follow = move |event: ev::MouseEvent| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.button() == 0 && !elsewhere {
            event.prevent_default();
            navigation.go(&to);
        }
    };
    view! {
        <a href=href class=class aria-current=current on:click=follow>
            {children()}
        </a>
    }
}

fn address() -> (String, String) {
    let location = window().location();
    let query = location.search().unwrap_or_default();
    (location.pathname().unwrap_or_default(), query.trim_start_matches('?').to_owned())
}

/// The place in the history's present entry.
fn place_here() -> Option<Place> {
    let state = window().history().ok()?.state().ok()?.as_string()?;
    Place::read(&state)
}

/// Encodes pairs as a query.
pub(crate) fn encoded(pairs: Vec<(&'static str, String)>) -> String {
    let one = |(name, value): (&str, String)| format!("{name}={}", String::from(js_sys::encode_uri_component(&value)));
    pairs.into_iter().map(one).collect::<Vec<_>>().join("&")
}

fn joined(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Writes the address bar. A browser may refuse (after too many entries): then only the address is wrong.
fn write(href: &str, step: bool) {
    let Ok(history) = window().history() else { return };
    let written = if step {
        history.push_state_with_url(&JsValue::NULL, "", Some(href))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(href))
    };
    note(written, "the address bar was not written");
}

fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_history_and_nothing_else_is_one() {
        let place = Place { row: 120, offset: 13.5, focus: "name-con_1".to_owned() };
        assert_eq!(Place::read(&place.written()), Some(place));
        assert_eq!(Place::read("0 0 ").map(|place| place.focus), Some(String::new()));
        for other in ["", "null", "1", "1 2", "a b c", "-1 0 x"] {
            assert_eq!(Place::read(other), None, "{other}");
        }
    }
}
