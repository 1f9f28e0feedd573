//! The versions of a chart.

use api::{Chart, ChartEdit, ChartVersion, EditChart, List, ListChartVersions, Nothing};
use leptos::prelude::*;

use crate::{
    client::{call, call_if_match},
    context::expect_context,
    ui::{
        button::Button,
        flags::Flags,
        moment::in_full,
        mutation::Mutation,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

/// What a version changed, compared with the one before it.
fn changed(version: &ChartVersion, before: Option<&ChartVersion>) -> &'static str {
    match before {
        None if version.version > 1 => "An older version is not kept",
        None => "Created",
        Some(before) if before.meaning != version.meaning => "What it asks",
        Some(_) => "How it looks",
    }
}

/// The versions, folded away until somebody asks. `on_saved` is called when an older one was made the newest.
#[component]
pub(super) fn Versions(chart: Chart, on_saved: Callback<()>) -> impl IntoView {
    let opened = RwSignal::new(false);
    let open = move |_| opened.set(true);
    view! {
        <details class="details" on:toggle=open>
            <summary>"Versions"</summary>
            {move || when(opened.get(), || view! { <Loaded chart=chart.clone() on_saved /> }.into_any())}
        </details>
    }
}

#[component]
fn Loaded(chart: Chart, on_saved: Callback<()>) -> impl IntoView {
    let id = chart.id.clone();
    let versions: Query<List<ChartVersion>> = Query::new(move || {
        let id = id.clone();
        async move { call::<ListChartVersions>(&id, &Nothing {}).await }
    });
    let mutation = Mutation::new();
    let flags: Flags = expect_context();
    let take = Callback::new(move |(chart, version): (Chart, ChartVersion)| {
        let edit = ChartEdit { spec: version.spec };
        let saving = async move { call_if_match::<EditChart>(&chart.id, &edit, chart.version).await };
        mutation.run(saving, move |_| {
            flags.done(format!("Saved version {} again", version.version));
            on_saved.run(());
        });
    });
    view! {
        {mutation.failure()}
        {panel(versions, "Loading the versions", move |list| listed(&list.items, &chart, mutation, take))}
    }
}

fn listed(
    versions: &[ChartVersion],
    chart: &Chart,
    mutation: Mutation,
    take: Callback<(Chart, ChartVersion)>,
) -> AnyView {
    let line = |(at, version): (usize, &ChartVersion)| {
        let cells = vec![
            cell("Changed", changed(version, versions.get(at + 1)).into_any()),
            cell("Title", view! { <bdi>{version.spec.says.title.clone()}</bdi> }.into_any()),
            cell(
                "Saved",
                view! { {in_full(version.saved_at)} " by " <bdi>{version.saved_by.clone()}</bdi> }.into_any(),
            ),
        ];
        let offered = chart.may_edit && version.version != chart.version;
        let (chart, taken) = (chart.clone(), version.clone());
        let button = offered.then(|| {
            let label = format!("Use version {} again", version.version);
            let press = move |()| take.run((chart.clone(), taken.clone()));
            view! { <Button label on_press=press busy=mutation.busy()>"Use again"</Button> }.into_any()
        });
        row(format!("{}", version.version).into_any(), cells, button)
    };
    table(
        "Versions",
        &["Version", "Changed", "Title", "Saved", "Actions"],
        versions.iter().enumerate().map(line).collect(),
    )
}
