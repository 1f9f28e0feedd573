//! The filters above the grid: search, kind, order and chips with counts. The address bar holds them all. The chips come
//! last, in lines of their own: their counts come with the rows, and nothing may move then.

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
    let chip = move |words: &'static str, state: Option<State>, ends_soon: bool, deleted: bool| {
        let chosen = move || {
            filters.with(|filters| (filters.state, filters.ends_soon, filters.deleted) == (state, ends_soon, deleted))
        };
        let pressed = move || if chosen() { "true" } else { "false" };
        let press = move |_| on_filter.run(Filters { state, ends_soon, deleted, ..filters.get_untracked() });
        let of = move |counts| Filters { state, ends_soon, deleted, ..Filters::default() }.counted(counts);
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
            {when(Kind::ALL.len() > 1, || {
                let kinds = Kind::ALL.iter().map(|one| (one.as_str(), one.title()));
                choice("kind", "Kind", [("", "All kinds")].into_iter().chain(kinds).collect())
            })}
            {choice("sort", "Sort by", ORDERS.to_vec())}
            <div class="chips" role="group" aria-label="Status">
                {chip("All", None, false, false)} {chip("Authorized", Some(State::Authorized), false, false)}
                {chip("Interrupted", Some(State::Interrupted), false, false)}
                {chip("Unauthorized", Some(State::Unauthorized), false, false)}
                {chip("Deactivated", Some(State::Deactivated), false, false)}
                {chip("Ends soon", None, true, false)} {chip("Show deleted", None, false, true)}
            </div>
        </div>
    }
}

/// The orders. The headers of the table offer them, too, but for the first and for those that have no column; cards have
/// no headers.
const ORDERS: [(&str, &str); 19] = [
    ("", "Worst first"),
    ("name", "Name, A to Z"),
    ("-name", "Name, Z to A"),
    ("status", "Status, authorized first"),
    ("-status", "Status, deactivated first"),
    ("kind", "Kind, A to Z"),
    ("-kind", "Kind, Z to A"),
    ("site", "Site, A to Z"),
    ("-site", "Site, Z to A"),
    ("account", "Account, A to Z"),
    ("-account", "Account, Z to A"),
    ("workspaces", "Workspace, A to Z"),
    ("-workspaces", "Workspace, Z to A"),
    ("projects", "Used by, fewest projects first"),
    ("-projects", "Used by, most projects first"),
    ("-last_activity", "Last activity, newest first"),
    ("last_activity", "Last activity, oldest first"),
    ("reauthorize_before", "Reauthorize before, soonest first"),
    ("-reauthorize_before", "Reauthorize before, latest first"),
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
            on:change:target=move |event| navigation.choose_param(param, &event.target().value())
        >
            {options}
        </select>
    }
    .into_any()
}
