//! Days in the time zone of the browser, as date fields write them: `2026-11-30`.

use api::Timestamp;
use js_sys::{Date, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::JsValue;

/// Year, month from 1, and day of a date field; `None` for what is no date.
fn parts(day: &str) -> Option<(u32, i32, i32)> {
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    ((1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day))
        .then_some((year, month, day))
}

/// The midnight with which a day begins, or the one `later` days after.
#[expect(clippy::cast_possible_truncation, reason = "a date up to the year 9999 is far under 2^53")]
fn midnight(day: &str, later: i32) -> Option<Timestamp> {
    let (year, month, day) = parts(day)?;
    let date = Date::new_with_year_month_day(year, month - 1, day + later);
    Some(Timestamp::from_millis(date.get_time() as i64))
}

/// When a day begins.
pub(super) fn beginning(day: &str) -> Option<Timestamp> {
    midnight(day, 0)
}

/// When the day after begins, so that the day itself is included.
pub(super) fn end(day: &str) -> Option<Timestamp> {
    midnight(day, 1)
}

/// The name of the browser's time zone, for example *Europe/Berlin*; `None` if the browser does not say it.
pub(super) fn time_zone() -> Option<String> {
    let format = DateTimeFormat::new(&js_sys::Array::new(), &Object::new());
    Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_field_is_read_and_nothing_else() {
        assert_eq!(parts("2026-11-30"), Some((2026, 11, 30)));
        for bad in ["", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-01-32", "26-11-30", "x-y-z", "1969-12-31"]
        {
            assert_eq!(parts(bad), None, "{bad:?}");
        }
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn the_last_day_is_included_and_the_end_of_a_month_is_no_obstacle() {
        assert_eq!(end("2026-11-30"), beginning("2026-12-01"));
        assert_eq!(end("2026-12-31"), beginning("2027-01-01"));
        assert!(beginning("2026-11-30") < end("2026-11-30"));
    }
}
