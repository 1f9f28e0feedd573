//! The window over a table that the page itself scrolls: where the person looks, and how high the rows are there.

use std::{ops::Range, time::Duration};

use leptos::{ev, html, prelude::*};
use web_sys::Element;

use super::{
    listing::Listing,
    window::{Heights, Piece, pieces},
};

/// How long scrolling goes on before rows that are not there yet are asked for: not every row that flies past.
const FLYING: Duration = Duration::from_millis(60);

/// The window.
#[derive(Clone, Copy)]
pub(super) struct Scrolling {
    /// The table's body.
    pub(super) body: NodeRef<html::Tbody>,
    /// What is in the document.
    pub(super) pieces: Memo<Vec<Piece>>,
    heights: RwSignal<Heights>,
    /// Which rows are, but for the one with the focus.
    window: Memo<Range<usize>>,
    /// What is seen, from the top of the first row.
    seen: RwSignal<(f64, f64)>,
    listing: Listing,
    asking: StoredValue<bool>,
    measuring: StoredValue<bool>,
}

impl Scrolling {
    /// Follows the page's scrolling until the screen is left.
    pub(super) fn follow(listing: Listing) -> Self {
        let count = Memo::new(move |_| listing.loaded.with(|loaded| loaded.total));
        let heights = RwSignal::new(Heights::default());
        let seen = RwSignal::new((0.0, height_of_window()));
        let window = Memo::new(move |_| {
            let (top, bottom) = seen.get();
            heights.with(|heights| heights.window(top, bottom))
        });
        let focused = || document().active_element().as_ref().and_then(row_of);
        let pieces = Memo::new(move |_| pieces(count.get(), window.get(), focused()));
        let (asking, measuring) = (StoredValue::new(false), StoredValue::new(false));
        let scrolling = Self { body: NodeRef::new(), pieces, heights, window, seen, listing, asking, measuring };
        Effect::new(move |_| heights.update(|heights| heights.set_count(count.get())));
        Effect::new(move |_| {
            listing.look_at(window.get());
            scrolling.ask_soon();
        });
        // After what changed is in the document and before it is painted.
        Effect::new(move |_| {
            pieces.track();
            listing.loaded.track();
            scrolling.measure_soon();
        });
        scrolling.listen();
        scrolling
    }

    fn listen(self) {
        let scrolled = window_event_listener(ev::scroll, move |_| self.look());
        let resized = window_event_listener(ev::resize, move |_| self.measure(true));
        on_cleanup(move || {
            scrolled.remove();
            resized.remove();
        });
    }

    /// The height of rows that are left out.
    pub(super) fn height(self, from: usize, to: usize) -> f64 {
        self.heights.with(|heights| heights.of(from..to))
    }

    /// Other rows are shown from now on: from their beginning. How high the ones before were is as good a guess as any.
    pub(super) fn begin_anew(self) {
        let (top, _) = self.seen.get_untracked();
        if top > 0.0 {
            window().scroll_by_with_x_and_y(0.0, -top);
        }
    }

    fn look(self) {
        let Some(top) = self.body.try_get_untracked().flatten().map(|body| -body.get_bounding_client_rect().top())
        else {
            return;
        };
        let seen = (top, top + height_of_window());
        if self.seen.get_untracked() != seen {
            self.seen.set(seen);
        }
    }

    /// Measures the rows in the document; all others count as unknown if the window was `resized`. Where those above
    /// were guessed wrong the page is scrolled by as much, so that what is seen stays where it is. Whether a gap is some
    /// pixels higher nobody sees: it is written with the next rows, for writing now would lay out the page once more.
    fn measure(self, resized: bool) {
        let Some(body) = self.body.try_get_untracked().flatten() else { return };
        let rows = measured(&body);
        let (top, bottom) = self.seen.get_untracked();
        let first = self.heights.with_untracked(|heights| heights.row_at(top.max(0.0)));
        let high = || self.heights.with_untracked(|heights| (heights.of(0..first), heights.of(0..usize::MAX)));
        let before = high();
        let measure = |heights: &mut Heights| {
            if resized {
                heights.forget();
            }
            heights.measure(&rows)
        };
        if self.heights.try_update_untracked(measure) == Some(true) {
            let now = high();
            let (moved, grown) = (now.0 - before.0, now.1 - before.1);
            let follows = top > 0.0 && moved.abs() >= 1.0;
            if follows || resized || grown.abs() > bottom - top || !self.covers(top, bottom) {
                self.heights.notify();
            }
            if follows {
                window().scroll_by_with_x_and_y(0.0, moved);
            }
        }
        self.look();
    }

    /// Whether all rows between `top` and `bottom` are in the document.
    fn covers(self, top: f64, bottom: f64) -> bool {
        let (first, last) = self.heights.with_untracked(|heights| (heights.row_at(top), heights.row_at(bottom)));
        self.window.with_untracked(|window| window.contains(&first) && window.contains(&last))
    }

    /// Measures before the next frame is painted: once, whatever was written.
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

    fn ask_soon(self) {
        if !self.asking.get_value() {
            self.asking.set_value(true);
            let ask = move || {
                if self.asking.try_set_value(false).is_none() {
                    self.listing.fill();
                }
            };
            set_timeout(ask, FLYING);
        }
    }
}

/// The rows that show something, each with the height from its top to that of what follows.
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

/// Which row `inside` is in. The header is the first row of all.
pub(super) fn row_of(inside: &Element) -> Option<usize> {
    let row = inside.closest("tr[aria-rowindex]").ok().flatten()?;
    row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(2)
}

fn height_of_window() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}
