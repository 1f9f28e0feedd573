//! Connections: the grid, and the screen of one.

pub(crate) mod calling;
mod connection_page;
mod connections_page;
mod filters;
mod grid;
mod setup_form;
mod status;

pub(crate) use connection_page::{ConnectionPage, NewConnectionPage};
pub(crate) use connections_page::ConnectionsPage;
