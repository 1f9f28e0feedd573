//! Success flags: they say what was done and leave after eight seconds, not while hovered or focused.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;

const STAYS: Duration = Duration::from_secs(8);

#[derive(Clone, PartialEq, Eq)]
struct Flag {
    id: u32,
    words: String,
}

/// The flags shown now. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Flags {
    shown: RwSignal<Vec<Flag>>,
    held: RwSignal<bool>,
    next: StoredValue<u32>,
}

impl Flags {
    /// None yet.
    pub(crate) fn start() -> Self {
        Self { shown: RwSignal::default(), held: RwSignal::new(false), next: StoredValue::new(0) }
    }

    /// Says that something was done.
    pub(crate) fn done(self, words: String) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.shown.update(|flags| flags.push(Flag { id, words }));
        self.leave_later(id);
    }

    fn leave_later(self, id: u32) {
        set_timeout(move || if self.held.get_untracked() { self.leave_later(id) } else { self.dismiss(id) }, STAYS);
    }

    fn dismiss(self, id: u32) {
        self.shown.update(|flags| flags.retain(|flag| flag.id != id));
        if self.shown.with_untracked(Vec::is_empty) {
            self.held.set(false);
        }
    }
}

/// Where flags appear.
#[component]
pub(crate) fn FlagRegion() -> impl IntoView {
    let flags: Flags = expect_context();
    let one = move |Flag { id, words }: Flag| {
        view! {
            <div class="flag">
                {Icon::Success.view()} <p>{words}</p>
                <button type="button" class="button button-subtle" aria-label="Dismiss" on:click=move |_| flags.dismiss(id)>
                    {Icon::Close.view()}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <div
            class="flags"
            role="status"
            on:mouseenter=move |_| flags.held.set(true)
            on:mouseleave=move |_| flags.held.set(false)
            on:focusin=move |_| flags.held.set(true)
            on:focusout=move |_| flags.held.set(false)
        >
            {move || flags.shown.get().into_iter().map(one).collect::<Vec<_>>().into_any()}
        </div>
    }
    .into_any()
}
