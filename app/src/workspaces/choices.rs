//! Choosing among workspaces.

use api::{List, ListWorkspaces, Nothing, Workspace, WorkspaceId};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        choice::{choice, tick},
        failure::failure_beside,
        query::Query,
        skeleton::skeleton,
    },
};

/// Loads the workspaces.
pub(crate) fn fetch_workspaces() -> Query<List<Workspace>> {
    Query::new(|| async { call::<ListWorkspaces>(&(), &Nothing {}).await })
}

/// The choice of the workspaces to grant a connection to. Where there are workspaces, at least one is needed.
#[derive(Clone, Copy)]
pub(crate) struct WorkspaceChoice {
    /// The chosen ones.
    pub(crate) chosen: RwSignal<Vec<WorkspaceId>>,
    /// Whether there are any to choose from.
    pub(crate) exist: RwSignal<bool>,
    /// Whether the error is shown if none is chosen.
    pub(crate) show_error: RwSignal<bool>,
    /// Counts how often they are loaded again.
    loads: RwSignal<u32>,
}

impl WorkspaceChoice {
    /// The id of the group of choices, which can be focused.
    pub(crate) const ID: &'static str = "workspaces";

    /// Nothing is chosen yet.
    pub(crate) fn none() -> Self {
        Self {
            chosen: RwSignal::default(),
            exist: RwSignal::new(false),
            show_error: RwSignal::new(false),
            loads: RwSignal::new(0),
        }
    }

    /// Whether one must still be chosen.
    pub(crate) fn is_missing(self) -> bool {
        self.exist.get_untracked() && self.chosen.with_untracked(Vec::is_empty)
    }

    /// Loads them again: the edge says that there are workspaces by now.
    pub(crate) fn load_again(self) {
        self.loads.update(|loads| *loads = loads.wrapping_add(1));
    }

    /// Takes the workspaces that there are. The only one is chosen.
    fn offer(self, live: &[Workspace]) {
        self.exist.set(!live.is_empty());
        if let ([only], true) = (live, self.chosen.with_untracked(Vec::is_empty)) {
            self.chosen.set(vec![only.id.clone()]);
        }
    }
}

/// The workspaces to grant a connection to, as checkboxes; nothing if there are none.
#[component]
pub(crate) fn WorkspaceChoices(choice: WorkspaceChoice) -> impl IntoView {
    let workspaces = fetch_workspaces();
    Effect::new(move |before: Option<u32>| {
        let now = choice.loads.get();
        if before.is_some_and(|before| before != now) {
            workspaces.reload();
        }
        now
    });
    let live = |list: List<Workspace>| {
        list.items.into_iter().filter(|one| one.archived_at.is_none()).collect::<Vec<Workspace>>()
    };
    Effect::new(move |_| {
        if let Some(Ok(list)) = workspaces.get() {
            choice.offer(&live(list));
        }
    });
    let shown = move || match workspaces.get() {
        Some(Ok(list)) => group(live(list), choice),
        Some(Err(error)) => failure_beside(Some(error)),
        None => skeleton("Loading the workspaces"),
    };
    view! { {shown} }
}

fn group(live: Vec<Workspace>, choice: WorkspaceChoice) -> AnyView {
    if live.is_empty() {
        return ().into_any();
    }
    let WorkspaceChoice { chosen, show_error, .. } = choice;
    let error = move || {
        let missing = show_error.get() && chosen.with(Vec::is_empty);
        if missing { "Choose at least one workspace." } else { "" }
    };
    view! {
        <fieldset class="field" id=WorkspaceChoice::ID tabindex="-1" aria-describedby="workspaces-error workspaces-help">
            <legend>"Workspaces" <span class="field-required" aria-hidden="true">"*"</span></legend>
            <p class="field-help" id="workspaces-help">"Whose projects may use it. At least one is required."</p>
            {live.into_iter().map(|workspace| one(workspace, chosen)).collect::<Vec<_>>()}
            <p class="field-error" id="workspaces-error" role="alert">{error}</p>
        </fieldset>
    }
    .into_any()
}

fn one(workspace: Workspace, chosen: RwSignal<Vec<WorkspaceId>>) -> AnyView {
    let id = StoredValue::new(workspace.id);
    let ticked = Signal::derive(move || id.with_value(|id| chosen.with(|chosen| chosen.contains(id))));
    let change = move |ticked| chosen.update(|chosen| tick(chosen, id.get_value(), ticked));
    let name = workspace.name.to_string();
    choice(view! { <bdi>{name}</bdi> }.into_any(), ticked, Callback::new(change))
}
