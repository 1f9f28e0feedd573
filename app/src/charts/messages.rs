//! The words of charts.

use api::{RenderAccess, RenderAccessKind};
use chart::{Color, Compute, Every, Mark, Order, Palette};
use js_sys::{Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::delegations::{day, whose};
use crate::ui::isolated;

/// A mark, as people call it.
pub(super) const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Bar => "Bars",
        Mark::Column => "Columns",
        Mark::Stacked => "Stacked bars",
        Mark::Line => "Line",
        Mark::Area => "Area",
        Mark::Donut => "Ring",
        Mark::Tile => "Tile",
        Mark::Table => "Table",
    }
}

/// What is computed.
pub(super) const fn compute(compute: Compute) -> &'static str {
    match compute {
        Compute::Count => "Number of issues",
        Compute::Sum => "Sum of a field",
        Compute::Average => "Average of a field",
    }
}

/// The order of segments.
pub(super) const fn order(order: Order) -> &'static str {
    match order {
        Order::Largest => "Largest first",
        Order::Smallest => "Smallest first",
        Order::Label => "By name",
        Order::Natural => "As in Jira",
        Order::Listed => "My own order",
    }
}

/// A span of time.
pub(super) const fn every(every: Every) -> &'static str {
    match every {
        Every::Day => "Days",
        Every::Week => "Weeks",
        Every::Month => "Months",
        Every::Quarter => "Quarters",
        Every::Year => "Years",
    }
}

/// The colours of segments.
pub(super) const fn palette(palette: Palette) -> &'static str {
    match palette {
        Palette::Categorical => "Colours that can be told apart",
        Palette::Status => "Colours of Jira's statuses",
        Palette::Single => "One colour",
    }
}

/// A colour.
pub(super) const fn color(color: Color) -> &'static str {
    match color {
        Color::Blue => "Blue",
        Color::Teal => "Teal",
        Color::Orange => "Orange",
        Color::Green => "Green",
        Color::Magenta => "Magenta",
        Color::Yellow => "Yellow",
        Color::Purple => "Purple",
        Color::Red => "Red",
        Color::Gray => "Grey",
    }
}

/// Whose access a render was computed with: `with your access`.
pub(super) fn access(access: Option<&RenderAccess>) -> String {
    match access {
        Some(access) if access.kind == RenderAccessKind::Connection => {
            let name = access.connection.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("with the access of the connection {}", isolated(&name))
        }
        Some(access) if access.kind == RenderAccessKind::Delegation => {
            let until = access.until.map(|until| format!(" until {}", day(until))).unwrap_or_default();
            format!("with {}{until}", whose(access))
        }
        Some(access) => match &access.account {
            Some(account) => format!("with your access ({})", isolated(account)),
            None => "with your access".to_owned(),
        },
        None => "with your access".to_owned(),
    }
}

/// The time of day of a moment of today, else the date with it, as the browser's language writes them.
pub(super) fn as_of(at: &str) -> String {
    let (date, now) = (Date::new(&JsValue::from_str(at)), Date::new_0());
    let options = Object::new();
    let is_today = date.to_date_string() == now.to_date_string();
    let parts: &[(&str, &str)] =
        if is_today { &[("timeStyle", "short")] } else { &[("dateStyle", "medium"), ("timeStyle", "short")] };
    for (name, value) in parts {
        crate::ui::note(Reflect::set(&options, &(*name).into(), &(*value).into()), "a date is written in full");
    }
    let format = Intl::DateTimeFormat::new(&js_sys::Array::new(), &options);
    let written = format.format().call1(&JsValue::UNDEFINED, &date).ok().and_then(|words| words.as_string());
    written.unwrap_or_else(|| at.to_owned())
}
