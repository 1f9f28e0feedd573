//! A timeline, newest first, with the filters of the address bar.

use api::{ConnectionId, GetAuditLog, GetTimeline, List, TimelineQuery};
use leptos::prelude::*;

use super::{
    filters::query,
    flat_entry::FlatEntry,
    messages::{actor, sentence},
};
use crate::{
    client::{CallError, call_as},
    navigation::{Link, Navigation, use_navigation},
    route::{Route, Tab},
    ui::{
        button::Button,
        follow,
        moment::{absolute, moment},
        panel::panel,
        query::Query,
        when,
    },
};

/// The timeline of one connection or, without one, of the organization.
#[component]
pub(super) fn Entries(connection: Option<ConnectionId>) -> impl IntoView {
    let navigation = use_navigation();
    let filters = Memo::new(move |_| query(navigation));
    let pages = RwSignal::new(1);
    let everything = connection.is_none();
    let connection = StoredValue::new(connection);
    let entries = Query::new(move || load(connection.get_value(), filters.get_untracked(), pages.get_untracked()));
    Effect::new(move |first: Option<()>| {
        follow(filters);
        pages.track();
        if first.is_some() {
            entries.reload();
        }
    });
    let shown = move |list: List<FlatEntry>| {
        if list.items.is_empty() {
            return nothing(filters.get_untracked() != TimelineQuery::default(), navigation);
        }
        let more = list.next_cursor.is_some();
        let lines: Vec<AnyView> = list.items.iter().map(|entry| line(entry, everything)).collect();
        view! {
            <ol class="timeline">{lines}</ol>
            <div class="buttons">
                {when(more, || view! { <Button on_press=move |()| pages.update(|pages| *pages += 1)>"Show more"</Button> }.into_any())}
            </div>
        }
        .into_any()
    };
    panel(entries, "Loading what happened", shown)
}

async fn load(
    connection: Option<ConnectionId>,
    query: TimelineQuery,
    pages: usize,
) -> Result<List<FlatEntry>, CallError> {
    let mut list = List { items: Vec::new(), next_cursor: None };
    for page in 0..pages {
        if page > 0 && list.next_cursor.is_none() {
            break;
        }
        let query = TimelineQuery { cursor: list.next_cursor.take(), ..query.clone() };
        let next = match &connection {
            Some(id) => call_as::<GetTimeline, List<FlatEntry>>(id, &query).await?,
            None => call_as::<GetAuditLog, List<FlatEntry>>(&(), &query).await?,
        };
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
    }
    Ok(list)
}

fn line(entry: &FlatEntry, everything: bool) -> AnyView {
    let name = entry.connection_name.clone().filter(|_| everything);
    let about = name.zip(entry.connection_id.clone()).map(|(name, id)| {
        let to = Route::Connection(id, Tab::Activity).path();
        view! { <Link to><bdi>{name}</bdi></Link> ": " }.into_any()
    });
    view! {
        <li>
            <span>{about} {sentence(entry)}</span>
            <span class="subtle small">
                {moment(entry.at)} " · " {absolute(entry.at)} " · " {entry.actor.as_ref().map(actor)}
            </span>
        </li>
    }
    .into_any()
}

fn nothing(filtered: bool, navigation: Navigation) -> AnyView {
    if !filtered {
        return view! { <section class="empty"><h2>"Nothing has happened yet"</h2></section> }.into_any();
    }
    view! {
        <section class="empty">
            <h2>"No entry matches these filters"</h2>
            <div class="buttons"><Button on_press=move |()| navigation.set_query("")>"Clear filters"</Button></div>
        </section>
    }
    .into_any()
}
