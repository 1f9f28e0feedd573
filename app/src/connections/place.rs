//! The place in the list to which Back returns: the scroll position, and the element that had the focus.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use super::{listing::Listing, scrolling::Scrolling, window::Heights};
use crate::{
    navigation::{Place, use_navigation},
    ui::{follow, note},
};

thread_local! {
    /// The heights of the rows when the list was left last: with them Back comes to the very same place.
    static HEIGHTS: RefCell<Option<Heights>> = const { RefCell::new(None) };
}

/// Notes the place when the list is left, and returns there if the list was reached with Back or Forward.
pub(super) fn keep_place(listing: Listing, scrolling: Scrolling) {
    let navigation = use_navigation();
    navigation.on_leave(Some(Callback::new(move |()| scrolling.place())));
    on_cleanup(move || navigation.on_leave(None));
    let Some(place) = navigation.take_place() else { return };
    let heights = HEIGHTS.take();
    let (to, focus) = (StoredValue::new(Some(place.clone())), StoredValue::new(Some(place)));
    Effect::new(move |_| {
        follow(scrolling.pieces);
        let total = listing.loaded.with(|loaded| loaded.total);
        if total == 0 || scrolling.body.get().is_none() {
            return;
        }
        // The gaps have their heights in the next frame.
        if let Some(place) = to.try_update_value(Option::take).flatten() {
            if let Some(heights) = &heights {
                scrolling.assume_heights(heights.clone(), total);
            }
            request_animation_frame(move || scrolling.go_to(&place));
        }
        // Its row may be on a page that comes later.
        request_animation_frame(move || {
            let id = focus.try_get_value().flatten().map(|place| place.focus);
            if id.is_some_and(|id| give_focus(&id)) {
                focus.try_set_value(None);
            }
        });
    });
}

/// Focuses the element with this id. Returns whether that is settled: the element is there, nothing had the focus, or the
/// person has moved it meanwhile.
fn give_focus(id: &str) -> bool {
    let moved =
        document().active_element().is_some_and(|element| !["BODY", "H1", "MAIN"].contains(&&*element.tag_name()));
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let settled = moved || id.is_empty() || element.is_some();
    if let Some(element) = element.filter(|_| !moved) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        note(element.focus_with_options(&options), "the focus did not come back");
    }
    settled
}

impl Scrolling {
    /// Where the person is: the first row in view, how far it is scrolled, and what has the focus.
    fn place(self) -> Option<Place> {
        let (row, offset) = self.first_in_view()?;
        HEIGHTS.set(self.heights());
        let focused = document().active_element().map(|element| element.id()).unwrap_or_default();
        Some(Place { row, offset, focus: focused })
    }

    fn go_to(self, place: &Place) {
        self.scroll_to(place.row, place.offset);
    }
}
