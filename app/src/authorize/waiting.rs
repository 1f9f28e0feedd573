//! The box while an attempt has no result: where to go on, what can be wrong, and never a failure by itself.

use leptos::prelude::*;

use super::{
    attempt::{Sight, Waiting},
    course::Course,
    site_chooser::SiteChooser,
};
use crate::ui::{
    learn_more::learn_more,
    moment::{Now, clock},
    when,
};

/// Something goes on.
pub(super) fn progress(words: &'static str) -> AnyView {
    view! { <p class="progress"><span class="spinner"></span> {words}</p> }.into_any()
}

/// The wait for the person at Atlassian.
pub(super) fn waiting_for(course: Course, waiting: Waiting) -> AnyView {
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
        <p class="subtle">"To have it open by itself next time, allow pop-ups for this site in your browser. " {learn_more("/help/pop-ups/".to_owned())}</p>
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
            <p>{learn_more("/help/troubleshooting/#stranded".to_owned())}</p>
        </div>
    }
    .into_any()
}
