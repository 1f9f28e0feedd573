//! The list of connections as far as it was read: pages of it, wherever the grid is scrolled to.
//!
//! What changed is asked for again only where the person looks; pages read before stay until they are seen again.

use std::{ops::Range, sync::Arc};

use api::{Connection, ConnectionCounts, ConnectionPage, Endpoint, ListConnections};
use leptos::{prelude::*, task::spawn_local};

use super::{filters::Filters, listed};
use crate::{
    client::{CallError, ask},
    navigation::encoded,
    ui::rescue_focus,
};

/// The rows of a page: more than a screen has, and few enough to be read within a keystroke.
pub(super) const PAGE: usize = 50;
/// How many pages are kept on either side of where the person looks.
const KEPT: usize = 20;
/// How many rows are read ahead, so that scrolling finds them.
const AHEAD: usize = 20;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loaded {
    /// What the list was narrowed to. The address may have moved on; the rows have not.
    pub(super) filters: Filters,
    /// How many there are in each state; `None` before the first answer.
    pub(super) counts: Option<ConnectionCounts>,
    /// How many rows the list has.
    pub(super) total: usize,
    /// Why the last page asked for is not there.
    pub(super) failure: Option<CallError>,
    /// Counts the lists: other filters, another list.
    pub(super) list: u32,
    /// Whether any connection was seen that is granted to a workspace: without, the grid says nothing of workspaces.
    pub(super) granted: bool,
    pages: Vec<(usize, Vec<Arc<Connection>>)>,
}

/// What a row shows, and of which list it is.
pub(super) type Row = (u32, Option<Arc<Connection>>);

impl Loaded {
    /// The connection in a row, if its page was read; what it showed `before` while its page is not kept.
    pub(super) fn row(&self, row: usize, before: Option<&Row>) -> Row {
        let shown = match self.pages.iter().find(|(page, _)| *page == row / PAGE) {
            Some((_, items)) => items.get(row % PAGE),
            None => before.filter(|(list, _)| *list == self.list).and_then(|(_, shown)| shown.as_ref()),
        };
        (self.list, shown.cloned())
    }

    /// Takes the answer for a page. The first one for other filters replaces everything.
    fn take(&mut self, filters: Filters, page: usize, answer: Result<ConnectionPage, CallError>) {
        match answer {
            Err(error) => self.failure = Some(error),
            Ok(answer) => {
                if self.filters != filters {
                    self.list = self.list.wrapping_add(1);
                    self.pages.clear();
                }
                self.pages.retain(|(kept, _)| *kept != page && kept.abs_diff(page) <= KEPT);
                self.failure = None;
                self.granted |= answer.items.iter().any(|connection| !connection.workspaces.is_empty());
                self.counts = Some(answer.counts);
                self.total = total(page, &answer, filters.counted(answer.counts));
                self.filters = filters;
                self.pages.push((page, answer.items.into_iter().map(Arc::new).collect()));
                let pages = self.total.div_ceil(PAGE);
                self.pages.retain(|(page, _)| *page < pages);
            }
        }
    }
}

/// How many rows there are: as many as are counted, unless the page itself tells where the list ends.
fn total(page: usize, answer: &ConnectionPage, counted: usize) -> usize {
    let read = page * PAGE + answer.items.len();
    match answer.next_cursor {
        Some(_) => counted.max(read + 1),
        None if answer.items.is_empty() => counted.min(read),
        None => read,
    }
}

/// The pages that these rows are on.
fn pages(rows: &Range<usize>, total: usize) -> Range<usize> {
    let end = (rows.end + AHEAD).min(total);
    let start = rows.start.saturating_sub(AHEAD).min(end);
    start / PAGE..end.div_ceil(PAGE).max(1)
}

/// The list, and asking for it.
#[derive(Clone, Copy)]
pub(super) struct Listing {
    /// What was read.
    pub(super) loaded: RwSignal<Loaded>,
    /// What the address asks for.
    pub(super) filters: Memo<Filters>,
    in_view: StoredValue<Range<usize>>,
    /// Pages asked for since something may have changed.
    asked: StoredValue<Vec<usize>>,
    turn: StoredValue<u32>,
}

impl Listing {
    /// Asks for the beginning at once, and again whenever `filters` change.
    pub(super) fn ask(filters: Memo<Filters>) -> Self {
        let listing = Self {
            loaded: RwSignal::default(),
            filters,
            in_view: StoredValue::new(0..1),
            asked: StoredValue::default(),
            turn: StoredValue::new(0),
        };
        Effect::new(move |_| {
            filters.track();
            listing.in_view.set_value(0..1);
            listing.again();
        });
        listing
    }

    /// Asks again for what is in view.
    pub(super) fn again(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.asked.set_value(Vec::new());
        self.fill();
    }

    /// The person looks at these rows.
    pub(super) fn look_at(self, rows: Range<usize>) {
        self.in_view.set_value(rows);
    }

    /// Asks for what is in view and was not asked for yet.
    pub(super) fn fill(self) {
        let total = self.loaded.with_untracked(|loaded| loaded.total);
        for page in self.in_view.with_value(|rows| pages(rows, total)) {
            if !self.asked.with_value(|asked| asked.contains(&page)) {
                self.asked.update_value(|asked| {
                    asked.retain(|asked| asked.abs_diff(page) <= KEPT);
                    asked.push(page);
                });
                self.load(page);
            }
        }
    }

    /// The connection in a row, if it was read.
    pub(super) fn connection(self, row: Option<usize>) -> Option<Arc<Connection>> {
        row.and_then(|row| self.loaded.with_untracked(|loaded| loaded.row(row, None).1))
    }

    fn load(self, page: usize) {
        let turn = self.turn.get_value();
        let filters = self.filters.get_untracked();
        spawn_local(async move {
            let path = format!("{}?{}", ListConnections::PATH, encoded(filters.request(page)));
            let answer = ask(path, listed::page).await;
            // Of several answers under way only those count that were asked for last.
            if self.turn.try_get_value() == Some(turn) {
                rescue_focus();
                self.loaded.try_update(|loaded| loaded.take(filters, page, answer));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(row: usize) -> Connection {
        let json = format!(
            r#"{{"id":"con_{row}","name":"Row {row}","kind":"cloud_oauth2","site":null,
            "status":{{"state":"authorized"}},"account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z",
            "authorized_at":null,"last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    fn page(page: usize, of: usize) -> ConnectionPage {
        let rows = page * PAGE..of.min((page + 1) * PAGE);
        let counts = ConnectionCounts { authorized: u32::try_from(of).expect("few"), ..Default::default() };
        let next_cursor = (rows.end < of).then(|| "next".to_owned());
        ConnectionPage { items: rows.map(connection).collect(), next_cursor, counts }
    }

    fn name(loaded: &Loaded, row: usize) -> Option<String> {
        loaded.row(row, None).1.map(|connection| connection.name.to_string())
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
        assert_eq!((loaded.row(3, None).1, loaded.row(3, Some(&shown))), (None, shown.clone()));
        loaded.take(Filters { q: "x".to_owned(), ..Filters::default() }, 100, Ok(page(100, 10_000)));
        assert_eq!(loaded.row(3, Some(&shown)).1, None);
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
}
