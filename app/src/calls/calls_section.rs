//! *Calls*, on the overview of a connection.

use api::{CallPeriod, Calls, CallsQuery, ConnectionId, GetCalls};
use leptos::prelude::*;

use super::{failed_calls::failed_calls, plot::plot, rate_limit::rate_limit};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    ui::{learn_more::learn_more, panel::panel, query::Query},
};

/// The periods, and what they are called.
const PERIODS: [(CallPeriod, &str); 3] =
    [(CallPeriod::Day, "Day"), (CallPeriod::Week, "Week"), (CallPeriod::Month, "Month")];

/// The calls through a connection, over a period that the person chooses.
#[component]
pub(crate) fn CallsSection(id: ConnectionId) -> impl IntoView {
    let period = RwSignal::new(CallPeriod::Day);
    let calls = Query::new(move || {
        let (id, query) = (id.clone(), CallsQuery { period: Some(period.get_untracked()) });
        async move { call::<GetCalls>(&id, &query).await }
    });
    let choice = move |(one, words): (CallPeriod, &'static str)| {
        let choose = move |_| {
            period.set(one);
            calls.reload();
        };
        let chosen = move || if period.get() == one { "true" } else { "false" };
        view! { <button type="button" class="chip" aria-pressed=chosen on:click=choose>{words}</button> }.into_any()
    };
    view! {
        <section class="section calls" aria-labelledby="calls">
            <h2 id="calls">"Calls"</h2>
            <div class="chips" role="group" aria-label="Period">{PERIODS.map(choice).into_iter().collect::<Vec<_>>()}</div>
            {panel(calls, "Loading the calls", |calls| shown(&calls))}
        </section>
    }
}

fn shown(calls: &Calls) -> AnyView {
    let counted = if calls.steps.is_empty() { empty() } else { plot(calls) };
    view! { {counted} {failed_calls(&calls.failed)} {rate_limit(calls.rate_limit.as_ref())} }.into_any()
}

fn empty() -> AnyView {
    view! {
        <section class="empty">
            <h3>"No calls in this period"</h3>
            <p>
                "Products call Jira with an API key: " <Link to=Route::CallJira.path()>"Call Jira"</Link> ". "
                {learn_more("/help/calling-jira/".to_owned())}
            </p>
        </section>
    }
    .into_any()
}
