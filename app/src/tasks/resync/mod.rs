//! *Resync*: compares many tasks with their issues. A preview lists what would be done with each, then somebody starts it,
//! and a report says what became of each.

mod chosen_tasks;
mod csv;
mod form;
mod items;
mod of_connection;
mod progress;
mod resync_page;
mod resync_tab;
mod words;

pub(crate) use of_connection::ConnectionResyncPanel;
pub(crate) use resync_page::ResyncPage;
pub(super) use resync_tab::ResyncTab;
use words::{Tally, planned};
