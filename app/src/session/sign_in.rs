//! What is shown instead of a screen while nobody is signed in.

use leptos::prelude::*;

use super::sign_in_href;
use crate::{
    navigation::use_navigation,
    ui::{button::Look, page_title::Subject},
};

/// Says what Causeway is, and links to the sign-in. The edge handles signing in, so the link leaves the app.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let navigation = use_navigation();
    Subject::replaces_screen("Sign in · Causeway");
    view! {
        <section class="page">
            <h1>"Sign in to Causeway"</h1>
            <p>"Causeway connects products and people to Jira, and keeps the credentials out of everybody's reach."</p>
            <p class="subtle">"You sign in with your company's account, and come back to this page."</p>
            <div class="buttons">
                <a class=Look::Primary.class() href=move || sign_in_href(&navigation.here())>
                    "Sign in"
                </a>
            </div>
        </section>
    }
}
