//! Workspaces: their members, their projects, and the connections granted to them.

mod choices;
mod create_form;
mod jira_project_field;
mod members_tab;
mod name_dialog;
mod project_form;
mod projects_tab;
mod state_lozenge;
mod workspace_page;
mod workspaces_page;

pub(crate) use choices::{WorkspaceChoice, WorkspaceChoices, fetch_workspaces};
pub(crate) use project_form::ProjectForm;
pub(crate) use state_lozenge::state_lozenge;
pub(crate) use workspace_page::WorkspacePage;
pub(crate) use workspaces_page::WorkspacesPage;
