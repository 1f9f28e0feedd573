//! The Connections screen.

use std::time::Duration;

use api::{Connection, ConnectionSort, ListConnections, State};
use leptos::{ev, prelude::*};
use web_sys::UrlSearchParams;

use super::{filters::Filters, grid::Grid};
use crate::{
    client::{CallError, call},
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        fetched::Fetched,
        icon::Icon,
        page_title::PageTitle,
        panel::panel,
        when,
    },
};

/// How long a search waits for the next keystroke.
const KEYSTROKES: Duration = Duration::from_millis(200);

/// All connections.
#[component]
pub(crate) fn ConnectionsPage() -> impl IntoView {
    let navigation = use_navigation();
    let filters = Memo::new(move |_| read(&navigation.query().get()));
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
    let on_filter = Callback::new(move |filters: Filters| {
        pages.set(1);
        navigation.set_query(&written(&filters));
    });
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Connections"</PageTitle>
                <p class="subtle">"The Jira instances that Causeway is connected to."</p>
            </div>
            <Link to=Route::NewConnection.path() class=Look::Primary.class()>{Icon::Add.view()} "New connection"</Link>
        </div>
        <Narrowing filters on_filter />
        {panel(connections, "Loading connections", move |list| listing(list, filters.get_untracked(), pages, on_filter))}
    }
    .into_any()
}

/// What was read of the list so far.
#[derive(Clone, Default)]
struct Shown {
    items: Vec<Connection>,
    next_cursor: Option<String>,
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
    }
    Ok(list)
}

/// Loads again when the person comes back, and now and then.
fn keep_fresh(connections: Fetched<Shown>) {
    let focused = window_event_listener(ev::focus, move |_| connections.again());
    on_cleanup(move || focused.remove());
    let again = move || {
        if !document().hidden() {
            connections.again();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(again, Duration::from_secs(30)) {
        on_cleanup(move || ticking.clear());
    }
}

/// The search field and the chips.
#[component]
fn Narrowing(filters: Memo<Filters>, on_filter: Callback<Filters>) -> impl IntoView {
    let search = debounce(KEYSTROKES, move |q: String| on_filter.run(Filters { q, ..filters.get_untracked() }));
    let chip = move |words: &'static str, state: Option<State>| {
        let pressed = move || if filters.get().state == state { "true" } else { "false" };
        let press = move |_| on_filter.run(Filters { state, ..filters.get_untracked() });
        view! { <button type="button" class="chip" aria-pressed=pressed on:click=press>{words}</button> }.into_any()
    };
    view! {
        <div class="narrowing" role="search">
            <label class="search">
                <span class="assistive">"Search connections"</span>
                {Icon::Search.view()}
                <input
                    class="field-input"
                    type="search"
                    placeholder="Search name, site or account"
                    prop:value=move || filters.get().q
                    on:input:target=move |event| search.clone()(event.target().value())
                />
            </label>
            <div class="chips" role="group" aria-label="Status">
                {chip("All", None)} {chip("Authorized", Some(State::Authorized))}
                {chip("Interrupted", Some(State::Interrupted))} {chip("Unauthorized", Some(State::Unauthorized))}
            </div>
        </div>
    }
    .into_any()
}

/// Calls `act` with the last of several values in quick succession.
fn debounce(pause: Duration, act: impl Fn(String) + Copy + 'static) -> impl Fn(String) + Clone + 'static {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    move |value| {
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || act(value), pause).ok());
    }
}

fn listing(list: Shown, filters: Filters, pages: RwSignal<usize>, on_filter: Callback<Filters>) -> AnyView {
    let count = list.items.len();
    if count == 0 {
        return if filters.narrow() { none_match(on_filter) } else { none_yet() };
    }
    let more = list.next_cursor.is_some();
    let told = match (count, more) {
        (1, _) => "1 connection".to_owned(),
        (count, false) => format!("{count} connections"),
        (count, true) => format!("The first {count} connections"),
    };
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
            <p>"Nothing has these words and this status."</p>
            <div class="buttons">
                <Button on_press=move |()| on_filter.run(Filters::default())>"Clear filters"</Button>
            </div>
        </section>
    }
    .into_any()
}

fn read(query: &str) -> Filters {
    let Ok(params) = UrlSearchParams::new_with_str(query) else { return Filters::default() };
    let pairs = ["q", "status", "sort"].into_iter().filter_map(|name| Some((name.to_owned(), params.get(name)?)));
    Filters::from_pairs(pairs)
}

fn written(filters: &Filters) -> String {
    let encoded =
        |(name, value): (&str, String)| format!("{name}={}", String::from(js_sys::encode_uri_component(&value)));
    filters.pairs().into_iter().map(encoded).collect::<Vec<_>>().join("&")
}
