//! Shows a screen to members only.

use leptos::prelude::*;

use super::{CurrentSession, SignedIn, sign_in_page::SignInPage};
use crate::{client::CallError, later::LaterPart, ui::skeleton::skeleton};

#[derive(Clone, PartialEq, Eq)]
enum Gate {
    Open,
    NotYet,
    SignIn,
    Failed(CallError),
}

/// The screen if somebody is signed in, else what is in the way. Asking again does not build an open screen anew.
#[component]
pub(crate) fn SessionGate(children: ChildrenFn) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let later: LaterPart = expect_context();
    let gate = Memo::new(move |_| match session.signed_in() {
        SignedIn::Yes(_) => Gate::Open,
        SignedIn::NotYetKnown => Gate::NotYet,
        SignedIn::No => Gate::SignIn,
        SignedIn::Unclear(error) => Gate::Failed(error),
    });
    let shown = move || match gate.get() {
        Gate::Open => children().into_any(),
        Gate::NotYet => skeleton("Loading"),
        Gate::SignIn => view! { <SignInPage /> }.into_any(),
        Gate::Failed(error) => {
            let failure = later.failure(error, Callback::new(move |()| session.ask_again()));
            view! { <h1>"Causeway"</h1> {failure} }.into_any()
        }
    };
    shown.into_any()
}
