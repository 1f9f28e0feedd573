//! The Authorize box: how the connection stands, the button, and what an attempt brings.

use api::{Account, Authorization, Changes, Connection, Failure, Site, State};
use leptos::prelude::*;

use super::{
    attempt::{Attempt, Sight, Waiting},
    course::Course,
    scopes::{plain, scope_list},
    site_chooser::SiteChooser,
};
use crate::ui::{
    avatar::avatar,
    button::{Button, Look},
    failure::{FailurePanel, details},
    focus,
    icon::Icon,
    lozenge::Tone,
    moment::{Now, clock, moment},
    when,
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
    let cause = connection
        .status
        .cause()
        .map(|cause| view! { <p>{format!("{} {}", cause.sentence(), cause.remedy())}</p> }.into_any());
    let when = connection.authorized_at.map(|at| fact("Authorized", moment(at)));
    let horizon = connection.reauthorize_before.map(|at| fact("Reauthorize before", moment(at)));
    view! {
        {cause}
        <dl class="facts">{who_and_where(connection.site, connection.account, &connection.scopes)} {when} {horizon}</dl>
    }
    .into_any()
}

fn who_and_where(site: Option<Site>, account: Option<Account>, scopes: &[String]) -> AnyView {
    let site = site.map(|site| {
        let words = view! {
            <span class="who">
                {avatar(&site.name, site.avatar_url.as_deref())}
                <span><bdi>{site.name}</bdi><br /><bdi class="subtle">{site.url}</bdi></span>
            </span>
        };
        fact("Site", words.into_any())
    });
    let account = account.map(|account| fact("Authorized as", named(&account)));
    let scopes = (!scopes.is_empty()).then(|| fact("Allows", scope_list(scopes)));
    view! { {site} {account} {scopes} }.into_any()
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn named(account: &Account) -> AnyView {
    let email = account.email.clone().unwrap_or_default();
    view! { <bdi>{account.name.clone()}</bdi> " " <bdi class="subtle">{email}</bdi> }.into_any()
}

fn progress(words: &'static str) -> AnyView {
    view! { <p class="progress"><span class="spinner"></span> {words}</p> }.into_any()
}

fn waiting_for(course: Course, waiting: Waiting) -> AnyView {
    if !waiting.sites.is_empty() {
        return view! {
            <p>"The consent covers several sites. Choose one in the other window, or here."</p>
            <SiteChooser id=waiting.id sites=waiting.sites on_chosen=move |told| course.told(told) />
        }
        .into_any();
    }
    let Now(now) = expect_context();
    let sight = match waiting.popup {
        Sight::Open => progress("Sign in, choose the site and accept in the other window."),
        Sight::Lost => view! {
            {progress("Sign in, choose the site and accept in the other window.")}
            <p class="subtle">
                "The other window cannot be seen from here. If it is still open, carry on there. If you closed it, open it again or cancel."
            </p>
        }
        .into_any(),
        Sight::Blocked => blocked(course, &waiting.start_url),
    };
    let long = move || {
        now.track();
        when(waiting.is_long(clock()), stranded)
    };
    view! { {sight} {long} }.into_any()
}

fn blocked(course: Course, start_url: &str) -> AnyView {
    view! {
        <p role="alert">
            "Your browser did not open the new window. "
            <a href=start_url.to_owned() target="_blank" rel="opener" on:click=move |_| course.opened_by_link()>
                "Continue at Atlassian (opens a new tab)"
            </a>
        </p>
        <p class="subtle">"To have it open by itself next time, allow pop-ups for this site in your browser."</p>
    }
    .into_any()
}

/// What can keep people at Atlassian for good, by atlassian.md's *stranded*.
fn stranded() -> AnyView {
    view! {
        <div class="stranded" role="status">
            <h3>"Still waiting"</h3>
            <p>"If the other window shows an error of Atlassian's, it will not come back by itself:"</p>
            <ul>
                <li>"A scope is not enabled for Causeway's app, or its callback address differs. The operator of Causeway corrects this in Atlassian's developer console."</li>
                <li>"The app is not shared, so that only its owner can authorize. The operator switches sharing on in Atlassian's developer console."</li>
                <li>
                    "An administrator blocks the app, or must authorize it first. They allow it in Atlassian Administration: "
                    <em>"Apps → Connected apps → Settings"</em> "."
                </li>
            </ul>
        </div>
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

fn clock_time(at: api::Timestamp) -> AnyView {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_str(&at.to_string()));
    let words = String::from(date.to_locale_time_string("default"));
    view! { <time datetime=at.to_string()>{words}</time> }.into_any()
}

/// What saving a reauthorization will change.
fn changes(changes: Changes) -> AnyView {
    let same = changes.account_before.as_ref().is_some_and(|b| b.account_id == changes.account_after.account_id);
    let told = |account: &Account| format!("\u{2068}{}\u{2069}", account.name);
    let before = changes.account_before.as_ref().map_or_else(|| "nobody".to_owned(), told);
    let account = if same {
        "The account stays the same.".to_owned()
    } else {
        format!("The account changes from {before} to {}.", told(&changes.account_after))
    };
    let listed = |scopes: &[String]| scopes.iter().map(|scope| plain(scope)).collect::<Vec<_>>().join(", ");
    let gained = listed(&changes.scopes_gained);
    let lost = listed(&changes.scopes_lost);
    view! {
        <h3>"What saving changes"</h3>
        <ul>
            <li>"The site stays the same."</li>
            <li>{account}</li>
            {when(!gained.is_empty(), || view! { <li>{format!("It may from then on: {gained}.")}</li> }.into_any())}
            {when(!lost.is_empty(), || view! { <li>{format!("It may no longer: {lost}.")}</li> }.into_any())}
        </ul>
    }
    .into_any()
}

fn failed(failure: Failure) -> AnyView {
    view! {
        <div role="alert"><p>{failure.message}</p><p>{failure.remedy}</p></div>
        {failure.details.map(details)}
    }
    .into_any()
}
