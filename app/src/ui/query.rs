//! An answer of the edge that a screen shows, and reloading it.
//!
//! Used instead of Leptos's `LocalResource`, which needs six times as much WebAssembly per type: see `app/SIZES.md`.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{prelude::*, task::spawn_local};

use crate::client::CallError;

type Answering<T> = Pin<Box<dyn Future<Output = Result<T, CallError>>>>;

/// The last answer of the edge. It stays while a newer one is loaded.
pub(crate) struct Query<T: 'static> {
    answer: RwSignal<Option<Result<T, CallError>>, LocalStorage>,
    load: StoredValue<Rc<dyn Fn() -> Answering<T>>, LocalStorage>,
    requests: StoredValue<u32>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: Clone> Query<T> {
    /// Loads at once. `load` is called again for each reload.
    pub(crate) fn new<F: Future<Output = Result<T, CallError>> + 'static>(load: impl Fn() -> F + 'static) -> Self {
        let query = Self {
            answer: RwSignal::new_local(None),
            load: StoredValue::new_local(Rc::new(move || Box::pin(load()) as Answering<T>)),
            requests: StoredValue::new(0),
        };
        query.reload();
        query
    }

    /// Loads again. Of several answers that are under way only the one requested last is taken.
    pub(crate) fn reload(self) {
        let request = self.requests.get_value().wrapping_add(1);
        self.requests.set_value(request);
        let answering = self.load.with_value(|load| load());
        spawn_local(async move {
            let answer = answering.await;
            if self.requests.try_get_value() == Some(request) {
                self.set(answer);
            }
        });
    }

    /// Loads again in the background: what is shown changes only if the answer does, and stays if there is none.
    pub(crate) fn refresh(self)
    where
        T: PartialEq,
    {
        let request = self.requests.get_value();
        let answering = self.load.with_value(|load| load());
        spawn_local(async move {
            let Ok(answer) = answering.await else { return };
            let is_new = |shown: &Option<Result<T, CallError>>| !matches!(shown, Some(Ok(shown)) if *shown == answer);
            if self.requests.try_get_value() == Some(request) && self.answer.try_with_untracked(is_new) == Some(true) {
                self.set(Ok(answer));
            }
        });
    }

    /// The last answer; `None` before the first.
    pub(crate) fn get(self) -> Option<Result<T, CallError>> {
        self.answer.get()
    }

    /// Shows an answer that came with another request.
    pub(crate) fn set(self, answer: Result<T, CallError>) {
        self.answer.set(Some(answer));
    }
}
