//! The rows that an administrator has selected, to do one thing to all of them. The lazy part does it: `bulk`.

use std::sync::Arc;

use api::ConnectionId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::connection_row::ConnectionRow;

/// The selected rows, in the order in which they were selected. In the context of the list.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    rows: RwSignal<Vec<Arc<ConnectionRow>>>,
}

impl Selection {
    /// Nothing is selected.
    pub(super) fn start() -> Self {
        Self { rows: RwSignal::new(Vec::new()) }
    }

    /// The rows, as they were when they were selected.
    pub(super) fn rows(self) -> Vec<Arc<ConnectionRow>> {
        self.rows.get()
    }

    /// How many rows are selected.
    pub(super) fn count(self) -> usize {
        self.rows.with(Vec::len)
    }

    /// Selects a row, or no longer.
    pub(super) fn choose(self, row: Arc<ConnectionRow>, chosen: bool) {
        self.rows.update(|rows| {
            rows.retain(|other| other.id != row.id);
            rows.extend(chosen.then_some(row));
        });
    }

    /// Selects exactly these rows.
    pub(super) fn set(self, rows: Vec<Arc<ConnectionRow>>) {
        self.rows.set(rows);
    }

    /// Selects nothing.
    pub(super) fn clear(self) {
        if self.rows.with_untracked(|rows| !rows.is_empty()) {
            self.rows.set(Vec::new());
        }
    }

    /// Whether a row is selected.
    pub(super) fn has(self, id: &ConnectionId) -> bool {
        self.rows.with_untracked(|rows| rows.iter().any(|row| row.id == *id))
    }

    /// Ticks the checkboxes within `body` as the selection says.
    pub(super) fn show(self, body: &Element) {
        let chosen: Vec<String> = self.rows.with(|rows| rows.iter().map(|row| format!("select-{}", row.id)).collect());
        let Ok(boxes) = body.query_selector_all("[data-select]") else { return };
        let boxes = (0..boxes.length()).filter_map(|at| boxes.get(at)?.dyn_into::<HtmlInputElement>().ok());
        for one in boxes {
            one.set_checked(chosen.contains(&one.id()));
        }
    }
}
