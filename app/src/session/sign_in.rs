//! What is shown instead of a screen while nobody is signed in.

use leptos::prelude::*;

use super::{Before, CurrentSession, sign_in_href};
use crate::{
    context::expect_context,
    navigation::use_navigation,
    ui::{
        button::Look,
        moment::clock,
        page_title::{PageTitle, Subject},
    },
};

/// Says what Causeway is, that the person signed out, or why the session is over; and links to the sign-in. The edge
/// handles signing in, so the link leaves the app.
#[component]
pub(crate) fn SignIn(
    /// Why nobody is signed in, in the edge's words.
    why: String,
) -> impl IntoView {
    let navigation = use_navigation();
    let session: CurrentSession = expect_context();
    let (title, heading, first, then) = match session.before(clock()) {
        Before::Nobody => (
            "Sign in · Causeway",
            "Sign in to Causeway",
            "Causeway connects products and people to Jira, and keeps the credentials out of everybody's reach."
                .to_owned(),
            "You sign in with your company's account, and come back to this page.",
        ),
        Before::SignedOut => (
            "Signed out · Causeway",
            "You are signed out",
            "This browser shows nothing of Causeway any more.".to_owned(),
            "You may still be signed in to your company's account. On a computer that others use, sign out there as well.",
        ),
        Before::Ended { by_age } => (
            "Signed out · Causeway",
            "You were signed out",
            if by_age { "The session ended after 12 hours.".to_owned() } else { why },
            "What was saved is safe. Sign in again: you come back to this page.",
        ),
    };
    Subject::replaces_screen(title);
    view! {
        <section class="page">
            <PageTitle>{heading}</PageTitle>
            <p>{first}</p>
            <p class="subtle">{then}</p>
            <div class="buttons">
                <a class=Look::Primary.class() href=move || sign_in_href(&navigation.here())>
                    "Sign in"
                </a>
            </div>
        </section>
    }
}
