//! The pop-up window. It must be opened in the click handler, or the browser blocks it.

use leptos::prelude::*;
use web_sys::Window;

use super::{authorization_state::PopupState, popup_channel, presentation::Destination};
use crate::ui::note;

/// A pop-up that shows our waiting page.
#[derive(Clone)]
pub(crate) struct Popup {
    window: Option<Window>,
    /// Identifies this pop-up to its waiting page, in case the handle stops working.
    nonce: String,
}

impl Popup {
    /// Opens it. Must run in the click handler, before anything is awaited.
    pub(crate) fn open(destination: Destination) -> Self {
        let nonce = format!("{:x}", (js_sys::Math::random() * 9_007_199_254_740_992.0).to_bits());
        let features = format!("popup,width=600,height=760,left={},top={}", middle(600.0, true), middle(760.0, false));
        let opened = window().open_with_url_and_target_and_features(
            &format!("/authorize?{}#{nonce}", destination.whose()),
            "causeway-authorize",
            &features,
        );
        Self { window: opened.ok().flatten(), nonce }
    }

    /// Its state right after it was opened.
    pub(crate) fn initial_state(&self) -> PopupState {
        match &self.window {
            Some(window) if !window.closed().unwrap_or(true) => PopupState::Open,
            _ => PopupState::Blocked,
        }
    }

    /// Its state now, given the state before.
    pub(crate) fn state_after(&self, before: PopupState) -> PopupState {
        match (before, self.initial_state()) {
            (PopupState::Blocked, _) => PopupState::Blocked,
            (_, PopupState::Open) => PopupState::Open,
            _ => PopupState::Lost,
        }
    }

    /// Sends it to Atlassian: by its handle or, if a page has cut the link between the windows, through its waiting
    /// page. Never by both: the address works once.
    pub(crate) fn go(&self, start_url: &str) {
        let by_handle = self
            .window
            .as_ref()
            .filter(|window| !window.closed().unwrap_or(true))
            .is_some_and(|window| window.location().replace(start_url).is_ok());
        if !by_handle {
            popup_channel::go(&self.nonce, start_url);
        }
    }

    /// Closes it, if it can still be reached.
    pub(crate) fn close(&self) {
        if let Some(window) = &self.window {
            note(window.close(), "the window was not closed");
        }
    }
}

/// The position at which a window of this length is centred on ours, in CSS pixels.
fn middle(length: f64, across: bool) -> f64 {
    let number = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|v| v.as_f64());
    let (start, size) = if across {
        (window().screen_x(), window().outer_width())
    } else {
        (window().screen_y(), window().outer_height())
    };
    (number(start).unwrap_or(0.0) + (number(size).unwrap_or(length) - length) / 2.0).max(0.0).round()
}
