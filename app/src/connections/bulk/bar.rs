//! The bar with what can be done to the selected connections.

use api::{List, ListWorkspaces, Nothing, Workspace, WorkspaceName};
use leptos::prelude::*;

use super::{BulkAction, review::Review};
use crate::{
    client::call,
    connections::selection::Selection,
    context::expect_context,
    ui::{
        button::{Button, Look},
        query::Query,
        when,
    },
};

/// The bar; nothing while no connection is selected. It lies over the bottom of the window, so that nothing moves.
#[component]
pub(crate) fn BulkBar() -> impl IntoView {
    let selection: Selection = expect_context();
    let reviewing = RwSignal::new(None::<BulkAction>);
    let shown = Memo::new(move |_| selection.count() > 0);
    let review = move || match reviewing.get() {
        Some(action) => view! { <Review action reviewing /> }.into_any(),
        None => ().into_any(),
    };
    view! {
        {move || when(shown.get(), || bar(selection, reviewing))}
        {review}
    }
}

fn bar(selection: Selection, reviewing: RwSignal<Option<BulkAction>>) -> AnyView {
    let button = |id: &'static str, action: BulkAction| {
        let words = action.verb();
        view! { <Button id on_press=move |()| reviewing.set(Some(action.clone()))>{words}</Button> }.into_any()
    };
    view! {
        <section class="bulk-bar" aria-label="Bulk actions">
            <p role="status">{move || format!("{} selected", selection.count())}</p>
            {button("bulk-test", BulkAction::Test)} {button("bulk-activate", BulkAction::Activate)}
            {button("bulk-deactivate", BulkAction::Deactivate)} {grant(reviewing)}
            {button("bulk-delete", BulkAction::Delete)}
            <Button look=Look::Subtle on_press=move |()| selection.clear()>"Clear selection"</Button>
        </section>
    }
    .into_any()
}

/// *Grant to workspace*, with a list of workspaces; nothing if there are none.
fn grant(reviewing: RwSignal<Option<BulkAction>>) -> AnyView {
    let workspaces: Query<List<Workspace>> =
        Query::new(move || async move { call::<ListWorkspaces>(&(), &Nothing {}).await });
    let chosen = RwSignal::new(String::new());
    let choices = move |all: Vec<WorkspaceName>| {
        let options =
            all.iter().map(|one| view! { <option value=one.id.to_string()>{one.name.to_string()}</option> }.into_any());
        let options: Vec<AnyView> = options.collect();
        let first = all.first().map(|one| one.id.to_string()).unwrap_or_default();
        let press = move |()| {
            let id = chosen.with_untracked(|id| if id.is_empty() { first.clone() } else { id.clone() });
            if let Some(workspace) = all.iter().find(|one| one.id.as_str() == id) {
                reviewing.set(Some(BulkAction::Grant(workspace.clone())));
            }
        };
        view! {
            <span class="bulk-grant">
                <Button id="bulk-grant" on_press=press>"Grant to workspace"</Button>
                <select class="select" aria-label="Workspace" on:change:target=move |event| chosen.set(event.target().value())>
                    {options}
                </select>
            </span>
        }
        .into_any()
    };
    let shown = move || match workspaces.get() {
        Some(Ok(list)) => {
            let open = list.items.into_iter().filter(|one| one.archived_at.is_none());
            let all: Vec<WorkspaceName> = open.map(|one| WorkspaceName { id: one.id, name: one.name }).collect();
            when(!all.is_empty(), || choices(all))
        }
        Some(Err(error)) => view! { <span class="subtle small">{error.sentence()}</span> }.into_any(),
        None => ().into_any(),
    };
    shown.into_any()
}
