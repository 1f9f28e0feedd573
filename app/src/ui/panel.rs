//! Something asked of the edge: its loading, its failure, and itself.

use leptos::prelude::*;

use super::{failure::FailurePanel, fetched::Fetched, rescue_focus, skeleton::skeleton};

/// Shows `fetched` with `shown`: a skeleton before the first answer, the failure if it failed.
pub(crate) fn panel<T: Clone + 'static>(
    fetched: Fetched<T>,
    what: &'static str,
    shown: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let content = move || match fetched.get() {
        None => skeleton(what),
        Some(Ok(loaded)) => {
            rescue_focus();
            shown(loaded)
        }
        Some(Err(error)) => view! { <FailurePanel error on_retry=move |()| fetched.again() /> }.into_any(),
    };
    view! { {content} }.into_any()
}
