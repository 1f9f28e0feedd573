//! With whose access a chart is shown on its page: the person's own, that of a connection, or that of somebody who let
//! others see the chart. It is chosen once when the page opens, and afterwards by the person alone.

use api::{
    ChartId, ChartSite, ConnectionId, Delegation, DelegationId, DelegationState, List, ListChartDelegations, Nothing,
};
use leptos::prelude::*;

use super::words::whose;
use crate::{
    client::call,
    ui::{query::Query, when},
};

/// With whose access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::charts) enum ShownWith {
    /// The person's own.
    Own,
    /// That of a connection that the person manages.
    Connection(ConnectionId),
    /// That of somebody who gave it.
    Delegation(DelegationId),
}

impl ShownWith {
    /// The value of its option.
    fn value(&self) -> &str {
        match self {
            Self::Own => "",
            Self::Connection(id) => id.as_str(),
            Self::Delegation(id) => id.as_str(),
        }
    }

    fn parse(value: String) -> Self {
        match (ConnectionId::parse(value.clone()), DelegationId::parse(value)) {
            (Ok(id), _) => Self::Connection(id),
            (_, Ok(id)) => Self::Delegation(id),
            _ => Self::Own,
        }
    }

    /// The connection, for a request.
    pub(in crate::charts) fn connection(&self) -> Option<ConnectionId> {
        if let Self::Connection(id) = self { Some(id.clone()) } else { None }
    }

    /// The delegation, for a request.
    pub(in crate::charts) fn delegation(&self) -> Option<DelegationId> {
        if let Self::Delegation(id) = self { Some(id.clone()) } else { None }
    }
}

/// The delegations of a chart.
pub(in crate::charts) fn load_delegations(chart: ChartId) -> Query<List<Delegation>> {
    Query::new(move || {
        let chart = chart.clone();
        async move { call::<ListChartDelegations>(&chart, &Nothing {}).await }
    })
}

/// What a page begins with: the person's own access if they have any, else what somebody gave.
pub(in crate::charts) fn first_choice(site: Option<&ChartSite>, delegations: &[Delegation]) -> ShownWith {
    if site.is_some_and(|site| site.is_authorized) {
        return ShownWith::Own;
    }
    let given = delegations.iter().find(|one| one.state == DelegationState::Active && !one.may_grant);
    given.map_or(ShownWith::Own, |one| ShownWith::Delegation(one.id.clone()))
}

/// The choice. Nothing is shown if there is none.
pub(in crate::charts) fn shown_with(
    site: Option<ChartSite>,
    delegations: &[Delegation],
    chosen: RwSignal<Option<ShownWith>>,
) -> AnyView {
    let connections = site.map(|site| site.connections).unwrap_or_default();
    let named = connections.into_iter().map(|one| (ShownWith::Connection(one.id), format!("Connection {}", one.name)));
    let given = delegations.iter().filter(|one| one.state == DelegationState::Active);
    let given = given.map(|one| (ShownWith::Delegation(one.id.clone()), capitalized(&whose(&one.access))));
    let offered: Vec<(ShownWith, String)> = named.chain(given).collect();
    when(!offered.is_empty(), move || {
        let option = move |(own, words): (ShownWith, String)| {
            let value = own.value().to_owned();
            view! { <option value=value selected=move || chosen.with(|chosen| chosen.as_ref() == Some(&own))>{words}</option> }.into_any()
        };
        let own = (ShownWith::Own, "My own access".to_owned());
        let options: Vec<AnyView> = std::iter::once(own).chain(offered).map(option).collect();
        view! {
            <label class="charts-access">
                <span class="subtle">"Shown with"</span>
                " "
                <select
                    class="select"
                    id="chart-access"
                    on:change:target=move |event| chosen.set(Some(ShownWith::parse(event.target().value())))
                >
                    {options}
                </select>
            </label>
        }
        .into_any()
    })
}

/// With a capital letter, where it begins a line.
fn capitalized(words: &str) -> String {
    match words.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => words.to_owned(),
    }
}
