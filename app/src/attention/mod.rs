//! Connections that need attention: their number in the header, and the banner above the list of connections. The lazy
//! part loads them.

mod badge;
mod banner;

pub(crate) use badge::badge;
pub(crate) use banner::AttentionBanner;

use std::time::Duration;

use api::{Attention, GetAttention, Nothing};
use leptos::{ev, prelude::*};

use crate::{client::call, connections::Lifecycle, session::CurrentSession, ui::query::Query};

/// The time between two reloads.
const PAUSE: Duration = Duration::from_mins(1);

/// Where the header and the banner find what needs attention, once the lazy part has loaded it. In context.
#[derive(Clone, Copy)]
pub(crate) struct AttentionPlace {
    /// How many connections need attention.
    total: RwSignal<u32>,
    needs: RwSignal<Option<NeedsAttention>>,
}

impl AttentionPlace {
    /// Nothing is loaded yet.
    pub(crate) fn start() -> Self {
        Self { total: RwSignal::new(0), needs: RwSignal::new(None) }
    }
}

/// What needs attention.
#[derive(Clone, Copy)]
pub(crate) struct NeedsAttention {
    answer: Query<Attention>,
    /// Whether the person has unfolded or folded the banner; until then it is folded.
    open: RwSignal<Option<bool>>,
}

impl NeedsAttention {
    /// Loads once an administrator is signed in, after every change, when the person returns to the window, and every
    /// minute.
    pub(crate) fn start() {
        let session: CurrentSession = expect_context();
        let lifecycle: Lifecycle = expect_context();
        let answer = Query::new(move || async move {
            if untrack(|| session.is_administrator()) {
                call::<GetAttention>(&(), &Nothing {}).await
            } else {
                Ok(Attention::default())
            }
        });
        let administrator = Memo::new(move |_| session.is_administrator());
        Effect::new(move |_| {
            if administrator.get() {
                answer.reload();
            }
        });
        lifecycle.on_change(move || answer.reload());
        let look = move || {
            if !document().hidden() {
                answer.reload();
            }
        };
        let focused = window_event_listener(ev::focus, move |_| look());
        on_cleanup(move || focused.remove());
        if let Ok(ticking) = set_interval_with_handle(look, PAUSE) {
            on_cleanup(move || ticking.clear());
        }
        let place: AttentionPlace = expect_context();
        Effect::new(move |_| place.total.set(answer.get().and_then(Result::ok).map_or(0, |attention| attention.total)));
        place.needs.set(Some(Self { answer, open: RwSignal::new(None) }));
    }
}

/// *1 needs attention*, *3 need attention*.
fn counted(total: u32) -> String {
    if total == 1 { "1 needs attention".to_owned() } else { format!("{total} need attention") }
}
