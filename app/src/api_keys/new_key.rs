//! A new API key. It is shown only once.

use api::{Connection, CreatedApiKey, ListConnections, ListConnectionsQuery};
use leptos::prelude::*;

use crate::{
    calling::{CallingKey, Snippets},
    client::call,
    ui::{query::Query, shown_once::ShownOnce},
};

/// The key, with an example that uses it.
#[component]
pub(super) fn NewKey(
    /// What was done.
    title: &'static str,
    key: CreatedApiKey,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let text = key.key;
    let connections = Query::new(|| async {
        let request = ListConnectionsQuery { limit: Some(1), ..Default::default() };
        call::<ListConnections>(&(), &request).await
    });
    let shown = text.clone();
    let try_it = move || match connections.get() {
        Some(Ok(list)) => list.items.first().map_or_else(|| ().into_any(), |connection| trial(connection, &shown)),
        _ => ().into_any(),
    };
    view! {
        <ShownOnce
            title
            what="API key"
            copy="Copy key"
            note="Copy it now. It is stored nowhere and cannot be shown again."
            text
            on_done
        >
            {try_it}
        </ShownOnce>
    }
}

fn trial(connection: &Connection, key: &str) -> AnyView {
    view! {
        <p>"Try it: the projects of " <bdi>{connection.name.to_string()}</bdi> "."</p>
        <Snippets connection=connection.clone() key=CallingKey::Literal(key.to_owned()) />
    }
    .into_any()
}
