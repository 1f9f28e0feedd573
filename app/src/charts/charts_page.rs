//! The *Charts* screen.

use api::{ChartSummary, List, ListCharts, ListChartsQuery};
use leptos::prelude::*;

use super::{
    delegations::AskedNotice,
    dialogs::{DeleteChartDialog, Deleting, restore},
    messages, styles,
};
use crate::{
    client::call,
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        choice::choice,
        icon::Icon,
        learn_more::learn_more,
        menu::menu,
        moment::moment,
        mutation::Mutation,
        page_title::PageTitle,
        panel::panel,
        query::Query,
        search::SearchField,
        table::{cell, row, table},
    },
};

/// What can be done with the list.
#[derive(Clone, Copy)]
struct ListActions {
    reload: Callback<()>,
    deleting: RwSignal<Option<Deleting>>,
    restoring: Mutation,
}

/// The screen.
#[component]
pub(crate) fn ChartsPage() -> impl IntoView {
    styles::load();
    let navigation = use_navigation();
    let asked = move || {
        let q = Some(navigation.param("q")).filter(|q| !q.is_empty());
        let deleted = (navigation.param("deleted") == "true").then_some(true);
        ListChartsQuery { q, deleted }
    };
    let charts: Query<List<ChartSummary>> = Query::new(move || {
        let query = untrack(asked);
        async move { call::<ListCharts>(&(), &query).await }
    });
    Effect::new(move |before: Option<ListChartsQuery>| {
        let now = asked();
        if before.is_some_and(|before| before != now) {
            charts.reload();
        }
        now
    });
    let actions = ListActions {
        reload: Callback::new(move |()| charts.reload()),
        deleting: RwSignal::new(None),
        restoring: Mutation::flagged(),
    };
    let deleted = Signal::derive(move || navigation.param("deleted") == "true");
    let show_deleted =
        Callback::new(move |shown: bool| navigation.choose_param("deleted", if shown { "true" } else { "" }));
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Charts"</PageTitle>
                <p class="subtle">
                    "Charts of Jira issues. Everybody sees them with their own access to Jira. " {learn_more("/help/charts/".to_owned())}
                </p>
            </div>
            <Link to=Route::NewChart.path() class=Look::Primary.class()>{Icon::Add.view()} "New chart"</Link>
        </div>
        <AskedNotice />
        <div class="charts-filters">
            <SearchField
                label="Search charts"
                placeholder="Search charts"
                value=Signal::derive(move || navigation.param("q"))
                on_search=move |words: String| navigation.set_param("q", &words)
            />
            {choice("Show deleted".into_any(), deleted, show_deleted)}
            <Link to=Route::ChartAccess.path()>"Access to Jira"</Link>
        </div>
        {panel(charts, "Loading charts", move |list| listed(list, untrack(asked), actions))}
        <DeleteChartDialog deleting=actions.deleting on_changed=actions.reload />
    }
}

fn listed(list: List<ChartSummary>, asked: ListChartsQuery, actions: ListActions) -> AnyView {
    if list.items.is_empty() {
        return empty(&asked);
    }
    let rows = list.items.into_iter().map(|chart| line(chart, actions)).collect();
    table("Charts", &["Title", "Kind", "Site", "Saved", "Actions"], rows)
}

fn empty(asked: &ListChartsQuery) -> AnyView {
    if asked.q.is_some() {
        let navigation = use_navigation();
        return view! {
            <section class="empty">
                <h2>"No chart has this title"</h2>
                <Button on_press=move |()| navigation.set_param("q", "")>"Clear search"</Button>
            </section>
        }
        .into_any();
    }
    if asked.deleted == Some(true) {
        return view! { <section class="empty"><h2>"No deleted charts"</h2><p>"Deleted charts are kept for 30 days."</p></section> }
            .into_any();
    }
    view! {
        <section class="empty">
            <h2>"No charts yet"</h2>
            <p>"A chart counts the issues of a Jira site, by status, assignee, month or any other field. It needs a connection to that site."</p>
            <Link to=Route::NewChart.path() class=Look::Default.class()>"New chart"</Link>
        </section>
    }
    .into_any()
}

fn line(chart: ChartSummary, actions: ListActions) -> AnyView {
    let to = Route::Chart(chart.id.clone()).path();
    let (title, saved_by, site) = (chart.title.clone(), chart.saved_by.clone(), chart.site.name.clone());
    let about = view! { <Link to class="row-link"><bdi>{title}</bdi></Link> }.into_any();
    let saved = view! { {moment(chart.saved_at)} <span class="status-more">"by " <bdi>{saved_by}</bdi></span> };
    let cells = vec![
        cell("Kind", messages::mark(chart.mark).into_any()),
        cell("Site", view! { <bdi>{site}</bdi> }.into_any()),
        cell("Saved", saved.into_any()),
    ];
    row(about, cells, chart.may_edit.then(|| buttons(chart, actions)))
}

fn buttons(chart: ChartSummary, actions: ListActions) -> AnyView {
    let ListActions { reload, deleting, restoring } = actions;
    let id = chart.id.clone();
    if chart.deleted.is_some() {
        let label = format!("Restore {}", chart.title);
        return view! { <Button label on_press=move |()| restore(restoring, id.clone(), reload) busy=restoring.busy()>"Restore"</Button> }
            .into_any();
    }
    let navigation = use_navigation();
    let to = Route::EditChart(id.clone()).path();
    let edit = Callback::new(move |()| navigation.go(&to));
    let title = chart.title.clone();
    let delete = Callback::new(move |()| deleting.set(Some(Deleting { id: id.clone(), title: title.clone() })));
    menu(format!("menu-{}", chart.id), format!("Actions for {}", chart.title), vec![("Edit", edit), ("Delete", delete)])
}
