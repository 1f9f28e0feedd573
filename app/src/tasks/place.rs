//! Where a project's screens are, and what the member may do there.

use api::{BlockedCause, Project, ProjectId, ResyncScope, TaskState, WorkspaceId};

use crate::{
    navigation::encoded,
    route::{ProjectTab, Route},
};

/// A project, by what its screens' addresses are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProjectPlace {
    pub(super) workspace: WorkspaceId,
    pub(super) project: ProjectId,
    /// Whether the member may change the mapping, link tasks and try them again.
    pub(super) may: bool,
}

impl ProjectPlace {
    pub(super) fn of(project: &Project, may: bool) -> Self {
        Self { workspace: project.workspace.id.clone(), project: project.id.clone(), may }
    }

    fn tab(&self, tab: ProjectTab) -> String {
        Route::Project(self.workspace.clone(), self.project.clone(), tab).path()
    }

    /// The mapping.
    pub(super) fn mapping(&self) -> String {
        self.tab(ProjectTab::Mapping)
    }

    /// The tasks; only those in a state, or that a cause blocks.
    pub(super) fn tasks(&self, state: Option<TaskState>, cause: Option<BlockedCause>) -> String {
        let state = state.map(|state| ("state", state.as_str().to_owned()));
        let cause = cause.map(|cause| ("cause", cause.as_str().to_owned()));
        let pairs: Vec<_> = state.into_iter().chain(cause).collect();
        let path = self.tab(ProjectTab::Tasks);
        if pairs.is_empty() { path } else { format!("{path}?{}", encoded(pairs)) }
    }

    /// The resyncs, with a scope chosen for a new one.
    pub(super) fn resyncs(&self, scope: Option<ResyncScope>) -> String {
        let path = self.tab(ProjectTab::Resync);
        scope.map_or_else(
            || path.clone(),
            |scope| format!("{path}?{}", encoded(vec![("scope", scope.as_str().to_owned())])),
        )
    }

    /// A task.
    pub(super) fn task(&self, external_id: &str) -> String {
        let path = Route::Task(self.workspace.clone(), self.project.clone()).path();
        format!("{path}?{}", encoded(vec![("id", external_id.to_owned())]))
    }
}
