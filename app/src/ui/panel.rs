//! Something loaded from the edge: its loading, its failure, and itself.

use leptos::prelude::*;

use super::{failure::FailurePanel, skeleton::skeleton};
use crate::client::CallError;

/// What a panel's resource holds.
pub(crate) type Loaded<T> = LocalResource<Result<T, CallError>>;

/// Shows `resource` with `shown`: a skeleton before the first answer, the failure if it failed. While it is loaded
/// again, what was there stays.
pub(crate) fn panel<T: Clone + 'static>(
    resource: Loaded<T>,
    what: &'static str,
    shown: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let content = move || match resource.get() {
        None => skeleton(what),
        Some(Ok(loaded)) => shown(loaded),
        Some(Err(error)) => view! { <FailurePanel error on_retry=move |()| resource.refetch() /> }.into_any(),
    };
    content.into_any()
}
