//! The place of an answer on a screen: a skeleton while it loads, its failure, or what it says.

use leptos::prelude::*;

use super::{failure::FailurePanel, query::Query, rescue_focus, skeleton::skeleton};

/// Shows the answer of `query` with `shown`. `loading` is announced before the first answer.
pub(crate) fn panel<T: Clone + 'static>(
    query: Query<T>,
    loading: &'static str,
    shown: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let content = move || match query.get() {
        None => skeleton(loading),
        Some(Ok(answer)) => {
            rescue_focus();
            shown(answer)
        }
        Some(Err(error)) => view! { <FailurePanel error on_retry=move |()| query.reload() /> }.into_any(),
    };
    view! { {content} }.into_any()
}
