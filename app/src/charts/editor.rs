//! *New chart* and *Edit chart*: the form, and beside it the preview.

use api::{
    Chart, ChartEdit, ChartId, ChartSite, ConnectionId, CreateChart, EditChart, GetChart, List, NewChart, Nothing,
};
use chart::Spec;
use leptos::{ev, prelude::*};

use super::{
    access_choice::{access_choice, load_sites},
    draft::{Draft, empty_spec},
    look_form::LookForm,
    params_form::ParamsForm,
    preview::{Preview, previews},
    question_form::QuestionForm,
    saved::tell_saved,
    segments::SegmentList,
    source_form::SourceForm,
    styles,
    templates::templates,
};
use crate::{
    client::{call, call_if_match},
    context::expect_context,
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        field::focus_first_error,
        flags::Flags,
        learn_more::learn_more,
        mutation::Mutation,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
    },
};

/// *New chart*.
#[component]
pub(crate) fn NewChartPage() -> impl IntoView {
    styles::load();
    let sites = load_sites();
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Charts.path()>"Charts"</Link></nav>
        <PageTitle>"New chart"</PageTitle>
        {panel(sites, "Loading the sites", |list: List<ChartSite>| {
            if list.items.is_empty() { no_site() } else { view! { <NewChartForm sites=list.items /> }.into_any() }
        })}
    }
}

/// *Edit chart*.
#[component]
pub(crate) fn ChartEditorPage(id: ChartId) -> impl IntoView {
    styles::load();
    let chart = Query::new(move || {
        let id = id.clone();
        async move { call::<GetChart>(&id, &Nothing {}).await }
    });
    let title = Memo::new(move |_| chart.get().and_then(Result::ok).map(|chart| chart.spec.says.title));
    Subject::follows(move || title.get());
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Charts.path()>"Charts"</Link></nav>
        <PageTitle>"Edit chart"</PageTitle>
        {panel(chart, "Loading the chart", |chart| view! { <EditChartForm chart /> }.into_any())}
    }
}

fn no_site() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No Jira site to make charts of"</h2>
            <p>"Charts are made of the sites of connections that you see. Whoever manages connections can authorize one. " {learn_more("/help/charts/#before-the-first".to_owned())}</p>
            <Link to=Route::Connections.path() class=Look::Default.class()>"Go to connections"</Link>
        </section>
    }
    .into_any()
}

#[component]
fn NewChartForm(sites: Vec<ChartSite>) -> impl IntoView {
    let navigation = use_navigation();
    let flags: Flags = expect_context();
    let first = sites.first().cloned();
    let site = first.as_ref().map(|site| site.key.clone()).unwrap_or_default();
    let draft = Draft::begin(empty_spec(), site, usual_access(first.as_ref()));
    let mutation = Mutation::new();
    let save = Callback::new(move |()| {
        let new = NewChart { site: draft.site.get_untracked(), spec: draft.spec.get_untracked() };
        mutation.run(async move { call::<CreateChart>(&(), &new).await }, move |chart| {
            flags.done("Saved the chart".to_owned());
            navigation.set_unsaved(false);
            navigation.go(&Route::Chart(chart.id).path());
        });
    });
    let choose = Callback::new(move |spec: Spec| draft.spec.set(spec));
    let offered = move || {
        let is_untouched = draft.spec.with(|spec| *spec == empty_spec());
        is_untouched.then(|| templates(&draft.known_fields(), choose))
    };
    view! { {offered} <Form draft sites save mutation back=Route::Charts.path() /> }
}

#[component]
fn EditChartForm(chart: Chart) -> impl IntoView {
    let navigation = use_navigation();
    let flags: Flags = expect_context();
    let draft = Draft::begin(chart.spec.clone(), chart.site.key().to_owned(), None);
    let back = Route::Chart(chart.id.clone()).path();
    let mutation = Mutation::new();
    let to = back.clone();
    let save = Callback::new(move |()| {
        let (id, version, to) = (chart.id.clone(), chart.version, to.clone());
        let edit = ChartEdit { spec: draft.spec.get_untracked() };
        mutation.run(async move { call_if_match::<EditChart>(&id, &edit, version).await }, move |chart| {
            tell_saved(&chart.id);
            flags.done("Saved the chart".to_owned());
            navigation.set_unsaved(false);
            navigation.go(&to);
        });
    });
    view! { <Form draft sites=Vec::new() save mutation back /> }
}

/// Who manages a connection that may be used for charts sees a preview without a consent.
fn usual_access(site: Option<&ChartSite>) -> Option<ConnectionId> {
    site?.connections.first().map(|connection| connection.id.clone())
}

/// The form and the preview. `sites` are those to choose from, if one can be chosen.
#[component]
fn Form(draft: Draft, sites: Vec<ChartSite>, save: Callback<()>, mutation: Mutation, back: String) -> impl IntoView {
    let navigation = use_navigation();
    let untouched = draft.spec.get_untracked();
    Effect::new(move |_| navigation.set_unsaved(draft.spec.with(|spec| *spec != untouched)));
    on_cleanup(move || navigation.set_unsaved(false));
    let previews = previews(draft);
    let try_to_save = move |()| {
        draft.tried.set(true);
        if draft.spec.with_untracked(|spec| spec.faults().is_empty()) {
            save.run(());
        } else {
            focus_first_error();
        }
    };
    // Faults of what has no field of its own.
    let others = move || {
        let faults = draft.spec.with(Spec::faults).into_iter().filter(|fault| has_no_field(&fault.path));
        let one = |fault: chart::Fault| view! { <li>{fault.sentence}</li> }.into_any();
        faults.filter(|_| draft.tried.get()).map(one).collect::<Vec<_>>()
    };
    view! {
        <div class="charts-editor">
            <form class="charts-form" aria-label="Chart" novalidate on:submit=|event: ev::SubmitEvent| event.prevent_default()>
                <SiteForm draft sites />
                <SourceForm draft />
                <QuestionForm draft />
                <SegmentList draft previews />
                <ParamsForm draft />
                <LookForm draft />
                <ul class="charts-said field-error" role="alert">{others}</ul>
                {mutation.failure()}
                <div class="buttons">
                    <Button look=Look::Primary submits=true on_press=try_to_save busy=mutation.busy()>"Save"</Button>
                    <Link to=back class=Look::Default.class()>"Cancel"</Link>
                </div>
            </form>
            <Preview draft previews />
        </div>
    }
}

/// Whether a fault is shown below the form, because no field shows it.
fn has_no_field(path: &str) -> bool {
    let is_of_a_choice = path.starts_with("params[") && path.ends_with("].values");
    let has_a_field = matches!(
        path,
        "source.jql" | "source.filter.id" | "says.title" | "goal.value" | "group.limit" | "group.buckets.last"
    );
    !is_of_a_choice && !has_a_field
}

/// The site, and with whose access the preview is computed.
#[component]
fn SiteForm(draft: Draft, sites: Vec<ChartSite>) -> impl IntoView {
    // Of a chart that exists the site stays, but whose access shows the preview can be chosen.
    let loaded = sites.is_empty().then(load_sites);
    let sites = Signal::derive(move || match loaded {
        Some(loaded) => loaded.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default(),
        None => sites.clone(),
    });
    let own = Signal::derive(move || sites.get().into_iter().find(|site| site.key == draft.site.get()));
    let choose = move |key: String| {
        let site = sites.with_untracked(|sites| sites.iter().find(|site| site.key == key).cloned());
        draft.access.set(usual_access(site.as_ref()));
        draft.site.set(key);
    };
    let several = move || loaded.is_none() && sites.with(|sites| sites.len() > 1);
    let options = move || {
        let option = |site: ChartSite| {
            let is_chosen = site.key == draft.site.get_untracked();
            view! { <option value=site.key selected=is_chosen>{format!("{} ({})", site.site.name, site.site.url)}</option> }
                .into_any()
        };
        sites.get().into_iter().map(option).collect::<Vec<_>>()
    };
    let field = move || {
        several().then(|| {
            view! {
                <div class="field">
                    <label class="field-label" for="chart-site">"Jira site"</label>
                    <select class="select" id="chart-site" on:change:target=move |event| choose(event.target().value())>{options}</select>
                </div>
            }
        })
    };
    view! { {field} {move || access_choice(own.get(), draft.access)} }
}
