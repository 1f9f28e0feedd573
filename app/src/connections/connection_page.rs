//! *New connection* and *Manage connection*.

use api::{Connection, ConnectionId, GetConnection, Nothing};
use leptos::prelude::*;

use super::{
    access_tab::AccessTab, checklist::Checklist, lifecycle::Lifecycle, overview::Overview, setup_form::SetupForm,
    tabs::tabs,
};
use crate::{
    calling::{CallingSection, WhatNow},
    calls::CallsSection,
    client::call,
    context::expect_context,
    navigation::{Link, use_navigation},
    not_found_page::Missing,
    route::{Route, Tab},
    session::CurrentSession,
    tasks::ConnectionResyncPanel,
    timeline::Activity,
    ui::{
        button::Button,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
        when,
    },
};

/// The link back to the list.
fn breadcrumb() -> AnyView {
    view! { <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Connections.path()>"Connections"</Link></nav> }
        .into_any()
}

/// *New connection*.
#[component]
pub(crate) fn NewConnectionPage() -> impl IntoView {
    let session: CurrentSession = expect_context();
    view! {
        {breadcrumb()}
        <PageTitle>"New connection"</PageTitle>
        <p class="subtle">"Name the Jira instance, authorize, save. What is not ready today can be saved for later."</p>
        {if untrack(|| session.is_administrator()) {
            view! { <SetupForm saved=None typed=None on_reload=|_| () /> }.into_any()
        } else {
            view! { <p>"Administrators of the organization make connections. Ask one of them."</p> }.into_any()
        }}
    }
}

/// *Manage connection*, with its tabs.
#[component]
pub(crate) fn ConnectionPage(id: ConnectionId) -> impl IntoView {
    let navigation = use_navigation();
    let tab = Memo::new(move |before: Option<&Tab>| match navigation.route() {
        Route::Connection(_, tab) => tab,
        _ => before.copied().unwrap_or(Tab::Overview),
    });
    let connection = load(id.clone());
    let lifecycle: Lifecycle = expect_context();
    lifecycle.on_change(move || connection.reload());
    Effect::new(move |before: Option<Tab>| {
        let now = tab.get();
        if now == Tab::Overview && before.is_some_and(|before| before != now) {
            connection.reload();
        }
        now
    });
    let name = Memo::new(move |_| connection.get().and_then(Result::ok).map(|connection| connection.name.to_string()));
    Subject::follows(move || name.get());
    let session: CurrentSession = expect_context();
    let administrator = untrack(|| session.is_administrator());
    let manages = move |answer| matches!(answer, Some(Ok(Connection { may_manage: true, .. })));
    let manage = Memo::new(move |_| administrator || manages(connection.get()));
    let is_missing = Memo::new(move |_| Missing::is_told(connection.get().as_ref()));
    let whole = move || {
        let id = id.clone();
        view! {
            {breadcrumb()}
            <PageTitle>
                <span class="eyebrow">"Manage connection"</span>
                " "
                <bdi>{move || name.get().unwrap_or_else(|| "…".to_owned())}</bdi>
            </PageTitle>
            <Checklist />
            {tabs(&id, tab, manage)}
            {move || {
                let id = id.clone();
                match tab.get() {
                    Tab::Overview => view! { {what_now(&id, connection, lifecycle)} <Overview id=id.clone() connection /> {calls(id, connection)} }.into_any(),
                    Tab::Setup => view! { <Setup id /> }.into_any(),
                    Tab::Access => view! { <AccessTab id /> }.into_any(),
                    Tab::Activity => view! { <Activity id /> }.into_any(),
                }
            }}
        }
        .into_any()
    };
    move || if is_missing.get() { Missing::Connection.screen() } else { whole() }
}

/// What to do with a connection that was just saved for the first time.
fn what_now(id: &ConnectionId, connection: Query<Connection>, lifecycle: Lifecycle) -> AnyView {
    let id = id.clone();
    let is_new = Memo::new(move |_| lifecycle.just_saved.with(|saved| saved.as_ref() == Some(&id)));
    let loaded = Memo::new(move |_| connection.get().and_then(Result::ok).filter(|_| is_new.get()));
    // A later load changes nothing: a key that is shown once stays until it was copied.
    let first = Memo::new(move |before: Option<&Option<Connection>>| {
        if !is_new.get() {
            return None;
        }
        before.cloned().flatten().or_else(|| loaded.get())
    });
    let done = move |()| lifecycle.just_saved.set(None);
    let section = move || {
        first.get().map_or_else(|| ().into_any(), |connection| view! { <WhatNow connection on_done=done /> }.into_any())
    };
    view! { {section} }.into_any()
}

/// The calls through the connection, for those who may know what fails.
fn calls(id: ConnectionId, connection: Query<Connection>) -> AnyView {
    let is_shown = Memo::new(move |_| {
        let connection = connection.get().and_then(Result::ok);
        connection.is_some_and(|connection| Lifecycle::may_reauthorize(&connection))
    });
    let section = move || when(is_shown.get(), || view! { <CallsSection id=id.clone() /> }.into_any());
    view! { {section} }.into_any()
}

/// Loads the connection.
fn load(id: ConnectionId) -> Query<Connection> {
    Query::new(move || {
        let id = id.clone();
        async move { call::<GetConnection>(&id, &Nothing {}).await }
    })
}

/// *Setup*. It does not reload by itself, so that the form never changes while a person types; the edge's version check
/// finds changes by others. If the person then reloads, the typed name is kept.
#[component]
fn Setup(id: ConnectionId) -> impl IntoView {
    let navigation = use_navigation();
    let connection = load(id);
    let typed = StoredValue::new(None::<String>);
    let reload = Callback::new(move |kept| {
        typed.set_value(kept);
        navigation.set_unsaved(false);
        connection.reload();
    });
    panel(connection, "Loading the connection", move |connection| {
        if connection.deleted.is_some() {
            return deleted(connection, reload);
        }
        if !Lifecycle::may_reauthorize(&connection) {
            return view! { <p>"Its administrators set this connection up. Members with the role issue tracking reauthorize it."</p> }
                .into_any();
        }
        let typed = typed.try_update_value(Option::take).flatten();
        let was_authorized = connection.draft.is_none();
        view! {
            <SetupForm saved=Some(connection.clone()) typed on_reload=reload />
            {when(was_authorized && Lifecycle::may_manage(connection.may_manage), || view! { <ConnectionResyncPanel id=connection.id.clone() /> }.into_any())}
            {when(was_authorized, || view! { <CallingSection connection /> }.into_any())}
        }
        .into_any()
    })
}

/// A deleted connection has no setup; it can be restored.
fn deleted(connection: Connection, reload: Callback<Option<String>>) -> AnyView {
    let lifecycle: Lifecycle = expect_context();
    lifecycle.on_change(move || reload.run(None));
    view! {
        <p>"This connection is deleted."</p>
        <Button on_press=move |()| lifecycle.restore(&connection.id)>"Restore"</Button>
    }
    .into_any()
}
