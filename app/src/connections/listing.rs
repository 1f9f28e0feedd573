//! The list of connections as far as it is loaded: its pages, wherever the grid is scrolled to.
//!
//! After a change only the pages in view are loaded again; other pages stay until they come into view.

use std::{ops::Range, sync::Arc};

use api::{ConnectionCounts, ConnectionId, Endpoint, ListConnections};
use leptos::{prelude::*, task::spawn_local};

use super::{
    connection_row::ConnectionRow,
    filters::{Filters, PAGE_SIZE},
    list_reader::{self, RowPage},
};
use crate::{
    client::{CallError, get},
    navigation::encoded,
    ui::{follow, rescue_focus},
};

/// How many pages are kept on either side of the one loaded last.
const KEPT: usize = 40;
/// How many rows are loaded beyond those in view, so that scrolling finds them.
const AHEAD: usize = 20;

/// What is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loaded {
    /// The filters that the rows match. The address bar may be ahead of them.
    pub(super) filters: Filters,
    /// How many connections there are in each state; `None` before the first answer.
    pub(super) counts: Option<ConnectionCounts>,
    /// How many rows the list has.
    pub(super) total: usize,
    /// Why the page requested last could not be loaded.
    pub(super) failure: Option<CallError>,
    /// Counts the lists: other filters make another list.
    pub(super) list: u32,
    /// Whether the organization has workspaces. Otherwise the grid hides its columns on workspaces.
    pub(super) granted: bool,
    pages: Vec<(usize, Vec<Arc<ConnectionRow>>)>,
}

/// What a row of the grid shows: which list it belongs to, and the connection, if it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowContent {
    pub(super) list: u32,
    pub(super) connection: Option<Arc<ConnectionRow>>,
}

impl Loaded {
    /// The content of a row. While its page is not loaded, a row of the same list keeps what it showed `before`.
    pub(super) fn row(&self, row: usize, before: Option<&RowContent>) -> RowContent {
        let shown = match self.pages.iter().find(|(page, _)| *page == row / PAGE_SIZE) {
            Some((_, rows)) => rows.get(row % PAGE_SIZE),
            None => before.filter(|before| before.list == self.list).and_then(|before| before.connection.as_ref()),
        };
        RowContent { list: self.list, connection: shown.cloned() }
    }

    /// The connection with this id, as it was loaded last, if its page is kept.
    pub(super) fn find(&self, id: &ConnectionId) -> Option<Arc<ConnectionRow>> {
        self.pages.iter().flat_map(|(_, rows)| rows).find(|row| row.id == *id).cloned()
    }

    /// Takes the answer for a page. The first answer for other filters replaces the whole list.
    fn take(&mut self, filters: Filters, page: usize, answer: Result<RowPage, CallError>) {
        match answer {
            Err(error) => self.failure = Some(error),
            Ok(answer) => {
                if self.filters != filters {
                    self.list = self.list.wrapping_add(1);
                    self.pages.clear();
                }
                self.pages.retain(|(kept, _)| *kept != page && kept.abs_diff(page) <= KEPT);
                self.failure = None;
                self.granted |= answer.has_workspaces || answer.rows.iter().any(|row| !row.workspaces.is_empty());
                self.counts = Some(answer.counts);
                self.total = total(page, &answer, filters.counted(answer.counts));
                self.filters = filters;
                self.pages.push((page, answer.rows.into_iter().map(Arc::new).collect()));
                let pages = self.total.div_ceil(PAGE_SIZE);
                self.pages.retain(|(page, _)| *page < pages);
            }
        }
    }
}

/// How many rows there are: the counted ones, unless the page itself shows where the list ends.
fn total(page: usize, answer: &RowPage, counted: usize) -> usize {
    let read = page * PAGE_SIZE + answer.rows.len();
    match answer.has_more {
        true => counted.max(read + 1),
        false if answer.rows.is_empty() => counted.min(read),
        false => read,
    }
}

/// The pages with these rows, and with the rows shortly before and after them.
fn pages(rows: &Range<usize>, total: usize) -> Range<usize> {
    let end = (rows.end + AHEAD).min(total);
    let start = rows.start.saturating_sub(AHEAD).min(end);
    start / PAGE_SIZE..end.div_ceil(PAGE_SIZE).max(1)
}

/// The list, and loading it.
#[derive(Clone, Copy)]
pub(super) struct Listing {
    /// What is loaded.
    pub(super) loaded: RwSignal<Loaded>,
    /// What the address bar asks for.
    pub(super) filters: Memo<Filters>,
    in_view: StoredValue<Range<usize>>,
    /// Pages requested since the last reload.
    requested: StoredValue<Vec<usize>>,
    /// Counts the reloads, so that answers to requests before the last one are ignored.
    reloads: StoredValue<u32>,
    /// Whether all loaded rows are in the document, to be printed.
    pub(super) printing: RwSignal<bool>,
}

impl Listing {
    /// Loads the beginning of the list at once, and again whenever `filters` change.
    pub(super) fn load(filters: Memo<Filters>) -> Self {
        let listing = Self {
            loaded: RwSignal::default(),
            filters,
            in_view: StoredValue::new(0..1),
            requested: StoredValue::default(),
            reloads: StoredValue::new(0),
            printing: RwSignal::new(false),
        };
        Effect::new(move |_| {
            follow(filters);
            listing.in_view.set_value(0..1);
            listing.reload();
        });
        listing
    }

    /// Loads the rows in view again.
    pub(super) fn reload(self) {
        self.reloads.update_value(|count| *count = count.wrapping_add(1));
        self.requested.set_value(Vec::new());
        self.load_in_view();
    }

    /// These rows are in view now.
    pub(super) fn set_in_view(self, rows: Range<usize>) {
        self.in_view.set_value(rows);
    }

    /// Loads the rows in view that were not requested since the last reload.
    pub(super) fn load_in_view(self) {
        let total = self.loaded.with_untracked(|loaded| loaded.total);
        for page in self.in_view.with_value(|rows| pages(rows, total)) {
            if !self.requested.with_value(|requested| requested.contains(&page)) {
                self.requested.update_value(|requested| {
                    requested.retain(|requested| requested.abs_diff(page) <= KEPT);
                    requested.push(page);
                });
                self.load_page(page);
            }
        }
    }

    /// The connection in a row, if it is loaded.
    pub(super) fn connection(self, row: Option<usize>) -> Option<Arc<ConnectionRow>> {
        row.and_then(|row| self.loaded.with_untracked(|loaded| loaded.row(row, None).connection))
    }

    /// Not a `Query`: several pages are under way at once, and each answer goes into the list.
    fn load_page(self, page: usize) {
        spawn_local(async move { self.read_page(page).await });
    }

    /// Reads a page into the list.
    pub(super) async fn read_page(self, page: usize) {
        let Some(reloads) = self.reloads.try_get_value() else { return };
        let Some(filters) = self.filters.try_get_untracked() else { return };
        let path = format!("{}?{}", ListConnections::PATH, encoded(filters.request(page)));
        let answer = get(path, list_reader::page).await;
        if self.reloads.try_get_value() == Some(reloads) {
            rescue_focus();
            self.loaded.try_update(|loaded| loaded.take(filters, page, answer));
        }
    }

    /// The row with this index, and whether its page is loaded.
    pub(super) fn is_loaded(self, row: usize) -> bool {
        self.loaded.with_untracked(|loaded| loaded.row(row, None).connection.is_some())
    }
}

#[cfg(test)]
mod tests {
    use api::Status;

    use super::{super::connection_row::tests::row, *};

    fn page(page: usize, of: usize) -> RowPage {
        let rows = page * PAGE_SIZE..of.min((page + 1) * PAGE_SIZE);
        let counts = ConnectionCounts { authorized: u32::try_from(of).expect("few"), ..Default::default() };
        let has_more = rows.end < of;
        let rows = rows.map(|at| row(&format!("Row {at}"), Status::Authorized)).collect();
        RowPage { rows, has_more, has_workspaces: false, counts }
    }

    fn name(loaded: &Loaded, row: usize) -> Option<String> {
        loaded.row(row, None).connection.map(|connection| connection.name.to_string())
    }

    #[test]
    fn the_middle_of_the_list_can_be_read_before_what_comes_before_it() {
        let mut loaded = Loaded::default();
        loaded.take(Filters::default(), 100, Ok(page(100, 10_000)));
        assert_eq!(loaded.total, 10_000);
        assert_eq!(name(&loaded, 5_049).as_deref(), Some("Row 5049"));
        assert_eq!((name(&loaded, 4_999), name(&loaded, 5_050)), (None, None));
    }

    #[test]
    fn only_pages_near_where_the_person_looks_are_kept() {
        let mut loaded = Loaded::default();
        for at in 0..200 {
            loaded.take(Filters::default(), at, Ok(page(at, 10_000)));
        }
        assert!(loaded.pages.len() <= KEPT + 1);
        assert!(name(&loaded, 9_999).is_some());
    }

    #[test]
    fn a_row_in_the_document_keeps_what_it_shows_while_its_list_is_the_same() {
        let mut loaded = Loaded::default();
        loaded.take(Filters::default(), 0, Ok(page(0, 10_000)));
        let shown = loaded.row(3, None);
        loaded.take(Filters::default(), 100, Ok(page(100, 10_000)));
        assert_eq!((loaded.row(3, None).connection, loaded.row(3, Some(&shown))), (None, shown.clone()));
        loaded.take(Filters { q: "x".to_owned(), ..Filters::default() }, 100, Ok(page(100, 10_000)));
        assert_eq!(loaded.row(3, Some(&shown)).connection, None);
    }

    #[test]
    fn other_filters_replace_everything_when_they_are_answered() {
        let mut loaded = Loaded::default();
        loaded.take(Filters::default(), 0, Ok(page(0, 120)));
        loaded.take(Filters::default(), 1, Ok(page(1, 120)));
        let narrower = Filters { q: "x".to_owned(), ..Filters::default() };
        loaded.take(narrower.clone(), 0, Ok(page(0, 20)));
        assert_eq!((loaded.total, name(&loaded, 0).is_some(), name(&loaded, 50)), (20, true, None));
        assert_eq!(loaded.filters, narrower);
    }

    #[test]
    fn a_list_that_shrank_ends_where_its_last_page_ends() {
        let mut loaded = Loaded::default();
        loaded.take(Filters::default(), 0, Ok(page(0, 120)));
        loaded.take(Filters::default(), 2, Ok(page(2, 120)));
        loaded.take(Filters::default(), 1, Ok(page(1, 70)));
        assert_eq!(loaded.total, 70);
        assert_eq!(name(&loaded, 100), None);
        loaded.take(Filters::default(), 0, Ok(page(0, 0)));
        assert_eq!(loaded.total, 0);
    }

    #[test]
    fn a_failure_leaves_the_rows_that_were_read() {
        let mut loaded = Loaded::default();
        loaded.take(Filters::default(), 0, Ok(page(0, 120)));
        loaded.take(Filters::default(), 1, Err(CallError::Unreachable("gone".to_owned())));
        assert!(loaded.failure.is_some() && name(&loaded, 0).is_some());
        loaded.take(Filters::default(), 1, Ok(page(1, 120)));
        assert_eq!(loaded.failure, None);
    }

    #[test]
    fn what_is_in_view_is_asked_for_with_a_little_ahead_and_nothing_else() {
        assert_eq!(pages(&(0..1), 0), 0..1);
        assert_eq!(pages(&(0..25), 10_000), 0..1);
        assert_eq!(pages(&(0..31), 10_000), 0..2);
        assert_eq!(pages(&(5_000..5_025), 10_000), 99..101);
        assert_eq!(pages(&(9_980..10_000), 10_000), 199..200);
        assert_eq!(pages(&(9_980..10_000), 20), 0..1);
    }

    /// `start.js` requests these before the app runs. Any other address would be a second request.
    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn start_js_requests_what_the_first_screen_loads() {
        let script = include_str!("../../start.js");
        let first = format!("{}?{}", ListConnections::PATH, encoded(Filters::default().request(0)));
        for path in [first.as_str(), api::GetSession::PATH] {
            assert!(script.contains(&format!("ask(\"{path}\"")), "{path}");
        }
    }
}
