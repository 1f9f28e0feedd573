//! The filters above the grid: search, chips with counts, kind and order. The address bar holds them all.

use api::{ConnectionCounts, Kind, State};
use leptos::prelude::*;

use super::filters::Filters;
use crate::{
    navigation::use_navigation,
    ui::{search::SearchField, when},
};

/// The bar.
#[component]
pub(super) fn FilterBar(
    filters: Memo<Filters>,
    counts: Memo<Option<ConnectionCounts>>,
    on_filter: Callback<Filters>,
) -> impl IntoView {
    let chip = move |words: &'static str, state: Option<State>, deleted: bool| {
        let chosen = move || filters.with(|filters| (filters.state, filters.deleted) == (state, deleted));
        let pressed = move || if chosen() { "true" } else { "false" };
        let press = move |_| on_filter.run(Filters { state, deleted, ..filters.get_untracked() });
        let of = move |counts| Filters { state, deleted, ..Filters::default() }.counted(counts);
        let count = move || counts.get().map(of);
        view! {
            <button type="button" class="chip" aria-pressed=pressed on:click=press>
                {words} " " <span class="chip-count">{count}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="filter-bar" role="search">
            <SearchField
                label="Search connections"
                placeholder="Search name, site or account"
                value=Signal::derive(move || filters.get().q)
                on_search=move |q| on_filter.run(Filters { q, ..filters.get_untracked() })
            />
            <div class="chips" role="group" aria-label="Status">
                {chip("All", None, false)} {chip("Authorized", Some(State::Authorized), false)}
                {chip("Interrupted", Some(State::Interrupted), false)}
                {chip("Unauthorized", Some(State::Unauthorized), false)}
                {chip("Deactivated", Some(State::Deactivated), false)} {chip("Show deleted", None, true)}
            </div>
            {when(Kind::ALL.len() > 1, || {
                let kinds = Kind::ALL.iter().map(|one| (one.as_str(), one.title()));
                choice("kind", "Kind", [("", "All kinds")].into_iter().chain(kinds).collect())
            })}
            <span class="sort-choice">{choice("sort", "Sort by", ORDERS.to_vec())}</span>
        </div>
    }
}

/// The orders. Offered where the table is shown as cards, without headers.
const ORDERS: [(&str, &str); 4] = [
    ("", "Name, A to Z"),
    ("-name", "Name, Z to A"),
    ("-last_activity", "Last activity, newest first"),
    ("last_activity", "Last activity, oldest first"),
];

/// A list that sets one parameter of the address.
fn choice(param: &'static str, label: &'static str, options: Vec<(&'static str, &'static str)>) -> AnyView {
    let navigation = use_navigation();
    let option = move |(value, words): (&'static str, &'static str)| {
        let chosen = move || navigation.param(param) == value;
        view! { <option value=value selected=chosen>{words}</option> }.into_any()
    };
    let options: Vec<AnyView> = options.into_iter().map(option).collect();
    view! {
        <select
            class="select"
            aria-label=label
            on:change:target=move |event| navigation.set_param(param, &event.target().value())
        >
            {options}
        </select>
    }
    .into_any()
}
