//! What a timeline is filtered by. The address bar holds it.

use api::{List, ListMembers, MemberDetails, Nothing, TimelineQuery};
use leptos::prelude::*;

use super::{
    days::{beginning, end, time_zone},
    messages::EVENTS,
};
use crate::{
    client::call,
    navigation::{Navigation, use_navigation},
    ui::{query::Query, when},
};

/// The filters in the address bar.
pub(super) fn query(navigation: Navigation) -> TimelineQuery {
    let param = |name| Some(navigation.param(name)).filter(|value| !value.trim().is_empty());
    TimelineQuery {
        event: param("event"),
        q: param("q"),
        actor: param("actor"),
        from: param("from").as_deref().and_then(beginning),
        until: param("until").as_deref().and_then(end),
        ..TimelineQuery::default()
    }
}

/// A choice among words, which sets one parameter of the address.
fn choice(param: &'static str, label: &'static str, options: Vec<(String, String)>) -> AnyView {
    let navigation = use_navigation();
    let chosen = Memo::new(move |_| navigation.param(param));
    let option = move |(value, words): (String, String)| {
        let own = value.clone();
        view! { <option value=value selected=move || chosen.get() == own>{words}</option> }.into_any()
    };
    let options: Vec<AnyView> = options.into_iter().map(option).collect();
    view! {
        <label>
            <span class="assistive">{label}</span>
            <select
                class="select"
                id=format!("filter-{param}")
                on:change:target=move |event| navigation.set_param(param, &event.target().value())
            >
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// The choice of one event.
#[component]
pub(super) fn EventFilter(
    /// Whether an event is offered.
    offered: fn(&str) -> bool,
) -> impl IntoView {
    let own = |(name, words): &(&str, &str)| ((*name).to_owned(), (*words).to_owned());
    let offered = EVENTS.iter().filter(|(name, _)| offered(name)).map(own);
    choice("event", "Event", [own(&("", "All events"))].into_iter().chain(offered).collect())
}

/// The actors to choose from: members by name, then what is no person. One that the address names is offered, too.
fn actors(members: &[MemberDetails], chosen: &str) -> Vec<(String, String)> {
    let named = |member: &MemberDetails| {
        let words = if member.name.is_empty() { &member.email } else { &member.name };
        (member.email.clone(), words.clone())
    };
    let others = [("api_key", "API keys"), ("causeway", "Causeway"), ("atlassian", "Atlassian")];
    let others = others.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let mut all = vec![(String::new(), "Everybody".to_owned())];
    all.extend(members.iter().map(named));
    all.extend(others);
    if !all.iter().any(|(value, _)| value == chosen) {
        all.push((chosen.to_owned(), chosen.to_owned()));
    }
    all
}

/// The choice of who did it. Until the members are known, and if they cannot be listed, only what is no person is
/// offered.
#[component]
pub(super) fn ActorFilter() -> impl IntoView {
    let navigation = use_navigation();
    let members: Query<List<MemberDetails>> = Query::new(|| async { call::<ListMembers>(&(), &Nothing {}).await });
    move || {
        let members = members.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default();
        choice("actor", "Done by", actors(&members, &untrack(|| navigation.param("actor"))))
    }
}

/// The first and the last day.
#[component]
pub(super) fn DayFilter() -> impl IntoView {
    let navigation = use_navigation();
    let field = move |param: &'static str, label: &'static str| {
        view! {
            <label class="filter-day">
                <span>{label}</span>
                <input
                    class="field-input"
                    type="date"
                    id=format!("filter-{param}")
                    prop:value=move || navigation.param(param)
                    on:change:target=move |event| navigation.set_param(param, &event.target().value())
                />
            </label>
        }
        .into_any()
    };
    let reversed = move || {
        let TimelineQuery { from, until, .. } = query(navigation);
        from.zip(until).is_some_and(|(from, until)| from >= until)
    };
    view! {
        {field("from", "From")} {field("until", "To")}
        {move || when(reversed(), || view! { <p class="field-error" role="alert">"The first day is after the last."</p> }.into_any())}
    }
}

/// In which time zone the screen shows times.
pub(super) fn zone() -> AnyView {
    let words = time_zone().map_or_else(
        || "Times are in the time zone of your browser.".to_owned(),
        |zone| format!("Times are in the time zone of your browser, {zone}."),
    );
    view! { <span id="time-zone">{words}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_the_address_names_is_offered_even_after_leaving() {
        let json = r#"[{"id":"mem_1","email":"ada@example.com","name":"Ada","role":"administrator"}]"#;
        let members: Vec<MemberDetails> = serde_json::from_str(json).expect("members");
        let values = |chosen| actors(&members, chosen).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
        let usual = ["", "ada@example.com", "api_key", "causeway", "atlassian"];
        assert_eq!(values("ada@example.com"), usual);
        assert_eq!(values("gone@example.com"), [&usual[..], &["gone@example.com"]].concat());
    }

    #[test]
    fn what_is_offered_beside_members_is_what_the_edge_takes() {
        let values: Vec<String> = actors(&[], "").into_iter().skip(1).map(|(value, _)| value).collect();
        assert_eq!(values, api::ACTORS);
    }
}
