//! The pop-up window: opened in the click itself, or the browser blocks it.

use leptos::prelude::*;
use web_sys::Window;

use super::{attempt::Sight, hint, way::By};
use crate::ui::note;

/// A pop-up at our own waiting page.
#[derive(Clone)]
pub(crate) struct Popup {
    window: Option<Window>,
    /// Names this pop-up to its waiting page, should the handle be lost.
    nonce: String,
}

impl Popup {
    /// Opens one. Must run in the click, before anything is awaited.
    pub(crate) fn open(by: By) -> Self {
        let nonce = format!("{:x}", (js_sys::Math::random() * 9_007_199_254_740_992.0).to_bits());
        let features = format!("popup,width=600,height=760,left={},top={}", middle(600.0, true), middle(760.0, false));
        let opened = window().open_with_url_and_target_and_features(
            &format!("/authorize?{}#{nonce}", by.whose()),
            "causeway-authorize",
            &features,
        );
        Self { window: opened.ok().flatten(), nonce }
    }

    /// How it looks from here right after it was opened.
    pub(crate) fn first_sight(&self) -> Sight {
        match &self.window {
            Some(window) if !window.closed().unwrap_or(true) => Sight::Open,
            _ => Sight::Blocked,
        }
    }

    /// How it looks from here, given how it looked before.
    pub(crate) fn sight(&self, before: Sight) -> Sight {
        match (before, self.first_sight()) {
            (Sight::Blocked, _) => Sight::Blocked,
            (_, Sight::Open) => Sight::Open,
            _ => Sight::Lost,
        }
    }

    /// Sends it to Atlassian, by its handle or, if that was cut, by asking its waiting page. Never by both: the
    /// address works once.
    pub(crate) fn go(&self, start_url: &str) {
        let by_handle = self
            .window
            .as_ref()
            .filter(|window| !window.closed().unwrap_or(true))
            .is_some_and(|window| window.location().replace(start_url).is_ok());
        if !by_handle {
            hint::go(&self.nonce, start_url);
        }
    }

    /// Closes it, if it can still be reached.
    pub(crate) fn close(&self) {
        if let Some(window) = &self.window {
            note(window.close(), "the window was not closed");
        }
    }
}

/// Where a window of this length stands in the middle of ours. CSS pixels.
fn middle(length: f64, across: bool) -> f64 {
    let number = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|v| v.as_f64());
    let (start, size) = if across {
        (window().screen_x(), window().outer_width())
    } else {
        (window().screen_y(), window().outer_height())
    };
    (number(start).unwrap_or(0.0) + (number(size).unwrap_or(length) - length) / 2.0).max(0.0).round()
}
