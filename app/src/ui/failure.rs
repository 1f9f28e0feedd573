//! Failed calls on the screen: what happened, why, what to do.

use api::ProblemCode;
use leptos::prelude::*;

use super::{
    button::{Button, Look},
    copy_button::CopyButton,
    icon::Icon,
    learn_more::learn_more,
};
use crate::{client::CallError, navigation::use_navigation, session::sign_in_href};

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
        let here = use_navigation().here();
        Some(view! { <a class=Look::Primary.class() href=sign_in_href(&here)>"Sign in"</a> }.into_any())
    } else {
        on_retry.map(|retry| view! { <Button on_press=retry>"Try again"</Button> }.into_any())
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
