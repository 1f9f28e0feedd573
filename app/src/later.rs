//! What the first screen does without: every other screen, the dialogs, what stands beside the list of connections, and
//! what is done in its rows. It comes as a module of its own, in the background once the first screen stands, or at once
//! when it is asked for.
//!
//! The cut itself is made outside this crate (`app/bundle`); here is only who asks for what. Tests run uncut.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api_keys::ApiKeysPage,
    attention::{AttentionBanner, NeedsAttention},
    authorize::{AuthorizeResultPage, AuthorizeWaitingPage},
    client::CallError,
    connections::{Checklist, ConnectionPage, LifecycleDialogs, NewConnectionPage, RowDeed, ServiceLight},
    credentials::GuidePage,
    members::MembersPage,
    route::Route,
    screens::{LeaveDialog, NotFoundPage},
    shortcuts::ShortcutsDialog,
    timeline::AuditPage,
    ui::{button::Button, failure::FailurePanel, flags::FlagRegion, icon::Icon, skeleton::skeleton},
    webhooks::{WebhookPage, WebhooksPage},
    workspaces::{WorkspacePage, WorkspacesPage},
};

/// How the part that comes later is loaded and used.
#[derive(Clone, Copy)]
pub struct Later {
    /// Loads it. A failure may be tried again.
    pub load: fn() -> Loading,
    /// Builds a view of it; `None` before it is loaded.
    pub build: fn(Ask) -> Option<AnyView>,
}

/// The part on its way.
pub type Loading = Pin<Box<dyn Future<Output = Result<(), NotLoaded>>>>;

/// The part could not be loaded: the network failed, or a newer version was deployed meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

/// What is asked of the part.
#[derive(Clone)]
pub struct Ask(Asked);

#[derive(Clone)]
enum Asked {
    Screen(Route),
    Dialogs,
    ServiceLight,
    Notices,
    Failure(CallError, Callback<()>),
    InRow(Box<RowDeed>),
}

/// Builds what was asked for. Called through [`Later::build`] only, so that the cut can be made here.
pub fn build(ask: Ask) -> AnyView {
    match ask.0 {
        Asked::Screen(route) => screen(route),
        Asked::Dialogs => {
            NeedsAttention::start();
            view! { <FlagRegion /> <LeaveDialog /> <LifecycleDialogs /> <ShortcutsDialog /> }.into_any()
        }
        Asked::ServiceLight => view! { <ServiceLight /> }.into_any(),
        Asked::Notices => view! { <Checklist /> <AttentionBanner /> }.into_any(),
        Asked::Failure(error, on_retry) => view! { <FailurePanel error on_retry /> }.into_any(),
        Asked::InRow(deed) => {
            deed.carry_out();
            ().into_any()
        }
    }
}

fn screen(route: Route) -> AnyView {
    match route {
        Route::NewConnection => view! { <NewConnectionPage /> }.into_any(),
        Route::Connection(id, _) => view! { <ConnectionPage id /> }.into_any(),
        Route::ApiKeys => view! { <ApiKeysPage /> }.into_any(),
        Route::Workspaces => view! { <WorkspacesPage /> }.into_any(),
        Route::Workspace(id, _) => view! { <WorkspacePage id /> }.into_any(),
        Route::Members => view! { <MembersPage /> }.into_any(),
        Route::Webhooks => view! { <WebhooksPage /> }.into_any(),
        Route::Webhook(id) => view! { <WebhookPage id /> }.into_any(),
        Route::AuditLog => view! { <AuditPage /> }.into_any(),
        Route::Guide(token) => view! { <GuidePage token /> }.into_any(),
        Route::AuthorizeWaiting => view! { <AuthorizeWaitingPage /> }.into_any(),
        Route::AuthorizeResult(id) => view! { <AuthorizeResultPage id /> }.into_any(),
        Route::Connections | Route::NotFound => view! { <NotFoundPage /> }.into_any(),
    }
}

#[cfg(test)]
impl Later {
    /// Everything in one piece.
    pub(crate) const WHOLE: Self = Self { load: || Box::pin(async { Ok(()) }), build: |ask| Some(build(ask)) };
}

/// How far the part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Away,
    Loading,
    Here,
    Failed,
}

/// The part, for whoever shows something of it.
#[derive(Clone, Copy)]
pub(crate) struct LaterPart {
    later: StoredValue<Later>,
    standing: RwSignal<Standing>,
    /// What a person wants done and waits for.
    awaited: StoredValue<Vec<RowDeed>, LocalStorage>,
}

impl LaterPart {
    /// Nothing is loaded yet.
    pub(crate) fn of(later: Later) -> Self {
        let standing = RwSignal::new(Standing::Away);
        Self { later: StoredValue::new(later), standing, awaited: StoredValue::new_local(Vec::new()) }
    }

    /// Loads the part, unless it is here or on its way.
    pub(crate) fn load(self) {
        // Whoever asked for it later may be gone by then, and this with it.
        if !matches!(self.standing.try_get_untracked(), Some(Standing::Away | Standing::Failed)) {
            return;
        }
        self.standing.set(Standing::Loading);
        let loading = (self.later.get_value().load)();
        spawn_local(async move {
            let loaded = loading.await;
            self.standing.try_set(if loaded.is_ok() { Standing::Here } else { Standing::Failed });
            if loaded.is_ok() {
                let awaited = self.awaited.try_update_value(std::mem::take).unwrap_or_default();
                for deed in awaited {
                    self.carry_out(deed);
                }
            }
        });
    }

    /// A screen that is not the first one.
    pub(crate) fn screen(self, route: Route) -> AnyView {
        self.at_once(Asked::Screen(route))
    }

    /// Why something is not there, with a way to try again.
    pub(crate) fn failure(self, error: CallError, on_retry: Callback<()>) -> AnyView {
        self.at_once(Asked::Failure(error, on_retry))
    }

    /// Whether Causeway's own parts work.
    pub(crate) fn service_light(self) -> AnyView {
        self.in_time(Asked::ServiceLight, false)
    }

    /// What stands above the connections.
    pub(crate) fn notices(self) -> AnyView {
        self.in_time(Asked::Notices, false)
    }

    /// The dialogs and the flags.
    pub(crate) fn dialogs(self) -> AnyView {
        self.in_time(Asked::Dialogs, true)
    }

    /// Does it, as soon as the part is here. If the part cannot be loaded, that is told, with a way to try again.
    pub(crate) fn carry_out(self, deed: RowDeed) {
        if self.standing.get_untracked() == Standing::Here {
            self.built(Ask(Asked::InRow(Box::new(deed))));
        } else {
            self.awaited.update_value(|awaited| awaited.push(deed));
            self.load();
        }
    }

    /// What is asked for now: until the part is here, that it is being loaded.
    fn at_once(self, asked: Asked) -> AnyView {
        self.load();
        let ask = Ask(asked);
        let show = move || match self.standing.get() {
            Standing::Away | Standing::Loading => skeleton("Loading"),
            Standing::Here => self.built(ask.clone()),
            Standing::Failed => self.failed(),
        };
        view! { {show} }.into_any()
    }

    /// What nobody misses before it is there. A failure is told by what is asked for next, or where something is awaited.
    fn in_time(self, asked: Asked, tells: bool) -> AnyView {
        let ask = Ask(asked);
        let awaited = move || tells && self.awaited.with_value(|awaited| !awaited.is_empty());
        let show = move || match self.standing.get() {
            Standing::Here => self.built(ask.clone()),
            Standing::Failed if awaited() => self.failed(),
            _ => ().into_any(),
        };
        view! { {show} }.into_any()
    }

    fn built(self, ask: Ask) -> AnyView {
        (self.later.get_value().build)(ask).unwrap_or_else(|| self.failed())
    }

    fn failed(self) -> AnyView {
        view! {
            <section class="failure notice notice-danger" role="alert">
                <p class="failure-title">{Icon::Failure.view()} "A part of Causeway could not be loaded"</p>
                <p>"The network failed, or a new version was installed meanwhile. Try again. If it stays, load the page again."</p>
                <div class="buttons">
                    <Button on_press=move |()| self.load()>"Try again"</Button>
                </div>
            </section>
        }
        .into_any()
    }
}
