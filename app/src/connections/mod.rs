//! Connections: the grid, and the screen of one.

mod access_tab;
pub(crate) mod calling;
mod cells;
mod checklist;
mod checkup;
mod checkup_panel;
mod connection_page;
mod connections_page;
mod delete_dialog;
mod filters;
mod grid;
mod lifecycle;
mod listed;
mod listing;
mod mounted;
mod narrowing;
mod next_step;
mod notices;
mod overview;
mod row_checkup;
mod row_events;
mod row_test;
mod scrolling;
mod service_light;
mod setup_form;
mod status;
mod tabs;
mod unauthorize_dialog;
mod window;

pub(crate) use checklist::Checklist;
pub(crate) use connection_page::{ConnectionPage, NewConnectionPage};
pub(crate) use connections_page::ConnectionsPage;
pub(crate) use lifecycle::{Lifecycle, LifecycleDialogs, isolated};
pub(crate) use row_events::RowDeed;
pub(crate) use service_light::ServiceLight;
pub(crate) use unauthorize_dialog::counted;
