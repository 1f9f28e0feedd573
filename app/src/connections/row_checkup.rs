//! Running a checkup where it was asked for, in a row: its result shows there by itself.

use api::ConnectionId;
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use super::{
    checkup::{Checkup, Run},
    checkup_panel,
    row_test::{RowTest, Told},
};

impl RowTest {
    /// Begins the test of this connection, or cancels it while it runs.
    pub(super) fn begin_or_cancel(self, id: &ConnectionId, on_verdict: impl Fn() + 'static) {
        let runs = self.under_way.with_value(Option::is_some);
        self.stop();
        if runs && self.of.with_untracked(|of| of.as_ref() == Some(id)) {
            self.told.set(Told::nothing());
        } else {
            self.begin(id.clone(), on_verdict);
        }
    }

    fn begin(self, id: ConnectionId, on_verdict: impl Fn() + 'static) {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        self.under_way.set_value(Some(controller));
        let mut checkup = Checkup { run: Run::Running, steps: Vec::new() };
        self.told.set(Told::of(&checkup));
        self.of.set(Some(id.clone()));
        spawn_local(async move {
            // Another test may have begun in the meantime, or the person cancelled this one.
            let stands = || !signal.aborted();
            let told = &mut |line| {
                if stands() {
                    checkup.told(line);
                    self.told.try_set(Told::of(&checkup));
                }
            };
            let answer = checkup_panel::run(&id, &signal, told).await;
            if stands() {
                self.under_way.try_set_value(None);
                checkup.ended(answer);
                self.told.try_set(Told::of(&checkup));
                on_verdict();
            }
        });
    }
}

impl Told {
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
