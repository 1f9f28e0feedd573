//! The app on a page, and what a person does there.

use std::{any::Any, cell::RefCell};

use leptos::{mount::UnmountHandle, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, EventInit, HtmlElement, HtmlInputElement};

use crate::{lazy_part::Loader, screens::Screens};

thread_local! {
    /// The app that is shown. A failed test drops nothing, so the next one removes its app: otherwise both would react
    /// to keys.
    static SHOWN: RefCell<Option<(HtmlElement, Box<dyn Any>)>> = const { RefCell::new(None) };
}

/// The app at an address. Removed when dropped.
pub(super) struct Stage {
    place: HtmlElement,
}

/// Opens the app at `path`.
pub(super) fn open(path: &str) -> Stage {
    clear();
    let history = window().history().expect("a window has a history");
    history.push_state_with_url(&JsValue::NULL, "", Some(path)).expect("the path is of this origin");
    let place: HtmlElement = document().create_element("div").expect("a div").unchecked_into();
    document().body().expect("a page has a body").append_child(&place).expect("the body takes a div");
    let app: UnmountHandle<_> = leptos::mount::mount_to(place.clone(), || view! { <Screens loader=Loader::UNCUT /> });
    SHOWN.set(Some((place.clone(), Box::new(app))));
    Stage { place }
}

fn clear() {
    if let Some((place, app)) = SHOWN.take() {
        drop(app);
        place.remove();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        clear();
    }
}

impl Stage {
    /// The first element that `selector` finds.
    pub(super) fn find(&self, selector: &str) -> Option<Element> {
        self.place.query_selector(selector).expect("a selector")
    }

    /// All elements that `selector` finds.
    pub(super) fn all(&self, selector: &str) -> web_sys::NodeList {
        self.place.query_selector_all(selector).expect("a selector")
    }

    /// The visible text.
    pub(super) fn text(&self) -> String {
        self.place.inner_text()
    }

    /// Waits until a person would see `text`.
    pub(super) async fn shows(&self, text: &str) {
        self.until(text, || self.text().contains(text)).await;
    }

    /// Waits until the app has drawn everything that was done before: its effects have run, and a frame was painted.
    pub(super) async fn settles(&self) {
        leptos::task::tick().await;
        for _ in 0..2 {
            let frame = js_sys::Promise::new(&mut |resolve, _| {
                window().request_animation_frame(&resolve).expect("a frame");
            });
            JsFuture::from(frame).await.expect("frames are painted");
        }
    }

    /// Waits until `holds` returns true; otherwise fails with the visible text.
    pub(super) async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        for _ in 0..250 {
            if holds() {
                return;
            }
            let next = js_sys::Promise::new(&mut |resolve, _| {
                window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 20).expect("a timer");
            });
            JsFuture::from(next).await.expect("timers fire");
        }
        panic!("waited for {what}; the page shows: {}", self.text());
    }

    /// Presses the button or link whose text begins with `words`.
    pub(super) fn press(&self, words: &str) {
        self.pressable(words).click();
    }

    /// The button or link whose text begins with `words`.
    pub(super) fn pressable(&self, words: &str) -> HtmlElement {
        let all = self.place.query_selector_all("button, a").expect("a selector");
        (0..all.length())
            .filter_map(|index| all.get(index)?.dyn_into::<HtmlElement>().ok())
            .find(|element| element.inner_text().trim().starts_with(words) && element.offset_parent().is_some())
            .unwrap_or_else(|| panic!("nothing to press reads {words}: {}", self.text()))
    }

    /// Presses the element that `selector` finds.
    pub(super) fn press_element(&self, selector: &str) {
        self.find(selector).expect("something to press").unchecked_into::<HtmlElement>().click();
    }

    /// Chooses `value` in the list that `selector` finds.
    pub(super) fn choose(&self, selector: &str, value: &str) {
        let list: web_sys::HtmlSelectElement = self.find(selector).expect("a list").unchecked_into();
        list.set_value(value);
        list.dispatch_event(&Event::new("change").expect("an event")).expect("it is heard");
    }

    /// Presses a key on the focused element.
    pub(super) fn key(&self, key: &str) {
        let init = web_sys::KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
        self.with_focus().expect("a focus").dispatch_event(&event).expect("it is heard");
    }

    fn with_focus(&self) -> Option<Element> {
        self.place.owner_document()?.active_element()
    }

    /// Whether the focused element is one that `selector` finds.
    pub(super) fn focused_is(&self, selector: &str) -> bool {
        self.with_focus().is_some_and(|element| element.matches(selector).unwrap_or(false))
    }

    /// The text of the focused element.
    pub(super) fn focused(&self) -> String {
        let focused = self.with_focus().and_then(|element| element.dyn_into::<HtmlElement>().ok());
        focused.map(|element| element.inner_text().trim().to_owned()).unwrap_or_default()
    }

    /// Writes `text` into the field that `selector` finds.
    pub(super) fn write(&self, selector: &str, text: &str) {
        let field: HtmlInputElement = self.find(selector).expect("the field").unchecked_into();
        field.set_value(text);
        let init = EventInit::new();
        init.set_bubbles(true);
        field.dispatch_event(&Event::new_with_event_init_dict("input", &init).expect("an event")).expect("it is heard");
    }
}
