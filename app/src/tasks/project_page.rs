//! One project of a workspace: the state of its connection, its tasks, and its mapping.

use api::{GetWorkspace, ListProjects, Nothing, ProblemCode, Project, ProjectId, Workspace, WorkspaceId};
use leptos::prelude::*;

use super::{connection_notice::ConnectionNotice, mapping::MappingTab, place::ProjectPlace, tasks_tab::TasksTab};
use crate::{
    client::{CallError, call},
    context::expect_context,
    navigation::{Link, use_navigation},
    not_found_page::Missing,
    route::{ProjectTab, Route, WorkspaceTab},
    ui::{
        button::Button,
        dialog::Dialog,
        flags::Flags,
        isolated,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
        when,
    },
    workspaces::ProjectForm,
};

/// A project, and the workspace that it belongs to.
type Loaded = (Workspace, Option<Project>);

/// Loads the workspace and finds the project in it.
pub(super) async fn load(workspace: WorkspaceId, id: ProjectId) -> Result<Loaded, CallError> {
    let workspace = call::<GetWorkspace>(&workspace, &Nothing {}).await?;
    let projects = call::<ListProjects>(&workspace.id, &Nothing {}).await?.items;
    Ok((workspace, projects.into_iter().find(|project| project.id == id)))
}

/// Whether there is no such project, or none that this member may see.
pub(super) fn is_missing(loaded: Option<&Result<Loaded, CallError>>) -> bool {
    match loaded {
        Some(Ok((_, project))) => project.is_none(),
        Some(Err(error)) => error.code() == Some(ProblemCode::NotFound),
        None => false,
    }
}

/// The links back to the workspaces and to this one.
pub(super) fn breadcrumb(workspace: WorkspaceId, loaded: Query<Loaded>, more: Option<AnyView>) -> AnyView {
    let name =
        move || loaded.get().and_then(Result::ok).map_or("…".to_owned(), |(workspace, _)| workspace.name.to_string());
    let to = Route::Workspace(workspace, WorkspaceTab::Projects).path();
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <Link to=Route::Workspaces.path()>"Workspaces"</Link> " / " <Link to><bdi>{name}</bdi></Link> {more}
        </nav>
    }
    .into_any()
}

/// The screen.
#[component]
pub(crate) fn ProjectPage(workspace: WorkspaceId, project: ProjectId) -> impl IntoView {
    let navigation = use_navigation();
    let tab = Memo::new(move |before: Option<&ProjectTab>| match navigation.route() {
        Route::Project(_, _, tab) => tab,
        _ => before.copied().unwrap_or(ProjectTab::Tasks),
    });
    let asked = (workspace.clone(), project.clone());
    let loaded: Query<Loaded> = Query::new(move || load(asked.0.clone(), asked.1.clone()));
    let name = Memo::new(move |_| {
        loaded.get().and_then(Result::ok).and_then(|(_, project)| project).map(|project| project.name.to_string())
    });
    Subject::follows(move || name.get());
    let title = move || name.get().unwrap_or_else(|| "…".to_owned());
    let gone = Memo::new(move |_| is_missing(loaded.get().as_ref()));
    let whole = move || {
        let (workspace, project) = (workspace.clone(), project.clone());
        let link = |(of, words): (ProjectTab, &'static str)| {
            let to = Route::Project(workspace.clone(), project.clone(), of).path();
            view! { <Link to current=Signal::derive(move || tab.get() == of)>{words}</Link> }.into_any()
        };
        let tabs: Vec<AnyView> =
            [(ProjectTab::Tasks, "Tasks"), (ProjectTab::Mapping, "Mapping")].into_iter().map(link).collect();
        view! {
            {breadcrumb(workspace, loaded, None)}
            <PageTitle><span class="eyebrow">"Project"</span> " " <bdi>{title}</bdi></PageTitle>
            {panel(loaded, "Loading the project", move |loaded_now| about(loaded_now, loaded))}
            <nav class="tabs" aria-label="Project">{tabs}</nav>
            {move || loaded.get().and_then(Result::ok).and_then(|(workspace, project)| project.map(|project| shown(&workspace, project, tab)))}
        }
        .into_any()
    };
    move || if gone.get() { Missing::Project.screen() } else { whole() }
}

fn may_change(workspace: &Workspace) -> bool {
    workspace.may_track_issues && workspace.archived_at.is_none()
}

/// Where its issues go, the notification if they do not get there, and the dialog that edits both.
fn about((workspace, project): Loaded, loaded: Query<Loaded>) -> AnyView {
    let Some(project) = project else { return ().into_any() };
    let flags: Flags = expect_context();
    let editing = RwSignal::new(false);
    let may = may_change(&workspace);
    let goes = match (&project.jira_project, &project.connection) {
        (Some(key), Some(connection)) => {
            format!("Its tasks go to {key} in Jira, over {}.", isolated(connection.name.as_str()))
        }
        (None, Some(connection)) => {
            format!("It uses {}, and no Jira project is chosen yet.", isolated(connection.name.as_str()))
        }
        _ => "It has no connection yet.".to_owned(),
    };
    let (saved, close) = (
        Callback::new(move |project: Project| {
            editing.set(false);
            flags.done(format!("Saved {}", isolated(project.name.as_str())));
            loaded.reload();
        }),
        Callback::new(move |()| editing.set(false)),
    );
    let edit = Callback::new(move |()| editing.set(true));
    let stored = StoredValue::new((workspace, project.clone()));
    let form = move || {
        let (workspace, project) = stored.get_value();
        view! { <ProjectForm workspace before=Some(project) on_saved=saved on_cancel=close /> }.into_any()
    };
    let in_trouble = project.disconnected.is_some()
        || project.connection.as_ref().is_some_and(|one| one.state != api::State::Authorized);
    view! {
        <p class="subtle">{goes}</p>
        <ConnectionNotice project may on_edit=edit />
        {when(may && !in_trouble, || view! { <div class="buttons"><Button id="edit-connection" on_press=edit>"Edit issue tracking connection"</Button></div> }.into_any())}
        <Dialog open=editing.into() on_close=close title="Edit issue tracking connection">{form()}</Dialog>
    }
    .into_any()
}

fn shown(workspace: &Workspace, project: Project, tab: Memo<ProjectTab>) -> AnyView {
    let place = ProjectPlace::of(&project, may_change(workspace));
    let project = StoredValue::new(project);
    let content = move || {
        let (project, place) = (project.get_value(), place.clone());
        match tab.get() {
            ProjectTab::Tasks => view! { <TasksTab project place /> }.into_any(),
            ProjectTab::Mapping => view! { <MappingTab project place /> }.into_any(),
        }
    };
    view! { {content} }.into_any()
}
