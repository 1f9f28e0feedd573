//! Flags: short messages about what was done. They disappear after eight seconds, unless the pointer was moved onto them or
//! the focus is on them. A pointer that rests where a flag comes up does not hold it: the flag would cover for ever what the
//! person is about to press. Failures stay.

use std::time::Duration;

use leptos::prelude::*;

use super::{button::Button, icon::Icon, learn_more::learn_more, rescue_focus};
use crate::{client::CallError, context::expect_context};

const STAYS: Duration = Duration::from_secs(8);

#[derive(Clone)]
struct Flag {
    id: u32,
    words: String,
    /// The help page, if it reports a failure.
    failed: Option<String>,
    action: Option<FlagAction>,
}

/// What a flag offers: the words on its button, such as *Undo*, and what it does.
pub(crate) type FlagAction = (&'static str, Callback<()>);

/// The flags. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Flags {
    shown: RwSignal<Vec<Flag>>,
    held: RwSignal<bool>,
    next: StoredValue<u32>,
}

impl Flags {
    /// No flags yet.
    pub(crate) fn start() -> Self {
        Self { shown: RwSignal::default(), held: RwSignal::new(false), next: StoredValue::new(0) }
    }

    /// Reports that something was done.
    pub(crate) fn done(self, words: String) {
        self.done_with(words, None);
    }

    /// Reports that something was done, with a button for `action` if it is given.
    pub(crate) fn done_with(self, words: String, action: Option<FlagAction>) {
        let id = self.show(words, None, action);
        self.leave_later(id);
    }

    /// Reports a failure that has no place of its own on the screen.
    pub(crate) fn failed(self, error: &CallError) {
        let words = format!("{}. {} {}", error.title(), error.sentence(), error.remedy());
        self.show(words, Some(error.help_path()), None);
    }

    fn show(self, words: String, failed: Option<String>, action: Option<FlagAction>) -> u32 {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.shown.update(|flags| flags.push(Flag { id, words, failed, action }));
        id
    }

    fn leave_later(self, id: u32) {
        let leave = move || match self.held.try_get_untracked() {
            Some(true) => self.leave_later(id),
            Some(false) => self.dismiss(id),
            // The app is gone.
            None => {}
        };
        set_timeout(leave, STAYS);
    }

    fn dismiss(self, id: u32) {
        // The pressed button disappears with its flag.
        rescue_focus();
        self.shown.update(|flags| flags.retain(|flag| flag.id != id));
        if self.shown.with_untracked(Vec::is_empty) {
            self.held.set(false);
        }
    }
}

/// The place of the flags.
#[component]
pub(crate) fn FlagRegion() -> impl IntoView {
    let flags: Flags = expect_context();
    let one = move |Flag { id, words, failed, action }: Flag| {
        let alert = failed.as_ref().map(|_| "alert");
        let (icon, class) =
            if failed.is_some() { (Icon::Failure, "flag flag-failed") } else { (Icon::Success, "flag") };
        let action = action.map(|(words, act)| {
            let act = move |()| {
                flags.dismiss(id);
                act.run(());
            };
            view! { <Button on_press=act>{words}</Button> }.into_any()
        });
        view! {
            <div class=class role=alert>
                {icon.view()} <p>{words} " " {failed.map(learn_more)}</p> {action}
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
            on:mousemove=move |_| flags.held.set(true)
            on:mouseleave=move |_| flags.held.set(false)
            on:focusin=move |_| flags.held.set(true)
            on:focusout=move |_| flags.held.set(false)
        >
            {move || flags.shown.get().into_iter().map(one).collect::<Vec<_>>().into_any()}
        </div>
    }
}
