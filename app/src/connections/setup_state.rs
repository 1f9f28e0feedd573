//! The state of the form that sets up a connection: what is typed, what was authorized, and saving both.

use api::{
    AuthorizationId, Connection, CreateConnectionResync, Name, NewConnectionResync, ProblemCode, ResyncDirection,
    ResyncScope,
};
use leptos::prelude::*;

use super::{
    lifecycle::Lifecycle,
    save_request::{Filled, Missing, SaveRequest, send},
};
use crate::{
    authorize::{AuthorizationFlow, AuthorizationState},
    client::{CallError, call},
    context::expect_context,
    credentials::CredentialDraft,
    navigation::{Navigation, use_navigation},
    route::{Route, Tab},
    ui::{field::focus_first_error, flags::Flags, focus, isolated, mutation::Mutation},
    workspaces::WorkspaceChoice,
};

/// The state.
#[derive(Clone, Copy)]
pub(super) struct SetupState {
    /// The connection as it was loaded; `None` for a new one.
    saved: StoredValue<Option<Connection>>,
    pub(super) name: RwSignal<String>,
    /// Whether the name field was left, or *Save* pressed: from then on its error is shown.
    pub(super) left: RwSignal<bool>,
    pub(super) workspaces: WorkspaceChoice,
    pub(super) flow: AuthorizationFlow,
    pub(super) draft: CredentialDraft,
    pub(super) mutation: Mutation,
    /// *Resync all tasks*.
    pub(super) resync: RwSignal<bool>,
    /// Whether that was asked for, and the form is to be loaded again.
    pub(super) resynced: RwSignal<bool>,
    lifecycle: Lifecycle,
    navigation: Navigation,
    flags: Flags,
    /// Whether the person came from the screen *Integrations*, and goes back there once it is connected.
    from_integrations: bool,
}

impl SetupState {
    /// For `saved`, or for a new connection.
    pub(super) fn begin(saved: Option<&Connection>, name: String) -> Self {
        let navigation = use_navigation();
        Self {
            name: RwSignal::new(name),
            left: RwSignal::new(false),
            workspaces: WorkspaceChoice::none(),
            flow: AuthorizationFlow::begin(saved.map(|saved| saved.id.clone())),
            draft: CredentialDraft::begin(saved),
            mutation: Mutation::new(),
            resync: RwSignal::new(false),
            resynced: RwSignal::new(false),
            lifecycle: expect_context(),
            navigation,
            flags: expect_context(),
            from_integrations: untrack(|| navigation.param("from")) == "integrations",
            saved: StoredValue::new(saved.cloned()),
        }
    }

    fn filled(self) -> Filled {
        Filled {
            name: self.name.get(),
            authorized: self.authorized(),
            workspaces: self.workspaces.chosen.get(),
            needs_workspace: self.workspaces.exist.get(),
            resync: self.resync.get(),
        }
    }

    fn authorized(self) -> Option<AuthorizationId> {
        self.flow.state.with(|state| match state {
            AuthorizationState::Authorized(authorization) => Some(authorization.id.clone()),
            _ => None,
        })
    }

    /// What *Save* waits for.
    pub(super) fn missing(self) -> Vec<Missing> {
        self.saved.with_value(|saved| self.filled().missing(saved.as_ref()))
    }

    /// *Save*, or the focus on the first thing that it waits for.
    pub(super) fn save(self) {
        let request = untrack(|| self.saved.with_value(|saved| self.filled().request(saved.as_ref())));
        match request {
            Some(request) => self.send(request, None),
            None => self.show_missing(&untrack(|| self.missing())),
        }
    }

    /// Whether the connection can be saved before it is authorized.
    pub(super) fn may_be_kept(self) -> bool {
        self.authorized().is_none()
            && self.saved.with_value(|saved| saved.as_ref().is_none_or(|one| one.draft.is_some()))
    }

    /// *Save for later*: keeps everything but secrets, and goes to `destination`.
    pub(super) fn save_for_later(self, destination: String) {
        if self.name.with_untracked(|name| name.trim().is_empty()) {
            self.name.set(self.draft.suggested_name());
        }
        let request = untrack(|| {
            let filled = self.filled();
            let draft = self.draft.kept()?;
            self.saved.with_value(|saved| filled.request_for_later(saved.as_ref(), draft))
        });
        match request {
            Some(request) => self.send(request, Some(destination)),
            None => self.show_missing(&untrack(|| self.missing())),
        }
    }

    /// Shows the errors, and focuses the first.
    fn show_missing(self, missing: &[Missing]) {
        self.left.set(true);
        self.workspaces.show_error.set(self.workspaces.is_missing());
        match missing.first() {
            Some(Missing::Name) => focus_first_error(),
            Some(Missing::Workspace) => request_animation_frame(|| focus(WorkspaceChoice::ID)),
            Some(Missing::Authorization) if untrack(|| self.draft.destination()).is_none() => focus("address"),
            Some(Missing::Authorization) => focus("authorize"),
            Some(Missing::Change) | None => {}
        }
    }

    fn send(self, request: SaveRequest, later: Option<String>) {
        if self.mutation.busy().get_untracked() {
            return;
        }
        let (is_first, authorizes) = (self.was_never_authorized(), request.authorizes());
        let lifecycle = self.lifecycle;
        let saved = self.saved.get_value();
        let resyncs = self.resync.get_untracked() && later.is_none();
        let saving = async move {
            let connection = send(request, saved).await?;
            // Called even if the screen was left meanwhile.
            lifecycle.saved(&connection);
            let all = NewConnectionResync { scope: ResyncScope::All, direction: ResyncDirection::Compare, start: true };
            let refused = if resyncs { call::<CreateConnectionResync>(&connection.id, &all).await.err() } else { None };
            Ok((connection, refused))
        };
        self.mutation.run(saving, move |(connection, refused)| {
            self.flow.saved();
            self.navigation.set_unsaved(false);
            if let Some(refused) = &refused {
                self.flags.failed(refused);
            }
            if resyncs && !authorizes {
                if refused.is_none() {
                    self.flags.done("Comparing all tasks with their issues".to_owned());
                }
                return self.resynced.set(true);
            }
            let later_words = if later.is_some() { " for later" } else { "" };
            self.flags.done(format!("Saved {}{later_words}", isolated(connection.name.as_str())));
            if is_first && authorizes {
                lifecycle.just_saved.set(Some(connection.id.clone()));
            }
            // The overview says what to do now, and offers to revert a reauthorization.
            let overview = || Route::Connection(connection.id.clone(), Tab::Overview);
            let next = || match authorizes {
                true if self.from_integrations => Route::Integrations,
                true => overview(),
                false => Route::Connections,
            };
            let destination = later.unwrap_or_else(|| next().path());
            self.navigation.go(&destination);
        });
    }

    /// Whether the connection is new, or was saved for later.
    pub(super) fn was_never_authorized(self) -> bool {
        self.saved.with_value(|saved| saved.as_ref().is_none_or(|one| one.draft.is_some()))
    }

    /// Offers the site's name as the name, once the site is known.
    pub(super) fn suggest_name(self) {
        Effect::new(move |_| {
            let site = self.flow.state.with(|state| match state {
                AuthorizationState::Authorized(authorization) => {
                    authorization.site.as_ref().map(|site| site.name.clone())
                }
                _ => None,
            });
            let is_empty = self.name.with_untracked(|name| name.trim().is_empty());
            if let Some(site) = site.filter(|site| is_empty && Name::parse(site).is_ok()) {
                self.name.set(site);
            }
        });
    }

    /// A refusal that stands beside a field is shown until that field is changed.
    pub(super) fn clear_refusals(self) {
        let clear = move |code: ProblemCode| {
            let error = untrack(|| self.mutation.error());
            if error.as_ref().and_then(CallError::code) == Some(code) {
                self.mutation.clear();
            }
        };
        Effect::new(move |before: Option<String>| {
            let now = self.name.get();
            if before.is_some_and(|before| before != now) {
                clear(ProblemCode::NameTaken);
            }
            now
        });
        // The workspaces were made while the form was open.
        Effect::new(move |_| {
            if self.mutation.refused(ProblemCode::WorkspaceRequired).is_some() {
                self.workspaces.load_again();
                self.workspaces.show_error.set(true);
                request_animation_frame(|| focus(WorkspaceChoice::ID));
            }
        });
        Effect::new(move |_| {
            if self.mutation.refused(ProblemCode::NameTaken).is_some() {
                focus_first_error();
            }
        });
    }

    /// Asks before unsaved changes are lost, and offers to save them for later where that is possible.
    pub(super) fn guard_changes(self, untouched: String) {
        let navigation = self.navigation;
        Effect::new(move |_| {
            let pending = self.flow.state.with(|state| state.id().is_some());
            let renamed = self.name.with(|name| *name != untouched);
            navigation.set_unsaved(pending || self.draft.touched() || renamed || self.resync.get());
        });
        let save = Callback::new(move |destination| self.save_for_later(destination));
        Effect::new(move |_| navigation.later().set(self.may_be_kept().then_some(save)));
        on_cleanup(move || {
            navigation.set_unsaved(false);
            navigation.later().set(None);
        });
    }
}
