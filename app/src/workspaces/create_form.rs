//! *Create workspace*. The first one changes the rules for everybody, which is said before it is made.

use api::{
    Connection, ConnectionId, CreateWorkspace, ListConnections, ListConnectionsQuery, Name, NewWorkspace, ProblemCode,
    Workspace,
};
use leptos::prelude::*;

use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        failure::failure_beside,
        field::{TextField, focus_first_error},
        learn_more::learn_more,
        mutation::Mutation,
        query::Query,
        skeleton::skeleton,
        when,
    },
};

/// How many connections are loaded at a time: the most of a page.
const PAGE: u16 = 200;

/// What the first workspace changes.
pub(super) fn first_workspace_changes() -> AnyView {
    view! {
        <ul>
            <li>"From then on, a connection must be granted to at least one workspace, here and through the API."</li>
            <li>"Members see only the connections of their workspaces. Only administrators see a connection that belongs to none."</li>
            <li>"Connections, API keys and calls go on as before."</li>
        </ul>
    }
    .into_any()
}

/// The form.
#[component]
pub(super) fn CreateForm(
    /// Whether there is no workspace yet.
    is_first: bool,
    /// Called with the new workspace.
    on_saved: Callback<Workspace>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let left = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<ConnectionId>::new());
    let mutation = Mutation::new();
    let free: Query<Vec<Connection>> = Query::new(without_workspace);
    // All of them, unless the person decides otherwise.
    Effect::new(move |_| {
        if let Some(Ok(free)) = free.get() {
            chosen.set(free.into_iter().map(|one| one.id).collect());
        }
    });
    let save = move |()| {
        left.set(true);
        let Ok(name) = Name::parse(&text.get_untracked()) else { return focus_first_error() };
        let connections = untrack(|| free.get()).map(|_| chosen.get_untracked());
        let saved = async move {
            // Who is faster than the list takes in what the list would have begun with.
            let connections = match connections {
                Some(chosen) => chosen,
                None => without_workspace().await?.into_iter().map(|one| one.id).collect(),
            };
            call::<CreateWorkspace>(&(), &NewWorkspace { name, connections }).await
        };
        mutation.run(saved, move |workspace| on_saved.run(workspace));
    };
    let error = Signal::derive(move || {
        let refused = || Name::parse(&text.get()).err().filter(|_| left.get()).map(|refused| refused.to_string());
        mutation.refused(ProblemCode::NameTaken).or_else(refused)
    });
    view! {
        {when(is_first, || {
            view! {
                <section class="notice">
                    <p><strong>"The first workspace changes the rules for everybody."</strong></p>
                    {first_workspace_changes()}
                    <p>{learn_more("/help/workspaces/#first".to_owned())}</p>
                </section>
            }
            .into_any()
        })}
        <TextField
            id="workspace-name"
            label="Name"
            help="For example the team or the product."
            value=text
            error
            on_leave=|()| ()
        />
        {move || taken_in(free.get(), chosen)}
        {mutation.failure_except(ProblemCode::NameTaken)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=save busy=mutation.busy()>"Create"</Button>
        </div>
    }
}

/// The connections that belong to no workspace, to take in.
fn taken_in(free: Option<Result<Vec<Connection>, CallError>>, chosen: RwSignal<Vec<ConnectionId>>) -> AnyView {
    let free = match free {
        None => return skeleton("Loading the connections"),
        Some(Err(error)) => return failure_beside(Some(error)),
        Some(Ok(free)) => free,
    };
    if free.is_empty() {
        return ().into_any();
    }
    let one = move |connection: Connection| {
        let id = connection.id;
        let change = move |ticked| chosen.update(|chosen| tick(chosen, id.clone(), ticked));
        choice(view! { <bdi>{connection.name.to_string()}</bdi> }.into_any(), true, Callback::new(change))
    };
    let choices: Vec<AnyView> = free.into_iter().map(one).collect();
    view! {
        <fieldset class="field">
            <legend>"Connections to take in"</legend>
            <p class="field-help">"They belong to no workspace yet. Only administrators see those that you leave out."</p>
            <div class="choice-list">{choices}</div>
        </fieldset>
    }
    .into_any()
}

/// Loads the connections that belong to no workspace.
async fn without_workspace() -> Result<Vec<Connection>, CallError> {
    let mut free = Vec::new();
    let mut query = ListConnectionsQuery { limit: Some(PAGE), ..Default::default() };
    loop {
        let page = call::<ListConnections>(&(), &query).await?;
        free.extend(page.items.into_iter().filter(|one| one.workspaces.is_empty() && one.deleted.is_none()));
        if page.next_cursor.is_none() {
            return Ok(free);
        }
        query.cursor = page.next_cursor;
    }
}
