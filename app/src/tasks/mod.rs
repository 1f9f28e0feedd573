//! The tasks of a project and their issues in Jira: what is in sync, what is not and who can mend it, and the mapping by
//! which tasks become issues.

mod connection_notice;
mod first_steps;
mod first_task;
mod link_dialog;
mod mapping;
mod place;
mod project_page;
mod resync;
mod states;
mod stopping;
mod stories;
mod task_actions;
mod task_list;
mod task_page;
mod tasks_tab;

pub(crate) use project_page::ProjectPage;
pub(crate) use resync::{ConnectionResyncPanel, ResyncPage};
pub(crate) use stopping::TasksThatStop;
pub(crate) use task_page::TaskPage;
