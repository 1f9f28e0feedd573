//! *Projects and tasks*: the projects of a workspace, and the status of each connection.

use api::{
    Cause, CheckProjects, DeleteProject, JiraProjectCheck, JiraProjectState, List, ListProjects, Nothing, Project,
    State, Timestamp, Workspace, WorkspaceId,
};
use leptos::prelude::*;

use super::{project_form::ProjectForm, state_lozenge::state_lozenge};
use crate::{
    client::call,
    context::expect_context,
    navigation::{Link, use_navigation},
    route::{ProjectTab, Route},
    ui::{
        button::{Button, Look},
        confirm_dialog::ConfirmDialog,
        dialog::Dialog,
        flags::Flags,
        focus,
        icon::Icon,
        isolated,
        lozenge::{Tone, lozenge},
        menu::menu,
        moment::{Now, moment},
        mutation::Mutation,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

/// Which dialog is open, and whether the member may change projects.
#[derive(Clone, Copy)]
struct ProjectDialogState {
    adding: RwSignal<bool>,
    editing: RwSignal<Option<Project>>,
    deleting: RwSignal<Option<Project>>,
    may: bool,
}

/// The tab.
#[component]
pub(super) fn ProjectsTab(workspace: Workspace, on_change: Callback<()>) -> impl IntoView {
    let flags: Flags = expect_context();
    let id = workspace.id.clone();
    let projects: Query<List<Project>> = Query::new(move || {
        let id = id.clone();
        async move { call::<ListProjects>(&id, &Nothing {}).await }
    });
    let checking = Mutation::new();
    let check = check_again(projects, checking, workspace.id.clone());
    let may = workspace.may_track_issues && workspace.archived_at.is_none();
    let dialogs = ProjectDialogState {
        adding: RwSignal::new(false),
        editing: RwSignal::new(None),
        deleting: RwSignal::new(None),
        may,
    };
    let ProjectDialogState { adding, editing, deleting, .. } = dialogs;
    let close = Callback::new(move |()| {
        adding.set(false);
        editing.set(None);
    });
    let saved = Callback::new(move |project: Project| {
        close.run(());
        flags.done(format!("Saved {}", isolated(project.name.as_str())));
        projects.reload();
    });
    let mutation = Mutation::new();
    let delete = move |project: Project| {
        mutation.run(async move { call::<DeleteProject>(&project.id, &Nothing {}).await }, move |_| {
            deleting.set(None);
            flags.done(format!("Removed {}", isolated(project.name.as_str())));
            focus("add-project");
            on_change.run(());
        });
    };
    if may {
        check_once(projects, check);
    }
    let name = move || deleting.get().map(|project| project.name.to_string()).unwrap_or_default();
    let workspace = StoredValue::new(workspace);
    let form = move || {
        let before = editing.get_untracked();
        view! { <ProjectForm workspace=workspace.get_value() before on_saved=saved on_cancel=close /> }.into_any()
    };
    let add = move || {
        view! {
            <Button id="add-project" look=Look::Primary on_press=move |()| adding.set(true)>
                {Icon::Add.view()} "Add project"
            </Button>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="projects">
            <div class="title-row"><h2 id="projects">"Projects and tasks"</h2> {when(may, add)}</div>
            {panel(projects, "Loading projects", move |list| listed(list.items, dialogs))}
            {move || when(may && has_keys(projects), || again(checking, check))}
        </section>
        <Dialog open=adding.into() on_close=close title="Add project">{form()}</Dialog>
        <Dialog open=Signal::derive(move || editing.with(Option::is_some)) on_close=close title="Edit issue tracking connection">{form()}</Dialog>
        <ConfirmDialog target=deleting title="Remove project" verb="Remove 1 project" mutation on_confirm=delete>
            <p><strong><bdi>{name}</bdi></strong> " does not use its connection any more. Issues in Jira stay."</p>
        </ConfirmDialog>
    }
}

/// How old an answer of Jira's may be, in milliseconds, before it is asked again when the projects are shown: ten minutes.
const STALE: i64 = 600_000;

/// Has Jira asked for the Jira projects of the workspace, and shows what it said.
fn check_again(projects: Query<List<Project>>, checking: Mutation, id: WorkspaceId) -> Callback<()> {
    Callback::new(move |()| {
        let id = id.clone();
        checking.run(async move { call::<CheckProjects>(&id, &Nothing {}).await }, move |list| projects.set(Ok(list)));
    })
}

/// Does so once by itself, if an answer is missing or old.
fn check_once(projects: Query<List<Project>>, check: Callback<()>) {
    let Now(now) = expect_context();
    Effect::new(move |checked: Option<bool>| {
        if checked == Some(true) {
            return true;
        }
        let Some(Ok(list)) = projects.get() else { return false };
        let now = now.get_untracked();
        if list.items.iter().any(|project| is_due(project, now)) {
            check.run(());
        }
        true
    });
}

/// Whether Jira should be asked for the project again. Through a connection that does not work it cannot be.
fn is_due(project: &Project, now: Timestamp) -> bool {
    let works = project.connection.as_ref().is_some_and(|one| one.state == State::Authorized);
    let is_old = |check: &JiraProjectCheck| now.since(check.at) >= STALE;
    works && project.jira_project.is_some() && project.jira_check.as_ref().is_none_or(is_old)
}

fn has_keys(projects: Query<List<Project>>) -> bool {
    let asked = |project: &Project| project.jira_project.is_some() && project.connection.is_some();
    projects.get().is_some_and(|answer| answer.is_ok_and(|list| list.items.iter().any(asked)))
}

fn again(checking: Mutation, check: Callback<()>) -> AnyView {
    view! {
        {checking.failure()}
        <div class="buttons">
            <Button id="check-projects" on_press=check busy=checking.busy()>"Check again"</Button>
        </div>
    }
    .into_any()
}

fn listed(projects: Vec<Project>, dialogs: ProjectDialogState) -> AnyView {
    if projects.is_empty() {
        return view! {
            <section class="empty">
                <h3>"No projects yet"</h3>
                <p>"A project says through which connection its issues go to Jira, and to which Jira project."</p>
            </section>
        }
        .into_any();
    }
    let troubled: Vec<AnyView> = projects.iter().filter_map(|project| trouble(project, dialogs)).collect();
    let rows = projects.into_iter().map(|project| line(project, dialogs)).collect();
    view! { {troubled} {table("Projects", &["Project", "Jira project", "Connection", "State", "Actions"], rows)} }
        .into_any()
}

/// The state of a project that has a connection: that of the connection while it does not work, else what Jira said of the
/// Jira project.
fn standing(project: &Project, state: State, connection: &str) -> AnyView {
    match state {
        State::Authorized => jira_standing(project, connection),
        other => state_lozenge(other),
    }
}

fn jira_standing(project: &Project, connection: &str) -> AnyView {
    let with = |tone, word, more: AnyView| {
        view! { {lozenge(tone, word)} " " <span class="status-more">{more}</span> }.into_any()
    };
    let Some(key) = &project.jira_project else {
        return with(Tone::Success, "Works", "No Jira project is chosen.".into_any());
    };
    let Some(check) = &project.jira_check else {
        return with(Tone::Neutral, "Not checked", "Jira was not asked for it yet.".into_any());
    };
    let asked = moment(check.at);
    match check.state {
        JiraProjectState::Found => with(Tone::Success, "Works", view! { "Jira was asked " {asked} }.into_any()),
        JiraProjectState::NotFound => {
            let why = format!(
                "The Jira project {key} does not exist, or the account of {} has no permission to see it. Check the key, or ask a Jira administrator for access. Checked ",
                isolated(connection)
            );
            with(Tone::Danger, "Not found", view! { {why} {asked} }.into_any())
        }
        JiraProjectState::NotAnswered | JiraProjectState::Unknown(_) => {
            let why = check.why.clone().unwrap_or_default();
            with(Tone::Neutral, "Not checked", view! { {why} " Jira was asked " {asked} }.into_any())
        }
    }
}

/// The notification of a project whose connection does not work, for members who may reauthorize it.
fn trouble(project: &Project, dialogs: ProjectDialogState) -> Option<AnyView> {
    let connection = project.connection.as_ref()?;
    if connection.state == State::Authorized || !connection.may_reauthorize {
        return None;
    }
    let words = format!("Issues of {} do not reach Jira. ", isolated(project.name.as_str()));
    let why = match connection.state {
        State::Deactivated => Some("Its connection is deactivated."),
        State::Unauthorized => connection.cause.map(Cause::sentence).or(Some("Its connection is not authorized.")),
        _ => connection.cause.map(Cause::sentence),
    };
    let project = project.clone();
    let edit = move |()| dialogs.editing.set(Some(project.clone()));
    let id = format!("trouble-{}", connection.id);
    let notice = view! {
        <section class="notice section" role="status">
            <p>{Icon::Warning.view()} " " {words} {why}</p>
            <Button id on_press=edit>"Edit issue tracking connection"</Button>
        </section>
    };
    Some(notice.into_any())
}

fn line(project: Project, dialogs: ProjectDialogState) -> AnyView {
    let name = project.name.to_string();
    let (id, label) = (format!("menu-{}", project.id), format!("Actions for {name}"));
    let to = Route::Project(project.workspace.id.clone(), project.id.clone(), ProjectTab::Tasks).path();
    let (connection, state) = match (&project.connection, &project.disconnected) {
        (Some(one), _) => {
            let state = standing(&project, one.state, one.name.as_str());
            (view! { <bdi>{one.name.to_string()}</bdi> }.into_any(), state)
        }
        (None, Some(lost)) => {
            let lost_it = view! {
                {lozenge(Tone::Warning, "Disconnected")} " "
                <span class="status-more">{isolated(lost.connection_name.as_str())} " lost access " {moment(lost.at)}</span>
            };
            ("None".into_any(), lost_it.into_any())
        }
        (None, None) => ("None".into_any(), lozenge(Tone::Neutral, "Not connected")),
    };
    let jira_project = match (&project.jira_project, project.jira_check.as_ref().and_then(|check| check.name.clone())) {
        (None, _) => "None".into_any(),
        (Some(key), None) => key.clone().into_any(),
        (Some(key), Some(name)) => view! { <bdi>{name}</bdi> {format!(" ({key})")} }.into_any(),
    };
    let cells = vec![cell("Jira project", jira_project), cell("Connection", connection), cell("State", state)];
    let project = StoredValue::new(project);
    let edit = Callback::new(move |()| dialogs.editing.set(Some(project.get_value())));
    let remove = Callback::new(move |()| dialogs.deleting.set(Some(project.get_value())));
    let (navigation, page) = (use_navigation(), to.clone());
    let see = Callback::new(move |()| navigation.go(&page));
    let items = vec![("View project", see), ("Edit", edit), ("Remove", remove)];
    let actions = when(dialogs.may, || menu(id, label, items));
    row(view! { <Link to class="row-link"><bdi>{name}</bdi></Link> }.into_any(), cells, Some(actions))
}
