//! The tabs of *Manage connection*: links, for each has an address of its own.

use api::ConnectionId;
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::{Route, Tab},
};

/// The tabs.
pub(super) fn tabs(id: &ConnectionId, shown: Memo<Tab>) -> AnyView {
    let link = |(tab, words, _)| {
        let to = Route::Connection(id.clone(), tab).path();
        view! { <Link to current=Signal::derive(move || shown.get() == tab)>{words}</Link> }.into_any()
    };
    view! { <nav class="tabs" aria-label="Connection">{Tab::ALL.map(link).into_iter().collect::<Vec<_>>()}</nav> }
        .into_any()
}
