//! The *Workspaces* screen.

use api::{EditWorkspace, List, Workspace, WorkspaceEdit, WorkspaceId};
use leptos::prelude::*;

use super::{
    choices::fetch_workspaces,
    create_form::{CreateForm, first_workspace_changes},
    name_dialog::RenameForm,
};
use crate::{
    client::call,
    context::expect_context,
    navigation::{Link, use_navigation},
    route::{Route, WorkspaceTab},
    session::CurrentSession,
    tasks::TasksThatStop,
    ui::{
        button::{Button, Look},
        confirm_dialog::ConfirmDialog,
        dialog::Dialog,
        flags::Flags,
        icon::Icon,
        isolated,
        lozenge::{Tone, lozenge},
        menu::menu,
        moment::moment,
        mutation::Mutation,
        page_title::PageTitle,
        panel::panel,
        table::{cell, row, table},
        when,
    },
};

/// Which dialog is open.
#[derive(Clone, Copy)]
struct WorkspaceDialogState {
    creating: RwSignal<bool>,
    renaming: RwSignal<Option<Workspace>>,
    archiving: RwSignal<Option<Workspace>>,
    bring_back: Callback<Workspace>,
    administrator: Signal<bool>,
}

/// The screen: all workspaces or, for members, their own.
#[component]
pub(crate) fn WorkspacesPage() -> impl IntoView {
    let session: CurrentSession = expect_context();
    let (flags, navigation) = (expect_context::<Flags>(), use_navigation());
    let workspaces = fetch_workspaces();
    let mutation = Mutation::new();
    let did = move |words: &str, workspace: &Workspace| {
        flags.done(format!("{words} {}", isolated(workspace.name.as_str())));
        workspaces.reload();
    };
    let back = Mutation::flagged();
    let bring_back =
        move |workspace: Workspace| back.run(archive(workspace.id, false), move |it| did("Brought back", &it));
    let dialogs = WorkspaceDialogState {
        creating: RwSignal::new(false),
        renaming: RwSignal::new(None),
        archiving: RwSignal::new(None),
        bring_back: Callback::new(bring_back),
        administrator: Memo::new(move |_| session.is_administrator()).into(),
    };
    let WorkspaceDialogState { creating, renaming, archiving, administrator, .. } = dialogs;
    let cancel = Callback::new(move |()| {
        creating.set(false);
        renaming.set(None);
    });
    let made = Callback::new(move |workspace: Workspace| {
        cancel.run(());
        navigation.go(&Route::Workspace(workspace.id, WorkspaceTab::Projects).path());
    });
    let renamed = Callback::new(move |workspace: Workspace| {
        cancel.run(());
        did("Renamed to", &workspace);
    });
    let archived = move |workspace: Workspace| {
        mutation.run(archive(workspace.id, true), move |workspace| {
            archiving.set(None);
            did("Archived", &workspace);
        });
    };
    // An archived workspace asks nothing of a connection.
    let is_first = move || match workspaces.get() {
        Some(Ok(list)) => list.items.iter().all(|one| one.archived_at.is_some()),
        _ => false,
    };
    let create = move || {
        view! {
            <Button id="create-workspace" look=Look::Primary on_press=move |()| creating.set(true)>
                {Icon::Add.view()} "Create workspace"
            </Button>
        }
        .into_any()
    };
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Workspaces"</PageTitle>
                <p class="subtle">"Connections are granted to workspaces. Their projects use them."</p>
            </div>
            {move || when(administrator.get(), create)}
        </div>
        {panel(workspaces, "Loading workspaces", move |list| listed(list, dialogs))}
        <Dialog open=creating.into() on_close=cancel title="Create workspace">
            <CreateForm is_first=untrack(is_first) on_saved=made on_cancel=cancel />
        </Dialog>
        <Dialog open=Signal::derive(move || renaming.with(Option::is_some)) on_close=cancel title="Rename workspace">
            {renaming.get_untracked().map(|before| view! { <RenameForm before on_saved=renamed on_cancel=cancel /> }.into_any())}
        </Dialog>
        <ConfirmDialog target=archiving title="Archive workspace" verb="Archive 1 workspace" mutation on_confirm=archived>
            {move || ends(archiving.get())}
        </ConfirmDialog>
    }
}

async fn archive(id: WorkspaceId, archived: bool) -> Result<Workspace, crate::client::CallError> {
    call::<EditWorkspace>(&id, &WorkspaceEdit { name: None, archived: Some(archived) }).await
}

/// What archiving ends.
fn ends(workspace: Option<Workspace>) -> AnyView {
    let Some(workspace) = workspace else { return ().into_any() };
    let connections =
        workspace.connections.iter().map(|one| isolated(one.name.as_str())).collect::<Vec<_>>().join(", ");
    let through = if connections.is_empty() { String::new() } else { format!(" from {connections}") };
    let projects = match workspace.projects {
        1 => format!("Its project is disconnected{through}."),
        count => format!("Its {count} projects are disconnected{through}."),
    };
    let counted = (workspace.projects > 0)
        .then(|| view! { <TasksThatStop workspaces=vec![workspace.id.clone()] connection=None /> });
    view! {
        <p><strong><bdi>{workspace.name.to_string()}</bdi></strong> " is put away:"</p>
        <ul>
            <li>{projects}</li>
            <li>"Its members do not see it any more."</li>
            <li>"Nothing is lost: you can bring it back."</li>
        </ul>
        {counted}
    }
    .into_any()
}

fn listed(list: List<Workspace>, dialogs: WorkspaceDialogState) -> AnyView {
    if list.items.is_empty() {
        return empty(dialogs.administrator.get_untracked());
    }
    let rows = list.items.into_iter().map(|workspace| line(workspace, dialogs)).collect();
    table("Workspaces", &["Name", "Connections", "Projects", "Members", "Created", "Actions"], rows)
}

fn empty(is_administrator: bool) -> AnyView {
    let why = if is_administrator {
        view! {
            <p>"Create one for each team or product. The first one changes the rules for everybody:"</p>
            {first_workspace_changes()}
        }
        .into_any()
    } else {
        view! { <p>"You belong to no workspace. Ask an administrator to add you."</p> }.into_any()
    };
    view! { <section class="empty"><h2>"No workspaces yet"</h2>{why}</section> }.into_any()
}

fn line(workspace: Workspace, dialogs: WorkspaceDialogState) -> AnyView {
    let name = workspace.name.to_string();
    let (id, label) = (format!("menu-{}", workspace.id), format!("Actions for {name}"));
    let to = Route::Workspace(workspace.id.clone(), WorkspaceTab::Projects).path();
    let archived = workspace.archived_at.map(|at| {
        view! { <span>{lozenge(Tone::Neutral, "Archived")} " " <span class="subtle small">{moment(at)}</span></span> }.into_any()
    });
    let is_archived = archived.is_some();
    let about = view! { <Link to class="row-link"><bdi>{name}</bdi></Link> " " {archived} }.into_any();
    let cells = vec![
        cell("Connections", workspace.connections.len().into_any()),
        cell("Projects", workspace.projects.into_any()),
        cell("Members", workspace.members.len().into_any()),
        cell("Created", moment(workspace.created_at)),
    ];
    let workspace = StoredValue::new(workspace);
    let put = move |into: RwSignal<Option<Workspace>>| Callback::new(move |()| into.set(Some(workspace.get_value())));
    let back = Callback::new(move |()| dialogs.bring_back.run(workspace.get_value()));
    let away = if is_archived { ("Bring back", back) } else { ("Archive", put(dialogs.archiving)) };
    let actions =
        when(dialogs.administrator.get_untracked(), || menu(id, label, vec![("Rename", put(dialogs.renaming)), away]));
    row(about, cells, Some(actions))
}
