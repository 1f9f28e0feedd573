//! One thing done to many connections: what it does to which of them is shown first, then it runs with its progress.

mod bar;
mod review;
mod run;

pub(crate) use bar::BulkBar;

use std::sync::Arc;

use api::{Endpoint as _, ListConnections, Status, WorkspaceName};
use leptos::{prelude::*, task::spawn_local};

use super::{
    connection_row::ConnectionRow, counting::counted, lifecycle::Lifecycle, list_reader, listing::Listing,
    selection::Selection,
};
use crate::{client::get, navigation::encoded};

/// The most connections that are selected at once.
const MOST: usize = 2_000;
/// The connections in a page that is loaded to be selected.
const PAGE: usize = 200;

/// What can be done to many connections.
#[derive(Clone, Debug, PartialEq, Eq)]
enum BulkAction {
    Test,
    Activate,
    Deactivate,
    /// Grant them to this workspace, too.
    Grant(WorkspaceName),
    Delete,
}

impl BulkAction {
    const fn verb(&self) -> &'static str {
        match self {
            Self::Test => "Test",
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
            Self::Grant(_) => "Grant",
            Self::Delete => "Delete",
        }
    }

    /// What it does to each connection.
    fn effect(&self) -> String {
        match self {
            Self::Test => "Jira is asked about each of them, step by step. Nothing is changed.".to_owned(),
            Self::Activate => "Calls through each of them are let through again.".to_owned(),
            Self::Deactivate => {
                "Calls through each of them are refused within ten seconds. Their credentials stay.".to_owned()
            }
            Self::Grant(workspace) => {
                format!("Each of them is granted to the workspace {}. No workspace loses access.", workspace.name)
            }
            Self::Delete => {
                "Calls through each of them fail from now on, and their credentials are destroyed. For 30 days \
                they can be restored, and must then be authorized again."
                    .to_owned()
            }
        }
    }

    /// Why it leaves a connection out; `None` if it does not.
    fn leaves_out(&self, row: &ConnectionRow) -> Option<&'static str> {
        if row.deleted.is_some() {
            return Some("It is deleted.");
        }
        let unauthorized = matches!(row.status, Status::Unauthorized { .. });
        let deactivated = matches!(row.status, Status::Deactivated { .. });
        match self {
            Self::Test | Self::Deactivate if unauthorized => Some("It is not authorized."),
            Self::Test if deactivated => Some("It is deactivated."),
            Self::Deactivate if deactivated => Some("It is deactivated already."),
            Self::Activate if !deactivated => Some("It is not deactivated."),
            Self::Grant(workspace) if row.workspaces.iter().any(|name| name == workspace.name.as_str()) => {
                Some("It is granted to this workspace already.")
            }
            _ => None,
        }
    }

    /// *Deactivate 2 connections*.
    fn of(&self, count: usize) -> String {
        format!("{} {}", self.verb(), counted(count))
    }
}

/// What an action does: the connections that it changes, and those that it leaves out, with the reason.
struct Plan {
    changed: Vec<Arc<ConnectionRow>>,
    left_out: Vec<(Arc<ConnectionRow>, &'static str)>,
}

impl Plan {
    fn of(action: &BulkAction, rows: Vec<Arc<ConnectionRow>>) -> Self {
        let mut plan = Self { changed: Vec::new(), left_out: Vec::new() };
        for row in rows {
            match action.leaves_out(&row) {
                None => plan.changed.push(row),
                Some(why) => plan.left_out.push((row, why)),
            }
        }
        plan
    }
}

/// Selects all connections that match the filters.
pub(super) fn select_all(listing: Listing, selection: Selection, lifecycle: Lifecycle) {
    let filters = listing.loaded.with_untracked(|loaded| loaded.filters.clone());
    // Not a `Query`: it reads all pages, and nothing of them is shown but the selection.
    spawn_local(async move {
        let mut rows = Vec::new();
        loop {
            let mut pairs = filters.asked().pairs();
            pairs.push(("skip", rows.len().to_string()));
            pairs.push(("limit", PAGE.to_string()));
            match get(format!("{}?{}", ListConnections::PATH, encoded(pairs)), list_reader::page).await {
                Ok(page) => {
                    let ends = !page.has_more || page.rows.is_empty();
                    rows.extend(page.rows.into_iter().map(Arc::new));
                    if ends || rows.len() >= MOST {
                        break;
                    }
                }
                Err(error) => {
                    lifecycle.failed(&error);
                    break;
                }
            }
        }
        selection.set(rows);
    });
}

#[cfg(test)]
mod tests {
    use api::{Name, WorkspaceId};

    use super::{
        super::connection_row::tests::{deleted, row, status},
        *,
    };

    const OFF: &str = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
    const ENDED: &str = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"Ada"}"#;

    fn names(action: &BulkAction) -> (Vec<String>, Vec<(String, &'static str)>) {
        let rows = vec![
            row("Works", Status::Authorized),
            row("Off", status(OFF)),
            row("Ended", status(ENDED)),
            ConnectionRow { deleted: Some(deleted()), ..row("Gone", Status::Authorized) },
            ConnectionRow { workspaces: vec!["Web".to_owned()], ..row("Granted", Status::Authorized) },
        ];
        let plan = Plan::of(action, rows.into_iter().map(Arc::new).collect());
        let name = |row: &Arc<ConnectionRow>| row.name.to_string();
        (plan.changed.iter().map(name).collect(), plan.left_out.iter().map(|(row, why)| (name(row), *why)).collect())
    }

    #[test]
    fn what_an_action_would_not_change_is_left_out_with_the_reason() {
        let (changed, left_out) = names(&BulkAction::Deactivate);
        assert_eq!(changed, ["Works", "Granted"]);
        assert_eq!(left_out.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Off", "Ended", "Gone"]);
        assert_eq!(left_out.first().map(|(_, why)| *why), Some("It is deactivated already."));
        assert_eq!(names(&BulkAction::Activate).0, ["Off"]);
        assert_eq!(names(&BulkAction::Test).0, ["Works", "Granted"]);
        assert_eq!(names(&BulkAction::Delete).0, ["Works", "Off", "Ended", "Granted"]);
    }

    #[test]
    fn a_workspace_is_granted_only_what_it_lacks() {
        let workspace = WorkspaceName {
            id: WorkspaceId::parse("wsp_1").expect("an id"),
            name: Name::parse("Web").expect("a name"),
        };
        let (changed, left_out) = names(&BulkAction::Grant(workspace));
        assert_eq!(changed, ["Works", "Off", "Ended"]);
        assert!(left_out.contains(&("Granted".to_owned(), "It is granted to this workspace already.")));
    }

    #[test]
    fn a_button_says_what_is_done_to_how_many() {
        assert_eq!(BulkAction::Deactivate.of(2), "Deactivate 2 connections");
        assert_eq!(BulkAction::Test.of(1), "Test 1 connection");
    }
}
