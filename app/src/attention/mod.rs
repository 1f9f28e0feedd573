//! Connections that need attention: their number in the header, and the banner above the list of connections. The lazy
//! part loads them.

mod badge;
mod banner;

pub(crate) use badge::badge;
pub(crate) use banner::AttentionBanner;

use std::time::Duration;

use api::{Attention, GetAttention, Nothing};
use leptos::{ev, prelude::*};

use crate::{client::call, connections::Lifecycle, context::expect_context, session::CurrentSession, ui::query::Query};

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
    /// Loads once an administrator is signed in, after every change, when the person returns to the window, when the
    /// network is there again, and every minute.
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
        // The query has asked already, if the session is known: it is asked again only for who signs in later.
        let administrator = Memo::new(move |_| session.is_administrator());
        Effect::new(move |before: Option<bool>| {
            let is_administrator = administrator.get();
            if is_administrator && before == Some(false) {
                answer.reload();
            }
            is_administrator
        });
        lifecycle.on_change(move || answer.reload());
        let look = move || {
            if !document().hidden() {
                answer.reload();
            }
        };
        let focused = window_event_listener(ev::focus, move |_| look());
        on_cleanup(move || focused.remove());
        let online = window_event_listener(ev::online, move |_| look());
        on_cleanup(move || online.remove());
        if let Ok(ticking) = set_interval_with_handle(look, PAUSE) {
            on_cleanup(move || ticking.clear());
        }
        let place: AttentionPlace = expect_context();
        Effect::new(move |_| place.total.set(answer.get().and_then(Result::ok).map_or(0, |attention| attention.total)));
        place.needs.set(Some(Self { answer, open: RwSignal::new(None) }));
    }
}

/// *1 connection needs attention*, *3 connections need attention*.
fn counted(total: u32) -> String {
    if total == 1 { "1 connection needs attention".to_owned() } else { format!("{total} connections need attention") }
}

/// The title of the banner: what a person must do, and what recovers by itself. An alert without connections is the
/// operator's.
fn title(attention: &Attention) -> String {
    let alerts = attention.stories.iter().filter(|story| story.total == 0).count();
    let people = attention.total.saturating_sub(u32::try_from(alerts).unwrap_or(u32::MAX));
    let waiting = attention.waiting;
    let alert = (alerts > 0).then(|| "The operator of Causeway must act".to_owned());
    let connections = (people > 0).then(|| counted(people));
    let waits = match waiting {
        0 => None,
        1 => Some("1 connection recovers by itself".to_owned()),
        _ => Some(format!("{waiting} connections recover by themselves")),
    };
    // The banner is folded: what there is only one of is told without unfolding it.
    let only = match (attention.stories.as_slice(), attention.needs.as_slice()) {
        ([story], []) => Some(story.title()),
        _ => None,
    };
    [alert, connections, waits, only].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_connections_and_tells_apart_what_recovers_by_itself() {
        let title = |total, waiting| title(&Attention { total, waiting, ..Attention::default() });
        assert_eq!(title(1, 0), "1 connection needs attention");
        assert_eq!(title(4, 0), "4 connections need attention");
        assert_eq!(title(0, 3), "3 connections recover by themselves");
        assert_eq!(title(4, 1), "4 connections need attention · 1 connection recovers by itself");
    }
}
