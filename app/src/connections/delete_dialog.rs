//! *Delete connection*: the second click, on a second button.

use api::{ConnectionId, DeleteConnection, GetImpact, Impact, ImpactAction, ImpactQuery, Nothing};
use leptos::{prelude::*, task::spawn_local};

use super::{
    lifecycle::{Lifecycle, isolated},
    unauthorize_dialog::projects_lost,
};
use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        failure::failure_beside,
        fetched::Fetched,
    },
};

/// The dialog, shown while a connection is asked about.
#[component]
pub(super) fn DeleteDialog() -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let asked = lifecycle.deleting;
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let close = move |()| {
        failed.set(None);
        asked.set(None);
    };
    let delete = move |()| {
        let Some(connection) = asked.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = call::<DeleteConnection>(&connection.id, &Nothing {}).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    close(());
                    let undo = Callback::new(move |()| lifecycle.restore(&connection.id));
                    lifecycle.did(format!("Deleted {}", isolated(connection.name.as_str())), Some(undo));
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let name = move || asked.get().map(|connection| connection.name.to_string()).unwrap_or_default();
    view! {
        <Dialog open=Signal::derive(move || asked.get().is_some()) on_close=close title="Delete connection">
            <p><strong><bdi>{name}</bdi></strong> " is unauthorized and hidden:"</p>
            <ul>
                <li>"Calls through it fail from now on."</li>
                <li>"Its credential is destroyed. Other connections keep theirs."</li>
                <li>"For 30 days it can be restored, and must then be authorized again. After that it is gone for good."</li>
            </ul>
            {move || asked.get().map(|connection| view! { <Projects id=connection.id /> }.into_any())}
            {move || failure_beside(failed.get())}
            <div class="buttons">
                <Button autofocus=true on_press=close>"Cancel"</Button>
                <Button look=Look::Danger on_press=delete busy=busy>"Delete 1 connection"</Button>
            </div>
        </Dialog>
    }
    .into_any()
}

/// The projects that use it. Nothing is said of them until they are known: the question stands without them.
#[component]
fn Projects(id: ConnectionId) -> impl IntoView {
    let impact: Fetched<Impact> = Fetched::ask(move || {
        let id = id.clone();
        async move { call::<GetImpact>(&id, &ImpactQuery { action: ImpactAction::Delete }).await }
    });
    let known = move || match impact.get() {
        Some(Ok(impact)) => projects_lost(&impact.projects),
        _ => ().into_any(),
    };
    view! { {known} }.into_any()
}
