//! Journeys: what people and machines can do with Causeway, as claims that are tested on the real Worker.
//!
//! Each test has its own Worker and its own model of Atlassian. What can be tested without a running Worker is tested in
//! `edge-core`; these tests need `workerd`, a browser, or both.

mod administrators;
mod application_links;
mod auth_methods;
mod bad_input;
mod bulk;
mod by_ear;
mod by_http;
mod by_keyboard;
mod callbacks;
mod calling;
mod charts;
mod connecting;
mod contract;
mod data_center_fixture;
mod delegations;
mod drafts;
mod embeds;
mod every_browser;
mod every_kind;
mod first_workspace;
mod for_everyone;
mod forge;
mod framing;
mod helping;
mod hostile_names;
mod kill_matrix;
mod lifecycle;
mod other_issuer;
mod pop_ups;
mod real_clients;
mod refreshing;
mod resync_screens;
mod secrecy;
mod signing_in;
mod situations;
mod starting;
mod steadiness;
mod steady_state;
mod task_screens;
mod tasks;
mod views;
mod watchdog;
mod webhooks;
mod workspaces;
