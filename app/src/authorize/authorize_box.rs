//! The Authorize box: how the connection stands, the button, and what an attempt brings.

use api::{Authorization, Connection, Failure, Oauth1Progress, State};
use leptos::prelude::*;

use super::{
    attempt::Attempt,
    course::Course,
    facts::{changes, clock_time, fact, who_and_where},
    steps::steps,
    waiting::{progress, waiting_for},
    way::{By, Way},
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

/// The box, for a connection that exists or, without one, for a new one.
#[component]
pub(crate) fn AuthorizeBox(course: Course, saved: Option<Connection>, way: Way) -> impl IntoView {
    let ever = saved.is_some();
    let verdict = {
        let saved = saved.clone();
        move || course.attempt.with(|attempt| verdict(attempt, saved.as_ref(), way.by.get()))
    };
    let verdict = Memo::new(move |_| verdict());
    let saved = StoredValue::new(saved);
    keep_focus(course);
    view! {
        <section class=move || format!("authorize {}", verdict.get().0.class()) aria-labelledby="authorize-title">
            <h2 class="authorize-title" id="authorize-title">
                {move || verdict.get().0.icon().view()}
                <span role="status">{move || verdict.get().1}</span>
            </h2>
            {move || body(course, way.by.get(), course.attempt.get(), saved)}
            <div class="buttons">
                {move || buttons(course, way, ever)}
            </div>
        </section>
    }
    .into_any()
}

/// The box's colour and title.
fn verdict(attempt: &Attempt, saved: Option<&Connection>, by: By) -> (Tone, &'static str) {
    match attempt {
        Attempt::None => match saved.map(|connection| connection.status.state()) {
            Some(State::Authorized) => (Tone::Success, "Authorized"),
            Some(State::Interrupted) => (Tone::Warning, "Interrupted"),
            Some(State::Deactivated) => (Tone::Neutral, "Deactivated"),
            Some(State::Unauthorized) => (Tone::Danger, "Unauthorized"),
            Some(State::Unknown(_)) => (Tone::Neutral, "Unknown"),
            None => (Tone::Neutral, "Not authorized"),
        },
        Attempt::Starting if by == By::Atlassian => (Tone::Neutral, "Opening Atlassian…"),
        Attempt::Starting => (Tone::Neutral, "Asking Jira…"),
        Attempt::Waiting(waiting) if !waiting.sites.is_empty() => (Tone::Neutral, "Choose a site"),
        Attempt::Waiting(_) if by == By::Atlassian => (Tone::Neutral, "Waiting for Atlassian…"),
        Attempt::Waiting(_) => (Tone::Neutral, "Waiting for Jira…"),
        Attempt::Authorized(_) => (Tone::Success, "Authorized"),
        Attempt::Failed(..) => (Tone::Danger, "Unauthorized"),
        Attempt::Refused(_) => (Tone::Danger, "Not started"),
    }
}

fn body(course: Course, by: By, attempt: Attempt, saved: StoredValue<Option<Connection>>) -> AnyView {
    match attempt {
        Attempt::None => saved.get_value().map_or_else(|| introduction(by), standing),
        Attempt::Starting if by.opens_window() => progress("A new window opens."),
        Attempt::Starting => progress("Jira is asked."),
        Attempt::Waiting(waiting) => waiting_for(course, by, waiting),
        Attempt::Authorized(authorization) => authorized(*authorization, by),
        Attempt::Failed(failure, oauth1) => failed(*failure, oauth1),
        Attempt::Refused(error) => view! { <FailurePanel error /> }.into_any(),
    }
}

fn buttons(course: Course, way: Way, ever: bool) -> AnyView {
    let by = way.by.get();
    let authorize = move |()| {
        if let Some((kind, credential)) = way.request.run(()) {
            course.authorize(by, kind, credential);
        }
    };
    let window = move || when(by.opens_window(), opens_window);
    let attempt = course.attempt.with(|attempt| (attempt.is_under_way(), matches!(attempt, Attempt::None)));
    if let (true, _) = attempt {
        let again = move || view! { <Button id="authorize" on_press=authorize>"Open again" {window()}</Button> };
        return view! {
            {when(by.opens_window(), || again().into_any())}
            <Button look=Look::Subtle on_press=move |()| course.cancel()>"Cancel"</Button>
        }
        .into_any();
    }
    let again = !attempt.1 || ever;
    let look = if again { Look::Default } else { Look::Primary };
    let fresh = way.fresh.is_some_and(|fresh| fresh.get());
    let words = match (ever, by) {
        _ if fresh && by != By::Code => "Authorize",
        (true, _) if way.fresh.is_some() && !fresh => "Reauthorize with existing credentials",
        (_, By::Code) => "Generate URL",
        (true, _) => "Reauthorize",
        (false, _) if again => "Authorize again",
        (false, _) => "Authorize",
    };
    let other = way.fresh.map(|which| {
        let words = if fresh { "Use the existing credentials" } else { "Reauthorize with new credentials" };
        let turn = move |()| {
            course.cancel();
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

/// Said before it happens.
fn opens_window() -> AnyView {
    view! { {Icon::External.view()} <span class="assistive">" (opens a new window)"</span> }.into_any()
}

/// When a change takes away the button that had the focus, the focus goes to the one in its place.
fn keep_focus(course: Course) {
    Effect::new(move |before: Option<bool>| {
        let under_way = course.attempt.with(Attempt::is_under_way);
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

/// What comes, before there is a connection.
fn introduction(by: By) -> AnyView {
    let what = match by {
        By::Atlassian => {
            "Causeway asks Atlassian for access to one Jira site. You sign in to Atlassian in a new window and choose the site there."
        }
        By::Jira => "Causeway asks Jira for access. You sign in to Jira in a new window and allow it there.",
        By::Code => {
            "Causeway asks Jira for access. Jira gives an address, where you allow it and get a code to paste here."
        }
        By::Secret => "Causeway asks Jira once who this is. A credential that Jira refuses is not tried again.",
    };
    view! {
        <p>{what}</p>
        <p class="subtle">"Use the account whose rights the connection should have."</p>
    }
    .into_any()
}

/// How a connection stands without a new attempt.
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

fn authorized(authorization: Authorization, by: By) -> AnyView {
    let done = authorization.oauth1.map(|progress| steps(progress.step, false));
    view! {
        {done}
        <dl class="facts">{who_and_where(authorization.site, authorization.account, &authorization.scopes)}</dl>
        {authorization.changes.map(changes)}
        <p class="authorize-unsaved">"Not saved yet. It is kept until " {clock_time(authorization.expires_at)} ": choose " <em>{save_words(by)}</em> "."</p>
    }
    .into_any()
}

/// What saving is called: with a verification code it is the last of several steps.
pub(crate) const fn save_words(by: By) -> &'static str {
    if matches!(by, By::Code) { "Complete connection" } else { "Save" }
}

fn failed(failure: Failure, oauth1: Option<Oauth1Progress>) -> AnyView {
    view! {
        {oauth1.map(|progress| steps(progress.step, true))}
        <div role="alert"><p>{failure.message}</p><p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p></div>
        {failure.details.map(details)}
    }
    .into_any()
}
