//! Which screen is shown, and what stands around it.

use leptos::prelude::*;

use crate::{
    api_keys::ApiKeysPage,
    attention::NeedsAttention,
    authorize::{AuthorizeResultPage, AuthorizeWaitingPage},
    connections::{ConnectionPage, ConnectionsPage, Lifecycle, LifecycleDialogs, NewConnectionPage},
    navigation::{Link, Navigation},
    route::Route,
    session::{CurrentSession, Header, SessionGate},
    shortcuts::{Shortcuts, ShortcutsDialog},
    timeline::AuditPage,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        flags::{FlagRegion, Flags},
        moment::Now,
        page_title::{FirstScreen, PageTitle},
    },
    webhooks::{WebhookPage, WebhooksPage},
};

/// The app.
#[component]
pub(crate) fn Screens() -> impl IntoView {
    let navigation = Navigation::start();
    provide_context(navigation);
    provide_context(Now::start());
    provide_context(Flags::start());
    provide_context(FirstScreen(StoredValue::new(true)));
    let route = Memo::new(move |_| navigation.route());
    Effect::new(move |_| document().set_title(route.get().title()));
    let popup = Memo::new(move |_| route.get().is_popup());
    move || {
        if popup.get() {
            view! { <main class="content">{move || popup_screen(route.get())}</main> }.into_any()
        } else {
            view! { <Framed route /> }.into_any()
        }
    }
}

fn popup_screen(route: Route) -> AnyView {
    match route {
        Route::AuthorizeResult(id) => view! { <AuthorizeResultPage id /> }.into_any(),
        _ => view! { <AuthorizeWaitingPage /> }.into_any(),
    }
}

/// The screens with the header, for members.
#[component]
fn Framed(route: Memo<Route>) -> impl IntoView {
    provide_context(CurrentSession::ask());
    provide_context(Lifecycle::start());
    provide_context(NeedsAttention::start());
    provide_context(Shortcuts::start());
    let screen = Memo::new(move |_| route.get().screen());
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <Header />
        <main class="content" id="main" tabindex="-1">
            <SessionGate>{move || member_screen(screen.get())}</SessionGate>
        </main>
        <FlagRegion />
        <LeaveDialog />
        <LifecycleDialogs />
        <ShortcutsDialog />
    }
    .into_any()
}

fn member_screen(route: Route) -> AnyView {
    match route {
        Route::Connections => view! { <ConnectionsPage /> }.into_any(),
        Route::NewConnection => view! { <NewConnectionPage /> }.into_any(),
        Route::Connection(id, _) => view! { <ConnectionPage id /> }.into_any(),
        Route::ApiKeys => view! { <ApiKeysPage /> }.into_any(),
        Route::Webhooks => view! { <WebhooksPage /> }.into_any(),
        Route::Webhook(id) => view! { <WebhookPage id /> }.into_any(),
        Route::AuditLog => view! { <AuditPage /> }.into_any(),
        _ => view! { <NotFoundPage /> }.into_any(),
    }
}

#[component]
fn NotFoundPage() -> impl IntoView {
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
fn LeaveDialog() -> impl IntoView {
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
