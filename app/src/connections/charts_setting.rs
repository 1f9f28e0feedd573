//! *Charts*: whether those who manage a connection may look at charts with its access.

use api::{Connection, ConnectionEdit, ConnectionId, EditConnection, GetConnection, Nothing};
use leptos::prelude::*;

use super::lifecycle::Lifecycle;
use crate::{
    client::{call, call_if_match},
    context::expect_context,
    ui::{button::Button, flags::Flags, learn_more::learn_more, mutation::Mutation, panel::panel, query::Query, when},
};

/// The section. `saved` is the connection as the other sections of the tab saved it last.
#[component]
pub(super) fn ChartsSetting(id: ConnectionId, saved: RwSignal<Option<Connection>>) -> impl IntoView {
    let connection: Query<Connection> = Query::new(move || {
        let id = id.clone();
        async move { call::<GetConnection>(&id, &Nothing {}).await }
    });
    panel(connection, "Loading the setting", move |connection| {
        when(Lifecycle::may_manage(connection.may_manage), || view! { <Setting connection saved /> }.into_any())
    })
}

#[component]
fn Setting(connection: Connection, saved: RwSignal<Option<Connection>>) -> impl IntoView {
    let flags: Flags = expect_context();
    let (id, allowed) = (connection.id, RwSignal::new(connection.charts));
    let (version, mutation) = (RwSignal::new(connection.version), Mutation::new());
    // Saving another section raises the version. Nobody changes this setting there.
    Effect::new(move |_| {
        if let Some(now) = saved.get() {
            version.set(now.version);
        }
    });
    let turn = move |()| {
        let charts = !allowed.get_untracked();
        let edit = ConnectionEdit { charts: Some(charts), ..ConnectionEdit::default() };
        let (id, read) = (id.clone(), version.get_untracked());
        mutation.run(async move { call_if_match::<EditConnection>(&id, &edit, read).await }, move |connection| {
            allowed.set(connection.charts);
            saved.set(Some(connection));
            flags.done(if charts { "Allowed for charts" } else { "No longer allowed for charts" }.to_owned());
        });
    };
    let state = move || {
        if allowed.get() {
            "Allowed: those who manage this connection can look at charts with its access. The chart says so."
        } else {
            "Not allowed: everybody looks at charts with their own access to Jira."
        }
    };
    view! {
        <section class="section" aria-labelledby="charts-setting">
            <h2 id="charts-setting">"Charts"</h2>
            <p><span role="status">{state}</span> " " {learn_more("/help/charts/#access".to_owned())}</p>
            {mutation.failure()}
            <div class="buttons">
                <Button on_press=turn busy=mutation.busy()>
                    {move || if allowed.get() { "Stop allowing" } else { "Allow for charts" }}
                </Button>
            </div>
        </section>
    }
}
