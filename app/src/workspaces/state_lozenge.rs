//! The state of a connection in a word, for screens that show no more of it.

use api::State;
use leptos::prelude::*;

use crate::ui::lozenge::{Tone, lozenge};

/// The lozenge.
pub(crate) fn state_lozenge(state: State) -> AnyView {
    match state {
        State::Authorized => lozenge(Tone::Success, "Authorized"),
        State::Interrupted => lozenge(Tone::Warning, "Interrupted"),
        State::Unauthorized => lozenge(Tone::Danger, "Unauthorized"),
        State::Deactivated => lozenge(Tone::Neutral, "Deactivated"),
        State::Unknown(_) => lozenge(Tone::Neutral, "Unknown"),
    }
}
