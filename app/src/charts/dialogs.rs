//! Deleting and restoring charts.

use api::{ChartId, DeleteChart, Nothing, RestoreChart};
use leptos::prelude::*;

use crate::{
    client::call,
    context::expect_context,
    ui::{confirm_dialog::ConfirmDialog, flags::Flags, isolated, mutation::Mutation},
};

/// A chart that is about to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deleting {
    /// Which one.
    pub(super) id: ChartId,
    /// Its title.
    pub(super) title: String,
}

/// *Delete chart*. `on_changed` is called when a chart was deleted, or restored by *Undo*.
#[component]
pub(super) fn DeleteChartDialog(deleting: RwSignal<Option<Deleting>>, on_changed: Callback<()>) -> impl IntoView {
    let flags: Flags = expect_context();
    let (mutation, restoring) = (Mutation::new(), Mutation::flagged());
    let delete = move |one: Deleting| {
        let id = one.id.clone();
        mutation.run(async move { call::<DeleteChart>(&id, &Nothing {}).await }, move |_| {
            let undo = Callback::new(move |()| restore(restoring, one.id.clone(), on_changed));
            flags.done_with(format!("Deleted {}", isolated(&one.title)), Some(("Undo", undo)));
            deleting.set(None);
            on_changed.run(());
        });
    };
    let title = move || deleting.get().map(|one| one.title).unwrap_or_default();
    view! {
        <ConfirmDialog target=deleting title="Delete chart" verb="Delete 1 chart" mutation on_confirm=delete>
            <p><strong><bdi>{title}</bdi></strong> " is shown nowhere from now on."</p>
            <ul>
                <li>"Nothing changes in Jira."</li>
                <li>"It can be restored for 30 days, with its versions."</li>
            </ul>
        </ConfirmDialog>
    }
}

/// Restores a chart.
pub(super) fn restore(mutation: Mutation, id: ChartId, on_restored: Callback<()>) {
    mutation.run(async move { call::<RestoreChart>(&id, &Nothing {}).await }, move |_| on_restored.run(()));
}
