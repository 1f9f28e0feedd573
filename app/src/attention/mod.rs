//! What needs a person: a count in the header, on every screen, and a banner above the connections. Asking and the banner
//! come with the later part.

mod badge;
mod banner;

pub(crate) use badge::badge;
pub(crate) use banner::AttentionBanner;

use std::time::Duration;

use api::{Attention, GetAttention, Nothing};
use leptos::{ev, prelude::*};

use crate::{client::call, connections::Lifecycle, session::CurrentSession, ui::fetched::Fetched};

/// How often it is asked for again.
const PAUSE: Duration = Duration::from_mins(1);

/// Where the header and the banner find what needs a person, as soon as it is asked for. In context.
#[derive(Clone, Copy)]
pub(crate) struct AttentionPlace {
    /// How much there is.
    total: RwSignal<u32>,
    needs: RwSignal<Option<NeedsAttention>>,
}

impl AttentionPlace {
    /// Nothing is known yet.
    pub(crate) fn start() -> Self {
        Self { total: RwSignal::new(0), needs: RwSignal::new(None) }
    }
}

/// What needs a person: the header and the banner tell the same.
#[derive(Clone, Copy)]
pub(crate) struct NeedsAttention {
    answer: Fetched<Attention>,
    /// Whether the person wants to see it in full; until they say, it shows in full what is short.
    open: RwSignal<Option<bool>>,
}

impl NeedsAttention {
    /// Asks once an administrator is signed in, after whatever is done here, when the person comes back, and now and then.
    pub(crate) fn start() {
        let session: CurrentSession = expect_context();
        let lifecycle: Lifecycle = expect_context();
        let answer = Fetched::ask(move || async move {
            if untrack(|| session.is_administrator()) {
                call::<GetAttention>(&(), &Nothing {}).await
            } else {
                Ok(Attention::default())
            }
        });
        let administrator = Memo::new(move |_| session.is_administrator());
        Effect::new(move |_| {
            if administrator.get() {
                answer.again();
            }
        });
        lifecycle.on_change(move || answer.again());
        let look = move || {
            if !document().hidden() {
                answer.again();
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
