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

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use std::{cell::Cell, rc::Rc};

    use leptos::{mount::mount_to, task::tick};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Runs `test` in an app that shows nothing.
    fn in_an_app<T: 'static>(test: impl FnOnce() -> T + 'static) -> (Rc<Cell<Option<T>>>, impl Drop) {
        let made = Rc::new(Cell::new(None));
        let into = made.clone();
        let place = document().create_element("div").expect("a div").unchecked_into();
        let app = mount_to(place, move || into.set(Some(test())));
        (made, app)
    }

    #[wasm_bindgen_test]
    async fn an_abandoned_answer_changes_nothing() {
        let (mutation, _app) = in_an_app(Mutation::new);
        let mutation = mutation.take().expect("made");
        let answered = Rc::new(Cell::new(0));
        let (before, after) = (answered.clone(), answered.clone());
        mutation.run(async { Ok(1) }, move |answer| before.set(answer));
        mutation.abandon();
        assert!(!mutation.busy().get_untracked());
        mutation.run(async { Ok(2) }, move |answer| after.set(answer));
        for _ in 0..10 {
            tick().await;
        }
        assert_eq!(answered.get(), 2);
    }

    #[wasm_bindgen_test]
    async fn several_changes_under_way_are_all_reported() {
        let (mutation, _app) = in_an_app(Mutation::new);
        let mutation = mutation.take().expect("made");
        let answered = Rc::new(Cell::new(0));
        for _ in 0..2 {
            let count = answered.clone();
            mutation.run(async { Ok(()) }, move |()| count.set(count.get() + 1));
        }
        let failing = async { Err::<(), _>(CallError::Unreachable("gone".to_owned())) };
        mutation.run(failing, |()| unreachable!("it failed"));
        for _ in 0..10 {
            tick().await;
        }
        assert_eq!(answered.get(), 2);
        assert_eq!(untrack(|| mutation.error()), Some(CallError::Unreachable("gone".to_owned())));
    }
}
