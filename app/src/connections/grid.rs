//! The grid of connections: a table, which becomes cards where it is narrow. Its parts have their roles written down,
//! because browsers forget those of tables whose parts are no table in the style sheet.

use api::{ConnectionSort, Status};
use leptos::{ev, leptos_dom::helpers::queue_microtask, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FocusOptions, HtmlElement, HtmlInputElement};

use super::{
    cells::cells,
    connection_row::ConnectionRow,
    lifecycle::Lifecycle,
    listing::{Listing, RowContent},
    place::keep_place,
    row_events::{RowAction, RowEvents, focused_in, picture_failed, pointed_at},
    row_test::RowTest,
    scrolling::{Scrolling, row_of},
    selection::Selection,
    virtual_rows::VirtualRows,
    window::Piece,
};
use crate::{
    context::expect_context,
    lazy_part::LazyPart,
    session::CurrentSession,
    ui::{
        moment::{Now, update_moments},
        note, when,
    },
};

/// The cell of a gap. It spans no columns: some are hidden, and a cell over more columns than there are makes new ones.
const GAP: &str = "<td role=\"cell\"></td>";
/// The cells of a row that is being loaded.
const WAITING: &str = "<td role=\"cell\"><div class=\"skeleton\"></div></td>";
/// The same where rows can be selected.
const WAITING_SELECTABLE: &str = "<td role=\"cell\"></td><td role=\"cell\"><div class=\"skeleton\"></div></td>";

/// The grid. Only the rows in view are in the document, and the row with the focus.
#[component]
pub(super) fn Grid(
    listing: Listing,
    sort: Signal<ConnectionSort>,
    #[prop(into)] on_sort: Callback<ConnectionSort>,
) -> impl IntoView {
    let scrolling = Scrolling::follow(listing);
    keep_place(listing, scrolling);
    let list = Memo::new(move |_| listing.loaded.with(|loaded| loaded.list));
    Effect::new(move |before: Option<u32>| {
        let now = list.get();
        if before.is_some_and(|before| before != now) {
            scrolling.scroll_to_start();
        }
        now
    });
    let Now(now) = expect_context();
    Effect::new(move |_| {
        let now = now.get();
        if let Some(body) = scrolling.body.get() {
            update_moments(&body, now);
        }
    });
    let events = RowEvents::of(listing);
    let Lifecycle { row_test, .. } = expect_context();
    row_test.show_in_rows();
    let granted = Memo::new(move |_| listing.loaded.with(|loaded| loaded.granted));
    let count = move || listing.loaded.with(|loaded| loaded.total + 1);
    // The grid is shown only to somebody who is signed in, so this is known and stays.
    let session: CurrentSession = expect_context();
    let administrator = untrack(|| session.is_administrator());
    let selection: Selection = expect_context();
    let writer = RowWriter { administrator, selection, row_test, scrolling, now };
    Effect::new(move |_| {
        if let Some(body) = scrolling.body.get() {
            selection.show(&body);
        }
    });
    let lazy_part: LazyPart = expect_context();
    let all = move || selection.count() > 0 && selection.count() == listing.loaded.with(|loaded| loaded.total);
    let some = move || selection.count() > 0 && !all();
    let select_all = move |event: ev::Event| {
        let chosen = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if chosen.is_some_and(|chosen| chosen.checked()) {
            lazy_part.run(RowAction::SelectAll(events));
        } else {
            selection.clear();
        }
    };
    let rows = StoredValue::new_local(VirtualRows::default());
    Effect::new(move |_| {
        let Some(body) = scrolling.body.get() else { return };
        let pieces = scrolling.pieces.get();
        let shown = listing.loaded.with(|loaded| {
            let content = |piece: &Piece, before: Option<&PieceContent>| match piece {
                Piece::Gap(from, to) => PieceContent::Gap(scrolling.height(*from, *to)),
                Piece::Row(row) => PieceContent::Row(loaded.row(*row, before.and_then(PieceContent::as_row))),
            };
            rows.try_update_value(|rows| {
                rows.show(&pieces, &body, content, |piece, element, before, now| {
                    writer.write(piece, element, before, now)
                })
            })
        });
        note(shown.unwrap_or(Ok(())), "the rows were not shown");
    });
    view! {
        <table role="table" class="cards grid" class:with-workspaces=move || granted.get() aria-rowcount=count>
            <caption class="assistive">"Connections"</caption>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    {when(administrator, || view! {
                        <th scope="col" role="columnheader" class="of-selection">
                            <input
                                type="checkbox"
                                id="select-all"
                                aria-label="Select all that match"
                                prop:checked=all
                                prop:indeterminate=some
                                on:change=select_all
                            />
                        </th>
                    }.into_any())}
                    {COLUMNS.map(|column| sortable(column, sort, on_sort)).into_iter().collect::<Vec<_>>()}
                    <th scope="col" role="columnheader" class="of-actions"><span class="assistive">"Actions"</span></th>
                </tr>
            </thead>
            <tbody
                role="rowgroup"
                node_ref=scrolling.body
                on:click=move |event| events.clicked(&event)
                on:keydown=move |event| events.key_pressed(&event)
                on:pointerover=|event| pointed_at(&event)
                on:focusin=|event| focused_in(&event)
                on:error:capture=|event| picture_failed(&event)
            ></tbody>
        </table>
    }
}

/// What a piece of the table shows.
enum PieceContent {
    /// Nothing, with this height.
    Gap(f64),
    /// A row.
    Row(RowContent),
}

impl PieceContent {
    fn as_row(&self) -> Option<&RowContent> {
        match self {
            Self::Row(row) => Some(row),
            Self::Gap(_) => None,
        }
    }
}

/// Writes pieces into the document.
#[derive(Clone, Copy)]
struct RowWriter {
    /// Whether an administrator is signed in.
    administrator: bool,
    selection: Selection,
    row_test: RowTest,
    scrolling: Scrolling,
    now: RwSignal<api::Timestamp>,
}

impl RowWriter {
    /// Writes the piece, unless it shows the same already.
    fn write(
        self,
        piece: &Piece,
        element: &HtmlElement,
        before: Option<&PieceContent>,
        now: &PieceContent,
    ) -> Result<(), JsValue> {
        match (piece, now) {
            (Piece::Row(row), PieceContent::Row(content)) => {
                let before = before.and_then(PieceContent::as_row);
                if before.is_some_and(|before| before.connection == content.connection) {
                    return Ok(());
                }
                match &content.connection {
                    Some(connection) => self.write_row(element, *row, connection),
                    None => self.write_waiting(element, *row),
                }
            }
            (_, PieceContent::Gap(height)) => match before {
                Some(PieceContent::Gap(before)) if same_height(*before, *height) => Ok(()),
                _ => write_gap(element, *height),
            },
            (Piece::Gap(..), PieceContent::Row(_)) => Ok(()),
        }
    }

    fn write_row(self, element: &HtmlElement, row: usize, connection: &ConnectionRow) -> Result<(), JsValue> {
        let may_manage = self.administrator || connection.may_manage;
        let selected = self.administrator.then(|| self.selection.has(&connection.id));
        let test = self.row_test.text(&connection.id);
        let cells = cells(connection, may_manage, selected, &test, self.now.get_untracked());
        keep_focus(row);
        let off = matches!(connection.status, Status::Deactivated { .. });
        element.set_class_name(if off { "deactivated" } else { "" });
        element.set_attribute("aria-rowindex", &(row + 2).to_string())?;
        element.remove_attribute("aria-busy")?;
        element.style().remove_property("height")?;
        element.set_inner_html(cells.html());
        Ok(())
    }

    /// Writes a row that is being loaded.
    fn write_waiting(self, element: &HtmlElement, row: usize) -> Result<(), JsValue> {
        element.set_attribute("aria-rowindex", &(row + 2).to_string())?;
        element.set_attribute("aria-busy", "true")?;
        element.set_inner_html(if self.administrator { WAITING_SELECTABLE } else { WAITING });
        element.style().set_property("height", &pixels(untrack(|| self.scrolling.height(row, row + 1))))
    }
}

fn write_gap(element: &HtmlElement, height: f64) -> Result<(), JsValue> {
    element.set_class_name("gap");
    element.set_attribute("aria-hidden", "true")?;
    element.set_inner_html(GAP);
    element.style().set_property("height", &pixels(height))
}

/// Whether two heights are the same in the document: it has hundredths of a pixel.
fn same_height(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.005
}

/// A height in CSS, to a hundredth of a pixel.
#[expect(clippy::cast_possible_truncation, reason = "a page is far under 2^53 pixels high")]
fn pixels(height: f64) -> String {
    let hundredths = (height * 100.0) as i64;
    format!("{}.{:02}px", hundredths / 100, hundredths % 100)
}

/// Called before a row is written: if the row has the focus, the focus goes to the new element with the same id. The page
/// does not scroll there: the row may be out of view.
fn keep_focus(row: usize) {
    let focused = || document().active_element();
    let Some(before) = focused().filter(|focused| row_of(focused) == Some(row)) else { return };
    let id = before.id();
    queue_microtask(move || {
        let lost = focused().is_none_or(|element| element.tag_name() == "BODY");
        let element = document().get_element_by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if let Some(element) = element.filter(|_| lost) {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            note(element.focus_with_options(&options), "the focus was not kept");
        }
    });
}

/// A column that the table can be sorted by: its name, its class, and both orders.
type Column = (&'static str, &'static str, ConnectionSort, ConnectionSort);

/// The columns between the checkbox and the actions.
const COLUMNS: [Column; 7] = [
    ("Name", "of-name", ConnectionSort::Name, ConnectionSort::NameDescending),
    ("Status", "of-status", ConnectionSort::Status, ConnectionSort::StatusDescending),
    ("Kind", "of-kind", ConnectionSort::Kind, ConnectionSort::KindDescending),
    ("Authorized as", "of-account", ConnectionSort::Account, ConnectionSort::AccountDescending),
    ("Workspaces", "of-workspaces", ConnectionSort::Workspaces, ConnectionSort::WorkspacesDescending),
    ("Used by", "of-workspaces of-usage", ConnectionSort::Projects, ConnectionSort::ProjectsDescending),
    ("Last activity", "of-activity", ConnectionSort::LastActivity, ConnectionSort::LastActivityDescending),
];

/// A header that sorts: ascending, and descending when it is pressed again.
fn sortable(
    (name, class, up, down): Column,
    sort: Signal<ConnectionSort>,
    on_sort: Callback<ConnectionSort>,
) -> AnyView {
    let (direction, arrow) = (Some("ascending"), "↑");
    let state = move || match sort.get() {
        sort if sort == up => (direction, arrow),
        sort if sort == down => (Some("descending"), "↓"),
        _ => (None, ""),
    };
    let press = move |_| on_sort.run(if state().0 == direction { down } else { up });
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=move || state().0>
            <button type="button" class="sort" data-sort=name on:click=press>
                {name} <span aria-hidden="true">{move || state().1}</span>
            </button>
        </th>
    }
    .into_any()
}
