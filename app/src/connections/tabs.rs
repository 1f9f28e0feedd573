//! The tabs of *Manage connection*. They are links, because each tab has its own address.

use api::ConnectionId;
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::when,
};

/// The tabs. *Access* and *Activity* are shown to members who may `manage` the connection.
pub(super) fn tabs(id: &ConnectionId, shown: Memo<Tab>, manage: Memo<bool>) -> AnyView {
    let link = |(tab, words, _)| {
        let to = Route::Connection(id.clone(), tab).path();
        let link = move || {
            let to = to.clone();
            when(matches!(tab, Tab::Overview | Tab::Setup) || manage.get(), || {
                view! { <Link to current=Signal::derive(move || shown.get() == tab)>{words}</Link> }.into_any()
            })
        };
        view! { {link} }.into_any()
    };
    view! { <nav class="tabs" aria-label="Connection">{Tab::ALL.map(link).into_iter().collect::<Vec<_>>()}</nav> }
        .into_any()
}
