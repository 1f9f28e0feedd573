//! With whose access a chart is shown: the person's own, or that of a connection that they manage.

use api::{ChartSite, ConnectionId, List, ListChartSites, Nothing};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{query::Query, when},
};

/// The sites that charts can be made of, and the connections whose access the person may use.
pub(super) fn load_sites() -> Query<List<ChartSite>> {
    Query::new(|| async { call::<ListChartSites>(&(), &Nothing {}).await })
}

/// The choice. Nothing is shown if there is none.
pub(super) fn access_choice(site: Option<ChartSite>, chosen: RwSignal<Option<ConnectionId>>) -> AnyView {
    let connections = site.map(|site| site.connections).unwrap_or_default();
    let choose = move |id: String| chosen.set(ConnectionId::parse(id).ok());
    when(!connections.is_empty(), move || {
        let option = move |(id, words): (String, String)| {
            let own = id.clone();
            let is_chosen = move || chosen.with(|chosen| chosen.as_ref().map_or("", ConnectionId::as_str) == own);
            view! { <option value=id selected=is_chosen>{words}</option> }.into_any()
        };
        let named = connections.iter().map(|one| (one.id.to_string(), format!("Connection {}", one.name)));
        let options: Vec<AnyView> =
            std::iter::once((String::new(), "My own access".to_owned())).chain(named).map(option).collect();
        view! {
            <label class="charts-access">
                <span class="subtle">"Shown with"</span>
                " "
                <select class="select" id="chart-access" on:change:target=move |event| choose(event.target().value())>
                    {options}
                </select>
            </label>
        }
        .into_any()
    })
}
