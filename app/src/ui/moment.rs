//! A moment, relative in words with the absolute one at hand.

use api::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::{kept::touched, note};
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

/// Writes anew what the moments within `place` read, which are markup and do not move by themselves.
pub(crate) fn keep_moving(place: &Element, now: Timestamp) {
    let Ok(moments) = place.query_selector_all("time") else { return };
    let moments = (0..moments.length()).filter_map(|at| moments.get(at)?.dyn_into::<Element>().ok());
    for moment in moments {
        let words = at(&moment).map(|at| relative(now, at));
        if words.is_some() && words != moment.text_content() {
            moment.set_text_content(words.as_deref());
            touched(&moment);
        }
    }
}

/// A moment, with the absolute one beside it: for where there is room, since a title is for those with a mouse.
pub(crate) fn in_full(at: Timestamp) -> AnyView {
    view! { {moment(at)} " " <span class="subtle small">{absolute(at)}</span> }.into_any()
}

/// Gives a moment that is markup its absolute time as title.
pub(crate) fn tell_absolutely(moment: &Element) {
    if let Some(at) = at(moment) {
        note(moment.set_attribute("title", &absolute(at)), "the absolute time was not written");
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a date of ours is far under 2^53")]
fn at(moment: &Element) -> Option<Timestamp> {
    let at = moment.get_attribute("datetime")?;
    Some(Timestamp::from_millis(js_sys::Date::parse(&at) as i64))
}
