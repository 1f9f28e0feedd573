//! One authorization from the click to its end: opens the pop-up, polls the edge, and cancels what was not saved.

use std::{future::Future, pin::Pin, time::Duration};

use api::{
    Authorization, AuthorizationId, CancelAuthorization, ConnectionId, CreateAuthorization, GetAuthorization, Kind,
    NewCredential, Nothing, StartAuthorization, StartedAuthorization,
};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    authorization_state::{AuthorizationState, PopupState},
    popup::Popup,
    popup_channel,
    presentation::Destination,
};
use crate::{
    client::{CallError, call},
    ui::{moment::clock, note},
};

/// The request for an authorization.
pub(crate) type Creating = Pin<Box<dyn Future<Output = Result<StartedAuthorization, CallError>>>>;

const POLL: Duration = Duration::from_secs(1);

/// The authorization of one screen. Cancels it when the screen is left without saving.
#[derive(Clone, Copy)]
pub(crate) struct AuthorizationFlow {
    /// Its state.
    pub(crate) state: RwSignal<AuthorizationState>,
    /// The verification code that is typed. It stays when Jira refuses it.
    pub(super) code: RwSignal<String>,
    popup: StoredValue<Option<Popup>, LocalStorage>,
    connection_id: StoredValue<Option<ConnectionId>>,
    asking: StoredValue<bool>,
    /// Counts the clicks, so that the edge's answer to an abandoned click is not taken for the answer to the next.
    click: StoredValue<u32>,
}

impl AuthorizationFlow {
    /// No authorization yet. `connection_id` is the connection to reauthorize, if it exists.
    pub(crate) fn begin(connection_id: Option<ConnectionId>) -> Self {
        let flow = Self {
            state: RwSignal::new(AuthorizationState::None),
            code: RwSignal::default(),
            popup: StoredValue::new_local(None),
            connection_id: StoredValue::new(connection_id),
            asking: StoredValue::new(false),
            click: StoredValue::new(0),
        };
        flow.keep_asking();
        // Destroyed without an update of the state: whoever shows it is disposed of at the same time.
        on_cleanup(move || destroy(flow.state.try_with_untracked(|state| state.id().cloned()).flatten()));
        flow
    }

    /// Starts the authorization of a connection. Must run in the click handler, as [`Self::start`].
    pub(crate) fn authorize(self, destination: Destination, kind: Kind, credential: Option<NewCredential>) {
        let request = StartAuthorization { kind, connection_id: self.connection_id.get_value(), credential };
        self.start(destination, Box::pin(async move { call::<CreateAuthorization>(&(), &request).await }));
    }

    /// Starts an authorization that the edge is asked for with `create`, with a pop-up if the person has to go somewhere.
    /// Must run in the click handler, before anything is awaited: otherwise the browser blocks the pop-up.
    pub(crate) fn start(self, destination: Destination, create: Creating) {
        let popup = destination.opens_window().then(|| Popup::open(destination));
        self.abandon();
        self.code.set(String::new());
        self.state.set(AuthorizationState::Starting);
        self.popup.set_value(popup.clone());
        let click = self.click.get_value();
        spawn_local(async move {
            let answer = create.await;
            match (&answer, &popup) {
                (Ok(started), _) if self.click.try_get_value() != Some(click) => {
                    return destroy(Some(started.id.clone()));
                }
                (Ok(StartedAuthorization { start_url: Some(start_url), .. }), Some(popup)) => popup.go(start_url),
                (_, Some(popup)) => popup.close(),
                (_, None) => {}
            }
            let sight = popup.as_ref().map_or(PopupState::Blocked, Popup::initial_state);
            let begun = answer.is_ok();
            self.change(|state| state.started(answer, sight, clock()));
            if begun {
                // Without a pop-up the result may be there already.
                self.ask();
            }
        });
    }

    /// Cancels the authorization and destroys what it obtained.
    pub(crate) fn cancel(self) {
        self.popup.with_value(|popup| popup.iter().for_each(Popup::close));
        self.abandon();
    }

    /// The authorization was saved: nothing is left to destroy.
    pub(crate) fn saved(self) {
        self.state.set(AuthorizationState::None);
    }

    /// Applies the edge's answer on the authorization.
    pub(crate) fn update(self, authorization: Authorization) {
        self.change(|state| state.answered(authorization));
    }

    /// The person opened the address by the link. That window cannot be observed.
    pub(crate) fn opened_by_link(self) {
        self.change(|state| state.popup_is(PopupState::Lost));
    }

    fn abandon(self) {
        self.click.try_update_value(|click| *click = click.wrapping_add(1));
        let state = self.state.try_update(std::mem::take);
        destroy(state.as_ref().and_then(AuthorizationState::id).cloned());
    }

    /// Applies a transition. The screen is notified only of a change.
    fn change(self, transition: impl FnOnce(AuthorizationState) -> AuthorizationState) {
        self.state.try_maybe_update(|state| {
            let before = state.clone();
            *state = transition(std::mem::take(state));
            (*state != before, ())
        });
    }

    fn keep_asking(self) {
        let tick = move || {
            self.change(|state| state.expire(clock()));
            self.look();
            self.ask();
        };
        if let Ok(ticking) = set_interval_with_handle(tick, POLL) {
            on_cleanup(move || ticking.clear());
        }
        let focused = window_event_listener(ev::focus, move |_| self.ask());
        on_cleanup(move || focused.remove());
        popup_channel::on_settled(move || self.ask());
    }

    fn look(self) {
        self.popup.with_value(|popup| {
            let Some(popup) = popup else { return };
            self.change(|state| match &state {
                AuthorizationState::Waiting(waiting) => {
                    let sight = popup.state_after(waiting.popup);
                    state.popup_is(sight)
                }
                _ => state,
            });
        });
    }

    /// Gets the authorization from the edge, one request at a time.
    /// Not a `Query`: each answer goes through a transition.
    fn ask(self) {
        let waiting = self.state.with_untracked(|state| state.id().filter(|_| state.is_under_way()).cloned());
        let Some(id) = waiting.filter(|_| !self.asking.get_value()) else { return };
        self.asking.set_value(true);
        spawn_local(async move {
            let answer = call::<GetAuthorization>(&id, &Nothing {}).await;
            self.asking.try_update_value(|asking| *asking = false);
            self.change(|state| match answer {
                Ok(authorization) => state.answered(authorization),
                Err(error) => state.unanswered(&id, error),
            });
        });
    }
}

/// Destroys an authorization at the edge. If the request fails, the edge destroys it after ten minutes.
fn destroy(id: Option<AuthorizationId>) {
    let Some(id) = id else { return };
    spawn_local(async move {
        if let Err(error) = call::<CancelAuthorization>(&id, &Nothing {}).await {
            note::<()>(Err(error.title().into()), "the authorization will expire by itself");
        }
    });
}
