//! An answer of the edge that a screen shows, and asking for it again.
//!
//! Leptos's `LocalResource` does more than this and weighs six times as much per type; the first load has no room.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{prelude::*, task::spawn_local};

use crate::client::CallError;

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, CallError>>>>;

/// What the edge answered last. While it is asked again, the last answer stays.
pub(crate) struct Fetched<T: 'static> {
    answer: RwSignal<Option<Result<T, CallError>>, LocalStorage>,
    load: StoredValue<Rc<dyn Fn() -> Loading<T>>, LocalStorage>,
    asked: StoredValue<u32>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Clone> Fetched<T> {
    /// Asks at once. What `load` reads, it reads when it is called.
    pub(crate) fn ask<F: Future<Output = Result<T, CallError>> + 'static>(load: impl Fn() -> F + 'static) -> Self {
        let fetched = Self {
            answer: RwSignal::new_local(None),
            load: StoredValue::new_local(Rc::new(move || Box::pin(load()) as Loading<T>)),
            asked: StoredValue::new(0),
        };
        fetched.again();
        fetched
    }

    /// Asks again. Of several answers under way only the one asked for last counts.
    pub(crate) fn again(self) {
        let turn = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(turn);
        let loading = self.load.with_value(|load| load());
        spawn_local(async move {
            let answer = loading.await;
            if self.asked.try_get_value() == Some(turn) {
                self.set(answer);
            }
        });
    }

    /// The last answer; `None` before the first.
    pub(crate) fn get(self) -> Option<Result<T, CallError>> {
        self.answer.get()
    }

    /// Takes an answer that came another way.
    pub(crate) fn set(self, answer: Result<T, CallError>) {
        self.answer.set(Some(answer));
    }
}
