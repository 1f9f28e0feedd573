//! The page of a delegation, for whoever is asked: the chart, who looks, where, what they see, and until when. The yes is to
//! what the page shows, and nobody but the owner of the access can say it.

use api::{
    Chart, Delegation, DelegationId, DelegationState, GetChart, GetDelegation, GrantDelegation, GrantedDelegation,
    NewRender, Nothing, Render, RenderChart,
};
use leptos::prelude::*;

use super::{
    stopping::stopping,
    words::{day, more_of_state, places, shows, state, used, whose},
};
use crate::{
    authorize::fact,
    charts::{
        consent::consent,
        render_view::{StateActions, rendered},
        styles,
    },
    client::{CallError, call},
    context::expect_context,
    navigation::Link,
    route::Route,
    ui::{
        button::{Button, Look},
        flags::Flags,
        isolated,
        learn_more::learn_more,
        moment::moment,
        mutation::Mutation,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
    },
};

/// A delegation and its chart as it is now.
#[derive(Clone, PartialEq)]
struct Asked {
    delegation: Delegation,
    chart: Chart,
}

async fn load(id: DelegationId) -> Result<Asked, CallError> {
    let delegation = call::<GetDelegation>(&id, &Nothing {}).await?;
    let chart = call::<GetChart>(&delegation.chart_id, &Nothing {}).await?;
    Ok(Asked { delegation, chart })
}

/// The screen.
#[component]
pub(crate) fn DelegationPage(id: DelegationId) -> impl IntoView {
    styles::load();
    let asked: Query<Asked> = Query::new(move || load(id.clone()));
    let title = Memo::new(move |_| asked.get().and_then(Result::ok).map(|asked| asked.chart.spec.says.title));
    Subject::follows(move || title.get());
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Charts.path()>"Charts"</Link></nav>
        <PageTitle>
            <span class="eyebrow">"Let others see"</span>
            " "
            <bdi>{move || title.get().unwrap_or_else(|| "…".to_owned())}</bdi>
        </PageTitle>
        {panel(asked, "Loading the delegation", move |one| shown(one, asked))}
    }
}

fn shown(asked: Asked, query: Query<Asked>) -> AnyView {
    let Asked { delegation, chart } = asked.clone();
    let reload = Callback::new(move |()| query.reload());
    let lead = match (delegation.state, delegation.may_grant) {
        (DelegationState::Asked, true) => format!(
            "{} asks you to let others see this chart with {}.",
            isolated(&delegation.asked_by),
            if delegation.connection_id.is_some() {
                whose(&delegation.access)
            } else {
                "your access to Jira".to_owned()
            },
        ),
        (DelegationState::Asked, false) => {
            "Whoever owns the access decides here. Send them the address of this page.".to_owned()
        }
        _ => format!("Others see this chart with {}.", whose(&delegation.access)),
    };
    let site = chart.site.name.clone();
    let often =
        used(&delegation).map(|(words, at)| fact("Looked at", view! { {words} ", last " {moment(at)} }.into_any()));
    let to = Route::Chart(chart.id.clone()).path();
    view! {
        <p>{lead} " " {learn_more("/help/charts/#delegation".to_owned())}</p>
        <dl class="facts">
            {fact("State", view! { {state(delegation.state)} " " <span class="subtle">{more_of_state(&delegation)}</span> }.into_any())}
            {fact("Chart", view! { <Link to><bdi>{chart.spec.says.title.clone()}</bdi></Link> " of " <bdi>{site}</bdi> }.into_any())}
            {fact("Who and where", places(&delegation).into_any())}
            {fact("Readers see", shows(delegation.shows).into_any())}
            {fact("Until", day(delegation.expires_at).into_any())}
            {often}
        </dl>
        {buttons(&asked, reload)}
        {delegation.may_grant.then(|| view! { <Preview asked=asked.clone() /> })}
    }
    .into_any()
}

fn buttons(asked: &Asked, reload: Callback<()>) -> AnyView {
    let Asked { delegation, chart } = asked;
    let flags: Flags = expect_context();
    let mutation = Mutation::new();
    let words = match delegation.state {
        DelegationState::Asked => Some("Allow"),
        DelegationState::Paused => Some("Allow again"),
        DelegationState::Active if !delegation.is_current => Some("Allow what it asks now"),
        _ => None,
    };
    let (id, meaning) = (delegation.id.clone(), chart.meaning.clone());
    let allow = words.filter(|_| delegation.may_grant).map(|words| {
        let grant = move |()| {
            let (id, granted) = (id.clone(), GrantedDelegation { meaning: meaning.clone(), expires_at: None });
            mutation.run(async move { call::<GrantDelegation>(&id, &granted).await }, move |given| {
                flags.done(format!("Others see it with {}", whose(&given.access)));
                reload.run(());
            });
        };
        view! { <Button id="allow" look=Look::Primary on_press=grant busy=mutation.busy()>{words}</Button> }
    });
    let changed = (!delegation.is_current && delegation.state == DelegationState::Active).then(|| {
        view! { <p class="notice">"The chart asks something else since. Others see the version that was agreed to, until you allow the new one."</p> }
    });
    view! {
        {changed}
        {mutation.failure()}
        <div class="buttons">{allow} {stopping(delegation, reload)}</div>
    }
    .into_any()
}

/// The chart with the access that is to be given, as only its owner can see it here.
#[component]
fn Preview(asked: Asked) -> impl IntoView {
    let Asked { delegation, chart } = asked;
    let (id, site) = (chart.id.clone(), chart.site.key().to_owned());
    let connection_id = delegation.connection_id;
    let render: Query<Render> = Query::new(move || {
        let request = NewRender { connection_id: connection_id.clone(), ..NewRender::default() };
        let id = id.clone();
        async move { call::<RenderChart>(&id, &request).await }
    });
    let again = Callback::new(move |()| render.reload());
    let actions = StateActions {
        again,
        consent: Callback::new(move |()| consent(site.clone(), again)),
        edit: StoredValue::new(None),
        others: None,
    };
    let spec = Signal::stored(chart.spec);
    view! {
        <section class="section" aria-labelledby="as-you-see-it">
            <h2 id="as-you-see-it">"As you see it"</h2>
            {panel(render, "Counting issues", move |render| rendered(render, spec, actions, false))}
        </section>
    }
}
