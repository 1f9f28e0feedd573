//! *Test* in a row: what the row shows of it. The lazy part runs it: `row_checkup`.

use api::ConnectionId;
use leptos::prelude::*;
use web_sys::AbortController;

/// The checkup that was started last in a row. There is at most one at a time.
#[derive(Clone, Copy)]
pub(crate) struct RowTest {
    /// The connection that is tested.
    pub(super) connection: RwSignal<Option<ConnectionId>>,
    /// What its row shows.
    pub(super) text: RwSignal<RowTestText>,
    /// Cancels it while it runs.
    pub(super) running: StoredValue<Option<AbortController>, LocalStorage>,
}

impl RowTest {
    /// No test was started.
    pub(super) fn start() -> Self {
        let text = RwSignal::new(RowTestText::none());
        Self { connection: RwSignal::new(None), text, running: StoredValue::new_local(None) }
    }

    /// What the row of this connection shows of a test.
    pub(super) fn text(self, id: &ConnectionId) -> RowTestText {
        let tested = self.connection.with_untracked(|connection| connection.as_ref() == Some(id));
        if tested { self.text.get_untracked() } else { RowTestText::none() }
    }

    /// Writes the text into the rows of a grid whenever it changes. When the grid is left, the test ends.
    pub(super) fn show_in_rows(self) {
        Effect::new(move |before: Option<Option<ConnectionId>>| {
            let connection = self.connection.get();
            if let Some(before) = before.flatten().filter(|before| Some(before) != connection.as_ref()) {
                RowTestText::none().write(&before);
            }
            let text = self.text.get();
            if let Some(connection) = &connection {
                text.write(connection);
            }
            connection
        });
        on_cleanup(move || {
            self.stop();
            self.connection.try_set(None);
        });
    }

    /// Cancels the test, if it runs.
    pub(super) fn stop(self) {
        if let Some(controller) = self.running.try_update_value(Option::take).flatten() {
            controller.abort();
        }
    }
}

/// What a row shows of its test: the status, and the label of the button that starts or cancels it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowTestText {
    pub(super) status: String,
    pub(super) button: &'static str,
}

impl RowTestText {
    /// The text without a test.
    pub(super) fn none() -> Self {
        Self { status: String::new(), button: "Test" }
    }

    /// Writes it into the row of this connection, if the row is in the document.
    fn write(&self, id: &ConnectionId) {
        for (place, text) in [("tested", self.status.as_str()), ("test", self.button)] {
            if let Some(element) = document().get_element_by_id(&format!("{place}-{id}")) {
                element.set_text_content(Some(text));
            }
        }
    }
}
