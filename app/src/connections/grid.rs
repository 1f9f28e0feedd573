//! The grid of connections: a real table, which becomes cards where it is narrow.

use api::{ConnectionSort, Kind};
use leptos::{leptos_dom::helpers::queue_microtask, prelude::*};

use super::{
    cells::cells,
    listing::Listing,
    mounted::Pieces,
    row_events::{RowEvents, picture_failed, pointed_at},
    scrolling::{Scrolling, row_of},
    window::Piece,
};
use crate::ui::{
    focus,
    moment::{Now, keep_moving},
};

/// What people call a kind.
pub(super) const fn kind(kind: Kind) -> &'static str {
    kind.title()
}

/// How many columns there are.
const COLUMNS: &str = "6";
/// The cell of a row that is being loaded.
const WAITING: &str = "<td colspan=\"6\"><div class=\"skeleton\"></div></td>";

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
        if let Some(body) = scrolling.body.get() {
            keep_moving(&body, now);
        }
    });
    let events = RowEvents::of(listing);
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
            <tbody
                node_ref=scrolling.body
                on:click=move |event| events.clicked(&event)
                on:keydown=move |event| events.key_pressed(&event)
                on:pointerover=|event| pointed_at(&event)
                on:error:capture=|event| picture_failed(&event)
            ></tbody>
        </table>
    }
    .into_any()
}

/// A row: what is known of its connection, or that it is being loaded.
fn row(row: usize, listing: Listing, scrolling: Scrolling) -> AnyView {
    let Now(now) = expect_context();
    let connection = Memo::new(move |before| listing.loaded.with(|loaded| loaded.row(row, before)));
    let waits = move || connection.with(|(_, shown)| shown.is_none());
    let height = move || waits().then(|| format!("{}px", untrack(|| scrolling.height(row, row + 1))));
    let markup = move || {
        connection.with(|(_, shown)| match shown {
            Some(connection) => {
                keep_focus(row);
                cells(connection, now.get_untracked())
            }
            None => WAITING.to_owned(),
        })
    };
    let busy = move || waits().then_some("true");
    view! { <tr aria-rowindex=row + 2 aria-busy=busy style:height=height inner_html=markup></tr> }.into_any()
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
