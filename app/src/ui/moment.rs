//! Moments in words relative to now, with the absolute time at hand.

use api::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::note;
use crate::{context::expect_context, relative_time::relative};

/// The time that relative times count from. In context; updated every half minute.
#[derive(Clone, Copy)]
pub(crate) struct Now(pub(crate) RwSignal<Timestamp>);

impl Now {
    /// Starts the clock.
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

/// The moment as the browser's language writes it, with the month as a word: 12/1 is another day elsewhere.
pub(crate) fn absolute(at: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(&at.to_string()));
    date.to_locale_string("default", &styles(&["dateStyle", "timeStyle"])).into()
}

/// What `Intl.DateTimeFormat` is asked for.
fn styles(names: &[&str]) -> JsValue {
    let options = js_sys::Object::new();
    for name in names {
        // Setting a property of a new object cannot fail.
        let _ = js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str("medium"));
    }
    options.into()
}

/// The day of a moment, as the browser's language writes it.
pub(crate) fn date(at: Timestamp) -> AnyView {
    let day = js_sys::Date::new(&JsValue::from_str(&at.to_string()));
    let day: String = day.to_locale_date_string("default", &styles(&["dateStyle"])).into();
    view! { <time datetime=at.to_string() title=absolute(at)>{day}</time> }.into_any()
}

/// A moment.
pub(crate) fn moment(at: Timestamp) -> AnyView {
    let Now(now) = expect_context();
    view! { <time datetime=at.to_string() title=absolute(at)>{move || relative(now.get(), at)}</time> }.into_any()
}

/// Updates the moments within `place` that are HTML without signals.
pub(crate) fn update_moments(place: &Element, now: Timestamp) {
    let Ok(moments) = place.query_selector_all("time") else { return };
    let moments = (0..moments.length()).filter_map(|at| moments.get(at)?.dyn_into::<Element>().ok());
    for moment in moments {
        let words = at(&moment).map(|at| relative(now, at));
        if words.is_some() && words != moment.text_content() {
            moment.set_text_content(words.as_deref());
        }
    }
}

/// The absolute time with the relative one beside it, where there is room: a title needs a mouse.
pub(crate) fn in_full(at: Timestamp) -> AnyView {
    view! { {absolute(at)} " " <span class="subtle small">"(" {moment(at)} ")"</span> }.into_any()
}

/// Writes the absolute time of a moment that is HTML into its title.
pub(crate) fn write_absolute_title(moment: &Element) {
    if let Some(at) = at(moment) {
        note(moment.set_attribute("title", &absolute(at)), "the absolute time was not written");
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a date of ours is far under 2^53")]
fn at(moment: &Element) -> Option<Timestamp> {
    let at = moment.get_attribute("datetime")?;
    Some(Timestamp::from_millis(js_sys::Date::parse(&at) as i64))
}
