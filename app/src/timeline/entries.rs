//! A timeline, newest first, narrowed as the address bar says.

use api::{ConnectionId, GetAuditLog, GetTimeline, List, TimelineQuery};
use leptos::prelude::*;

use super::{
    entry::Entry,
    words::{EVENTS, actor, sentence},
};
use crate::{
    client::{CallError, call_as},
    navigation::{Link, Navigation, use_navigation},
    route::{Route, Tab},
    ui::{
        button::Button,
        fetched::Fetched,
        moment::{absolute, moment},
        panel::panel,
        when,
    },
};

/// The event and the words that the address bar asks for.
pub(super) fn narrowed(navigation: Navigation) -> TimelineQuery {
    let asked = |name| Some(navigation.param(name)).filter(|value| !value.trim().is_empty());
    TimelineQuery { event: asked("event"), q: asked("q"), ..TimelineQuery::default() }
}

/// The timeline of one connection or, without one, of the organization.
#[component]
pub(super) fn Entries(connection: Option<ConnectionId>) -> impl IntoView {
    let navigation = use_navigation();
    let query = Memo::new(move |_| narrowed(navigation));
    let pages = RwSignal::new(1);
    let everything = connection.is_none();
    let connection = StoredValue::new(connection);
    let entries = Fetched::ask(move || load(connection.get_value(), query.get_untracked(), pages.get_untracked()));
    Effect::new(move |first: Option<()>| {
        query.track();
        pages.track();
        if first.is_some() {
            entries.again();
        }
    });
    let shown = move |list: List<Entry>| {
        if list.items.is_empty() {
            return nothing(query.get_untracked() != TimelineQuery::default(), navigation);
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

async fn load(connection: Option<ConnectionId>, query: TimelineQuery, pages: usize) -> Result<List<Entry>, CallError> {
    let mut list = List { items: Vec::new(), next_cursor: None };
    for page in 0..pages {
        if page > 0 && list.next_cursor.is_none() {
            break;
        }
        let query = TimelineQuery { cursor: list.next_cursor.take(), ..query.clone() };
        let next = match &connection {
            Some(id) => call_as::<GetTimeline, List<Entry>>(id, &query).await?,
            None => call_as::<GetAuditLog, List<Entry>>(&(), &query).await?,
        };
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
    }
    Ok(list)
}

fn line(entry: &Entry, everything: bool) -> AnyView {
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

fn nothing(narrow: bool, navigation: Navigation) -> AnyView {
    if !narrow {
        return view! { <section class="empty"><h2>"Nothing happened yet"</h2></section> }.into_any();
    }
    view! {
        <section class="empty">
            <h2>"Nothing like this happened"</h2>
            <div class="buttons"><Button on_press=move |()| navigation.set_query("")>"Clear filters"</Button></div>
        </section>
    }
    .into_any()
}

/// The choice of one event.
#[component]
pub(super) fn EventFilter(
    /// Whether an event is offered.
    offered: fn(&str) -> bool,
) -> impl IntoView {
    let navigation = use_navigation();
    let chosen = Memo::new(move |_| navigation.param("event"));
    let option = move |(name, words): &(&'static str, &'static str)| {
        let name = *name;
        view! { <option value=name selected=move || chosen.get() == name>{*words}</option> }.into_any()
    };
    view! {
        <label>
            <span class="assistive">"Event"</span>
            <select class="select" on:change:target=move |event| navigation.set_param("event", &event.target().value())>
                {option(&("", "Everything"))} {EVENTS.iter().filter(|(name, _)| offered(name)).map(option).collect::<Vec<_>>()}
            </select>
        </label>
    }
    .into_any()
}
