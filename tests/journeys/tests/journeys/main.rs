//! Journeys: what people and machines can do with Causeway, told as claims, shown on the real Worker.
//!
//! Each has a Worker and a model of Atlassian to itself. What can be shown without a running Worker is shown in
//! `edge-core`; here is what needs `workerd`, a browser, or both.

mod administrators;
mod application_links;
mod auth_methods;
mod bad_input;
mod by_keyboard;
mod callbacks;
mod calling;
mod connecting;
mod data_center_fixture;
mod every_kind;
mod for_everyone;
mod framing;
mod helping;
mod hostile_names;
mod lifecycle;
mod other_issuer;
mod pop_ups;
mod refreshing;
mod secrecy;
mod signing_in;
mod starting;
mod views;
mod webhooks;
mod workspaces;
