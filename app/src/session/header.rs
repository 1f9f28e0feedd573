//! The header: the product, links to the screens, the colours, the member. Where it is narrow, all but the product is
//! behind a button.

use api::{Endpoint, Role, SignOut};
use leptos::{ev, prelude::*};

use super::{CurrentSession, SignedIn};
use crate::{
    attention::badge,
    client::post,
    context::expect_context,
    navigation::{Link, use_navigation},
    route::Route,
    shortcuts::ShortcutsButton,
    theme::ThemeSwitch,
    ui::{
        button::{Button, Look},
        focus,
        mutation::Mutation,
        when,
    },
};

/// The id of the button that shows the rest of a narrow header.
const TOGGLE: &str = "header-menu";

/// The header.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let session: CurrentSession = expect_context();
    let member = move || match session.signed_in() {
        SignedIn::Yes(session) => Some((session.member.name, session.member.role)),
        _ => None,
    };
    let member = Memo::new(move |_| member());
    // All of the right side comes at once: the name would push the rest aside.
    let known = Memo::new(move |_| session.signed_in() != SignedIn::NotYetKnown);
    let navigation = use_navigation();
    let open = RwSignal::new(false);
    // The focus moves before the focused element is hidden.
    let close = move || {
        if open.get_untracked() {
            focus(TOGGLE);
            open.set(false);
        }
    };
    Effect::new(move |before: Option<String>| {
        let here = navigation.here();
        if before.is_some_and(|before| before != here) {
            open.set(false);
        }
        here
    });
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <header class="header" class:header-open=move || open.get() on:keydown=escape>
            <Link to="/" class="header-product">"Causeway"</Link>
            <button
                type="button"
                class="button header-toggle"
                id=TOGGLE
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                "Menu"
            </button>
            {move || match member.get() {
                Some((_, role)) => view! { <HeaderNavigation role /> }.into_any(),
                None => ().into_any(),
            }}
            <div class="header-end">
                {move || when(known.get(), || view! {
                    <a class=Look::Subtle.class() href="/help/">"Help"</a>
                    <ShortcutsButton />
                    <ThemeSwitch />
                    {move || match member.get() {
                        Some((name, _)) => view! { <SignedInMember name /> }.into_any(),
                        None => ().into_any(),
                    }}
                }.into_any())}
            </div>
        </header>
    }
}

#[component]
fn HeaderNavigation(role: Role) -> impl IntoView {
    let navigation = use_navigation();
    let link = move |to: Route, words: &'static str, beside: Option<AnyView>| {
        let path = to.path();
        let here = Signal::derive(move || navigation.route().part() == to);
        view! { <Link to=path current=here>{words} {beside}</Link> }.into_any()
    };
    view! {
        <nav class="header-nav" aria-label="Main">
            {link(Route::Connections, "Connections", Some(badge()))} {link(Route::Workspaces, "Workspaces", None)}
            {link(Route::Charts, "Charts", None)}
            {when(role == Role::Administrator, || {
                let screens = [
                    (Route::ApiKeys, "API keys"),
                    (Route::Webhooks, "Webhooks"),
                    (Route::Members, "Members"),
                    (Route::AuditLog, "Audit log"),
                    (Route::Integrations, "Settings"),
                ];
                screens.map(|(to, words)| link(to, words, None)).into_iter().collect::<Vec<_>>().into_any()
            })}
        </nav>
    }
}

#[component]
fn SignedInMember(name: String) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let mutation = Mutation::new();
    let sign_out = move |()| {
        // Reloaded in any case: a session that has already ended refuses to be signed out.
        let signing_out = async move {
            let answer = post(SignOut::PATH).await;
            session.leave(answer.is_ok());
            answer
        };
        mutation.run(signing_out, |()| ());
    };
    let refused = move || if mutation.error().is_some() { "Signing out did not work. Try again." } else { "" };
    view! {
        <bdi class="header-member">{name}</bdi>
        <Button look=Look::Subtle on_press=sign_out busy=mutation.busy()>"Sign out"</Button>
        <span role="alert">{refused}</span>
    }
}
