//! The Authorize box: how the connection stands, the button, and what an attempt brings.

use api::{Authorization, Connection, Failure, State};
use leptos::prelude::*;

use super::{
    attempt::Attempt,
    course::Course,
    facts::{changes, clock_time, fact, who_and_where},
    waiting::{progress, waiting_for},
};
use crate::ui::{
    button::{Button, Look},
    failure::{FailurePanel, details},
    focus,
    icon::Icon,
    learn_more::learn_more,
    lozenge::Tone,
    moment::moment,
};

/// The box, for a connection that exists or, without one, for a new one.
#[component]
pub(crate) fn AuthorizeBox(course: Course, saved: Option<Connection>) -> impl IntoView {
    let ever = saved.is_some();
    let verdict = {
        let saved = saved.clone();
        move || course.attempt.with(|attempt| verdict(attempt, saved.as_ref()))
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
            {move || body(course, course.attempt.get(), saved)}
            <div class="buttons">
                {move || buttons(course, ever)}
            </div>
        </section>
    }
    .into_any()
}

/// The box's colour and title.
fn verdict(attempt: &Attempt, saved: Option<&Connection>) -> (Tone, &'static str) {
    match attempt {
        Attempt::None => match saved.map(|connection| connection.status.state()) {
            Some(State::Authorized) => (Tone::Success, "Authorized"),
            Some(State::Interrupted) => (Tone::Warning, "Interrupted"),
            Some(State::Deactivated) => (Tone::Neutral, "Deactivated"),
            Some(State::Unauthorized) => (Tone::Danger, "Unauthorized"),
            None => (Tone::Neutral, "Not authorized"),
        },
        Attempt::Starting => (Tone::Neutral, "Opening Atlassian…"),
        Attempt::Waiting(waiting) if !waiting.sites.is_empty() => (Tone::Neutral, "Choose a site"),
        Attempt::Waiting(_) => (Tone::Neutral, "Waiting for Atlassian…"),
        Attempt::Authorized(_) => (Tone::Success, "Authorized"),
        Attempt::Failed(_) => (Tone::Danger, "Unauthorized"),
        Attempt::Refused(_) => (Tone::Danger, "Not started"),
    }
}

fn body(course: Course, attempt: Attempt, saved: StoredValue<Option<Connection>>) -> AnyView {
    match attempt {
        Attempt::None => standing(saved.get_value()),
        Attempt::Starting => progress("A new window opens."),
        Attempt::Waiting(waiting) => waiting_for(course, waiting),
        Attempt::Authorized(authorization) => authorized(*authorization),
        Attempt::Failed(failure) => failed(*failure),
        Attempt::Refused(error) => view! { <FailurePanel error /> }.into_any(),
    }
}

fn buttons(course: Course, ever: bool) -> AnyView {
    let authorize = move |()| course.authorize();
    let (under_way, again) =
        course.attempt.with(|attempt| (attempt.is_under_way(), !matches!(attempt, Attempt::None) || ever));
    let look = if again { Look::Default } else { Look::Primary };
    if under_way {
        return view! {
            <Button id="authorize" on_press=authorize>"Open again" {opens_window()}</Button>
            <Button look=Look::Subtle on_press=move |()| course.cancel()>"Cancel"</Button>
        }
        .into_any();
    }
    let words = match (ever, again) {
        (true, _) => "Reauthorize",
        (false, true) => "Authorize again",
        (false, false) => "Authorize",
    };
    view! {
        <Button id="authorize" look=look on_press=authorize>{words} {opens_window()}</Button>
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

/// How a connection stands without a new attempt.
fn standing(saved: Option<Connection>) -> AnyView {
    let Some(connection) = saved else {
        return view! {
            <p>
                "Causeway asks Atlassian for access to one Jira site. You sign in to Atlassian in a new window and choose the site there."
            </p>
            <p class="subtle">"Use the account whose rights the connection should have."</p>
        }
        .into_any();
    };
    let cause = connection.status.cause().map(|cause| {
        view! { <p>{format!("{} {} ", cause.sentence(), cause.remedy())} {learn_more(cause.help_path())}</p> }
            .into_any()
    });
    let when = connection.authorized_at.map(|at| fact("Authorized", moment(at)));
    let horizon = connection.reauthorize_before.map(|at| fact("Reauthorize before", moment(at)));
    view! {
        {cause}
        <dl class="facts">{who_and_where(connection.site, connection.account, &connection.scopes)} {when} {horizon}</dl>
    }
    .into_any()
}

fn authorized(authorization: Authorization) -> AnyView {
    view! {
        <dl class="facts">{who_and_where(authorization.site, authorization.account, &authorization.scopes)}</dl>
        {authorization.changes.map(changes)}
        <p class="authorize-unsaved">"Not saved yet. It is kept until " {clock_time(authorization.expires_at)} ": choose " <em>"Save"</em> "."</p>
    }
    .into_any()
}

fn failed(failure: Failure) -> AnyView {
    view! {
        <div role="alert"><p>{failure.message}</p><p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p></div>
        {failure.details.map(details)}
    }
    .into_any()
}
