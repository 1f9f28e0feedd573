//! *Overview*: whether a connection works, since when, why not, what to do and who does it; and the checkup.

mod actions;
mod facts;
mod notices;
mod state;

use api::{Connection, ConnectionId, Status};
use leptos::prelude::*;

use super::{
    checkup_panel::CheckupPanel,
    lifecycle::Lifecycle,
    notices::{moved, owner_at_risk, signing_key},
};
use crate::{
    context::expect_context,
    ui::{panel::panel, query::Query, when},
};

/// The tab. The screen has loaded the connection.
#[component]
pub(super) fn Overview(id: ConnectionId, connection: Query<Connection>) -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let testable = Memo::new(move |_| match connection.get() {
        Some(Ok(connection)) => {
            let idle = matches!(connection.status, Status::Unauthorized { .. } | Status::Deactivated { .. });
            connection.deleted.is_none() && !idle && Lifecycle::may_reauthorize(&connection)
        }
        _ => false,
    });
    let loaded = Memo::new(move |_| connection.get().and_then(Result::ok));
    view! {
        {panel(connection, "Loading the connection", move |connection| state::state(&connection, lifecycle))}
        {move || {
            let id = id.clone();
            when(testable.get(), || view! { <CheckupPanel id on_verdict=move |()| lifecycle.changed() /> }.into_any())
        }}
        {move || loaded.get().map(|connection| key(&connection, lifecycle))}
    }
}

/// What an administrator or the owner has to decide.
fn decisions(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let may = Lifecycle::may_manage(connection.may_manage);
    view! {
        {when(may, || moved(connection, lifecycle))}
        {owner_at_risk(connection)}
    }
    .into_any()
}

/// The key that signs calls. It is long and seldom needed, so it comes after the checkup.
fn key(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let may = Lifecycle::may_manage(connection.may_manage) && connection.deleted.is_none();
    when(may, || signing_key(connection, lifecycle))
}
