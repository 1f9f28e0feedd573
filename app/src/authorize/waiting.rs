//! The box while an attempt has no result: where to go on, what can be wrong, and never a failure by itself.

use leptos::prelude::*;

use super::{
    attempt::{Sight, Waiting},
    course::Course,
    site_chooser::SiteChooser,
    steps::steps,
    verification_code::AskForCode,
    way::By,
};
use crate::ui::{learn_more::learn_more, moment::clock, when};

/// Something goes on.
pub(super) fn progress(words: &'static str) -> AnyView {
    view! { <p class="progress"><span class="spinner"></span> {words}</p> }.into_any()
}

/// The wait for the person at Atlassian or Jira.
pub(super) fn waiting_for(course: Course, by: By, waiting: Waiting) -> AnyView {
    if !waiting.sites.is_empty() {
        return view! {
            <p>"The consent covers several sites. Choose one in the other window, or here."</p>
            <SiteChooser id=waiting.id sites=waiting.sites on_chosen=move |told| course.told(told) />
        }
        .into_any();
    }
    let done = waiting.oauth1.as_ref().map(|progress| steps(progress.step, false));
    let code = waiting.oauth1.clone().and_then(|progress| progress.approve_url).map(|approve_url| {
        let id = waiting.id.clone();
        view! { <AskForCode course id approve_url /> }.into_any()
    });
    let in_window = match by {
        By::Atlassian => "Sign in, choose the site and accept in the other window.",
        _ => "Sign in to Jira and allow access in the other window.",
    };
    let needs_a_person = waiting.popup != Sight::Unneeded;
    let long = RwSignal::new(waiting.is_long(clock()));
    set_timeout(
        move || {
            long.try_set(needs_a_person);
        },
        waiting.until_long(clock()),
    );
    let sight = match waiting.popup {
        Sight::Open => progress(in_window),
        Sight::Lost => view! {
            {progress(in_window)}
            <p class="subtle">
                "The other window cannot be seen from here. If it is still open, carry on there. If you closed it, open it again or cancel."
            </p>
        }
        .into_any(),
        Sight::Blocked => blocked(course, by, &waiting.start_url),
        Sight::Unneeded => when(code.is_none(), || progress("Jira is asked.")),
    };
    view! { {done} {sight} {code} {move || when(long.get(), || stranded(by))} }.into_any()
}

fn blocked(course: Course, by: By, start_url: &str) -> AnyView {
    view! {
        <p role="alert">
            "Your browser did not open the new window. "
            <a href=start_url.to_owned() target="_blank" rel="opener" on:click=move |_| course.opened_by_link()>
                {format!("Continue at {} (opens a new tab)", by.whose())}
            </a>
        </p>
        <p class="subtle">"To have it open by itself next time, allow pop-ups for this site in your browser. " {learn_more("/help/pop-ups/".to_owned())}</p>
    }
    .into_any()
}

/// What can keep people away for good: a page that shows an error does not send the browser back.
fn stranded(by: By) -> AnyView {
    let causes = if by == By::Atlassian { at_atlassian() } else { at_jira() };
    view! {
        <div class="stranded" role="status">
            <h3>"Still waiting"</h3>
            <p>{format!("If the other window shows an error of {}'s, it will not come back by itself:", by.whose())}</p>
            <ul>{causes}</ul>
            <p>{learn_more("/help/troubleshooting/#stranded".to_owned())}</p>
        </div>
    }
    .into_any()
}

fn at_atlassian() -> AnyView {
    view! {
        <li>"A scope is not enabled for Causeway's app, or its callback address differs. The operator of Causeway corrects this in Atlassian's developer console."</li>
        <li>"The app is not shared, so that only its owner can authorize. The operator switches sharing on in Atlassian's developer console."</li>
        <li>
            "An administrator blocks the app, or must authorize it first. They allow it in Atlassian Administration: "
            <em>"Apps → Connected apps → Settings"</em> "."
        </li>
    }
    .into_any()
}

fn at_jira() -> AnyView {
    view! {
        <li>"The redirect URL of the link in Jira differs from Causeway's. A Jira administrator corrects it in the application link."</li>
        <li>"The link was removed, or allows less than what is asked for."</li>
        <li>"Jira cannot be reached from your browser: you may need your company's network."</li>
    }
    .into_any()
}
