//! A moment, relative in words with the absolute one at hand.

use api::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::moments::relative;

/// The time of the screen: what relative times count from. In context; moves every half minute.
#[derive(Clone, Copy)]
pub(crate) struct Now(pub(crate) RwSignal<Timestamp>);

impl Now {
    /// Starts the screen's time.
    pub(crate) fn start() -> Self {
        let now = Self(RwSignal::new(clock()));
        set_interval(move || now.0.set(clock()), std::time::Duration::from_secs(30));
        now
    }
}

/// The browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "the browser's clock ends in the year 275760, far under 2^53")]
pub(crate) fn clock() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// The moment, as the person's own language writes it.
pub(crate) fn absolute(at: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(&at.to_string()));
    date.to_locale_string("default", &JsValue::UNDEFINED).into()
}

/// A moment.
pub(crate) fn moment(at: Timestamp) -> AnyView {
    let Now(now) = expect_context();
    view! { <time datetime=at.to_string() title=absolute(at)>{move || relative(now.get(), at)}</time> }.into_any()
}

/// A moment among many: [`keep_moving`] moves all of them together, which is lighter than each by itself.
pub(crate) fn one_of_many(at: Timestamp) -> AnyView {
    let Now(now) = expect_context();
    let words = relative(now.get_untracked(), at);
    view! { <time datetime=at.to_string() title=absolute(at)>{words}</time> }.into_any()
}

/// Writes anew what the moments within `place` read.
#[expect(clippy::cast_possible_truncation, reason = "a date of ours is far under 2^53")]
pub(crate) fn keep_moving(place: &Element, now: Timestamp) {
    let Ok(moments) = place.query_selector_all("time") else { return };
    let moments = (0..moments.length()).filter_map(|at| moments.get(at)?.dyn_into::<Element>().ok());
    for moment in moments {
        let at = moment.get_attribute("datetime").map(|at| js_sys::Date::parse(&at) as i64);
        let words = at.map(|at| relative(now, Timestamp::from_millis(at)));
        // The text alone is written, so that who built it still finds it.
        if let Some(text) = moment.first_child() {
            text.set_node_value(words.as_deref());
        }
    }
}
