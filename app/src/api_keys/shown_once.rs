//! A new key, the only time it can be seen.

use api::{Connection, CreatedApiKey, ListConnections, ListConnectionsQuery};
use leptos::prelude::*;

use crate::{
    client::call,
    connections::calling::{curl, origin},
    ui::{button::Button, copy_button::CopyButton, fetched::Fetched, icon::Icon},
};

/// The key, with a call to try it.
#[component]
pub(super) fn ShownOnce(key: CreatedApiKey, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let text = key.key;
    let connections = Fetched::ask(|| async {
        let request = ListConnectionsQuery { limit: Some(1), ..Default::default() };
        call::<ListConnections>(&(), &request).await
    });
    let shown = text.clone();
    view! {
        <section class="shown-once" aria-labelledby="shown-once">
            <h2 id="shown-once" class="result tone-success">{Icon::Success.view()} "API key created"</h2>
            <p role="status">"Copy it now: it is stored nowhere, and cannot be shown again."</p>
            <pre tabindex="0" aria-label="API key" class="key">{text.clone()}</pre>
            <CopyButton text=text what="Copy key" />
            {move || match connections.get() {
                Some(Ok(list)) => list.items.first().map_or_else(|| ().into_any(), |connection| trial(connection, &shown)),
                _ => ().into_any(),
            }}
            <div class="buttons"><Button on_press=on_done>"Done"</Button></div>
        </section>
    }
    .into_any()
}

fn trial(connection: &Connection, key: &str) -> AnyView {
    let curl = curl(&origin(), connection.id.as_str(), key);
    view! {
        <p>"Try it: the projects of " <bdi>{connection.name.to_string()}</bdi> "."</p>
        <pre tabindex="0" aria-label="Example">{curl.clone()}</pre>
        <CopyButton text=curl what="Copy example" />
    }
    .into_any()
}
