//! Which screen is shown, and the frame around it.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    attention::AttentionPlace,
    connections::{ConnectionsPage, Lifecycle},
    context::expect_context,
    lazy_part::{LazyPart, Loader},
    navigation::Navigation,
    route::Route,
    session::{CurrentSession, Header, SessionGate},
    shortcuts::Shortcuts,
    ui::{
        flags::Flags,
        moment::Now,
        page_title::{FirstScreen, Subject},
    },
};

/// How long after the first screen the lazy part is loaded, so that the screen's own requests go first.
const LAZY_PART_DELAY: Duration = Duration::from_millis(300);

/// The app.
#[component]
pub(crate) fn Screens(loader: Loader) -> impl IntoView {
    let lazy_part = LazyPart::new(loader);
    provide_context(lazy_part);
    let navigation = Navigation::start();
    provide_context(navigation);
    provide_context(Now::start());
    provide_context(Flags::start());
    provide_context(FirstScreen(StoredValue::new(true)));
    let route = Memo::new(move |_| navigation.route());
    let subject = Subject::start();
    provide_context(subject);
    Effect::new(move |_| document().set_title(&subject.before(route.get().title())));
    let alone = Memo::new(move |_| route.get().stands_alone());
    move || {
        if alone.get() {
            view! { <main class="content">{move || lazy_part.screen(route.get())}</main> }.into_any()
        } else {
            view! { <Framed route /> }.into_any()
        }
    }
}

/// The screens for members, with the header.
#[component]
fn Framed(route: Memo<Route>) -> impl IntoView {
    provide_context(CurrentSession::load());
    provide_context(Lifecycle::start());
    provide_context(AttentionPlace::start());
    provide_context(Shortcuts::start());
    let screen = Memo::new(move |_| route.get().screen());
    let lazy_part: LazyPart = expect_context();
    Effect::new(move |_| set_timeout(move || lazy_part.load(), LAZY_PART_DELAY));
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <Header />
        <main class="content" id="main" tabindex="-1">
            <SessionGate>{move || member_screen(screen.get(), lazy_part)}</SessionGate>
        </main>
        {lazy_part.dialogs()}
    }
}

fn member_screen(route: Route, lazy_part: LazyPart) -> AnyView {
    match route {
        Route::Connections => view! { <ConnectionsPage /> }.into_any(),
        route => lazy_part.screen(route),
    }
}
