//! The *Authorize* box: the status of the connection, the button, and the result of an authorization.

use api::{Authorization, Connection, Failure, Oauth1Progress, State};
use leptos::prelude::*;

use super::{
    authorization_flow::AuthorizationFlow,
    authorization_state::AuthorizationState,
    facts::{changes, clock_time, fact, not_granted, who_and_where},
    presentation::{Destination, Presentation},
    steps::steps,
    waiting::{progress, waiting_for},
};
use crate::ui::{
    button::{Button, Look},
    failure::{FailurePanel, details},
    focus,
    icon::Icon,
    learn_more::learn_more,
    lozenge::Tone,
    moment::in_full,
    when,
};

/// The box, for `saved` or, without it, for a new connection.
#[component]
pub(crate) fn AuthorizeBox(
    flow: AuthorizationFlow,
    saved: Option<Connection>,
    presentation: Presentation,
) -> impl IntoView {
    let ever = saved.is_some();
    let verdict = {
        let saved = saved.clone();
        move || flow.state.with(|state| verdict(state, saved.as_ref(), presentation.destination.get()))
    };
    let verdict = Memo::new(move |_| verdict());
    let saved = StoredValue::new(saved);
    keep_focus(flow);
    view! {
        <section class=move || format!("authorize {}", verdict.get().0.class()) aria-labelledby="authorize-title">
            <h2 class="authorize-title" id="authorize-title">
                {move || verdict.get().0.icon().view()}
                <span role="status">{move || verdict.get().1}</span>
            </h2>
            {move || body(flow, presentation.destination.get(), flow.state.get(), saved)}
            <div class="buttons">
                {move || buttons(flow, presentation, ever)}
            </div>
        </section>
    }
}

/// The box's colour and title.
fn verdict(state: &AuthorizationState, saved: Option<&Connection>, destination: Destination) -> (Tone, &'static str) {
    match state {
        AuthorizationState::None => match saved.map(|connection| connection.status.state()) {
            Some(State::Authorized) => (Tone::Success, "Authorized"),
            Some(State::Interrupted) => (Tone::Warning, "Interrupted"),
            Some(State::Deactivated) => (Tone::Neutral, "Deactivated"),
            Some(State::Unauthorized) => (Tone::Danger, "Unauthorized"),
            Some(State::Unknown(_)) => (Tone::Neutral, "Unknown"),
            None => (Tone::Neutral, "Not authorized"),
        },
        AuthorizationState::Starting if destination == Destination::Atlassian => (Tone::Neutral, "Opening Atlassian…"),
        AuthorizationState::Starting => (Tone::Neutral, "Asking Jira…"),
        AuthorizationState::Waiting(waiting) if !waiting.sites.is_empty() => (Tone::Neutral, "Choose a site"),
        AuthorizationState::Waiting(_) if destination == Destination::Atlassian => {
            (Tone::Neutral, "Waiting for Atlassian…")
        }
        AuthorizationState::Waiting(_) => (Tone::Neutral, "Waiting for Jira…"),
        AuthorizationState::Authorized(_) => (Tone::Success, "Authorized"),
        AuthorizationState::Failed(..) => (Tone::Danger, "Unauthorized"),
        AuthorizationState::Refused(_) => (Tone::Danger, "Not started"),
    }
}

fn body(
    flow: AuthorizationFlow,
    destination: Destination,
    state: AuthorizationState,
    saved: StoredValue<Option<Connection>>,
) -> AnyView {
    match state {
        AuthorizationState::None => saved.get_value().map_or_else(|| introduction(destination), standing),
        AuthorizationState::Starting if destination.opens_window() => progress("A new window opens."),
        AuthorizationState::Starting => progress("Jira is asked."),
        AuthorizationState::Waiting(waiting) => waiting_for(flow, destination, waiting),
        AuthorizationState::Authorized(authorization) => authorized(*authorization, destination),
        AuthorizationState::Failed(failure, oauth1) => failed(*failure, oauth1),
        AuthorizationState::Refused(error) => view! { <FailurePanel error /> }.into_any(),
    }
}

fn buttons(flow: AuthorizationFlow, presentation: Presentation, ever: bool) -> AnyView {
    let destination = presentation.destination.get();
    let authorize = move |()| {
        if let Some((kind, credential)) = presentation.request.run(()) {
            flow.authorize(destination, kind, credential);
        }
    };
    let window = move || when(destination.opens_window(), opens_window);
    let state = flow.state.with(|state| (state.is_under_way(), matches!(state, AuthorizationState::None)));
    if let (true, _) = state {
        let again = move || view! { <Button id="authorize" on_press=authorize>"Open again" {window()}</Button> };
        return view! {
            {when(destination.opens_window(), || again().into_any())}
            <Button look=Look::Subtle on_press=move |()| flow.cancel()>"Cancel"</Button>
        }
        .into_any();
    }
    let again = !state.1 || ever;
    let look = if again { Look::Default } else { Look::Primary };
    let fresh = presentation.fresh.is_some_and(|fresh| fresh.get());
    let words = match (ever, destination) {
        _ if fresh && destination != Destination::JiraWithCode => "Authorize",
        (true, _) if presentation.fresh.is_some() && !fresh => "Reauthorize with existing credentials",
        (_, Destination::JiraWithCode) => "Generate URL",
        (true, _) => "Reauthorize",
        (false, _) if again => "Authorize again",
        (false, _) => "Authorize",
    };
    let other = presentation.fresh.map(|which| {
        let words = if fresh { "Use the existing credentials" } else { "Reauthorize with new credentials" };
        let turn = move |()| {
            flow.cancel();
            which.set(!fresh);
        };
        view! { <Button id="other-credentials" on_press=turn>{words}</Button> }.into_any()
    });
    view! {
        <Button id="authorize" look=look on_press=authorize>{words} {window()}</Button>
        {other}
    }
    .into_any()
}

/// Announces that the button opens a window.
fn opens_window() -> AnyView {
    view! { {Icon::External.view()} <span class="assistive">" (opens a new window)"</span> }.into_any()
}

/// When a change removes the focused button, the focus goes to the button in its place.
fn keep_focus(flow: AuthorizationFlow) {
    Effect::new(move |before: Option<bool>| {
        let under_way = flow.state.with(AuthorizationState::is_under_way);
        if before.is_some_and(|before| before != under_way) {
            request_animation_frame(focus_button_if_lost);
        }
        under_way
    });
}

fn focus_button_if_lost() {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if lost {
        focus("authorize");
    }
}

/// What will happen, before there is a connection.
fn introduction(destination: Destination) -> AnyView {
    let what = match destination {
        Destination::Atlassian => {
            "Causeway asks Atlassian for access to one Jira site. You sign in to Atlassian in a new window and choose the site there."
        }
        Destination::Jira => "Causeway asks Jira for access. You sign in to Jira in a new window and allow it there.",
        Destination::JiraWithCode => {
            "Causeway asks Jira for access. Jira gives an address, where you allow it and get a code to paste here."
        }
        Destination::Nowhere => {
            "Causeway asks Jira once who this is. A credential that Jira refuses is not tried again."
        }
    };
    view! {
        <p>{what}</p>
        <p class="subtle">"Use the account whose rights the connection should have."</p>
    }
    .into_any()
}

/// The status of a connection, while no authorization is under way.
fn standing(connection: Connection) -> AnyView {
    let cause = connection.status.cause().map(|cause| {
        view! { <p>{format!("{} {} ", cause.sentence(), cause.remedy())} {learn_more(cause.help_path())}</p> }
            .into_any()
    });
    let when = connection.authorized_at.map(|at| fact("Authorized", in_full(at)));
    let horizon = connection.reauthorize_before.map(|at| fact("Reauthorize before", in_full(at)));
    view! {
        {cause}
        <dl class="facts">{who_and_where(connection.site, connection.account, &connection.scopes)} {when} {horizon}</dl>
    }
    .into_any()
}

fn authorized(authorization: Authorization, destination: Destination) -> AnyView {
    let done = authorization.oauth1.map(|progress| steps(progress.step, false));
    let address = authorization.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
    view! {
        {done}
        <dl class="facts">{who_and_where(authorization.site, authorization.account, &authorization.scopes)}</dl>
        {not_granted(&authorization.missing_scopes)}
        {authorization.changes.map(|what| changes(what, &address))}
        <p class="authorize-unsaved">"Not saved yet. It is kept until " {clock_time(authorization.expires_at)} ": choose " <em>{save_words(destination)}</em> "."</p>
    }
    .into_any()
}

/// The words on the save button. With a verification code, saving is the last of several steps.
pub(crate) const fn save_words(destination: Destination) -> &'static str {
    if matches!(destination, Destination::JiraWithCode) { "Complete connection" } else { "Save" }
}

fn failed(failure: Failure, oauth1: Option<Oauth1Progress>) -> AnyView {
    view! {
        {oauth1.map(|progress| steps(progress.step, true))}
        <div role="alert"><p>{failure.message}</p><p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p></div>
        {failure.details.map(details)}
    }
    .into_any()
}
