//! The rate limit of a site: what is used, what is left, until when, and who used it.

use api::{SiteRateLimit, Spender};
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::moment::{in_full, moment},
};

/// What the site last said. `None`: nothing yet.
pub(super) fn rate_limit(limit: Option<&SiteRateLimit>) -> AnyView {
    let content = match limit {
        None => view! { <p class="subtle">"The site has not reported a rate limit."</p> }.into_any(),
        Some(limit) => known(limit),
    };
    view! { <h3 id="rate-limit">"Rate limit of the site"</h3> {content} }.into_any()
}

fn known(limit: &SiteRateLimit) -> AnyView {
    let used =
        limit.limit.filter(|all| *all > 0).zip(limit.remaining).map(|(all, left)| (all.saturating_sub(left), all));
    let words = match (used, limit.remaining) {
        (Some((used, all)), Some(left)) => format!("{used} of {all} used, {left} left"),
        (None, Some(left)) if left > 0 => format!("{left} left"),
        _ => "The site did not report how much is left".to_owned(),
    };
    let meter = used.map(|(used, all)| {
        view! { <progress max=all.to_string() value=used.to_string() aria-labelledby="rate-limit"></progress> }
            .into_any()
    });
    let until = limit.limited_until.map(|at| {
        view! { <p><strong>"Used up: calls wait or are refused until "</strong> {in_full(at)} "."</p> }.into_any()
    });
    let resets = limit.resets_at.map(|at| view! { <p>"The limit is reset at " {in_full(at)} "."</p> }.into_any());
    view! {
        <p>{words} ". " <span class="subtle">"Reported " {moment(limit.at)} "."</span></p>
        {meter}
        {until}
        {resets}
        {spenders(&limit.spenders)}
    }
    .into_any()
}

fn spenders(spenders: &[Spender]) -> AnyView {
    if spenders.is_empty() {
        return view! { <p class="subtle">"No API key has called the site through Causeway in this hour."</p> }
            .into_any();
    }
    let line = |spender: &Spender| {
        let name = view! { <bdi>{spender.name.clone()}</bdi> };
        let name = match spender.connection.clone() {
            Some(id) => view! { <Link to=Route::Connection(id, Tab::Overview).path()>{name}</Link> }.into_any(),
            None => name.into_any(),
        };
        let calls = if spender.calls == 1 { "1 call".to_owned() } else { format!("{} calls", spender.calls) };
        view! { <li>{name} ": " {calls}</li> }.into_any()
    };
    view! {
        <p>"API keys that called the site through Causeway in this hour:"</p>
        <ul>{spenders.iter().map(line).collect::<Vec<_>>()}</ul>
    }
    .into_any()
}
