//! What people see, tested in a browser: the whole app over a fake edge.

mod api_keys;
mod attention;
mod authorizing;
mod calls;
mod charts;
mod delegations;
mod doors;
mod drafts;
mod edge;
mod embeds;
mod grid;
mod helping;
mod lifecycle;
mod oauth1;
mod resync;
mod roles;
mod screens;
mod shortcuts;
mod stage;
mod tasks;
mod timeline;
mod webhooks;
mod workspaces;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
