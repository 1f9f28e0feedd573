//! The grid of connections: a real table, which becomes cards where it is narrow.

use std::sync::Arc;

use api::{Connection, ConnectionSort, Kind, Status};
use leptos::{ev, leptos_dom::helpers::queue_microtask, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    lifecycle::{Lifecycle, authorize},
    listing::Listing,
    mounted::Pieces,
    scrolling::{Scrolling, row_of},
    status::status,
    window::Piece,
};
use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::{
        avatar::avatar,
        button::{Button, Look},
        focus,
        menu::Menu,
        moment::{Now, keep_moving, one_of_many},
    },
};

/// What people call a kind.
pub(super) const fn kind(kind: Kind) -> &'static str {
    kind.title()
}

/// How many columns there are.
const COLUMNS: &str = "6";

/// The grid. Of its rows only those are in the document that are seen, and the one with the focus.
#[component]
pub(super) fn Grid(
    listing: Listing,
    sort: Signal<Option<ConnectionSort>>,
    #[prop(into)] on_sort: Callback<ConnectionSort>,
) -> impl IntoView {
    let scrolling = Scrolling::follow(listing);
    let list = Memo::new(move |_| listing.loaded.with(|loaded| loaded.list));
    Effect::new(move |before: Option<u32>| {
        let now = list.get();
        if before.is_some_and(|before| before != now) {
            scrolling.begin_anew();
        }
        now
    });
    let Now(now) = expect_context();
    Effect::new(move |_| {
        let now = now.get();
        listing.loaded.track();
        // When the rows have been built.
        request_animation_frame(move || {
            if let Some(body) = scrolling.body.try_get_untracked().flatten() {
                keep_moving(&body, now);
            }
        });
    });
    let count = move || listing.loaded.with(|loaded| loaded.total + 1);
    let piece = move |piece: &Piece| match *piece {
        Piece::Gap(from, to) => {
            let height = move || format!("{}px", scrolling.height(from, to));
            view! { <tr class="gap" aria-hidden="true"><td colspan=COLUMNS style:height=height></td></tr> }.into_any()
        }
        Piece::Row(row) => self::row(row, listing, scrolling),
    };
    let mounted = StoredValue::new_local(Pieces::default());
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |_| {
        if let Some(body) = scrolling.body.get() {
            let pieces = scrolling.pieces.get();
            mounted.update_value(|mounted| mounted.show(&pieces, &body, &owner, piece));
        }
    });
    view! {
        <table class="cards grid" aria-rowcount=count>
            <caption class="assistive">"Connections"</caption>
            <thead>
                <tr aria-rowindex="1">
                    {sortable("Name", sort, on_sort, ConnectionSort::Name, ConnectionSort::NameDescending)}
                    <th scope="col">"Status"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Authorized as"</th>
                    {sortable("Last activity", sort, on_sort, ConnectionSort::LastActivity, ConnectionSort::LastActivityDescending)}
                    <th scope="col"><span class="assistive">"Actions"</span></th>
                </tr>
            </thead>
            <tbody node_ref=scrolling.body on:click=open></tbody>
        </table>
    }
    .into_any()
}

/// A click beside the controls of a row opens its connection; one that ends a selection does not.
fn open(event: ev::MouseEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let on_control = target.closest("a, button, [role=menu]").is_ok_and(|control| control.is_some());
    let selects = window().get_selection().is_ok_and(|selected| selected.is_some_and(|it| !it.is_collapsed()));
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if !(on_control || selects || modified) {
        let link = target.closest("tr").ok().flatten().and_then(|row| row.query_selector(".row-link").ok().flatten());
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            link.click();
        }
    }
}

/// A row: what is known of its connection, or that it is being loaded.
fn row(row: usize, listing: Listing, scrolling: Scrolling) -> AnyView {
    let connection = Memo::new(move |before| listing.loaded.with(|loaded| loaded.row(row, before)));
    let waits = move || connection.with(|(_, shown)| shown.is_none());
    let content = move || {
        if let (_, Some(connection)) = connection.get() {
            keep_focus(row);
            cells(connection)
        } else {
            let height = format!("{}px", untrack(|| scrolling.height(row, row + 1)));
            view! { <td colspan=COLUMNS style:height=height><div class="skeleton"></div></td> }.into_any()
        }
    };
    view! {
        <tr aria-rowindex=row + 2 aria-busy=move || waits().then_some("true")>{content}</tr>
    }
    .into_any()
}

/// When the row with the focus is built anew, the focus goes to what took its place, or to the row's link.
fn keep_focus(row: usize) {
    let focused = || document().active_element();
    let Some(before) = focused().filter(|focused| row_of(focused) == Some(row)) else { return };
    let id = before.id();
    queue_microtask(move || {
        if focused().is_none_or(|element| element.tag_name() == "BODY") {
            focus(&id);
        }
    });
}

/// A header that sorts: upwards, and downwards when pressed again.
fn sortable(
    name: &'static str,
    sort: Signal<Option<ConnectionSort>>,
    on_sort: Callback<ConnectionSort>,
    up: ConnectionSort,
    down: ConnectionSort,
) -> AnyView {
    let (direction, arrow) = (Some("ascending"), "↑");
    let told = move || match sort.get().unwrap_or(ConnectionSort::Name) {
        sort if sort == up => (direction, arrow),
        sort if sort == down => (Some("descending"), "↓"),
        _ => (None, ""),
    };
    let press = move |_| on_sort.run(if told().0 == direction { down } else { up });
    view! {
        <th scope="col" aria-sort=move || told().0>
            <button type="button" class="sort" on:click=press>
                {name} <span aria-hidden="true">{move || told().1}</span>
            </button>
        </th>
    }
    .into_any()
}

fn cells(connection: Arc<Connection>) -> AnyView {
    let name = connection.name.to_string();
    let site = connection.site.as_ref();
    let picture = avatar(site.map_or(&name, |site| &site.name), site.and_then(|site| site.avatar_url.as_deref()));
    let url = site.map(|site| site.url.clone()).unwrap_or_default();
    let account = connection.account.as_ref().map_or_else(|| "Nobody".to_owned(), |account| account.name.clone());
    let lifecycle: Lifecycle = expect_context();
    let id = connection.id.clone();
    let (named, label) = (view! { <bdi>{name.clone()}</bdi> }.into_any(), format!("Actions for {name}"));
    let acted_on = connection.clone();
    let entries = Arc::new(move || lifecycle.entries(&acted_on));
    let deleted = connection.deleted.is_some();
    let named = if deleted { view! { <s>{named}</s> }.into_any() } else { named };
    view! {
        <th scope="row">
            <span class="who">
                {picture}
                <span class="site-words">
                    <Link to=Route::Connection(id.clone(), Tab::Overview).path() class="row-link">{named}</Link>
                    <bdi class="subtle">{url}</bdi>
                </span>
            </span>
        </th>
        <td data-label="Status">{status(&connection)}</td>
        <td data-label="Kind">{kind(connection.kind)}</td>
        <td data-label="Authorized as"><bdi>{account}</bdi></td>
        <td data-label="Last activity">{one_of_many(connection.last_activity_at)}</td>
        <td class="row-actions">
            <span class="row-buttons">
                {next_step(&connection, lifecycle)}
                <Menu id=format!("menu-{id}") label entries />
            </span>
        </td>
    }
    .into_any()
}

/// What the state asks for most, beside the menu.
fn next_step(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let id = connection.id.clone();
    let name = connection.name.clone();
    if connection.deleted.is_some() {
        let restore = move |()| lifecycle.restore(id.clone());
        return view! { <Button label=format!("Restore {name}") on_press=restore>"Restore"</Button> }.into_any();
    }
    if !matches!(connection.status, Status::Unauthorized { .. }) {
        return ().into_any();
    }
    let words = authorize(&connection.status).words();
    view! {
        <Link to=Route::Connection(id, Tab::Setup).path() class=Look::Default.class()>
            {words} <span class="assistive">{format!(" {name}")}</span>
        </Link>
    }
    .into_any()
}
