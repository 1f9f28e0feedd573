//! *Activity*: the timeline of one connection.

use api::{ConnectionId, RETENTION_DAYS};
use leptos::prelude::*;

use super::{
    entries::Entries,
    filters::{DayFilter, EventFilter, zone},
    messages::is_of_connections,
};

/// The tab.
#[component]
pub(crate) fn Activity(id: ConnectionId) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="activity">
            <h2 id="activity">"Activity"</h2>
            <p class="subtle">{format!("Newest first. Kept for {RETENTION_DAYS} days. ")} {zone()}</p>
            <div class="filter-bar"><EventFilter offered=is_of_connections /> <DayFilter /></div>
            <Entries connection=Some(id) />
        </section>
    }
}
