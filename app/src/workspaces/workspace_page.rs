//! One workspace, with its tabs.

use api::{GetWorkspace, Nothing, Workspace, WorkspaceId};
use leptos::prelude::*;

use super::{members_tab::MembersTab, projects_tab::ProjectsTab};
use crate::{
    client::call,
    navigation::{Link, use_navigation},
    not_found_page::Missing,
    route::{Route, WorkspaceTab},
    ui::{
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
        when,
    },
};

/// The screen.
#[component]
pub(crate) fn WorkspacePage(id: WorkspaceId) -> impl IntoView {
    let navigation = use_navigation();
    let tab = Memo::new(move |before: Option<&WorkspaceTab>| match navigation.route() {
        Route::Workspace(_, tab) => tab,
        _ => before.copied().unwrap_or(WorkspaceTab::Projects),
    });
    let asked = id.clone();
    let workspace: Query<Workspace> = Query::new(move || {
        let id = asked.clone();
        async move { call::<GetWorkspace>(&id, &Nothing {}).await }
    });
    let reload = Callback::new(move |()| workspace.reload());
    let name = Memo::new(move |_| workspace.get().and_then(Result::ok).map(|workspace| workspace.name.to_string()));
    Subject::follows(move || name.get());
    let title = move || name.get().unwrap_or_else(|| "Workspace".to_owned());
    let link = move |(tab_of, words): (WorkspaceTab, &'static str)| {
        let to = Route::Workspace(id.clone(), tab_of).path();
        view! { <Link to current=Signal::derive(move || tab.get() == tab_of)>{words}</Link> }.into_any()
    };
    let is_missing = Memo::new(move |_| Missing::is_told(workspace.get().as_ref()));
    let whole = move || {
        let tabs =
            [(WorkspaceTab::Projects, "Projects and tasks"), (WorkspaceTab::Members, "Members")].map(link.clone());
        view! {
            <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Workspaces.path()>"Workspaces"</Link></nav>
            <PageTitle><bdi>{title}</bdi></PageTitle>
            <nav class="tabs" aria-label="Workspace">{tabs.into_iter().collect::<Vec<_>>()}</nav>
            {panel(workspace, "Loading the workspace", move |workspace| shown(workspace, tab, reload))}
        }
        .into_any()
    };
    move || if is_missing.get() { Missing::Workspace.screen() } else { whole() }
}

fn shown(workspace: Workspace, tab: Memo<WorkspaceTab>, reload: Callback<()>) -> AnyView {
    let archived = workspace.archived_at.is_some();
    let tab = move || {
        let workspace = workspace.clone();
        match tab.get() {
            WorkspaceTab::Projects => view! { <ProjectsTab workspace on_change=reload /> }.into_any(),
            WorkspaceTab::Members => view! { <MembersTab workspace on_change=reload /> }.into_any(),
        }
    };
    view! {
        {when(archived, || view! { <p class="subtle">"This workspace is archived: its projects are disconnected."</p> }.into_any())}
        {tab}
    }
    .into_any()
}
