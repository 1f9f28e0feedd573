//! What a person has given: the charts that others see with their access, where and how often. And what they are asked for.

use api::{Delegation, DelegationState, List, ListDelegations, ListDelegationsQuery};
use leptos::prelude::*;

use super::{
    stopping::stopping,
    words::{day, more_of_state, places, state, used, whose},
};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    ui::{
        moment::moment,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

fn load_mine() -> Query<List<Delegation>> {
    Query::new(|| async { call::<ListDelegations>(&(), &ListDelegationsQuery { mine: Some(true) }).await })
}

/// The section of *Access to Jira*.
#[component]
pub(in crate::charts) fn GivenAccess() -> impl IntoView {
    let mine = load_mine();
    let changed = Callback::new(move |()| mine.reload());
    view! {
        <section class="section" aria-labelledby="given-access">
            <h2 id="given-access">"Charts that others see with your access"</h2>
            <p class="subtle">"Also those with the access of connections that you manage. What you end is not shown any more within ten seconds."</p>
            {panel(mine, "Loading what you have given", move |list| listed(list.items, changed))}
        </section>
    }
}

fn listed(delegations: Vec<Delegation>, changed: Callback<()>) -> AnyView {
    if delegations.is_empty() {
        return view! { <p>"None. Nobody sees anything with your access."</p> }.into_any();
    }
    let line = |delegation: Delegation| {
        let to = Route::Delegation(delegation.id.clone()).path();
        let (title, with) = (delegation.chart_title.clone(), whose(&delegation.access));
        let about = view! { <Link to class="row-link"><bdi>{title}</bdi></Link> <span class="status-more">"with " {with}</span> };
        let stands = view! { {state(delegation.state)} <span class="status-more">{more_of_state(&delegation)}</span> };
        let often = match used(&delegation) {
            Some((words, at)) => view! { {words} <span class="status-more">"last " {moment(at)}</span> }.into_any(),
            None => "Never".into_any(),
        };
        let cells = vec![
            cell("State", stands.into_any()),
            cell("Where", places(&delegation).into_any()),
            cell("Until", day(delegation.expires_at).into_any()),
            cell("Looked at", often),
        ];
        row(about.into_any(), cells, Some(stopping(&delegation, changed)))
    };
    table(
        "Charts that others see with your access",
        &["Chart", "State", "Where", "Until", "Looked at", "Actions"],
        delegations.into_iter().map(line).collect(),
    )
}

/// Above the list of charts: what the person is asked for. Nothing is shown if it is nothing, or cannot be loaded.
#[component]
pub(in crate::charts) fn AskedNotice() -> impl IntoView {
    let mine = load_mine();
    let asked = move || {
        let mine = mine.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default();
        mine.into_iter().filter(|one| one.state == DelegationState::Asked).collect::<Vec<_>>()
    };
    move || {
        let asked = asked();
        when(!asked.is_empty(), || {
            let line = |one: Delegation| {
                let to = Route::Delegation(one.id.clone()).path();
                let (who, title) = (one.asked_by, one.chart_title);
                view! { <li><Link to><bdi>{title}</bdi></Link> ", asked by " <bdi>{who}</bdi></li> }.into_any()
            };
            let lines: Vec<AnyView> = asked.into_iter().map(line).collect();
            view! {
                <section class="notice" aria-labelledby="asked-for">
                    <p class="failure-title" id="asked-for">"You are asked to let others see a chart with your access"</p>
                    <ul>{lines}</ul>
                </section>
            }
            .into_any()
        })
    }
}
