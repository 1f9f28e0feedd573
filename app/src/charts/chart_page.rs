//! The screen of one chart: the figure or what keeps it away, with whose access, and its versions.

use std::{collections::BTreeMap, time::Duration};

use api::{
    Chart, ChartId, ChartSite, Delegation, GetChart, List, NewRender, Nothing, PlacementKind, Render, RenderChart,
};
use chart::{Param, Spec};
use leptos::prelude::*;

use super::{
    access_choice::load_sites,
    consent::consent,
    delegations::{LetOthersDialog, Readers, ShownWith, WhoSees, first_choice, load_delegations, shown_with},
    dialogs::{DeleteChartDialog, Deleting, restore},
    embeds::Embeds,
    render_view::{StateActions, WithoutDelegation, rendered},
    saved::on_saved,
    styles,
    versions::Versions,
};
use crate::{
    client::call,
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        moment::moment,
        mutation::Mutation,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
    },
};

/// What of a chart can change while its screen is shown.
#[derive(Clone, Copy)]
struct ChartState {
    chart: Query<Chart>,
    sites: Query<List<ChartSite>>,
    delegations: Query<List<Delegation>>,
    /// With whose access it is shown; `None` until that is known.
    access: RwSignal<Option<ShownWith>>,
    /// Whom *Let others see it* is open for.
    letting: RwSignal<Option<Readers>>,
    /// How often access was given or asked for on this screen.
    given: RwSignal<u32>,
    /// The values that the chart is narrowed by.
    params: RwSignal<BTreeMap<String, String>>,
    deleting: RwSignal<Option<Deleting>>,
}

/// The screen.
#[component]
pub(crate) fn ChartPage(id: ChartId) -> impl IntoView {
    styles::load();
    let navigation = use_navigation();
    let delegations = load_delegations(id.clone());
    let saved_elsewhere = id.clone();
    let chart = Query::new(move || {
        let id = id.clone();
        async move { call::<GetChart>(&id, &Nothing {}).await }
    });
    on_saved(saved_elsewhere, move || chart.refresh());
    let state = ChartState {
        chart,
        sites: load_sites(),
        delegations,
        access: RwSignal::new(None),
        letting: RwSignal::new(None),
        given: RwSignal::new(0),
        params: RwSignal::default(),
        deleting: RwSignal::new(None),
    };
    let title = Memo::new(move |_| chart.get().and_then(Result::ok).map(|chart| chart.spec.says.title));
    Subject::follows(move || title.get());
    let changed = Callback::new(move |()| navigation.go(&Route::Charts.path()));
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Charts.path()>"Charts"</Link></nav>
        <div class="title-row">
            <PageTitle>
                <span class="eyebrow">"Chart"</span>
                " "
                <bdi>{move || title.get().unwrap_or_else(|| "…".to_owned())}</bdi>
            </PageTitle>
            {move || chart.get().and_then(Result::ok).filter(|chart| chart.may_edit).map(|chart| buttons(&chart, state))}
        </div>
        {panel(chart, "Loading the chart", move |chart| shown(chart, state))}
        <DeleteChartDialog deleting=state.deleting on_changed=changed />
    }
}

fn buttons(chart: &Chart, state: ChartState) -> AnyView {
    if chart.deleted.is_some() {
        return ().into_any();
    }
    let one = Deleting { id: chart.id.clone(), title: chart.spec.says.title.clone() };
    view! {
        <div class="buttons">
            <Link to=Route::EditChart(chart.id.clone()).path() class=Look::Default.class()>"Edit"</Link>
            <Button on_press=move |()| state.deleting.set(Some(one.clone()))>"Delete"</Button>
        </div>
    }
    .into_any()
}

fn shown(chart: Chart, state: ChartState) -> AnyView {
    if let Some(deleted) = &chart.deleted {
        let mutation = Mutation::new();
        let id = chart.id.clone();
        let reload = Callback::new(move |()| state.chart.reload());
        let button = chart.may_edit.then(|| {
            view! { <Button on_press=move |()| restore(mutation, id.clone(), reload) busy=mutation.busy()>"Restore"</Button> }
        });
        return view! {
            <section class="notice">
                <p>"This chart was deleted " {moment(deleted.at)} " by " <bdi>{deleted.by.clone()}</bdi> "."</p>
                {mutation.failure()}
                <div class="buttons">{button}</div>
            </section>
        }
        .into_any();
    }
    let navigation = use_navigation();
    let site = chart.site.key().to_owned();
    let own_site = Signal::derive(move || {
        let sites = state.sites.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default();
        sites.into_iter().find(|one| one.key == site)
    });
    let page = Signal::derive(move || navigation.param("page"));
    let sites =
        Signal::derive(move || state.sites.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default());
    // Whose access is used is decided once, before the chart is asked for, and then by the person alone.
    Effect::new(move |_| {
        if state.sites.get().is_some() && state.delegations.get().is_some() && untrack(|| state.access.get()).is_none()
        {
            state.access.set(Some(first_choice(untrack(|| own_site.get()).as_ref(), &untrack(|| given(state)))));
            // Somebody comes from a page on which nobody has given access yet.
            state.letting.set((!untrack(|| page.get()).is_empty()).then_some(Readers::Chosen));
        }
    });
    let known = Memo::new(move |_| state.access.get().is_some());
    let on_given = Callback::new(move |()| {
        state.delegations.reload();
        state.given.update(|count| *count = count.wrapping_add(1));
    });
    let rendered_chart = chart.clone();
    let about = view! {
        <p class="subtle">
            <bdi>{chart.site.name.clone()}</bdi> " · version " {chart.version} " · saved " {moment(chart.saved_at)} " by "
            <bdi>{chart.saved_by.clone()}</bdi>
        </p>
    };
    view! {
        {about}
        <div class="charts-choices">
            {move || known.get().then(|| shown_with(own_site.get(), &given(state), state.access))}
            {params(&chart.spec, state.params)}
        </div>
        {move || known.get().then(|| view! { <Rendered chart=rendered_chart.clone() state /> })}
        <WhoSees delegations=state.delegations open=state.letting />
        <LetOthersDialog chart=chart.id.clone() site=own_site sites page open=state.letting on_done=on_given />
        <Embeds chart=chart.clone() site=own_site letting=state.letting changed=state.given.into() />
        <Versions chart on_saved=Callback::new(move |()| state.chart.reload()) />
    }
    .into_any()
}

/// The delegations of the chart that were given for this organization; none if they cannot be loaded.
fn given(state: ChartState) -> Vec<Delegation> {
    let all = state.delegations.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default();
    let is_here = |one: &Delegation| one.placements.iter().any(|place| place.kind == PlacementKind::Organization);
    all.into_iter().filter(is_here).collect()
}

/// The choices that the chart offers to whoever looks.
fn params(spec: &Spec, chosen: RwSignal<BTreeMap<String, String>>) -> AnyView {
    let one = |param: &Param| {
        let name = param.name.clone();
        let choose = move |value: String| {
            chosen.update(|chosen| {
                if value.is_empty() {
                    chosen.remove(&name);
                } else {
                    chosen.insert(name.clone(), value);
                }
            });
        };
        let option = |value: &String| view! { <option value=value.clone()>{value.clone()}</option> }.into_any();
        let options: Vec<AnyView> = param.values.iter().map(option).collect();
        view! {
            <label class="charts-access">
                <span class="subtle"><bdi>{param.field.label().to_owned()}</bdi></span>
                " "
                <select class="select" on:change:target=move |event| choose(event.target().value())>
                    <option value="">"All"</option>
                    {options}
                </select>
            </label>
        }
        .into_any()
    };
    spec.params.iter().map(one).collect::<Vec<_>>().into_any()
}

/// The render, again for each other access and each other value.
#[component]
fn Rendered(chart: Chart, state: ChartState) -> impl IntoView {
    let (id, site) = (chart.id.clone(), chart.site.key().to_owned());
    let refresh = StoredValue::new(false);
    let asked = move || NewRender {
        connection_id: state.access.get().and_then(|access| access.connection()),
        delegation_id: state.access.get().and_then(|access| access.delegation()),
        params: state.params.get(),
        refresh: refresh.get_value(),
        ..NewRender::default()
    };
    let render: Query<Render> = Query::new(move || {
        let (id, request) = (id.clone(), untrack(asked));
        async move { call::<RenderChart>(&id, &request).await }
    });
    Effect::new(move |before: Option<NewRender>| {
        let now = asked();
        if before.is_some_and(|before| before != now) {
            render.reload();
        }
        now
    });
    // Without it the edge gives numbers of the last five minutes again.
    let again = Callback::new(move |()| {
        refresh.set_value(true);
        render.reload();
        refresh.set_value(false);
    });
    // What was given can end at any time, and open pages notice within ten seconds.
    look_again(move || {
        if untrack(|| state.access.get()).is_some_and(|access| access.delegation().is_some()) {
            render.refresh();
        }
    });
    let edit = chart.may_edit.then(|| Route::EditChart(chart.id.clone()).path());
    let actions = StateActions {
        again,
        consent: Callback::new(move |()| consent(site.clone(), Callback::new(move |()| render.reload()))),
        edit: StoredValue::new(edit),
        others: Some(WithoutDelegation {
            ask: Callback::new(move |()| state.letting.set(Some(Readers::Chosen))),
            own: Callback::new(move |()| state.access.set(Some(ShownWith::Own))),
        }),
    };
    let spec = Signal::stored(chart.spec);
    panel(render, "Counting issues", move |render| rendered(render, spec, actions, true))
}

/// How often a chart that is shown with somebody else's access is asked for again.
const LOOK: Duration = Duration::from_secs(8);

/// Calls `look` every few seconds while the window is visible, until the chart is left.
fn look_again(look: impl Fn() + 'static) {
    let look = move || {
        if !document().hidden() {
            look();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || ticking.clear());
    }
}
