//! Which screen is shown, and what stands around it.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    attention::AttentionPlace,
    connections::{ConnectionsPage, Lifecycle},
    later::{Later, LaterPart},
    navigation::{Link, Navigation},
    route::Route,
    session::{CurrentSession, Header, SessionGate},
    shortcuts::Shortcuts,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        flags::Flags,
        moment::Now,
        page_title::{FirstScreen, PageTitle, Subject},
    },
};

/// The app.
#[component]
pub(crate) fn Screens(later: Later) -> impl IntoView {
    let later = LaterPart::of(later);
    provide_context(later);
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
            view! { <main class="content">{move || later.screen(route.get())}</main> }.into_any()
        } else {
            view! { <Framed route /> }.into_any()
        }
    }
}

/// The screens with the header, for members.
#[component]
fn Framed(route: Memo<Route>) -> impl IntoView {
    provide_context(CurrentSession::ask());
    provide_context(Lifecycle::start());
    provide_context(AttentionPlace::start());
    provide_context(Shortcuts::start());
    let screen = Memo::new(move |_| route.get().screen());
    let later: LaterPart = expect_context();
    // After this screen's own questions: whatever is clicked next is at hand by then.
    Effect::new(move |_| set_timeout(move || later.load(), Duration::from_millis(300)));
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <Header />
        <main class="content" id="main" tabindex="-1">
            <SessionGate>{move || member_screen(screen.get(), later)}</SessionGate>
        </main>
        {later.dialogs()}
    }
    .into_any()
}

fn member_screen(route: Route, later: LaterPart) -> AnyView {
    match route {
        Route::Connections => view! { <ConnectionsPage /> }.into_any(),
        route => later.screen(route),
    }
}

/// Nothing is at this address.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <PageTitle>"Page not found"</PageTitle>
        <p>"There is nothing at this address. It may have been mistyped, or removed."</p>
        <div class="buttons">
            <Link to="/" class=Look::Primary.class()>"Go to connections"</Link>
        </div>
    }
    .into_any()
}

/// Asks before what is not saved is lost.
#[component]
pub(crate) fn LeaveDialog() -> impl IntoView {
    let navigation: Navigation = expect_context();
    let open = Signal::derive(move || navigation.held_back().get().is_some());
    view! {
        <Dialog open on_close=move |()| navigation.stay() title="Discard changes?">
            <p>"What you changed here is not saved. An authorization that is not saved is destroyed."</p>
            <div class="buttons">
                <Button autofocus=true on_press=move |()| navigation.stay()>"Keep editing"</Button>
                <Button look=Look::Danger on_press=move |()| navigation.leave()>"Discard changes"</Button>
            </div>
        </Dialog>
    }
    .into_any()
}
