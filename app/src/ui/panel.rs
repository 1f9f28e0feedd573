//! Something asked of the edge: its loading, its failure, and itself.

use leptos::prelude::*;

use super::{failure::FailurePanel, fetched::Fetched, focus, skeleton::skeleton};

/// Shows `fetched` with `shown`: a skeleton before the first answer, the failure if it failed.
pub(crate) fn panel<T: Clone + 'static>(
    fetched: Fetched<T>,
    what: &'static str,
    shown: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let content = move || match fetched.get() {
        None => skeleton(what),
        Some(Ok(loaded)) => {
            keep_focus();
            shown(loaded)
        }
        Some(Err(error)) => view! { <FailurePanel error on_retry=move |()| fetched.again() /> }.into_any(),
    };
    view! { {content} }.into_any()
}

/// When what had the focus is built anew, the focus goes to what took its place and has the same id.
fn keep_focus() {
    let focused = || document().active_element();
    let Some(id) = focused().map(|element| element.id()).filter(|id| !id.is_empty()) else { return };
    request_animation_frame(move || {
        if focused().is_none_or(|element| element.tag_name() == "BODY") {
            focus(&id);
        }
    });
}
