//! The grid of connections: a real table, which becomes cards where it is narrow.

use api::{Connection, ConnectionId, ConnectionSort, Kind, Status};
use leptos::{leptos_dom::helpers::queue_microtask, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::{
    cells::cells,
    lifecycle::Lifecycle,
    listing::{Listing, Row},
    mounted::Pieces,
    row_events::{RowEvents, picture_failed, pointed_at},
    scrolling::{Scrolling, row_of},
    window::Piece,
};
use crate::session::CurrentSession;
use crate::ui::{
    focus,
    kept::Kept,
    markup::Markup,
    moment::{Now, keep_moving},
    note,
};

/// What people call a kind.
pub(super) const fn kind(kind: Kind) -> &'static str {
    kind.title()
}

/// The cell of rows that are left out, over all columns.
const GAP: &str = "<td colspan=\"8\"></td>";
/// The cell of a row that is being loaded.
const WAITING: &str = "<td colspan=\"8\"><div class=\"skeleton\"></div></td>";

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
    let Lifecycle { row_test, .. } = expect_context();
    row_test.show_in_rows();
    let granted = Memo::new(move |_| listing.loaded.with(|loaded| loaded.granted));
    let count = move || listing.loaded.with(|loaded| loaded.total + 1);
    // Behind the gate it is known, and stays.
    let session: CurrentSession = expect_context();
    let administrator = untrack(|| session.is_administrator());
    let mounted = StoredValue::new_local(Pieces::default());
    let write = move |piece: &Piece, element: &HtmlElement, shown: &Shown, kept: &mut KeptRow| match (piece, shown) {
        (Piece::Row(row), Shown::Row((_, Some(connection)))) => {
            let cells = cells(
                connection,
                administrator || connection.may_manage,
                row_test.told(&connection.id),
                now.get_untracked(),
            );
            write_row(element, *row, connection, cells, kept)
        }
        (Piece::Row(row), _) => write_waiting(element, *row, untrack(|| scrolling.height(*row, *row + 1)), kept),
        (_, shown) => write_gap(element, shown),
    };
    Effect::new(move |_| {
        let Some(body) = scrolling.body.get() else { return };
        let pieces = scrolling.pieces.get();
        let shown = listing.loaded.with(|loaded| {
            let state = |piece: &Piece, before: Option<&Shown>| match (piece, before) {
                (Piece::Gap(from, to), _) => Shown::Gap(scrolling.height(*from, *to)),
                (Piece::Row(row), Some(Shown::Row(before))) => Shown::Row(loaded.row(*row, Some(before))),
                (Piece::Row(row), _) => Shown::Row(loaded.row(*row, None)),
            };
            mounted.try_update_value(|mounted| mounted.show(&pieces, &body, state, write))
        });
        note(shown.unwrap_or(Ok(())), "the rows were not shown");
    });
    view! {
        <table class="cards grid" class:with-workspaces=move || granted.get() aria-rowcount=count>
            <caption class="assistive">"Connections"</caption>
            <thead>
                <tr aria-rowindex="1">
                    {sortable("Name", sort, on_sort, ConnectionSort::Name, ConnectionSort::NameDescending)}
                    <th scope="col">"Status"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Authorized as"</th>
                    <th scope="col" class="of-workspaces">"Workspaces"</th>
                    <th scope="col" class="of-workspaces">"Used by"</th>
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

/// What stands in a piece.
#[derive(PartialEq)]
enum Shown {
    /// Nothing, this high.
    Gap(f64),
    /// A row, as far as it was read.
    Row(Row),
}

fn write_gap(element: &HtmlElement, shown: &Shown) -> Result<(), JsValue> {
    if let Shown::Gap(height) = shown {
        element.set_class_name("gap");
        element.set_attribute("aria-hidden", "true")?;
        element.set_inner_html(GAP);
        element.style().set_property("height", &pixels(*height))?;
    }
    Ok(())
}

/// What is kept of a row that was read: whose it is, and what stands in it.
type KeptRow = Option<(ConnectionId, Kept)>;

/// Writes a row. Of the one with the focus, what has the focus stays the connection's own.
fn write_row(
    element: &HtmlElement,
    row: usize,
    connection: &Connection,
    cells: Markup,
    kept: &mut KeptRow,
) -> Result<(), JsValue> {
    let off = matches!(connection.status, Status::Deactivated { .. });
    element.set_class_name(if off { "deactivated" } else { "" });
    if let Some((id, before)) = kept
        && (*id == connection.id || !has_focus(row))
        && before.update(element, &cells)?
    {
        id.clone_from(&connection.id);
        return Ok(());
    }
    keep_focus(row);
    element.set_attribute("aria-rowindex", &(row + 2).to_string())?;
    element.remove_attribute("aria-busy")?;
    element.style().remove_property("height")?;
    *kept = Some((connection.id.clone(), Kept::write(element, cells)?));
    Ok(())
}

/// Writes a row that is being loaded.
fn write_waiting(element: &HtmlElement, row: usize, height: f64, kept: &mut KeptRow) -> Result<(), JsValue> {
    *kept = None;
    element.set_attribute("aria-rowindex", &(row + 2).to_string())?;
    element.set_attribute("aria-busy", "true")?;
    element.set_inner_html(WAITING);
    element.style().set_property("height", &pixels(height))
}

/// A height for the browser. Hundredths are more than it shows.
#[expect(clippy::cast_possible_truncation, reason = "a page is far under 2^53 pixels high")]
fn pixels(height: f64) -> String {
    let hundredths = (height * 100.0) as i64;
    format!("{}.{:02}px", hundredths / 100, hundredths % 100)
}

fn has_focus(row: usize) -> bool {
    document().active_element().is_some_and(|focused| row_of(&focused) == Some(row))
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
