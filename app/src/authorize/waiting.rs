//! The box while an authorization has no result: what to do next, and what may be wrong. Waiting is never a failure.

use leptos::prelude::*;

use super::{
    authorization_flow::AuthorizationFlow,
    authorization_state::{PopupState, Waiting},
    presentation::Destination,
    site_chooser::SiteChooser,
    steps::steps,
    verification_code::VerificationCodeForm,
};
use crate::ui::{learn_more::learn_more, moment::clock, when};

/// A progress line.
pub(crate) fn progress(words: &'static str) -> AnyView {
    view! { <p class="progress"><span class="spinner"></span> {words}</p> }.into_any()
}

/// Waiting for the person at Atlassian or Jira.
pub(crate) fn waiting_for(flow: AuthorizationFlow, destination: Destination, waiting: Waiting) -> AnyView {
    if !waiting.sites.is_empty() {
        return view! {
            <p>"The consent covers several sites. Choose one in the other window, or here."</p>
            <SiteChooser id=waiting.id sites=waiting.sites on_chosen=move |authorization| flow.update(authorization) />
        }
        .into_any();
    }
    let done = waiting.oauth1.as_ref().map(|progress| steps(progress.step, false));
    let refused = waiting.oauth1.as_ref().and_then(|progress| progress.code_failure.clone());
    let code = waiting.oauth1.clone().and_then(|progress| progress.approve_url).map(|approve_url| {
        let id = waiting.id.clone();
        view! { <VerificationCodeForm flow id approve_url refused /> }.into_any()
    });
    let in_window = match destination {
        Destination::Atlassian => "Sign in, choose the site and accept in the other window.",
        _ => "Sign in to Jira and allow access in the other window.",
    };
    let needs_a_person = waiting.popup != PopupState::Unneeded;
    let long = RwSignal::new(waiting.is_long(clock()));
    set_timeout(
        move || {
            long.try_set(needs_a_person);
        },
        waiting.until_long(clock()),
    );
    let sight = match waiting.popup {
        PopupState::Open => progress(in_window),
        PopupState::Lost => view! {
            {progress(in_window)}
            <p class="subtle">
                "The other window cannot be seen from here. If it is still open, carry on there. If you closed it, open it again or cancel."
            </p>
        }
        .into_any(),
        PopupState::Blocked => blocked(flow, destination, &waiting.start_url),
        PopupState::Unneeded => when(code.is_none(), || progress("Jira is asked.")),
    };
    view! { {done} {sight} {code} {move || when(long.get(), || stranded(destination))} }.into_any()
}

fn blocked(flow: AuthorizationFlow, destination: Destination, start_url: &str) -> AnyView {
    view! {
        <p role="alert">
            "Your browser did not open the new window. "
            <a href=start_url.to_owned() target="_blank" rel="opener" on:click=move |_| flow.opened_by_link()>
                {format!("Continue at {} (opens a new tab)", destination.whose())}
            </a>
        </p>
        <p class="subtle">"To have it open by itself next time, allow pop-ups for this site in your browser. " {learn_more("/help/pop-ups/".to_owned())}</p>
    }
    .into_any()
}

/// What can keep people away for good: an error page of Atlassian's or Jira's does not send the browser back.
fn stranded(destination: Destination) -> AnyView {
    let causes = if destination == Destination::Atlassian { at_atlassian() } else { at_jira() };
    view! {
        <div class="stranded" role="status">
            <h3>"Still waiting"</h3>
            <p>{format!("If the other window shows an error from {}, nothing more will happen by itself. Possible reasons:", destination.whose())}</p>
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
            "The account reaches no Jira site, so that Atlassian's page offers none to choose. An Atlassian administrator gives the account access to Jira, or you authorize with another account."
        </li>
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
