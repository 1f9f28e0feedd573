//! Which part of the table is in view, and how high its rows are. The page itself scrolls, not the table.

use std::{ops::Range, time::Duration};

use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, ResizeObserver};

use super::{
    listing::Listing,
    window::{Heights, Piece, pieces},
};
use crate::ui::{follow, note};

/// The least time between two requests for rows while scrolling, so that rows scrolled past are not loaded.
const LOAD_DELAY: Duration = Duration::from_millis(60);

/// Follows the scrolling.
#[derive(Clone, Copy)]
pub(super) struct Scrolling {
    /// The table's body.
    pub(super) body: NodeRef<html::Tbody>,
    /// The rows and gaps in the document.
    pub(super) pieces: Memo<Vec<Piece>>,
    heights: RwSignal<Heights>,
    /// The rows in the document, except the row with the focus, which may be elsewhere.
    window: Memo<Range<usize>>,
    /// The part in view: top and bottom, in pixels from the top of the first row.
    in_view: RwSignal<(f64, f64)>,
    /// Where the first row begins, in pixels from the top of the page, as last seen.
    start: StoredValue<Option<f64>>,
    listing: Listing,
    loading: StoredValue<bool>,
    measuring: StoredValue<bool>,
}

impl Scrolling {
    /// Follows the page's scrolling until the screen is left.
    pub(super) fn follow(listing: Listing) -> Self {
        let count = Memo::new(move |_| listing.loaded.with(|loaded| loaded.total));
        let heights = RwSignal::new(Heights::default());
        let in_view = RwSignal::new((0.0, height_of_window()));
        let window = Memo::new(move |_| {
            let (top, bottom) = in_view.get();
            heights.with(|heights| heights.window(top, bottom))
        });
        let focused = || document().active_element().as_ref().and_then(row_of);
        let pieces = Memo::new(move |_| {
            let count = count.get();
            if listing.printing.get() { pieces(count, 0..count, None) } else { pieces(count, window.get(), focused()) }
        });
        let (loading, measuring) = (StoredValue::new(false), StoredValue::new(false));
        let (body, start) = (NodeRef::new(), StoredValue::new(None));
        let scrolling = Self { body, pieces, heights, window, in_view, start, listing, loading, measuring };
        Effect::new(move |_| heights.update(|heights| heights.set_count(count.get())));
        Effect::new(move |_| {
            listing.set_in_view(window.get());
            scrolling.load_soon();
        });
        // Measures after the changes are in the document and before they are painted.
        Effect::new(move |_| {
            follow(pieces);
            listing.loaded.track();
            scrolling.measure_soon();
        });
        scrolling.listen();
        scrolling.keep_place();
        scrolling
    }

    fn listen(self) {
        let scrolled = window_event_listener(ev::scroll, move |_| self.update_view());
        let resized = window_event_listener(ev::resize, move |_| self.measure(true));
        on_cleanup(move || {
            scrolled.remove();
            resized.remove();
        });
    }

    /// Follows what stands above the table. If it grows or goes while the person reads further below, the page is scrolled
    /// by the difference. Some browsers would do so themselves, but not for a table whose gaps change while it is
    /// scrolled: they are told to leave it.
    fn keep_place(self) {
        let resized = Closure::<dyn Fn()>::new(move || self.follow_start());
        let (Ok(observer), Some(page)) = (ResizeObserver::new(resized.as_ref().unchecked_ref()), document().body())
        else {
            return;
        };
        observer.observe(&page);
        anchor(Some("none"));
        let observing = StoredValue::new_local((observer, resized));
        on_cleanup(move || {
            observing.try_with_value(|(observer, _)| observer.disconnect());
            anchor(None);
        });
    }

    fn follow_start(self) {
        let Some(body) = self.body.try_get_untracked().flatten() else { return };
        let Ok(scrolled) = window().scroll_y() else { return };
        let top = body.get_bounding_client_rect().top();
        let start = top + scrolled;
        let before = self.start.try_update_value(|known| known.replace(start)).flatten();
        let moved = before.map_or(0.0, |before| start - before);
        // Of a person who sees what stands above, it may move what is below: nothing is hidden from them.
        let is_below = top - moved < 0.0;
        if is_below && moved.abs() >= 1.0 {
            window().scroll_by_with_x_and_y(0.0, moved);
        }
    }

    /// The first row in view, and how many pixels of it are above.
    pub(super) fn first_in_view(self) -> Option<(usize, f64)> {
        self.update_view();
        let (top, _) = self.in_view.try_get_untracked()?;
        let top = top.max(0.0);
        self.heights.try_with_untracked(|heights| {
            let row = heights.row_at(top);
            (row, top - heights.of(0..row))
        })
    }

    /// The heights of the rows as far as they are known.
    pub(super) fn heights(self) -> Option<Heights> {
        self.heights.try_get_untracked()
    }

    /// Takes these heights for those of `count` rows, until they are measured.
    pub(super) fn assume_heights(self, mut heights: Heights, count: usize) {
        heights.set_count(count);
        self.heights.set(heights);
    }

    /// Scrolls so that this row is the first in view, and this much of it above.
    pub(super) fn scroll_to(self, row: usize, offset: f64) {
        let Some(body) = self.body.try_get_untracked().flatten() else { return };
        let above = self.heights.with_untracked(|heights| heights.of(0..row)) + offset;
        if above > 0.0 {
            window().scroll_by_with_x_and_y(0.0, body.get_bounding_client_rect().top() + above);
        }
    }

    /// The height of these rows, whether they are in the document or not.
    pub(super) fn height(self, from: usize, to: usize) -> f64 {
        self.heights.with(|heights| heights.of(from..to))
    }

    /// Scrolls to the beginning of another list. The heights measured before serve as a first guess.
    pub(super) fn scroll_to_start(self) {
        let (top, _) = self.in_view.get_untracked();
        if top > 0.0 {
            window().scroll_by_with_x_and_y(0.0, -top);
        }
    }

    fn update_view(self) {
        let Some(top) = self.body.try_get_untracked().flatten().map(|body| -body.get_bounding_client_rect().top())
        else {
            return;
        };
        let in_view = (top, top + height_of_window());
        if self.in_view.get_untracked() != in_view {
            self.in_view.set(in_view);
        }
    }

    /// Measures the rows in the document. If the window was `resized`, all other heights are forgotten. If rows above the
    /// view are higher or lower than guessed, the page is scrolled by the difference, so that the view stays. A gap that
    /// is wrong by a few pixels is corrected only with the next rows: correcting it now would cost one more layout.
    fn measure(self, resized: bool) {
        let Some(body) = self.body.try_get_untracked().flatten() else { return };
        let rows = measured(&body);
        let (top, bottom) = self.in_view.get_untracked();
        let first = self.heights.with_untracked(|heights| heights.row_at(top.max(0.0)));
        let heights = || self.heights.with_untracked(|heights| (heights.of(0..first), heights.of(0..usize::MAX)));
        let before = heights();
        let measure = |heights: &mut Heights| {
            if resized {
                heights.forget();
            }
            heights.measure(&rows)
        };
        if self.heights.try_update_untracked(measure) == Some(true) {
            let now = heights();
            let (moved, grown) = (now.0 - before.0, now.1 - before.1);
            let follows = top > 0.0 && moved.abs() >= 1.0;
            if follows || resized || grown.abs() > bottom - top || !self.covers(top, bottom) {
                self.heights.notify();
            }
            if follows {
                window().scroll_by_with_x_and_y(0.0, moved);
            }
        }
        self.update_view();
    }

    /// Whether all rows between `top` and `bottom` are in the document.
    fn covers(self, top: f64, bottom: f64) -> bool {
        let (first, last) = self.heights.with_untracked(|heights| (heights.row_at(top), heights.row_at(bottom)));
        self.window.with_untracked(|window| window.contains(&first) && window.contains(&last))
    }

    /// Measures once before the next frame is painted.
    fn measure_soon(self) {
        if !self.measuring.get_value() {
            self.measuring.set_value(true);
            request_animation_frame(move || {
                if self.measuring.try_set_value(false).is_none() {
                    self.measure(false);
                }
            });
        }
    }

    fn load_soon(self) {
        if !self.loading.get_value() {
            self.loading.set_value(true);
            let load = move || {
                if self.loading.try_set_value(false).is_none() {
                    self.listing.load_in_view();
                }
            };
            set_timeout(load, LOAD_DELAY);
        }
    }
}

/// Whether the browser follows what moves above the view: CSS's `overflow-anchor` of the page. `None`: as browsers do.
fn anchor(value: Option<&str>) {
    let page = document().document_element().and_then(|page| page.dyn_into::<HtmlElement>().ok());
    if let Some(style) = page.map(|page| page.style()) {
        let done = match value {
            Some(value) => style.set_property("overflow-anchor", value),
            None => style.remove_property("overflow-anchor").map(drop),
        };
        note(done, "the browser moves the rows, too");
    }
}

/// The loaded rows in the document, each with its height: the distance to the top of the next row.
fn measured(body: &Element) -> Vec<(usize, f32)> {
    let mut rows = Vec::new();
    let mut next = body.first_element_child();
    while let Some(row) = next {
        next = row.next_element_sibling();
        if let Some(index) = row_of(&row).filter(|_| !row.has_attribute("aria-busy")) {
            let place = row.get_bounding_client_rect();
            let end = next.as_ref().map_or(place.bottom(), |next| next.get_bounding_client_rect().top());
            #[expect(clippy::cast_possible_truncation, reason = "a row is some hundred pixels high")]
            rows.push((index, (end - place.top()) as f32));
        }
    }
    rows
}

/// The row that `inside` is in. ARIA counts the header as row 1.
pub(super) fn row_of(inside: &Element) -> Option<usize> {
    let row = inside.closest("tr[aria-rowindex]").ok().flatten()?;
    row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(2)
}

fn height_of_window() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}
