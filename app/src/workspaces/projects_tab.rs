//! *Projects and tasks*: the projects of a workspace, and the status of each connection.

use api::{Cause, DeleteProject, List, ListProjects, Nothing, Project, State, Workspace};
use leptos::prelude::*;

use super::project_form::ProjectForm;
use crate::{
    client::call,
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
        moment::moment,
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
        </section>
        <Dialog open=adding.into() on_close=close title="Add project">{form()}</Dialog>
        <Dialog open=Signal::derive(move || editing.with(Option::is_some)) on_close=close title="Edit issue tracking connection">{form()}</Dialog>
        <ConfirmDialog target=deleting title="Remove project" verb="Remove 1 project" mutation on_confirm=delete>
            <p><strong><bdi>{name}</bdi></strong> " does not use its connection any more. Issues in Jira stay."</p>
        </ConfirmDialog>
    }
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

/// The status of a project's connection: the colour and the word.
const fn standing(state: State) -> (Tone, &'static str) {
    match state {
        State::Authorized => (Tone::Success, "Works"),
        State::Interrupted => (Tone::Warning, "Interrupted"),
        State::Unauthorized => (Tone::Danger, "Unauthorized"),
        State::Deactivated => (Tone::Neutral, "Deactivated"),
        State::Unknown(_) => (Tone::Neutral, "Unknown"),
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
    let (connection, state) = match (&project.connection, &project.disconnected) {
        (Some(one), _) => {
            let (tone, word) = standing(one.state);
            (view! { <bdi>{one.name.to_string()}</bdi> }.into_any(), lozenge(tone, word))
        }
        (None, Some(lost)) => {
            let lost_it = view! {
                {lozenge(Tone::Warning, "Disconnected")} " "
                <span class="status-more">{isolated(lost.connection_name.as_str())} " was taken away " {moment(lost.at)}</span>
            };
            ("None".into_any(), lost_it.into_any())
        }
        (None, None) => ("None".into_any(), lozenge(Tone::Neutral, "Not connected")),
    };
    let key = project.jira_project.clone().unwrap_or_else(|| "None".to_owned());
    let cells = vec![cell("Jira project", key.into_any()), cell("Connection", connection), cell("State", state)];
    let project = StoredValue::new(project);
    let edit = Callback::new(move |()| dialogs.editing.set(Some(project.get_value())));
    let remove = Callback::new(move |()| dialogs.deleting.set(Some(project.get_value())));
    let actions = when(dialogs.may, || menu(id, label, vec![("Edit", edit), ("Remove", remove)]));
    row(view! { <bdi>{name}</bdi> }.into_any(), cells, Some(actions))
}
