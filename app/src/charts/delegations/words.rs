//! The words of delegations.

use api::{
    Delegation, DelegationAudience, DelegationShows, DelegationState, Placement, PlacementKind, RenderAccess, Timestamp,
};
use js_sys::{Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::ui::{
    isolated,
    lozenge::{Tone, lozenge},
};

/// Whose access it is: `Becky Stone’s access`, `the access of the connection Staging`.
pub(in crate::charts) fn whose(access: &RenderAccess) -> String {
    match (&access.account, &access.connection) {
        (_, Some(connection)) => format!("the access of the connection {}", isolated(connection.as_str())),
        (Some(name), None) => format!("{}’s access", isolated(name)),
        (None, None) => "somebody’s access".to_owned(),
    }
}

/// A day, as the browser's language writes it: `1 March`, with the year if it is another one.
pub(in crate::charts) fn day(at: Timestamp) -> String {
    let (date, now) = (Date::new(&JsValue::from_str(&at.to_string())), Date::new_0());
    let options = Object::new();
    let year: &[(&str, &str)] = if date.get_full_year() == now.get_full_year() { &[] } else { &[("year", "numeric")] };
    for (name, value) in [("day", "numeric"), ("month", "long")].iter().chain(year) {
        crate::ui::note(Reflect::set(&options, &(*name).into(), &(*value).into()), "a date is written in full");
    }
    let format = Intl::DateTimeFormat::new(&js_sys::Array::new(), &options);
    let written = format.format().call1(&JsValue::UNDEFINED, &date).ok().and_then(|words| words.as_string());
    written.unwrap_or_else(|| at.to_string())
}

/// The state of a delegation.
pub(in crate::charts) fn state(state: DelegationState) -> AnyView {
    match state {
        DelegationState::Active => lozenge(Tone::Success, "Given"),
        DelegationState::Asked => lozenge(Tone::Discovery, "Asked"),
        DelegationState::Paused => lozenge(Tone::Warning, "Paused"),
        DelegationState::Ended => lozenge(Tone::Neutral, "Ended"),
        DelegationState::Unknown(_) => lozenge(Tone::Neutral, "Unknown"),
    }
}

/// What is to be known about the state.
pub(super) fn more_of_state(delegation: &Delegation) -> String {
    match (delegation.cause, delegation.state) {
        (Some(cause), _) => cause.sentence().to_owned(),
        (None, DelegationState::Active) if !delegation.is_current => "An earlier version is shown.".to_owned(),
        (None, DelegationState::Active) if delegation.filter_changed => {
            "The saved filter says something else in Jira now. The query that was agreed to is shown.".to_owned()
        }
        _ => String::new(),
    }
}

/// What readers see beside numbers.
pub(super) fn shows(shows: DelegationShows) -> String {
    let all = [(shows.names, "names of people"), (shows.keys, "keys of issues"), (shows.drill_down, "links into Jira")];
    let named: Vec<&str> = all.into_iter().filter_map(|(is_shown, words)| is_shown.then_some(words)).collect();
    if named.is_empty() { "Numbers alone".to_owned() } else { format!("Numbers, {}", named.join(", ")) }
}

/// A place, and who looks there.
pub(super) fn place(placement: &Placement, audience: DelegationAudience) -> String {
    let number = || placement.id.as_ref().and_then(|id| id.rsplit('/').next()).map(|id| format!("no. {id}"));
    let called = placement.title.as_ref().map(|title| isolated(title.as_str())).or_else(number).unwrap_or_default();
    let who = match audience {
        DelegationAudience::Members => "Members of this organization",
        DelegationAudience::Licensed => "Everybody with a licence for the product",
        DelegationAudience::Page => "Everybody who may read it",
        DelegationAudience::Anonymous => "Everybody, without signing in",
        DelegationAudience::Unknown(_) => "Readers that this version does not know",
    };
    match placement.kind {
        PlacementKind::Organization => "Members of this organization, in Causeway".to_owned(),
        PlacementKind::Page => format!("{who}, on the page {called} in Confluence"),
        PlacementKind::Embed => format!("{who}, in the embed {called}"),
        PlacementKind::Unknown(_) => "A place that this version does not know".to_owned(),
    }
}

/// Every place of a delegation, and who looks there.
pub(super) fn places(delegation: &Delegation) -> String {
    let all: Vec<String> = delegation.placements.iter().map(|one| place(one, delegation.audience)).collect();
    all.join("; ")
}

/// How often it was used: `12 times by 3 people`.
pub(super) fn used(delegation: &Delegation) -> Option<(String, Timestamp)> {
    let last = delegation.uses.iter().map(|one| one.last_used_at.as_millis()).max()?;
    let count: u64 = delegation.uses.iter().map(|one| one.count).sum();
    let readers: u64 = delegation.uses.iter().map(|one| one.readers).sum();
    let times = if count == 1 { "Once".to_owned() } else { format!("{count} times") };
    let people = if readers == 1 { "1 person".to_owned() } else { format!("{readers} people") };
    Some((format!("{times} by {people}"), Timestamp::from_millis(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_with_who_looks_at_it() {
        let page = |title: Option<&str>| Placement {
            kind: PlacementKind::Page,
            id: Some("cloud-1/98765".into()),
            title: title.map(|title| api::Name::parse(title).expect("a name")),
        };
        let said = place(&page(Some("Shipments")), DelegationAudience::Page);
        assert_eq!(said, "Everybody who may read it, on the page \u{2068}Shipments\u{2069} in Confluence");
        let said = place(&page(None), DelegationAudience::Members);
        assert_eq!(said, "Members of this organization, on the page no. 98765 in Confluence");
    }

    #[test]
    fn what_is_shown_beside_numbers_is_named() {
        assert_eq!(shows(DelegationShows::default()), "Numbers alone");
        let both = DelegationShows { names: true, keys: false, drill_down: true };
        assert_eq!(shows(both), "Numbers, names of people, links into Jira");
    }
}
