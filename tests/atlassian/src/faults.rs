//! Faults that tests inject: what goes wrong, where, whether before or after the work was done, and how often.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::recorder::Endpoint;

/// What the client meets instead of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// This status, these headers, this body.
    Status {
        /// The status code.
        code: u16,
        /// The body.
        body: String,
        /// Name and value of each header.
        headers: Vec<(String, String)>,
    },
    /// A 200 with a page of HTML.
    Html,
    /// A 200 with nothing in it.
    Empty,
    /// The right answer, once the hold is released.
    Slow,
    /// Half of the right answer, then the connection ends.
    CutShort,
    /// The connection is reset without an answer.
    Reset,
    /// A 200, `application/json`, with exactly these bytes.
    Body(Vec<u8>),
    /// A 302 to this address.
    Redirect(String),
}

/// Whether the work is done before the fault applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing was done: no token was rotated, no issue created.
    BeforeCommit,
    /// Everything was done, and the answer is lost.
    AfterCommit,
}

/// One fault. Faults are tried in the order in which they were injected: the first that matches a request applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which endpoint.
    pub endpoint: Endpoint,
    /// Only requests whose path contains this; all if empty.
    #[serde(default)]
    pub path_contains: String,
    /// Only this operation of Jira, by the name that Atlassian's document gives it, such as `createIssue`; all if empty.
    #[serde(default)]
    pub operation: String,
    /// Before or after the work.
    pub stage: Stage,
    /// What happens.
    pub kind: Kind,
    /// How many times; until cleared, if absent.
    pub times: Option<u32>,
}

impl Fault {
    /// A fault that applies once, after the work was done.
    pub fn after(endpoint: Endpoint, kind: Kind) -> Self {
        let (path_contains, operation) = (String::new(), String::new());
        Self { endpoint, path_contains, operation, stage: Stage::AfterCommit, kind, times: Some(1) }
    }

    /// A fault that applies once, before anything was done.
    pub fn before(endpoint: Endpoint, kind: Kind) -> Self {
        Self { stage: Stage::BeforeCommit, ..Self::after(endpoint, kind) }
    }

    /// The same, `times` times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The same, until faults are cleared.
    #[must_use]
    pub fn until_cleared(self) -> Self {
        Self { times: None, ..self }
    }

    /// The same, for paths that contain this.
    #[must_use]
    pub fn on_path(self, part: &str) -> Self {
        Self { path_contains: part.into(), ..self }
    }
}

impl Fault {
    /// The same, for one operation of Jira.
    #[must_use]
    pub fn on_operation(self, operation: &str) -> Self {
        Self { operation: operation.into(), ..self }
    }
}

impl Kind {
    /// A status with a body of another content type, such as JSON that says it is HTML.
    pub fn status_of_type(code: u16, content_type: &str, body: &str) -> Self {
        Self::Status { code, body: body.into(), headers: vec![("content-type".into(), content_type.into())] }
    }

    /// A status with a JSON body and no further headers.
    pub fn status(code: u16, body: &str) -> Self {
        let headers = vec![("content-type".into(), "application/json".into())];
        Self::Status { code, body: body.into(), headers }
    }
}

/// Releases the responses that a [`Kind::Slow`] fault holds. Dropping it releases none.
#[derive(Clone, Debug)]
pub struct Hold(watch::Sender<bool>);

impl Hold {
    /// Releases every request that this fault holds.
    pub fn release(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn released(&self) {
        // The sender is `self`, so the channel cannot close while this waits.
        let mut state = self.0.subscribe();
        let _open = state.wait_for(|released| *released).await;
    }
}

#[derive(Clone, Debug)]
pub(crate) struct InjectedFault {
    pub(crate) fault: Fault,
    pub(crate) hold: Hold,
}

/// The faults that have not been used up.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    injected: Mutex<Vec<InjectedFault>>,
    holds: Mutex<Vec<Hold>>,
}

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) -> Hold {
        let hold = Hold(watch::channel(false).0);
        lock(&self.holds).push(hold.clone());
        lock(&self.injected).push(InjectedFault { fault, hold: hold.clone() });
        hold
    }

    /// Takes the first fault that matches, and counts it down by one.
    pub(crate) fn take(&self, endpoint: Endpoint, path: &str, operation: Option<&str>) -> Option<InjectedFault> {
        let mut injected = lock(&self.injected);
        let matches = |injected: &InjectedFault| {
            let Fault { endpoint: at, path_contains, operation: wanted, .. } = &injected.fault;
            *at == endpoint && path.contains(path_contains) && (wanted.is_empty() || operation == Some(wanted.as_str()))
        };
        let index = injected.iter().position(matches)?;
        let taken = injected[index].clone();
        match &mut injected[index].fault.times {
            None => {}
            Some(left) if *left > 1 => *left -= 1,
            Some(_) => drop(injected.remove(index)),
        }
        Some(taken)
    }

    /// Removes all faults and releases the requests that they hold.
    pub(crate) fn clear(&self) {
        lock(&self.injected).clear();
        self.release_all();
    }

    pub(crate) fn release_all(&self) {
        lock(&self.holds).drain(..).for_each(|hold| hold.release());
    }

    pub(crate) fn waiting(&self) -> Vec<Fault> {
        lock(&self.injected).iter().map(|injected| injected.fault.clone()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_strikes_as_often_as_it_says() {
        let faults = Faults::default();
        faults.inject(Fault::after(Endpoint::Token, Kind::Reset).times(2));
        assert!(faults.take(Endpoint::Jira, "/", None).is_none());
        assert!(faults.take(Endpoint::Token, "/", None).is_some());
        assert!(faults.take(Endpoint::Token, "/", None).is_some());
        assert!(faults.take(Endpoint::Token, "/", None).is_none());
    }

    #[test]
    fn orders_strike_in_the_order_they_were_given() {
        let faults = Faults::default();
        faults.inject(Fault::before(Endpoint::Token, Kind::Html));
        faults.inject(Fault::before(Endpoint::Token, Kind::Empty).until_cleared());
        let kinds: Vec<_> =
            (0..3).filter_map(|_| faults.take(Endpoint::Token, "/", None)).map(|o| o.fault.kind).collect();
        assert_eq!(kinds, [Kind::Html, Kind::Empty, Kind::Empty]);
        faults.clear();
        assert!(faults.take(Endpoint::Token, "/", None).is_none());
    }
}
