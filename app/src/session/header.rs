//! The header: the product, its screens, the colours, the member.

use api::{Nothing, SignOut};
use leptos::{prelude::*, task::spawn_local};

use super::{CurrentSession, SignedIn};
use crate::{
    client::call,
    navigation::{Link, use_navigation},
    route::Route,
    theme::ThemeSwitch,
    ui::{
        button::{Button, Look},
        when,
    },
};

/// The header.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let session: CurrentSession = expect_context();
    let member = move || match session.signed_in() {
        SignedIn::Yes(session) => Some(session.member.name),
        _ => None,
    };
    let member = Memo::new(move |_| member());
    view! {
        <header class="header">
            <Link to="/" class="header-product">"Causeway"</Link>
            {move || when(member.get().is_some(), || view! { <Screens /> }.into_any())}
            <div class="header-end">
                <ThemeSwitch />
                {move || match member.get() {
                    Some(name) => view! { <Member name /> }.into_any(),
                    None => ().into_any(),
                }}
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Screens() -> impl IntoView {
    let navigation = use_navigation();
    let at_connections =
        move || matches!(navigation.route(), Route::Connections | Route::NewConnection | Route::Connection(_));
    let at_keys = move || navigation.route() == Route::ApiKeys;
    view! {
        <nav class="header-nav" aria-label="Main">
            <Link to="/" current=Signal::derive(at_connections)>"Connections"</Link>
            <Link to="/api-keys" current=Signal::derive(at_keys)>"API keys"</Link>
        </nav>
    }
    .into_any()
}

#[component]
fn Member(name: String) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(false);
    let sign_out = move |()| {
        busy.set(true);
        spawn_local(async move {
            let answer = call::<SignOut>(&(), &Nothing {}).await;
            busy.set(false);
            refused.set(answer.is_err());
            session.ask_again();
        });
    };
    view! {
        <bdi class="header-member">{name}</bdi>
        <Button look=Look::Subtle on_press=sign_out busy=busy>"Sign out"</Button>
        <span role="alert">{move || if refused.get() { "Signing out did not work. Try again." } else { "" }}</span>
    }
    .into_any()
}
