//! Choosing among workspaces.

use api::{List, ListWorkspaces, Nothing, Workspace, WorkspaceId};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        choice::{choice, tick},
        failure::failure_beside,
        query::Query,
    },
};

/// Loads the workspaces.
pub(crate) fn fetch_workspaces() -> Query<List<Workspace>> {
    Query::new(|| async { call::<ListWorkspaces>(&(), &Nothing {}).await })
}

/// The workspaces to grant a connection to, as checkboxes; nothing while there are none.
#[component]
pub(crate) fn WorkspaceChoices(chosen: RwSignal<Vec<WorkspaceId>>) -> impl IntoView {
    let workspaces = fetch_workspaces();
    let one = move |workspace: Workspace| {
        let id = workspace.id;
        let ticked = chosen.with_untracked(|chosen| chosen.contains(&id));
        let change = move |ticked| chosen.update(|chosen| tick(chosen, id.clone(), ticked));
        let name = workspace.name.to_string();
        choice(view! { <bdi>{name}</bdi> }.into_any(), ticked, Callback::new(change))
    };
    let shown = move || match workspaces.get() {
        Some(Ok(list)) => {
            let live: Vec<AnyView> = list.items.into_iter().filter(|one| one.archived_at.is_none()).map(one).collect();
            if live.is_empty() {
                return ().into_any();
            }
            view! {
                <fieldset class="field">
                    <legend>"Workspaces"</legend>
                    <p class="field-help">"Whose projects may use it. At least one."</p>
                    {live}
                </fieldset>
            }
            .into_any()
        }
        Some(Err(error)) => failure_beside(Some(error)),
        None => ().into_any(),
    };
    view! { {shown} }
}
