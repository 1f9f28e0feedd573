//! Shows screens only to members who are signed in.

use leptos::prelude::*;

use super::{CurrentSession, SignedIn, sign_in::SignIn};
use crate::{
    client::CallError,
    context::expect_context,
    lazy_part::LazyPart,
    ui::{page_title::Subject, skeleton::skeleton},
};

#[derive(Clone, PartialEq, Eq)]
enum Gate {
    Open,
    NotYet,
    SignIn(String),
    Failed(CallError),
}

/// The screen if somebody is signed in, else a placeholder, the sign-in page or a failure. A reload of the session does
/// not rebuild the screen.
#[component]
pub(crate) fn SessionGate(children: ChildrenFn) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let lazy_part: LazyPart = expect_context();
    let gate = Memo::new(move |_| match session.signed_in() {
        SignedIn::Yes(_) => Gate::Open,
        SignedIn::NotYetKnown => Gate::NotYet,
        SignedIn::No(why) => Gate::SignIn(why),
        SignedIn::Unclear(error) => Gate::Failed(error),
    });
    move || match gate.get() {
        Gate::Open => children().into_any(),
        Gate::NotYet => skeleton("Loading"),
        Gate::SignIn(why) => view! { <SignIn why /> }.into_any(),
        Gate::Failed(error) => {
            Subject::replaces_screen("Not available · Causeway");
            let failure = lazy_part.failure(error, Callback::new(move |()| session.reload()));
            view! { <h1>"Causeway"</h1> {failure} }.into_any()
        }
    }
}
