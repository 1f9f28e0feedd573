//! Failed calls on the screen: what happened, why, what to do.

use api::ProblemCode;
use leptos::{ev, prelude::*};

use super::{
    button::{Button, Look},
    copy_button::CopyButton,
    icon::Icon,
    learn_more::learn_more,
};
use crate::{
    client::CallError,
    navigation::use_navigation,
    session::{CurrentSession, sign_in_href},
};

/// Technical details or a third party's message, as text, folded away.
pub(crate) fn details(words: String) -> AnyView {
    view! {
        <details class="details">
            <summary>"Details"</summary>
            <pre>{words.clone()}</pre>
            <CopyButton text=words what="Copy details" />
        </details>
    }
    .into_any()
}

/// The failure of a button's action, beside the button.
pub(crate) fn failure_beside(failed: Option<CallError>) -> AnyView {
    match failed {
        Some(error) => view! { <FailurePanel error /> }.into_any(),
        None => ().into_any(),
    }
}

/// The session is over. A screen that could not be loaded gives way to the page that says so. What was typed into a form
/// stays: signing in opens a new tab.
fn signed_out(loads_screen: bool) -> AnyView {
    if loads_screen && let Some(session) = use_context::<CurrentSession>() {
        session.reload();
    }
    let href = sign_in_href(&use_navigation().here());
    if loads_screen {
        return view! { <a class=Look::Primary.class() href=href>"Sign in"</a> }.into_any();
    }
    view! {
        <a class=Look::Primary.class() href=href target="_blank" rel="noopener">
            "Sign in" <span class="assistive">" (opens a new tab)"</span>
        </a>
        <p class="field-help">"It opens a new tab. Then press the button here again: what you entered stays."</p>
    }
    .into_any()
}

/// A failed call. It offers to try again if `on_retry` is given, and to sign in if nobody is signed in.
#[component]
pub(crate) fn FailurePanel(
    /// The failure.
    error: CallError,
    /// Called to try again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let act = if error.code() == Some(ProblemCode::NotSignedIn) {
        Some(signed_out(on_retry.is_some()))
    } else {
        on_retry.map(|retry| {
            let back = window_event_listener(ev::online, move |_| retry.run(()));
            on_cleanup(move || back.remove());
            view! { <Button on_press=retry>"Try again"</Button> }.into_any()
        })
    };
    view! {
        <section class="failure notice notice-danger" role="alert">
            <p class="failure-title">{Icon::Failure.view()} {error.title()}</p>
            <p>{error.sentence()} " " {error.remedy()} " " {learn_more(error.help_path())}</p>
            <div class="buttons">{act}</div>
            {details(error.details())}
        </section>
    }
}
