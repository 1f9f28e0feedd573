//! The tab *Resync* of a project: a new one, and those before.

use api::{List, ListResyncs, Nothing, Project, Resync};
use leptos::prelude::*;

use super::{
    Tally,
    form::new_resync,
    words::{direction, planned, report, scope, state, works},
};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    tasks::{place::ProjectPlace, states::look_again},
    ui::{
        lozenge::lozenge,
        moment::moment,
        panel::panel,
        query::Query,
        table::{cell, row, table},
    },
};

/// The tab.
#[component]
pub(crate) fn ResyncTab(project: Project, place: ProjectPlace) -> impl IntoView {
    let id = project.id.clone();
    let resyncs: Query<List<Resync>> = Query::new(move || {
        let id = id.clone();
        async move { call::<ListResyncs>(&id, &Nothing {}).await }
    });
    look_again(move || {
        let list = untrack(|| resyncs.get()).and_then(Result::ok);
        if list.is_some_and(|list| list.items.iter().any(|one| works(one.state))) {
            resyncs.refresh();
        }
    });
    let shown = place.clone();
    view! {
        {new_resync(project, place)}
        <section class="section" aria-labelledby="earlier-resyncs">
            <h2 id="earlier-resyncs">"Earlier resyncs"</h2>
            {panel(resyncs, "Loading resyncs", move |list| listed(list, &shown))}
        </section>
    }
}

fn listed(list: List<Resync>, place: &ProjectPlace) -> AnyView {
    if list.items.is_empty() {
        return view! { <p>"None yet. After an outage, a resync puts right what did not get through."</p> }.into_any();
    }
    let rows = list.items.into_iter().map(|resync| line(resync, place)).collect();
    table("Earlier resyncs", &["Resync", "State", "What it does", "Started by"], rows)
}

fn line(resync: Resync, place: &ProjectPlace) -> AnyView {
    let to = Route::Resync(place.workspace.clone(), place.project.clone(), resync.id.clone()).path();
    let (tone, word) = state(resync.state);
    let what = summary(&resync);
    let about = view! {
        <Link to class="row-link">{scope(resync.scope)}</Link>
        <span class="status-more">{direction(resync.direction)} ", " {moment(resync.created_at)}</span>
    };
    let cells = vec![
        cell("State", lozenge(tone, word)),
        cell("What it does", what.into_any()),
        cell("Started by", view! { <bdi>{resync.created_by}</bdi> }.into_any()),
    ];
    row(about.into_any(), cells, None)
}

/// What it would do or has done, in a sentence.
pub(super) fn summary(resync: &Resync) -> String {
    let Resync { planned: counts, moves, looked_at, points, seconds, results, .. } = resync;
    if resync.finished_at.is_some() || works(resync.state) {
        return report(counts, results);
    }
    planned(&Tally { planned: *counts, moves, looked_at: *looked_at, points: *points, seconds: *seconds })
}
