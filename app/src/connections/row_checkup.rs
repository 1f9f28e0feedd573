//! Runs a checkup in a row of the grid. The row shows its progress and its result.

use api::ConnectionId;
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use super::{
    checkup::{Checkup, CheckupRun},
    checkup_panel,
    row_test::{RowTest, RowTestText},
};

impl RowTest {
    /// Starts the test of this connection, or cancels it if it is running.
    pub(super) fn start_or_cancel(self, id: &ConnectionId, on_verdict: impl Fn() + 'static) {
        let runs = self.running.with_value(Option::is_some);
        self.stop();
        if runs && self.connection.with_untracked(|connection| connection.as_ref() == Some(id)) {
            self.text.set(RowTestText::none());
        } else {
            self.begin(id.clone(), on_verdict);
        }
    }

    /// Not a `Query`: the answer is a stream that a person can cancel.
    fn begin(self, id: ConnectionId, on_verdict: impl Fn() + 'static) {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        self.running.set_value(Some(controller));
        let mut checkup = Checkup { run: CheckupRun::Running, steps: Vec::new() };
        self.text.set(RowTestText::of(&checkup));
        self.connection.set(Some(id.clone()));
        spawn_local(async move {
            // Meanwhile another test may have been started, or this one cancelled.
            let current = || !signal.aborted();
            let on_line = &mut |line| {
                if current() {
                    checkup.apply(line);
                    self.text.try_set(RowTestText::of(&checkup));
                }
            };
            let answer = checkup_panel::run(&id, &signal, on_line).await;
            if current() {
                self.running.try_set_value(None);
                checkup.ended(answer);
                self.text.try_set(RowTestText::of(&checkup));
                on_verdict();
            }
        });
    }
}

impl RowTestText {
    fn of(checkup: &Checkup) -> Self {
        let status = match &checkup.run {
            CheckupRun::NotStarted | CheckupRun::Cancelled => String::new(),
            CheckupRun::Running => format!("Testing: {}", checkup.next().unwrap_or("the verdict")),
            CheckupRun::Finished(status, ..) if status.cause().is_none() => "Tested just now: it works.".to_owned(),
            CheckupRun::Finished(..) => "Tested just now: it does not work.".to_owned(),
            CheckupRun::Failed(error) => format!("Not tested. {} {}", error.sentence(), error.remedy()),
        };
        Self { status, button: if checkup.run == CheckupRun::Running { "Cancel" } else { "Test" } }
    }
}

#[cfg(test)]
mod tests {
    use api::{Cause, Status, Timestamp};

    use super::*;

    fn shown(run: CheckupRun) -> RowTestText {
        RowTestText::of(&Checkup { run, steps: Vec::new() })
    }

    #[test]
    fn a_row_tells_what_is_looked_at_and_what_came_of_it() {
        let running = shown(CheckupRun::Running);
        assert_eq!((running.status.as_str(), running.button), ("Testing: Configuration", "Cancel"));
        let works = shown(CheckupRun::Finished(Status::Authorized, Timestamp::EPOCH, None));
        assert_eq!((works.status.as_str(), works.button), ("Tested just now: it works.", "Test"));
        let cause = Cause::IpAllowList;
        let refused = Status::Interrupted { cause, since: Timestamp::EPOCH };
        assert_eq!(
            shown(CheckupRun::Finished(refused, Timestamp::EPOCH, None)).status,
            "Tested just now: it does not work."
        );
        assert_eq!(shown(CheckupRun::Cancelled), RowTestText::none());
    }
}
