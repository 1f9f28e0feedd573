//! The *Call Jira* screen: a program for a connection, to be used with any key.

use api::{Connection, ConnectionPage, ListConnections, ListConnectionsQuery};
use leptos::prelude::*;

use super::{snippet::CallingKey, snippets::Snippets};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    ui::{
        choice::radio, learn_more::learn_more, page_title::PageTitle, panel::panel, query::Query, search::SearchField,
    },
};

/// How many connections are offered at a time; the search finds the others.
const OFFERED: u16 = 20;

/// The screen.
#[component]
pub(crate) fn CallJiraPage() -> impl IntoView {
    let words = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<Connection>);
    let found = Query::new(move || {
        let request = ListConnectionsQuery {
            q: Some(words.get_untracked()).filter(|words| !words.is_empty()),
            limit: Some(OFFERED),
            ..Default::default()
        };
        async move { call::<ListConnections>(&(), &request).await }
    });
    let search = move |text: String| {
        words.set(text);
        found.reload();
    };
    let snippets = move || match chosen.get() {
        Some(connection) => view! {
            <h2>"The projects of " <bdi>{connection.name.to_string()}</bdi></h2>
            <Snippets connection key=CallingKey::Environment />
        }
        .into_any(),
        None => ().into_any(),
    };
    view! {
        <PageTitle>"Call Jira"</PageTitle>
        <p class="subtle">
            "A program that calls Jira through a connection. Put your "
            <Link to=Route::ApiKeys.path()>"API key"</Link>
            " into the environment variable CAUSEWAY_KEY. " {learn_more("/help/calling-jira/".to_owned())}
        </p>
        <section class="section calling">
            <fieldset class="field">
                <legend>"Connection"</legend>
                <SearchField
                    label="Search connections"
                    placeholder="Search by name or site"
                    value=words.into()
                    on_search=search
                />
                {panel(found, "Loading connections", move |list| offered(list, chosen))}
            </fieldset>
            {snippets}
        </section>
    }
}

fn offered(list: ConnectionPage, chosen: RwSignal<Option<Connection>>) -> AnyView {
    if list.items.is_empty() {
        return view! { <p class="subtle">"No connection matches."</p> }.into_any();
    }
    let more = list.next_cursor.is_some();
    let choices = list.items.into_iter().map(|connection| {
        let id = connection.id.clone();
        let is_chosen = Signal::derive(move || chosen.with(|one| one.as_ref().is_some_and(|one| one.id == id)));
        let words = view! { <bdi>{connection.name.to_string()}</bdi> }.into_any();
        radio("connection", words, is_chosen, false, Callback::new(move |()| chosen.set(Some(connection.clone()))))
    });
    view! {
        <div class="choice-list">{choices.collect_view()}</div>
        {more.then(|| view! { <p class="subtle">"More connections match: search for the one you mean."</p> })}
    }
    .into_any()
}
