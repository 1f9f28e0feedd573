//! A new key, the only time it can be seen.

use api::{Connection, CreatedApiKey, ListConnections, ListConnectionsQuery};
use leptos::prelude::*;

use crate::{
    client::call,
    connections::calling::{curl, origin},
    ui::{button::Button, copy_button::CopyButton, icon::Icon},
};

/// The key, with a call to try it.
#[component]
pub(super) fn ShownOnce(key: CreatedApiKey, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let text = key.key;
    let example = LocalResource::new(|| async {
        let request = ListConnectionsQuery { limit: Some(1), ..Default::default() };
        call::<ListConnections>(&(), &request).await.ok().and_then(|list| list.items.into_iter().next())
    });
    let shown = text.clone();
    view! {
        <section class="shown-once" aria-labelledby="shown-once">
            <h2 id="shown-once" class="result tone-success">{Icon::Success.view()} "API key created"</h2>
            <p role="status">"Copy it now: it is stored nowhere, and cannot be shown again."</p>
            <pre tabindex="0" aria-label="API key" class="key">{text.clone()}</pre>
            <CopyButton text=text what="Copy key" />
            {move || example.get().flatten().map(|connection| trial(&connection, &shown))}
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
