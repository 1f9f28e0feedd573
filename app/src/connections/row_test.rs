//! *Test* in a row: what is told of it there. Running it comes with the later part: `row_checkup`.

use api::ConnectionId;
use leptos::prelude::*;
use web_sys::AbortController;

use crate::ui::kept::touched;

/// The checkup that was last begun in a row. One at a time: what a person looks at.
#[derive(Clone, Copy)]
pub(crate) struct RowTest {
    /// In which row.
    pub(super) of: RwSignal<Option<ConnectionId>>,
    /// What is told of it.
    pub(super) told: RwSignal<Told>,
    /// What ends it, while it runs.
    pub(super) under_way: StoredValue<Option<AbortController>, LocalStorage>,
}

impl RowTest {
    /// None yet.
    pub(super) fn start() -> Self {
        let told = RwSignal::new(Told::nothing());
        Self { of: RwSignal::new(None), told, under_way: StoredValue::new_local(None) }
    }

    /// What is told of the test in this connection's row.
    pub(super) fn told(self, id: &ConnectionId) -> Told {
        if self.of.with_untracked(|of| of.as_ref() == Some(id)) { self.told.get_untracked() } else { Told::nothing() }
    }

    /// Writes what is told into the rows of a grid, until the grid is left. Nothing is tested in a row that was left.
    pub(super) fn show_in_rows(self) {
        Effect::new(move |before: Option<Option<ConnectionId>>| {
            let of = self.of.get();
            if let Some(before) = before.flatten().filter(|before| Some(before) != of.as_ref()) {
                Told::nothing().write(&before);
            }
            let told = self.told.get();
            if let Some(of) = &of {
                told.write(of);
            }
            of
        });
        on_cleanup(move || {
            self.stop();
            self.of.try_set(None);
        });
    }

    /// Ends it, if it runs.
    pub(super) fn stop(self) {
        if let Some(controller) = self.under_way.try_update_value(Option::take).flatten() {
            controller.abort();
        }
    }
}

/// What a row tells of its test, and what the button that began it is called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) words: String,
    pub(super) button: &'static str,
}

impl Told {
    /// There is no test.
    pub(super) fn nothing() -> Self {
        Self { words: String::new(), button: "Test" }
    }

    /// Into the row of this connection, if it is in the document.
    fn write(&self, id: &ConnectionId) {
        for (place, words) in [("tested", self.words.as_str()), ("test", self.button)] {
            if let Some(element) = document().get_element_by_id(&format!("{place}-{id}")) {
                element.set_text_content(Some(words));
                touched(&element);
            }
        }
    }
}
