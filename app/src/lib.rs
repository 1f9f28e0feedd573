//! Causeway's single-page app: it shows what the edge answers, sends changes to the edge, and stores nothing itself.
//!
//! A folder is a feature. `ui` holds building blocks that know no feature; `client` alone knows HTTP. Rules (routes, the
//! states of an authorization, relative times) are plain functions, tested natively; components are tested in a browser.

#![expect(unreachable_pub, reason = "the component macro writes `pub` whatever a component's visibility is")]
#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

mod api_keys;
mod attention;
mod authorize;
mod calling;
mod calls;
mod charts;
mod client;
mod connections;
mod context;
mod credentials;
mod integrations;
mod json_reader;
pub mod lazy_part;
mod leave_dialog;
mod members;
mod navigation;
mod not_found_page;
mod relative_time;
mod route;
mod screens;
mod session;
mod shortcuts;
mod tasks;
mod theme;
mod timeline;
mod ui;
mod webhooks;
mod workspaces;

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;

use leptos::prelude::*;

/// Replaces the static shell of the page by the app. `loader` loads the part that the first screen does not need.
pub fn start(loader: lazy_part::Loader) {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(move || view! { <screens::Screens loader /> });
}
