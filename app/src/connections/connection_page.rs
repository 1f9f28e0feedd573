//! *New connection* and *Manage connection*.

use api::{Connection, ConnectionId, GetConnection, Nothing};
use leptos::prelude::*;

use super::{calling::Calling, setup_form::SetupForm};
use crate::{
    client::call,
    navigation::{Link, use_navigation},
    route::Route,
    ui::{fetched::Fetched, page_title::PageTitle, panel::panel},
};

/// The way back to the grid.
fn crumb() -> AnyView {
    view! { <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Connections.path()>"Connections"</Link></nav> }
        .into_any()
}

/// *New connection*.
#[component]
pub(crate) fn NewConnectionPage() -> impl IntoView {
    view! {
        {crumb()}
        <PageTitle>"New connection"</PageTitle>
        <p class="subtle">"Name the Jira instance, authorize, save."</p>
        <SetupForm saved=None on_reload=|()| () />
    }
    .into_any()
}

/// *Manage connection*. Once loaded it stays as it was read, so that nothing moves under the person's hands; the
/// edge's version check tells of changes by others.
#[component]
pub(crate) fn ConnectionPage(id: ConnectionId) -> impl IntoView {
    let navigation = use_navigation();
    let connection: Fetched<Connection> = Fetched::ask(move || {
        let id = id.clone();
        async move { call::<GetConnection>(&id, &Nothing {}).await }
    });
    let reload = Callback::new(move |()| {
        navigation.set_unsaved(false);
        connection.again();
    });
    view! {
        {crumb()}
        <PageTitle>"Manage connection"</PageTitle>
        {panel(connection, "Loading the connection", move |connection| {
            view! { <SetupForm saved=Some(connection.clone()) on_reload=reload /> <Calling connection /> }.into_any()
        })}
    }
    .into_any()
}
