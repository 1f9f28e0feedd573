//! Causeway's single-page app: it shows what the edge knows and asks the edge to act, and remembers nothing itself.
//!
//! A folder is a feature; `ui` holds building blocks that know no feature; `client` alone knows HTTP. Rules (routes,
//! the course of an authorization, times in words) are plain functions, tested natively; what people see is tested in
//! a browser.

#![expect(unreachable_pub, reason = "the component macro writes `pub` whatever a component's visibility is")]
#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

mod api_keys;
mod attention;
mod authorize;
mod client;
mod connections;
mod credentials;
mod given;
pub mod later;
mod members;
mod moments;
mod navigation;
mod route;
mod screens;
mod session;
mod shortcuts;
mod theme;
mod timeline;
mod ui;
mod webhooks;
mod workspaces;

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;

use leptos::prelude::*;

/// Puts the app in the place of the static shell. `later` is how the part comes that the first screen does without.
pub fn start(later: later::Later) {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(move || view! { <screens::Screens later /> });
}
