//! The header: the product, its screens, the colours, the member.

use api::{Nothing, Role, SignOut};
use leptos::{prelude::*, task::spawn_local};

use super::{CurrentSession, SignedIn};
use crate::{
    attention::badge,
    client::call,
    navigation::{Link, use_navigation},
    route::Route,
    shortcuts::ShortcutsButton,
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
        SignedIn::Yes(session) => Some((session.member.name, session.member.role)),
        _ => None,
    };
    let member = Memo::new(move |_| member());
    view! {
        <header class="header">
            <Link to="/" class="header-product">"Causeway"</Link>
            {move || match member.get() {
                Some((_, role)) => view! { <Screens role /> }.into_any(),
                None => ().into_any(),
            }}
            <div class="header-end">
                <a class=Look::Subtle.class() href="/help/">"Help"</a>
                <ShortcutsButton />
                <ThemeSwitch />
                {move || match member.get() {
                    Some((name, _)) => view! { <Member name /> }.into_any(),
                    None => ().into_any(),
                }}
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Screens(role: Role) -> impl IntoView {
    let navigation = use_navigation();
    let at_connections =
        move || matches!(navigation.route(), Route::Connections | Route::NewConnection | Route::Connection(..));
    let at_keys = move || navigation.route() == Route::ApiKeys;
    let at_webhooks = move || matches!(navigation.route(), Route::Webhooks | Route::Webhook(_));
    let at_log = move || navigation.route() == Route::AuditLog;
    view! {
        <nav class="header-nav" aria-label="Main">
            <Link to="/" current=Signal::derive(at_connections)>"Connections" {badge()}</Link>
            <Link to="/api-keys" current=Signal::derive(at_keys)>"API keys"</Link>
            {when(role == Role::Administrator, || {
                view! {
                    <Link to="/webhooks" current=Signal::derive(at_webhooks)>"Webhooks"</Link>
                    <Link to="/audit-log" current=Signal::derive(at_log)>"Audit log"</Link>
                }
                .into_any()
            })}
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
