//! Why a connection does not work: what happened, what to do, who does it, and what they need for that.

use api::{Cause, Connection, Diagnosis, FailingCalls, Responsible};
use leptos::prelude::*;

use super::status::failed_calls;
use crate::ui::{copy_button::CopyButton, isolated, learn_more::learn_more, moment::in_full, when};

/// The diagnosis of a connection. `people` is who is meant by *Who*, where the screen knows.
pub(super) fn diagnosis(
    said: &Diagnosis,
    cause: Option<Cause>,
    failing: Option<FailingCalls>,
    people: String,
) -> AnyView {
    let help = cause.map(|cause| learn_more(cause.help_path()));
    let until =
        said.limited_until.map(|until| view! { <p><strong>"Limited until: "</strong> {in_full(until)}</p> }.into_any());
    view! {
        <p>{said.why.clone()} {failing.map(|failing| format!(" {}", counted(failing)))}</p>
        {until}
        <p><strong>"What to do: "</strong> {said.remedy.clone()} " " {help}</p>
        {addresses(said)}
        <p><strong>"Who: "</strong> {people}</p>
        {said.support_url.clone().map(contact)}
    }
    .into_any()
}

/// How many of the calls fail, in a sentence.
pub(super) fn counted(failing: FailingCalls) -> String {
    let words = failed_calls(failing.failed, failing.of);
    match words.strip_prefix('t') {
        Some(rest) => format!("T{rest}."),
        None => format!("{words}."),
    }
}

/// The addresses for an IP allowlist, to copy; where they are not known, how to find them.
fn addresses(said: &Diagnosis) -> AnyView {
    let addresses = said.egress_addresses.clone();
    when(!addresses.is_empty(), || {
        let text = addresses.join("\n");
        let lines: Vec<AnyView> =
            addresses.iter().map(|address| view! { <li><code>{address.clone()}</code></li> }.into_any()).collect();
        view! {
            <p><strong>"Causeway calls from: "</strong></p>
            <ul class="addresses">{lines}</ul>
            <CopyButton text what="Copy addresses" />
        }
        .into_any()
    })
}

/// Where the operator can be reached.
pub(crate) fn contact(url: String) -> AnyView {
    let words = url.strip_prefix("mailto:").map_or("Contact the operator", |_| "Write to the operator").to_owned();
    let shown = url.trim_start_matches("mailto:").trim_start_matches("https://").to_owned();
    view! { <p><a href=url>{words}</a> " " <span class="subtle">{shown}</span></p> }.into_any()
}

/// Who is meant, by name where that is known.
pub(super) fn people(said: &Diagnosis, connection: &Connection) -> String {
    let owner = connection.account.as_ref().filter(|_| said.who == Responsible::AccountOwner);
    match owner {
        Some(owner) => format!("{}, {}", said.who.title(), isolated(&owner.name)),
        None => said.who.title().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use api::{CallOutcome, Timestamp};

    use super::*;

    #[test]
    fn calls_are_counted_in_words() {
        let failing = |failed, of| {
            let (since, outcome) = (Timestamp::EPOCH, CallOutcome::JiraFault);
            counted(FailingCalls { since, failed, of, outcome, http_status: Some(503) })
        };
        assert_eq!(failing(1, 1), "The last call failed.");
        assert_eq!(failing(14, 14), "The last 14 calls failed.");
        assert_eq!(failing(9, 14), "9 of the last 14 calls failed.");
    }
}
