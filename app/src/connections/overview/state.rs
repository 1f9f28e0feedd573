//! The box at the top: the state of the connection in one look.

use api::{Cause, Connection, State, Status};
use leptos::prelude::*;

use super::{actions::buttons, decisions, facts::facts, notices};
use crate::{
    connections::{
        connection_row::ConnectionRow,
        diagnosis::{counted, diagnosis, people},
        lifecycle::Lifecycle,
        status::verdict,
    },
    context::expect_context,
    ui::{
        isolated,
        moment::{Now, in_full, moment},
        when,
    },
};

/// The box, and what belongs to it.
pub(super) fn state(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let Now(now) = expect_context();
    let now = now.get_untracked();
    let row = ConnectionRow::from(connection);
    let (tone, word) = verdict(&row, now);
    let lives = connection.deleted.is_none();
    view! {
        <section class=format!("authorize {}", tone.class()) aria-labelledby="standing">
            <h2 class="authorize-title" id="standing">{tone.icon().view()} <span>{title(connection, word)}</span></h2>
            <p class="subtle">{since(connection)}</p>
            {when(lives, || trouble(connection))}
            {facts(connection)}
            {buttons(connection, &row, lifecycle)}
        </section>
        {when(lives, || decisions(connection, lifecycle))}
        {notices::horizon(connection, now, lifecycle)}
        {notices::missing(connection)}
        {notices::revert(connection, now, lifecycle)}
    }
    .into_any()
}

/// The state in a word and, if it does not work, what happened.
fn title(connection: &Connection, word: &'static str) -> String {
    let said = connection.diagnosis.as_ref().filter(|_| connection.deleted.is_none());
    match said.filter(|_| connection.status.cause().is_some()) {
        Some(said) => format!("{word}: {}", said.headline),
        None => word.to_owned(),
    }
}

/// Since when, and by whom.
fn since(connection: &Connection) -> AnyView {
    if let Some(deleted) = &connection.deleted {
        return view! { {format!("Deleted by {}. It is purged ", isolated(&deleted.by))} {moment(deleted.purge_at)} "." }
            .into_any();
    }
    let failing = connection.calls.as_ref().and_then(|calls| calls.failing);
    match &connection.status {
        Status::Authorized => last_seen(connection),
        Status::Interrupted { since, .. } => match failing {
            Some(failing) => view! { "Failing since " {in_full(failing.since)} "." }.into_any(),
            None => view! { "Since " {in_full(*since)} "." }.into_any(),
        },
        Status::Unauthorized { since: None, .. } => "It has not been authorized. Calls are refused until somebody authorizes it.".into_any(),
        Status::Unauthorized { by: Some(by), since: Some(since), .. } => {
            view! { {format!("Unauthorized by {}, ", isolated(by))} {in_full(*since)} ". Calls are refused until somebody reauthorizes it." }.into_any()
        }
        Status::Unauthorized { since: Some(since), .. } => view! { "Since " {in_full(*since)} "." }.into_any(),
        Status::Deactivated { by, since } => {
            view! { {format!("Deactivated by {}, ", isolated(by))} {in_full(*since)} ". Calls are refused until somebody activates it." }.into_any()
        }
        Status::Unknown(_) => ().into_any(),
    }
}

/// When it was last seen to work: by a call or by a checkup.
fn last_seen(connection: &Connection) -> AnyView {
    let called = connection.calls.as_ref().and_then(|calls| calls.last_succeeded_at);
    match (called, connection.checked_at) {
        (Some(called), checked) if checked.is_none_or(|checked| checked <= called) => {
            view! { "The last call succeeded " {moment(called)} "." }.into_any()
        }
        (_, Some(checked)) => view! { "Last checked " {moment(checked)} "." }.into_any(),
        _ => match connection.authorized_at {
            Some(at) => view! { "Authorized " {moment(at)} ", not called or checked since." }.into_any(),
            None => "Not called or checked since it was authorized.".into_any(),
        },
    }
}

/// Why it does not work, and what to do.
fn trouble(connection: &Connection) -> AnyView {
    let (cause, calls) = (connection.status.cause(), connection.calls.as_ref());
    let failing = calls.and_then(|calls| calls.failing).filter(|_| connection.status.state() == State::Interrupted);
    let again = connection.next_checkup_at;
    let again = again.map(|at| view! { <p>"Causeway itself asks Jira again " {moment(at)} "."</p> }.into_any());
    match (&connection.diagnosis, cause) {
        (Some(said), Some(cause)) => {
            view! { {diagnosis(said, Some(cause), failing, people(said, connection))} {again} }.into_any()
        }
        (None, Some(cause)) => view! { <p>{cause.sentence()} " " {cause.remedy()}</p> {again} }.into_any(),
        // It works, and lacks scopes.
        (Some(said), None) => diagnosis(said, Some(Cause::ScopesMissing), None, people(said, connection)),
        // It works, and some calls have failed since: not enough of them to say that it does not.
        (None, None) => calls
            .and_then(|calls| calls.failing)
            .map(|failing| view! { <p>{counted(failing)}</p> }.into_any())
            .into_any(),
    }
}
