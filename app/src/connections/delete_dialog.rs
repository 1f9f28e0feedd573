//! *Delete connection*: says what ends, and asks.

use api::{ConnectionId, DeleteConnection, GetImpact, Impact, ImpactAction, ImpactQuery, Nothing};
use leptos::prelude::*;

use super::{
    counting::projects_lost,
    lifecycle::{DialogTarget, Lifecycle},
};
use crate::{
    client::call,
    context::expect_context,
    ui::{confirm_dialog::ConfirmDialog, isolated, mutation::Mutation, query::Query},
};

/// The dialog, open while [`Lifecycle::deleting`] holds a connection.
#[component]
pub(crate) fn DeleteDialog() -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let target = lifecycle.deleting;
    let mutation = Mutation::new();
    let delete = move |DialogTarget { id, name }: DialogTarget| {
        let deleted = id.clone();
        mutation.run(async move { call::<DeleteConnection>(&deleted, &Nothing {}).await }, move |_| {
            target.set(None);
            // It comes back unauthorized, so this undoes only a part.
            let restore = Callback::new(move |()| lifecycle.restore(&id));
            lifecycle.done(format!("Deleted {}", isolated(name.as_str())), Some(("Restore", restore)));
        });
    };
    let name = move || target.get().map(|connection| connection.name.to_string()).unwrap_or_default();
    view! {
        <ConfirmDialog target title="Delete connection" verb="Delete 1 connection" mutation on_confirm=delete>
            <p><strong><bdi>{name}</bdi></strong> " is unauthorized and hidden:"</p>
            <ul>
                <li>"Calls through it fail from now on."</li>
                <li>"Its credential is destroyed. Other connections keep theirs."</li>
                <li>"For 30 days it can be restored, and must then be authorized again. After that it is gone for good."</li>
            </ul>
            {move || target.get().map(|connection| view! { <AffectedProjects id=connection.id /> }.into_any())}
        </ConfirmDialog>
    }
}

/// The projects that use it. Nothing is shown while they load or if that fails: the question stands without them.
#[component]
fn AffectedProjects(id: ConnectionId) -> impl IntoView {
    let impact: Query<Impact> = Query::new(move || {
        let id = id.clone();
        async move { call::<GetImpact>(&id, &ImpactQuery { action: ImpactAction::Delete }).await }
    });
    let known = move || match impact.get() {
        Some(Ok(impact)) => projects_lost(&impact.projects),
        _ => ().into_any(),
    };
    view! { {known} }
}
