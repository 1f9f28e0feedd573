//! *Additional API families*: what API keys may call through a connection, besides what every connection passes on.

use api::{ApiFamily, Connection, ConnectionEdit, ConnectionId, EditConnection, GetConnection, Nothing};
use leptos::prelude::*;

use super::lifecycle::Lifecycle;
use crate::{
    client::{call, call_if_match},
    context::expect_context,
    ui::{
        button::Button,
        field::TextField,
        flags::Flags,
        learn_more::learn_more,
        mutation::Mutation,
        panel::panel,
        query::Query,
        rescue_focus,
        table::{row, table},
        when,
    },
};

/// The section. `saved` is the connection as the other sections of the tab saved it last.
#[component]
pub(super) fn ApiFamilies(id: ConnectionId, saved: RwSignal<Option<Connection>>) -> impl IntoView {
    let connection: Query<Connection> = Query::new(move || {
        let id = id.clone();
        async move { call::<GetConnection>(&id, &Nothing {}).await }
    });
    panel(connection, "Loading the API families", move |connection| {
        when(Lifecycle::may_manage(connection.may_manage), || view! { <Families connection saved /> }.into_any())
    })
}

/// The families, of which each is removed by its button, and a field to add one.
#[component]
fn Families(connection: Connection, saved: RwSignal<Option<Connection>>) -> impl IntoView {
    let flags: Flags = expect_context();
    let (id, families) = (connection.id, RwSignal::new(connection.api_families));
    let (version, mutation) = (RwSignal::new(connection.version), Mutation::new());
    let (text, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    // Saving another section raises the version. These families can be saved with the new one: nobody edited them.
    Effect::new(move |_| {
        if let Some(now) = saved.get()
            && families.with_untracked(|families| *families == now.api_families)
        {
            version.set(now.version);
        }
    });
    let save = Callback::new(move |(after, done): (Vec<String>, String)| {
        let edit = ConnectionEdit { api_families: Some(ApiFamily::known(&after)), ..ConnectionEdit::default() };
        let (id, read) = (id.clone(), version.get_untracked());
        mutation.run(async move { call_if_match::<EditConnection>(&id, &edit, read).await }, move |connection| {
            rescue_focus();
            text.set(String::new());
            tried.set(false);
            families.set(connection.api_families.clone());
            version.set(connection.version);
            saved.set(Some(connection));
            flags.done(done);
        });
    });
    let add = move |()| {
        tried.set(true);
        if let Ok(family) = ApiFamily::parse(&text.get_untracked()) {
            let mut after = families.get_untracked();
            after.push(family.to_string());
            save.run((after, format!("Added {family}")));
        }
    };
    let error =
        Signal::derive(move || ApiFamily::parse(&text.get()).err().filter(|_| tried.get()).map(|e| e.to_string()));
    view! {
        <section class="section" aria-labelledby="api-families">
            <h2 id="api-families">"Additional API families"</h2>
            <p class="subtle">
                "API keys can call Jira's own REST interface through this connection, but not what apps in Jira offer, such as Tempo or Xray. Add the beginning of an app's paths here. "
                {learn_more("/help/calling-jira/#families".to_owned())}
            </p>
            <p class="notice">
                "Keys of this connection can then call everything this app offers, with the rights of the connection's account. That may include changing the app's settings, or making a token of its own that stays valid after a key is revoked."
            </p>
            {move || listed(families.get(), families, save, mutation.busy())}
            <TextField
                id="api-family"
                label="API family"
                help="The beginning of the path, for example rest/raven/2.0."
                value=text
                error
                optional=true
                on_leave=move |()| tried.set(text.with_untracked(|text| !text.is_empty()))
            />
            {mutation.failure()}
            <div class="buttons"><Button on_press=add busy=mutation.busy()>"Add API family"</Button></div>
        </section>
    }
}

fn listed(
    shown: Vec<String>,
    families: RwSignal<Vec<String>>,
    save: Callback<(Vec<String>, String)>,
    busy: Signal<bool>,
) -> AnyView {
    if shown.is_empty() {
        return view! { <p>"None were added."</p> }.into_any();
    }
    let rows = shown.into_iter().map(|family| {
        let label = format!("Remove {family}");
        let name = view! { <code>{family.clone()}</code> }.into_any();
        let remove = move |()| {
            let mut after = families.get_untracked();
            after.retain(|other| *other != family);
            save.run((after, format!("Removed {family}")));
        };
        row(name, Vec::new(), Some(view! { <Button on_press=remove busy label>"Remove"</Button> }.into_any()))
    });
    table("Additional API families", &["Family", "Actions"], rows.collect())
}
