//! The workspaces to choose among.

use api::{List, ListWorkspaces, Nothing, Workspace};

use crate::{client::call, ui::fetched::Fetched};

/// Asks for the workspaces.
pub(crate) fn fetch_workspaces() -> Fetched<List<Workspace>> {
    Fetched::ask(|| async { call::<ListWorkspaces>(&(), &Nothing {}).await })
}
