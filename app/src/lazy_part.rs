//! The part of the app that the first screen does not need: all other screens, the dialogs, the notices above the list of
//! connections, and the actions in its rows. It is a WebAssembly module of its own, loaded in the background once the
//! first screen is shown, or at once when something of it is needed.
//!
//! The cut itself is made by `app/bundle`. This module knows what the part contains ([`build`]) and shows its views, or
//! a placeholder while it loads ([`LazyPart`]). Tests run the app uncut.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api_keys::ApiKeysPage,
    attention::{AttentionBanner, NeedsAttention},
    authorize::{AuthorizeResultPage, AuthorizeWaitingPage},
    calling::CallJiraPage,
    charts::{ChartAccessPage, ChartEditorPage, ChartPage, ChartsPage, DelegationPage, NewChartPage},
    client::CallError,
    connections::{
        BulkBar, Checklist, ConnectionPage, DeleteDialog, ListTools, NewConnectionPage, RowAction, ServiceLight,
        UnauthorizeDialog,
    },
    credentials::GuidePage,
    integrations::IntegrationsPage,
    leave_dialog::LeaveDialog,
    members::MembersPage,
    not_found_page::NotFoundPage,
    route::Route,
    shortcuts::ShortcutsDialog,
    tasks::{ProjectPage, ResyncPage, TaskPage},
    timeline::AuditPage,
    ui::{button::Button, failure::FailurePanel, flags::FlagRegion, icon::Icon, note, skeleton::skeleton},
    webhooks::{WebhookPage, WebhooksPage},
    workspaces::{WorkspacePage, WorkspacesPage},
};

/// How the lazy part is loaded and used. `app/bundle` provides it.
#[derive(Clone, Copy)]
pub struct Loader {
    /// Loads the part. May be called again after a failure.
    pub load: fn() -> Loading,
    /// Builds a view of the part; `None` while it is not loaded.
    pub build: fn(LazyRequest) -> Option<AnyView>,
}

/// The part while it loads.
pub type Loading = Pin<Box<dyn Future<Output = Result<(), NotLoaded>>>>;

/// The part could not be loaded: the network failed, or a newer version was deployed meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

/// A request to the lazy part. Opaque, so that the types of the app stay private.
#[derive(Clone)]
pub struct LazyRequest(Lazy);

/// What the lazy part can build or do.
#[derive(Clone)]
enum Lazy {
    Screen(Route),
    Dialogs,
    ServiceLight,
    Notices,
    ListTools,
    BulkBar,
    Failure(CallError, Callback<()>),
    RowAction(Box<RowAction>),
}

/// Builds what was requested. Only [`Loader::build`] calls it, so that everything behind it can be cut off.
pub fn build(request: LazyRequest) -> AnyView {
    match request.0 {
        Lazy::Screen(route) => screen(route),
        Lazy::Dialogs => {
            NeedsAttention::start();
            view! { <FlagRegion /> <LeaveDialog /> <UnauthorizeDialog /> <DeleteDialog /> <ShortcutsDialog /> }
                .into_any()
        }
        Lazy::ServiceLight => view! { <ServiceLight /> }.into_any(),
        Lazy::Notices => view! { <Checklist /> <AttentionBanner /> }.into_any(),
        Lazy::ListTools => view! { <ListTools /> }.into_any(),
        Lazy::BulkBar => view! { <BulkBar /> }.into_any(),
        Lazy::Failure(error, on_retry) => view! { <FailurePanel error on_retry /> }.into_any(),
        Lazy::RowAction(action) => {
            action.run();
            ().into_any()
        }
    }
}

fn screen(route: Route) -> AnyView {
    match route {
        Route::NewConnection => view! { <NewConnectionPage /> }.into_any(),
        Route::Connection(id, _) => view! { <ConnectionPage id /> }.into_any(),
        Route::ApiKeys => view! { <ApiKeysPage /> }.into_any(),
        Route::CallJira => view! { <CallJiraPage /> }.into_any(),
        Route::Workspaces => view! { <WorkspacesPage /> }.into_any(),
        Route::Workspace(id, _) => view! { <WorkspacePage id /> }.into_any(),
        Route::Integrations => view! { <IntegrationsPage /> }.into_any(),
        Route::Project(workspace, project, _) => view! { <ProjectPage workspace project /> }.into_any(),
        Route::Task(workspace, project) => view! { <TaskPage workspace project /> }.into_any(),
        Route::Resync(workspace, project, id) => view! { <ResyncPage workspace project id /> }.into_any(),
        Route::Members => view! { <MembersPage /> }.into_any(),
        Route::Webhooks => view! { <WebhooksPage /> }.into_any(),
        Route::Webhook(id) => view! { <WebhookPage id /> }.into_any(),
        Route::AuditLog => view! { <AuditPage /> }.into_any(),
        Route::Charts => view! { <ChartsPage /> }.into_any(),
        Route::NewChart => view! { <NewChartPage /> }.into_any(),
        Route::Chart(id) => view! { <ChartPage id /> }.into_any(),
        Route::EditChart(id) => view! { <ChartEditorPage id /> }.into_any(),
        Route::Delegation(id) => view! { <DelegationPage id /> }.into_any(),
        Route::ChartAccess => view! { <ChartAccessPage /> }.into_any(),
        Route::Guide(token) => view! { <GuidePage token /> }.into_any(),
        Route::AuthorizeWaiting => view! { <AuthorizeWaitingPage /> }.into_any(),
        Route::AuthorizeResult(id) => view! { <AuthorizeResultPage id /> }.into_any(),
        Route::Connections | Route::NotFound => view! { <NotFoundPage /> }.into_any(),
    }
}

#[cfg(test)]
impl Loader {
    /// A loader for the uncut app.
    pub(crate) const UNCUT: Self = Self { load: || Box::pin(async { Ok(()) }), build: |request| Some(build(request)) };
}

fn load_again() {
    note(window().location().reload(), "the page was not loaded again");
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LoadState {
    NotStarted,
    Loading,
    Loaded,
    Failed,
}

/// The lazy part, for screens that show something of it. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct LazyPart {
    loader: StoredValue<Loader>,
    state: RwSignal<LoadState>,
    /// Actions that a person started and that wait for the part.
    pending: StoredValue<Vec<RowAction>, LocalStorage>,
}

impl LazyPart {
    /// Nothing is loaded yet.
    pub(crate) fn new(loader: Loader) -> Self {
        let state = RwSignal::new(LoadState::NotStarted);
        Self { loader: StoredValue::new(loader), state, pending: StoredValue::new_local(Vec::new()) }
    }

    /// Loads the part, unless it is loaded or loading.
    pub(crate) fn load(self) {
        // A delayed call may come after the app is gone, and its signals with it.
        if !matches!(self.state.try_get_untracked(), Some(LoadState::NotStarted | LoadState::Failed)) {
            return;
        }
        self.state.set(LoadState::Loading);
        let loading = (self.loader.get_value().load)();
        // Not a `Query`: there is no answer of the edge to show, and pending actions run as soon as the part is loaded.
        spawn_local(async move {
            let loaded = loading.await;
            self.state.try_set(if loaded.is_ok() { LoadState::Loaded } else { LoadState::Failed });
            if loaded.is_ok() {
                let pending = self.pending.try_update_value(std::mem::take).unwrap_or_default();
                for action in pending {
                    self.run(action);
                }
            }
        });
    }

    /// A screen other than the list of connections.
    pub(crate) fn screen(self, route: Route) -> AnyView {
        self.now(Lazy::Screen(route))
    }

    /// A failed call, with a button that tries again.
    pub(crate) fn failure(self, error: CallError, on_retry: Callback<()>) -> AnyView {
        self.now(Lazy::Failure(error, on_retry))
    }

    /// Whether Causeway's own parts work.
    pub(crate) fn service_light(self) -> AnyView {
        self.when_loaded(Lazy::ServiceLight, false)
    }

    /// The notices above the list of connections.
    pub(crate) fn notices(self) -> AnyView {
        self.when_loaded(Lazy::Notices, false)
    }

    /// The tools above the list of connections.
    pub(crate) fn list_tools(self) -> AnyView {
        self.when_loaded(Lazy::ListTools, false)
    }

    /// What can be done with the selected connections.
    pub(crate) fn bulk_bar(self) -> AnyView {
        self.when_loaded(Lazy::BulkBar, false)
    }

    /// The dialogs and the flags.
    pub(crate) fn dialogs(self) -> AnyView {
        self.when_loaded(Lazy::Dialogs, true)
    }

    /// Runs the action now, or as soon as the part is loaded. [`Self::dialogs`] reports a part that cannot be loaded.
    pub(crate) fn run(self, action: RowAction) {
        if self.state.get_untracked() == LoadState::Loaded {
            self.built(LazyRequest(Lazy::RowAction(Box::new(action))));
        } else {
            self.pending.update_value(|pending| pending.push(action));
            self.load();
        }
    }

    /// Loads the part if necessary, and shows a skeleton until then.
    fn now(self, view: Lazy) -> AnyView {
        self.load();
        let request = LazyRequest(view);
        let show = move || match self.state.get() {
            LoadState::NotStarted | LoadState::Loading => skeleton("Loading"),
            LoadState::Loaded => self.built(request.clone()),
            LoadState::Failed => self.failed(),
        };
        view! { {show} }.into_any()
    }

    /// Renders nothing until the part is loaded. A failure is shown only if `reports_failure` and an action is pending.
    fn when_loaded(self, view: Lazy, reports_failure: bool) -> AnyView {
        let request = LazyRequest(view);
        let pending = move || reports_failure && self.pending.with_value(|pending| !pending.is_empty());
        let show = move || match self.state.get() {
            LoadState::Loaded => self.built(request.clone()),
            LoadState::Failed if pending() => self.failed(),
            _ => ().into_any(),
        };
        view! { {show} }.into_any()
    }

    fn built(self, request: LazyRequest) -> AnyView {
        (self.loader.get_value().build)(request).unwrap_or_else(|| self.failed())
    }

    fn failed(self) -> AnyView {
        view! {
            <section class="failure notice notice-danger" role="alert">
                <p class="failure-title">{Icon::Failure.view()} "A part of Causeway could not be loaded"</p>
                <p>"The network failed, or a new version was installed meanwhile. Then the page has to be loaded again."</p>
                <div class="buttons">
                    <Button on_press=move |()| self.load()>"Try again"</Button>
                    <Button on_press=|()| load_again()>"Load the page again"</Button>
                </div>
            </section>
        }
        .into_any()
    }
}
