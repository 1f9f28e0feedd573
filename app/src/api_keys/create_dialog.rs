//! *Create API key*.

use api::{Connection, ConnectionId, CreateApiKey, CreatedApiKey, KeyScope, ListConnections, ListConnectionsQuery};
use leptos::{prelude::*, task::spawn_local};

use super::draft::{Draft, EXPIRIES, SCOPES, plain, tick};
use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        failure::failure_beside,
        fetched::Fetched,
        field::TextField,
        moment::clock,
        panel::panel,
        when,
    },
};

/// The dialog. `on_made` gets the key.
#[component]
pub(super) fn CreateDialog(open: RwSignal<bool>, #[prop(into)] on_made: Callback<CreatedApiKey>) -> impl IntoView {
    view! {
        <Dialog open=open.into() on_close=move |()| open.set(false) title="Create API key">
            <Form open on_made />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, on_made: Callback<CreatedApiKey>) -> impl IntoView {
    let draft = RwSignal::new(Draft::default());
    let name = RwSignal::new(String::new());
    let left = RwSignal::new(false);
    let missing = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<CallError>);
    let busy = RwSignal::new(false);
    let create = move |()| {
        left.set(true);
        let request = Draft { name: name.get_untracked(), ..draft.get_untracked() }.request(clock());
        missing.set(request.as_ref().err().cloned());
        let Ok(request) = request else { return };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = call::<CreateApiKey>(&(), &request).await;
            busy.try_set(false);
            match answer {
                Ok(key) => on_made.run(key),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let name_error = Signal::derive(move || {
        api::Name::parse(&name.get()).err().filter(|_| left.get()).map(|refused| refused.to_string())
    });
    view! {
        <TextField
            id="key-name"
            label="Name"
            help="The system that will use it, for example Build server."
            value=name
            error=name_error
            on_leave=|()| ()
        />
        <fieldset class="field">
            <legend>"It may"</legend>
            {SCOPES.into_iter().map(|scope| scope_choice(draft, scope)).collect::<Vec<_>>()}
        </fieldset>
        <Connections draft />
        <div class="field">
            <label class="field-label" for="key-expiry">"It ends"</label>
            <select
                class="select"
                id="key-expiry"
                on:change:target=move |event| draft.update(|draft| draft.days = days(&event.target().value()))
            >
                {EXPIRIES.into_iter().map(expiry).collect::<Vec<_>>()}
            </select>
        </div>
        <p class="field-error" role="alert">{move || missing.get().unwrap_or_default()}</p>
        {move || failure_beside(failed.get())}
        <div class="buttons">
            <Button on_press=move |()| open.set(false)>"Cancel"</Button>
            <Button look=Look::Primary on_press=create busy=busy>"Create"</Button>
        </div>
    }
    .into_any()
}

fn expiry((value, words, days): (&'static str, &'static str, Option<i64>)) -> AnyView {
    view! { <option value=value selected=days == Some(90)>{words}</option> }.into_any()
}

fn days(choice: &str) -> Option<i64> {
    EXPIRIES.iter().find(|(value, ..)| *value == choice).and_then(|(_, _, days)| *days)
}

fn scope_choice(draft: RwSignal<Draft>, scope: KeyScope) -> AnyView {
    let ticked = draft.with_untracked(|draft| draft.scopes.contains(&scope));
    view! {
        <label class="choice">
            <input
                type="checkbox"
                checked=ticked
                on:change:target=move |event| draft.update(|draft| tick(&mut draft.scopes, scope, event.target().checked()))
            />
            {plain(scope)}
        </label>
    }
    .into_any()
}

/// All connections, or some.
#[component]
fn Connections(draft: RwSignal<Draft>) -> impl IntoView {
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
        <fieldset class="field">
            <legend>"Through"</legend>
            {which("All connections, later ones too", false)} {which("Only these", true)}
            {move || when(some.get(), || view! { <Choices draft /> }.into_any())}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Choices(draft: RwSignal<Draft>) -> impl IntoView {
    let connections: Fetched<Vec<Connection>> = Fetched::ask(|| async {
        let request = ListConnectionsQuery { limit: Some(200), ..Default::default() };
        call::<ListConnections>(&(), &request).await.map(|list| list.items)
    });
    let choices = move |connections: Vec<Connection>| {
        if connections.is_empty() {
            return view! { <p class="subtle">"There are no connections yet."</p> }.into_any();
        }
        connections
            .into_iter()
            .map(|connection| choice(draft, connection.id, &connection.name))
            .collect_view()
            .into_any()
    };
    view! { <div class="choice-list">{panel(connections, "Loading connections", choices)}</div> }.into_any()
}

fn choice(draft: RwSignal<Draft>, id: ConnectionId, name: &api::Name) -> AnyView {
    let change = move |ticked: bool| {
        draft.update(|draft| tick(draft.connections.get_or_insert_default(), id.clone(), ticked));
    };
    view! {
        <label class="choice">
            <input type="checkbox" on:change:target=move |event| change(event.target().checked()) />
            <bdi>{name.to_string()}</bdi>
        </label>
    }
    .into_any()
}
