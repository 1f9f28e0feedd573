//! Something that a button asks of the edge: whether it is under way, and why it failed.

use std::{future::Future, pin::Pin};

use api::ProblemCode;
use leptos::{prelude::*, task::spawn_local};

use super::{failure::failure_beside, flags::Flags};
use crate::client::CallError;

/// What follows once it worked.
type Next = Box<dyn FnOnce()>;

/// One thing at a time.
#[derive(Clone, Copy)]
pub(crate) struct Errand {
    busy: RwSignal<bool>,
    failed: RwSignal<Option<CallError>>,
    flags: Option<Flags>,
}

impl Errand {
    /// One whose failure is shown by [`Errand::failure`].
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), failed: RwSignal::new(None), flags: None }
    }

    /// One whose failure is told by a flag, for it has no place of its own on the screen.
    pub(crate) fn flagged() -> Self {
        Self { flags: use_context(), ..Self::new() }
    }

    /// Whether it is under way.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// What the edge said, if it refused with `code`: for the field that it is about.
    pub(crate) fn refused(self, code: ProblemCode) -> Option<String> {
        self.failed.get().filter(|error| error.code() == Some(code)).map(|error| error.sentence())
    }

    /// The failure, unless it is a refusal with `code`, which stands beside its field.
    pub(crate) fn failure_but(self, code: ProblemCode) -> AnyView {
        (move || failure_beside(self.failed.get().filter(|error| error.code() != Some(code)))).into_any()
    }

    /// Forgets the failure.
    pub(crate) fn forget(self) {
        self.failed.set(None);
    }

    /// The failure, beside the button.
    pub(crate) fn failure(self) -> AnyView {
        (move || failure_beside(self.failed.get())).into_any()
    }

    /// Does it, and `then` what follows if it worked and the screen was not left meanwhile.
    pub(crate) fn run<T: 'static>(
        self,
        doing: impl Future<Output = Result<T, CallError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let next = async move { doing.await.map(|answer| Box::new(move || then(answer)) as Next) };
        self.send(Box::pin(next));
    }

    fn send(self, doing: Pin<Box<dyn Future<Output = Result<Next, CallError>>>>) {
        self.busy.set(true);
        self.forget();
        spawn_local(async move {
            let answer = doing.await;
            let left = self.busy.try_set(false).is_some();
            match (answer, self.flags) {
                (Ok(next), _) if !left => next(),
                (Ok(_), _) => {}
                (Err(error), Some(flags)) => flags.failed(&error),
                (Err(error), None) => {
                    self.failed.try_set(Some(error));
                }
            }
        });
    }
}
