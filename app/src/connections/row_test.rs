//! *Test* in a row: the checkup runs where it was asked for, and its result shows by itself.

use api::ConnectionId;
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use super::{
    checkup::{Checkup, Run},
    checkup_panel,
};

/// The checkup that was last begun in a row. One at a time: what a person looks at.
#[derive(Clone, Copy)]
pub(super) struct RowTest {
    of: RwSignal<Option<ConnectionId>>,
    checkup: RwSignal<Checkup>,
    under_way: StoredValue<Option<AbortController>, LocalStorage>,
}

impl RowTest {
    /// None yet.
    pub(super) fn start() -> Self {
        Self { of: RwSignal::new(None), checkup: RwSignal::default(), under_way: StoredValue::new_local(None) }
    }

    /// What is told of the test in this connection's row.
    pub(super) fn told(self, id: &ConnectionId) -> Told {
        if self.of.with_untracked(|of| of.as_ref() == Some(id)) {
            self.checkup.with_untracked(Told::of)
        } else {
            Told::nothing()
        }
    }

    /// Begins the test of this connection, or cancels it while it runs.
    pub(super) fn begin_or_cancel(self, id: &ConnectionId, on_verdict: impl Fn() + 'static) {
        let runs = self.checkup.with_untracked(|checkup| checkup.run == Run::Running);
        if runs && self.of.with_untracked(|of| of.as_ref() == Some(id)) {
            self.cancel();
        } else {
            self.begin(id.clone(), on_verdict);
        }
    }

    /// Writes what is told into the rows of a grid, until the grid is left. Nothing is tested in a row that was left.
    pub(super) fn show_in_rows(self) {
        Effect::new(move |before: Option<Option<ConnectionId>>| {
            let of = self.of.get();
            if let Some(before) = before.flatten().filter(|before| Some(before) != of.as_ref()) {
                Told::nothing().write(&before);
            }
            let told = self.checkup.with(Told::of);
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

    fn stop(self) {
        if let Some(controller) = self.under_way.try_update_value(Option::take).flatten() {
            controller.abort();
        }
    }

    fn cancel(self) {
        self.checkup.update(|checkup| checkup.run = Run::Cancelled);
        self.stop();
    }

    fn begin(self, id: ConnectionId, on_verdict: impl Fn() + 'static) {
        self.stop();
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        self.under_way.set_value(Some(controller));
        self.of.set(Some(id.clone()));
        self.checkup.set(Checkup { run: Run::Running, steps: Vec::new() });
        spawn_local(async move {
            // Another test may have begun in the meantime, or the person cancelled this one.
            let stands = || !signal.aborted();
            let told = &mut |line| {
                if stands() {
                    self.checkup.try_update(|checkup| checkup.told(line));
                }
            };
            let answer = checkup_panel::run(&id, &signal, told).await;
            if stands() {
                self.checkup.try_update(|checkup| checkup.ended(answer));
                on_verdict();
            }
        });
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

    fn of(checkup: &Checkup) -> Self {
        let words = match &checkup.run {
            Run::Not | Run::Cancelled => String::new(),
            Run::Running => format!("Testing: {}", checkup.next().unwrap_or("the verdict")),
            Run::Finished(status, _) if status.cause().is_none() => "Tested just now: it works.".to_owned(),
            Run::Finished(..) => "Tested just now: it does not work.".to_owned(),
            Run::Failed(error) => format!("Not tested. {} {}", error.sentence(), error.remedy()),
        };
        Self { words, button: if checkup.run == Run::Running { "Cancel" } else { "Test" } }
    }

    /// Into the row of this connection, if it is in the document.
    fn write(&self, id: &ConnectionId) {
        for (place, words) in [("tested", self.words.as_str()), ("test", self.button)] {
            if let Some(element) = document().get_element_by_id(&format!("{place}-{id}")) {
                element.set_text_content(Some(words));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use api::{Cause, Status, Timestamp};

    use super::*;

    fn told(run: Run) -> Told {
        Told::of(&Checkup { run, steps: Vec::new() })
    }

    #[test]
    fn a_row_tells_what_is_looked_at_and_what_came_of_it() {
        let running = told(Run::Running);
        assert_eq!((running.words.as_str(), running.button), ("Testing: Configuration", "Cancel"));
        let works = told(Run::Finished(Status::Authorized, Timestamp::EPOCH));
        assert_eq!((works.words.as_str(), works.button), ("Tested just now: it works.", "Test"));
        let cause = Cause::IpAllowList;
        let refused = Status::Interrupted { cause, since: Timestamp::EPOCH };
        assert_eq!(told(Run::Finished(refused, Timestamp::EPOCH)).words, "Tested just now: it does not work.");
        assert_eq!(told(Run::Cancelled), Told::nothing());
    }
}
