//! The Connections screen.

use std::time::Duration;

use api::{Connection, ConnectionCounts, ConnectionSort, ListConnections, State};
use leptos::{ev, prelude::*};

use super::{checklist::Checklist, filters::Filters, grid::Grid, lifecycle::Lifecycle, unauthorize_dialog::counted};
use crate::{
    attention::AttentionBanner,
    client::{CallError, call},
    navigation::{Link, Navigation, encoded, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        fetched::Fetched,
        icon::Icon,
        page_title::PageTitle,
        panel::panel,
        search::SearchField,
        when,
    },
};

/// All connections.
#[component]
pub(crate) fn ConnectionsPage() -> impl IntoView {
    let navigation = use_navigation();
    let filters = Memo::new(move |_| read(navigation));
    let pages = RwSignal::new(1);
    let connections = Fetched::ask(move || load(filters.get_untracked(), pages.get_untracked()));
    Effect::new(move |first: Option<()>| {
        filters.track();
        pages.track();
        if first.is_some() {
            connections.again();
        }
    });
    keep_fresh(connections);
    let lifecycle: Lifecycle = expect_context();
    lifecycle.on_change(move || connections.again());
    let counts = Memo::new(move |_| connections.get().and_then(Result::ok).map(|list| list.counts));
    let on_filter = Callback::new(move |filters: Filters| {
        pages.set(1);
        navigation.set_query(&encoded(filters.pairs()));
    });
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Connections"</PageTitle>
                <p class="subtle">"The Jira instances that Causeway is connected to."</p>
            </div>
            <Link to=Route::NewConnection.path() class=Look::Primary.class()>{Icon::Add.view()} "New connection"</Link>
        </div>
        <Checklist />
        <AttentionBanner />
        <Narrowing filters counts on_filter />
        {panel(connections, "Loading connections", move |list| listing(list, filters.get_untracked(), pages, on_filter))}
    }
    .into_any()
}

/// What was read of the list so far.
#[derive(Clone, Default)]
struct Shown {
    items: Vec<Connection>,
    next_cursor: Option<String>,
    counts: ConnectionCounts,
}

/// The first `pages` pages of the list, so that loading again shows as much as before.
async fn load(filters: Filters, pages: usize) -> Result<Shown, CallError> {
    let mut list = Shown::default();
    for page in 0..pages {
        if page > 0 && list.next_cursor.is_none() {
            break;
        }
        let next = call::<ListConnections>(&(), &filters.request(list.next_cursor.take())).await?;
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
        list.counts = next.counts;
    }
    Ok(list)
}

/// Loads again when the person comes back, and now and then; not under an open menu.
fn keep_fresh(connections: Fetched<Shown>) {
    let again = move || {
        let in_a_menu = document().query_selector("[role=menu]").is_ok_and(|menu| menu.is_some());
        if !document().hidden() && !in_a_menu {
            connections.again();
        }
    };
    let focused = window_event_listener(ev::focus, move |_| again());
    on_cleanup(move || focused.remove());
    if let Ok(ticking) = set_interval_with_handle(again, Duration::from_secs(30)) {
        on_cleanup(move || ticking.clear());
    }
}

/// The search field and the chips.
#[component]
fn Narrowing(
    filters: Memo<Filters>,
    counts: Memo<Option<ConnectionCounts>>,
    on_filter: Callback<Filters>,
) -> impl IntoView {
    let chip = move |words: &'static str, state: Option<State>, deleted: bool| {
        let chosen = move || filters.with(|filters| (filters.state, filters.deleted) == (state, deleted));
        let pressed = move || if chosen() { "true" } else { "false" };
        let press = move |_| on_filter.run(Filters { state, deleted, ..filters.get_untracked() });
        let count = move || counts.get().map(|counts| of(counts, state, deleted));
        view! {
            <button type="button" class="chip" aria-pressed=pressed on:click=press>
                {words} " " <span class="chip-count">{count}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="narrowing" role="search">
            <SearchField
                label="Search connections"
                placeholder="Search name, site or account"
                value=Signal::derive(move || filters.get().q)
                on_search=move |q| on_filter.run(Filters { q, ..filters.get_untracked() })
            />
            <div class="chips" role="group" aria-label="Status">
                {chip("All", None, false)} {chip("Authorized", Some(State::Authorized), false)}
                {chip("Interrupted", Some(State::Interrupted), false)}
                {chip("Unauthorized", Some(State::Unauthorized), false)} {chip("Show deleted", None, true)}
            </div>
        </div>
    }
    .into_any()
}

/// How many a chip stands for.
const fn of(counts: ConnectionCounts, state: Option<State>, deleted: bool) -> u32 {
    match state {
        _ if deleted => counts.deleted,
        Some(State::Authorized) => counts.authorized,
        Some(State::Interrupted) => counts.interrupted,
        Some(State::Unauthorized) => counts.unauthorized,
        None => counts.authorized + counts.interrupted + counts.unauthorized,
    }
}

fn listing(list: Shown, filters: Filters, pages: RwSignal<usize>, on_filter: Callback<Filters>) -> AnyView {
    let count = list.items.len();
    if count == 0 {
        return if filters.narrow() { none_match(on_filter) } else { none_yet() };
    }
    let more = list.next_cursor.is_some();
    let told = if more { format!("The first {}", counted(count)) } else { counted(count) };
    let sort = filters.sort;
    let on_sort = move |sort: ConnectionSort| on_filter.run(Filters { sort: Some(sort), ..filters.clone() });
    view! {
        <Grid connections=list.items sort on_sort />
        <div class="buttons">
            <p class="subtle small" role="status">{told}</p>
            {when(more, || view! { <Button on_press=move |()| pages.update(|pages| *pages += 1)>"Show more"</Button> }.into_any())}
        </div>
    }
    .into_any()
}

fn none_yet() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connections yet"</h2>
            <p>"A connection pairs Causeway with one Jira site. Your systems then call Jira through it, and never see a credential."</p>
            <p class="subtle">"You need an Atlassian account that can use the site. Begin with a name, then authorize."</p>
            <div class="buttons">
                <Link to=Route::NewConnection.path() class=Look::Primary.class()>"Make the first connection"</Link>
            </div>
        </section>
    }
    .into_any()
}

fn none_match(on_filter: Callback<Filters>) -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connection matches"</h2>
            <p>"Nothing has these words and this status. What was deleted is listed under Show deleted only, for 30 days."</p>
            <div class="buttons">
                <Button on_press=move |()| on_filter.run(Filters::default())>"Clear filters"</Button>
            </div>
        </section>
    }
    .into_any()
}

fn read(navigation: Navigation) -> Filters {
    Filters::from_pairs(["q", "status", "deleted", "sort"].map(|name| (name.to_owned(), navigation.param(name))))
}
