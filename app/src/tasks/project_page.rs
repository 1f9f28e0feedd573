//! One project of a workspace: the state of its connection, its tasks, and its mapping.

use api::{
    ConnectionId, GetWorkspace, ListProjects, Nothing, ProblemCode, Project, ProjectId, State, Timestamp, Workspace,
    WorkspaceId,
};
use leptos::prelude::*;

use super::{
    connection_notice::ConnectionNotice, mapping::MappingTab, place::ProjectPlace, resync::ResyncTab,
    tasks_tab::TasksTab,
};
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
        moment::date,
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
            [(ProjectTab::Tasks, "Tasks"), (ProjectTab::Mapping, "Mapping"), (ProjectTab::Resync, "Resync")]
                .into_iter()
                .map(link)
                .collect();
        view! {
            {breadcrumb(workspace, loaded, None)}
            <PageTitle><span class="eyebrow">"Project"</span> " " <bdi>{title}</bdi></PageTitle>
            {panel(loaded, "Loading the project", move |loaded_now| about(loaded_now, loaded))}
            <nav class="tabs" aria-label="Project">{tabs}</nav>
            {content(loaded, tab)}
        }
        .into_any()
    };
    move || if gone.get() { Missing::Project.screen() } else { whole() }
}

/// Until when Jira tells of changes, and what happens without that.
fn horizon(until: Timestamp) -> AnyView {
    view! {
        <p class="subtle">
            "Jira tells Causeway of changes until " {date(until)} ". Causeway also looks by itself, every 1 to 15 minutes."
        </p>
    }
    .into_any()
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
    let in_trouble =
        project.disconnected.is_some() || project.connection.as_ref().is_some_and(|one| one.state != State::Authorized);
    view! {
        <p class="subtle">{goes}</p>
        {project.connection.as_ref().and_then(|one| one.hears_until).map(horizon)}
        <ConnectionNotice project may on_edit=edit />
        {when(may && !in_trouble, || view! { <div class="buttons"><Button id="edit-connection" on_press=edit>"Edit issue tracking connection"</Button></div> }.into_any())}
        <Dialog open=editing.into() on_close=close title="Edit issue tracking connection">{form()}</Dialog>
    }
    .into_any()
}

/// What a tab is made of. It is built anew only when this changes, so that a new name of the project takes nothing away that
/// somebody is typing.
#[derive(Clone, PartialEq)]
struct TabKey {
    tab: ProjectTab,
    place: ProjectPlace,
    connection: Option<ConnectionId>,
    jira_project: Option<String>,
    /// The state of the connection, for the tabs that show it.
    state: Option<State>,
}

impl TabKey {
    fn of(workspace: &Workspace, project: &Project, tab: ProjectTab) -> Self {
        let connection = project.connection.as_ref();
        Self {
            tab,
            place: ProjectPlace::of(project, may_change(workspace)),
            connection: connection.map(|connection| connection.id.clone()),
            jira_project: project.jira_project.clone(),
            state: connection.map(|connection| connection.state).filter(|_| tab != ProjectTab::Mapping),
        }
    }
}

/// The content of the tab. A mapping that is not saved stays, though the project goes to another Jira project: then it says
/// so, and is loaded again only on demand.
fn content(loaded: Query<Loaded>, tab: Memo<ProjectTab>) -> AnyView {
    let navigation = use_navigation();
    let (held, again) = (RwSignal::new(false), RwSignal::new(0_u32));
    let key = Memo::new(move |before: Option<&Option<TabKey>>| {
        again.track();
        let before = before.cloned().flatten();
        // What stands there stays if the project cannot be loaded again.
        let Some((workspace, Some(project))) = loaded.get().and_then(Result::ok) else { return before };
        let now = TabKey::of(&workspace, &project, tab.get());
        let is_other = before.as_ref().is_some_and(|before| before.tab == now.tab && *before != now);
        let holds = is_other && navigation.has_unsaved();
        held.set(holds);
        if holds { before } else { Some(now) }
    });
    let load = move |()| {
        navigation.set_unsaved(false);
        again.update(|again| *again += 1);
    };
    let notice = move || {
        when(held.get(), || {
            view! {
                <section class="notice section" role="status">
                    <p>"The project now goes elsewhere in Jira. The mapping below is yours, not saved, and for the place before."</p>
                    <div class="buttons"><Button id="load-mapping" on_press=load>"Discard it and load the new one"</Button></div>
                </section>
            }
            .into_any()
        })
    };
    let shown = move || {
        let TabKey { tab, place, .. } = key.get()?;
        let (_, project) = untrack(|| loaded.get()).and_then(Result::ok)?;
        let project = project?;
        Some(match tab {
            ProjectTab::Tasks => view! { <TasksTab project place /> }.into_any(),
            ProjectTab::Mapping => view! { <MappingTab project place /> }.into_any(),
            ProjectTab::Resync => view! { <ResyncTab project place /> }.into_any(),
        })
    };
    view! { {notice} {shown} }.into_any()
}
