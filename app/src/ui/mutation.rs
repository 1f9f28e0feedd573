//! A change that a button sends to the edge: whether it is under way, and why it failed.

use std::{future::Future, pin::Pin};

use api::ProblemCode;
use leptos::{prelude::*, task::spawn_local};

use super::{failure::failure_beside, flags::Flags};
use crate::client::CallError;

/// What is done after a success.
type Continuation = Box<dyn FnOnce()>;

/// Sends a change. Its pending state disables the button; its failure is shown beside the button.
#[derive(Clone, Copy)]
pub(crate) struct Mutation {
    busy: RwSignal<bool>,
    failed: RwSignal<Option<CallError>>,
    flags: Option<Flags>,
    /// Counts the calls of [`Mutation::abandon`], so that answers from before are ignored.
    abandoned: StoredValue<u32>,
}

impl Mutation {
    /// A mutation whose failure is shown by [`Mutation::failure`].
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), failed: RwSignal::new(None), flags: None, abandoned: StoredValue::new(0) }
    }

    /// A mutation whose failure is shown as a flag, because it has no place of its own on the screen.
    pub(crate) fn flagged() -> Self {
        Self { flags: use_context(), ..Self::new() }
    }

    /// Whether it is under way.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// The failure of the last run.
    pub(crate) fn error(self) -> Option<CallError> {
        self.failed.get()
    }

    /// The edge's sentence, if it refused with `code`: for the field that the refusal is about.
    pub(crate) fn refused(self, code: ProblemCode) -> Option<String> {
        self.failed.get().filter(|error| error.code() == Some(code)).map(|error| error.sentence())
    }

    /// The failure, unless it is a refusal with `code`, which is shown beside its field.
    pub(crate) fn failure_except(self, code: ProblemCode) -> AnyView {
        (move || failure_beside(self.failed.get().filter(|error| error.code() != Some(code)))).into_any()
    }

    /// The failure, beside the button.
    pub(crate) fn failure(self) -> AnyView {
        (move || failure_beside(self.failed.get())).into_any()
    }

    /// Removes the failure from the screen.
    pub(crate) fn clear(self) {
        self.failed.set(None);
    }

    /// Ignores the answer that is still to come, and removes the failure from the screen.
    pub(crate) fn abandon(self) {
        self.abandoned.update_value(|count| *count = count.wrapping_add(1));
        self.busy.set(false);
        self.clear();
    }

    /// Sends `change`. After a success it calls `then`, unless the screen was left meanwhile.
    pub(crate) fn run<T: 'static>(
        self,
        change: impl Future<Output = Result<T, CallError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let change = async move { change.await.map(|answer| Box::new(move || then(answer)) as Continuation) };
        self.send(Box::pin(change));
    }

    /// Not generic, so that it is compiled once.
    fn send(self, change: Pin<Box<dyn Future<Output = Result<Continuation, CallError>>>>) {
        let before = self.abandoned.get_value();
        self.busy.set(true);
        self.clear();
        spawn_local(async move {
            let answer = change.await;
            let abandoned = self.abandoned.try_get_value();
            let left = abandoned.is_none();
            if !left && abandoned != Some(before) {
                return;
            }
            self.busy.try_set(false);
            match (answer, self.flags) {
                (Ok(then), _) if !left => then(),
                (Ok(_), _) => {}
                (Err(error), Some(flags)) => flags.failed(&error),
                (Err(error), None) => {
                    self.failed.try_set(Some(error));
                }
            }
        });
    }
}
