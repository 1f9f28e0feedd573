//! The course of an attempt: the click, the polling, the hints, the end.

use std::time::Duration;

use api::{
    Authorization, AuthorizationId, CancelAuthorization, ConnectionId, CreateAuthorization, GetAuthorization, Kind,
    NewCredential, Nothing, StartAuthorization, StartedAuthorization,
};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    attempt::{Attempt, Sight},
    hint,
    popup::Popup,
    way::By,
};
use crate::{
    client::call,
    ui::{moment::clock, note},
};

const POLL: Duration = Duration::from_secs(1);

/// The attempt of one screen. Ends what nobody saved when the screen goes.
#[derive(Clone, Copy)]
pub(crate) struct Course {
    /// How it stands.
    pub(crate) attempt: RwSignal<Attempt>,
    popup: StoredValue<Option<Popup>, LocalStorage>,
    connection_id: StoredValue<Option<ConnectionId>>,
    asking: StoredValue<bool>,
    /// Counts the clicks, so that the edge's answer to an abandoned one is not taken for the answer to the next.
    click: StoredValue<u32>,
}

impl Course {
    /// No attempt yet; one for `connection_id` may come.
    pub(crate) fn begin(connection_id: Option<ConnectionId>) -> Self {
        let course = Self {
            attempt: RwSignal::new(Attempt::None),
            popup: StoredValue::new_local(None),
            connection_id: StoredValue::new(connection_id),
            asking: StoredValue::new(false),
            click: StoredValue::new(0),
        };
        course.keep_asking();
        // Nothing is told any more: those who would listen are going too.
        on_cleanup(move || destroy(course.attempt.try_with_untracked(|attempt| attempt.id().cloned()).flatten()));
        course
    }

    /// Begins, with the pop-up if a person has to go somewhere. Must run in the click: the window comes first, or the
    /// browser blocks it.
    pub(crate) fn authorize(self, by: By, kind: Kind, credential: Option<NewCredential>) {
        let popup = by.opens_window().then(|| Popup::open(by));
        self.abandon();
        self.attempt.set(Attempt::Starting);
        self.popup.set_value(popup.clone());
        let request = StartAuthorization { kind, connection_id: self.connection_id.get_value(), credential };
        let click = self.click.get_value();
        spawn_local(async move {
            let answer = call::<CreateAuthorization>(&(), &request).await;
            match (&answer, &popup) {
                (Ok(started), _) if self.click.try_get_value() != Some(click) => {
                    return destroy(Some(started.id.clone()));
                }
                (Ok(StartedAuthorization { start_url: Some(start_url), .. }), Some(popup)) => popup.go(start_url),
                (_, Some(popup)) => popup.close(),
                (_, None) => {}
            }
            let sight = popup.as_ref().map_or(Sight::Blocked, Popup::first_sight);
            let begun = answer.is_ok();
            self.change(|attempt| attempt.started(answer, sight, clock()));
            if begun {
                // Without a window the result may be there already.
                self.ask();
            }
        });
    }

    /// Gives the attempt up and destroys what it got.
    pub(crate) fn cancel(self) {
        self.popup.with_value(|popup| popup.iter().for_each(Popup::close));
        self.abandon();
    }

    /// The attempt was saved: nothing is left to destroy.
    pub(crate) fn saved(self) {
        self.attempt.set(Attempt::None);
    }

    /// The edge told how the attempt stands.
    pub(crate) fn told(self, told: Authorization) {
        self.change(|attempt| attempt.told(told));
    }

    /// The person opened the address by the link; the window is theirs, we do not see it.
    pub(crate) fn opened_by_link(self) {
        self.change(|attempt| attempt.seen(Sight::Lost));
    }

    fn abandon(self) {
        self.click.try_update_value(|click| *click = click.wrapping_add(1));
        let attempt = self.attempt.try_update(std::mem::take);
        destroy(attempt.as_ref().and_then(Attempt::id).cloned());
    }

    /// Applies a transition, telling the screen only of a change.
    fn change(self, transition: impl FnOnce(Attempt) -> Attempt) {
        self.attempt.try_maybe_update(|attempt| {
            let before = attempt.clone();
            *attempt = transition(std::mem::take(attempt));
            (*attempt != before, ())
        });
    }

    fn keep_asking(self) {
        let tick = move || {
            self.change(|attempt| attempt.at(clock()));
            self.look();
            self.ask();
        };
        if let Ok(ticking) = set_interval_with_handle(tick, POLL) {
            on_cleanup(move || ticking.clear());
        }
        let focused = window_event_listener(ev::focus, move |_| self.ask());
        on_cleanup(move || focused.remove());
        hint::on_settled(move || self.ask());
    }

    fn look(self) {
        self.popup.with_value(|popup| {
            let Some(popup) = popup else { return };
            self.change(|attempt| match &attempt {
                Attempt::Waiting(waiting) => {
                    let sight = popup.sight(waiting.popup);
                    attempt.seen(sight)
                }
                _ => attempt,
            });
        });
    }

    /// Asks the edge, once at a time.
    fn ask(self) {
        let waiting = self.attempt.with_untracked(|attempt| attempt.id().filter(|_| attempt.is_under_way()).cloned());
        let Some(id) = waiting.filter(|_| !self.asking.get_value()) else { return };
        self.asking.set_value(true);
        spawn_local(async move {
            let answer = call::<GetAuthorization>(&id, &Nothing {}).await;
            self.asking.try_update_value(|asking| *asking = false);
            self.change(|attempt| match answer {
                Ok(told) => attempt.told(told),
                Err(error) => attempt.not_told(&id, error),
            });
        });
    }
}

/// Destroys an attempt at the edge. If that does not get through, its ten minutes do it.
fn destroy(id: Option<AuthorizationId>) {
    let Some(id) = id else { return };
    spawn_local(async move {
        if let Err(error) = call::<CancelAuthorization>(&id, &Nothing {}).await {
            note::<()>(Err(error.title().into()), "the attempt will end by itself");
        }
    });
}
