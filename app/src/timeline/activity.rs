//! *Activity*: what happened to one connection.

use api::{ConnectionId, RETENTION_DAYS};
use leptos::prelude::*;

use super::entries::{Entries, EventFilter};

/// The first events are those of connections; the others are the organization's.
const OF_CONNECTIONS: usize = 14;

/// The tab.
#[component]
pub(crate) fn Activity(id: ConnectionId) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="activity">
            <h2 id="activity">"Activity"</h2>
            <p class="subtle">{format!("Newest first. Kept for {RETENTION_DAYS} days.")}</p>
            <div class="narrowing"><EventFilter offered=OF_CONNECTIONS /></div>
            <Entries connection=Some(id) />
        </section>
    }
    .into_any()
}
