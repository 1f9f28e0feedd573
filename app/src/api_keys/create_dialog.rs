//! *Create API key*.

use api::{
    ConnectionId, ConnectionPage, CreateApiKey, CreatedApiKey, KeyScope, ListConnections, ListConnectionsQuery,
    WorkspaceId,
};
use leptos::prelude::*;

use super::{
    draft::{ApiKeyDraft, EXPIRIES, Faults, SCOPES, plain},
    expiry::expiry_choice,
};
use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        dialog::Dialog,
        failure::failure_beside,
        field::TextField,
        focus,
        moment::clock,
        mutation::Mutation,
        panel::panel,
        query::Query,
        search::SearchField,
        when,
    },
    workspaces::fetch_workspaces,
};

/// The dialog. `on_made` is called with the new key.
#[component]
pub(super) fn CreateDialog(open: RwSignal<bool>, #[prop(into)] on_made: Callback<CreatedApiKey>) -> impl IntoView {
    view! {
        <Dialog open=open.into() on_close=move |()| open.set(false) title="Create API key">
            <Form open on_made />
        </Dialog>
    }
}

#[component]
fn Form(open: RwSignal<bool>, on_made: Callback<CreatedApiKey>) -> impl IntoView {
    let draft = RwSignal::new(ApiKeyDraft::default());
    let name = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let mutation = Mutation::new();
    let whole = move || ApiKeyDraft { name: name.get(), ..draft.get() };
    let faults = Memo::new(move |_| if tried.get() { whole().faults() } else { Faults::default() });
    let create = move |()| {
        tried.set(true);
        match untrack(whole).request(clock()) {
            Some(request) => {
                mutation.run(async move { call::<CreateApiKey>(&(), &request).await }, move |key| on_made.run(key));
            }
            None => untrack(whole).faults().first().into_iter().for_each(focus),
        }
    };
    let days = Callback::new(move |days| draft.update(|draft| draft.days = days));
    view! {
        <TextField
            id="key-name"
            label="Name"
            help="The system that will use it, for example Build server."
            value=name
            error=Signal::derive(move || faults.get().name)
            most="255"
            on_leave=|()| ()
        />
        <fieldset class="field" id="key-scopes" tabindex="-1" aria-describedby="key-scopes-error">
            <legend>"Permissions"</legend>
            {SCOPES.into_iter().map(|scope| scope_choice(draft, scope)).collect::<Vec<_>>()}
            {fault("key-scopes-error", Signal::derive(move || faults.get().scopes))}
        </fieldset>
        <Connections draft fault=Signal::derive(move || faults.get().connections) />
        <BoundTo draft />
        {expiry_choice("key-expiry", EXPIRIES.to_vec(), ApiKeyDraft::default().days, days)}
        {mutation.failure()}
        <div class="buttons">
            <Button on_press=move |()| open.set(false)>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=create busy=mutation.busy()>"Create"</Button>
        </div>
    }
}

/// What is wrong with a group of choices, beside it.
fn fault(id: &'static str, words: Signal<Option<&'static str>>) -> AnyView {
    view! { <p class="field-error" id=id aria-live="polite">{move || words.get().unwrap_or_default()}</p> }.into_any()
}

fn scope_choice(draft: RwSignal<ApiKeyDraft>, scope: KeyScope) -> AnyView {
    let ticked = draft.with_untracked(|draft| draft.scopes.contains(&scope));
    let change = move |ticked| draft.update(|draft| tick(&mut draft.scopes, scope, ticked));
    choice(plain(scope).into_any(), ticked, Callback::new(change))
}

/// The choice between all connections and some.
#[component]
fn Connections(
    draft: RwSignal<ApiKeyDraft>,
    /// What is wrong with the choice.
    #[prop(name = "fault")]
    wrong: Signal<Option<&'static str>>,
) -> impl IntoView {
    let some = Memo::new(move |_| draft.with(|draft| draft.connections.is_some()));
    let which = move |words: &'static str, chosen: bool| {
        let choose = move |_| draft.update(|draft| draft.connections = chosen.then(Vec::new));
        view! {
            <label class="choice">
                <input type="radio" name="key-connections" checked=!chosen on:change=choose />
                {words}
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="field" id="key-connections" tabindex="-1" aria-describedby="key-connections-error">
            <legend>"Connections"</legend>
            {which("All connections, and those created later", false)} {which("Only these", true)}
            {move || when(some.get(), || view! { <Choices draft /> }.into_any())}
            {fault("key-connections-error", wrong)}
        </fieldset>
    }
}

/// The most connections that are offered at once: as many as the edge lists on a page.
const OFFERED: u16 = 200;

/// The connections to choose from. Those that were chosen stay chosen while others are searched for.
#[component]
fn Choices(draft: RwSignal<ApiKeyDraft>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let connections: Query<ConnectionPage> = Query::new(move || async move {
        let q = Some(words.get_untracked()).filter(|words| !words.trim().is_empty());
        let request = ListConnectionsQuery { q, limit: Some(OFFERED), ..Default::default() };
        call::<ListConnections>(&(), &request).await
    });
    let search = move |typed: String| {
        words.set(typed);
        connections.reload();
    };
    let choices = move |page: ConnectionPage| {
        if page.items.is_empty() {
            let nothing = if words.with_untracked(String::is_empty) {
                "There are no connections yet."
            } else {
                "No connection matches."
            };
            return view! { <p class="subtle">{nothing}</p> }.into_any();
        }
        let has_more = page.next_cursor.is_some();
        let listed = page.items.into_iter().map(|connection| connection_choice(draft, connection.id, &connection.name));
        view! {
            {listed.collect_view()}
            {when(has_more, || view! { <p class="subtle">"There are more. Search for them by name."</p> }.into_any())}
        }
        .into_any()
    };
    let chosen = move || draft.with(|draft| draft.connections.as_ref().map_or(0, Vec::len));
    view! {
        <SearchField label="Search connections" placeholder="Search connections" value=words.into() on_search=search />
        <p class="subtle" role="status">{move || format!("{} chosen", chosen())}</p>
        <div class="choice-list">{panel(connections, "Loading connections", choices)}</div>
    }
}

fn connection_choice(draft: RwSignal<ApiKeyDraft>, id: ConnectionId, name: &api::Name) -> AnyView {
    let own = id.clone();
    let change = move |ticked: bool| {
        draft.update(|draft| tick(draft.connections.get_or_insert_default(), own.clone(), ticked));
    };
    let ticked = draft.with_untracked(|draft| draft.connections.as_ref().is_some_and(|some| some.contains(&id)));
    choice(view! { <bdi>{name.to_string()}</bdi> }.into_any(), ticked, Callback::new(change))
}

/// The workspace to bind the key to; nothing while there are none.
#[component]
fn BoundTo(draft: RwSignal<ApiKeyDraft>) -> impl IntoView {
    let workspaces = fetch_workspaces();
    let option = |id: String, name: String| view! { <option value=id>{name}</option> }.into_any();
    let choose = move |value: String| draft.update(|draft| draft.workspace = WorkspaceId::parse(value).ok());
    let shown = move || match workspaces.get() {
        Some(Ok(list)) if !list.items.is_empty() => {
            let live = list.items.into_iter().filter(|workspace| workspace.archived_at.is_none());
            let live: Vec<AnyView> = live.map(|one| option(one.id.to_string(), one.name.to_string())).collect();
            view! {
                <div class="field">
                    <label class="field-label" for="key-workspace">"Workspace"</label>
                    <select class="select" id="key-workspace" on:change:target=move |event| choose(event.target().value())>
                        {option(String::new(), "None".to_owned())} {live}
                    </select>
                    <p class="field-help">"With a workspace, the key reaches only the connections that are granted to it."</p>
                </div>
            }
            .into_any()
        }
        Some(Err(error)) => failure_beside(Some(error)),
        _ => ().into_any(),
    };
    view! { {shown} }
}
