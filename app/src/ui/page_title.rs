//! The heading of a screen. It takes the focus when the screen changes, so that screen readers announce the new screen.

use leptos::{html, prelude::*};

use super::note;
use crate::context::expect_context;

/// Whether the next screen is the first one, which does not take the focus. In context.
#[derive(Clone, Copy)]
pub(crate) struct FirstScreen(pub(crate) StoredValue<bool>);

/// The name of the thing that the screen is about, for the window's title. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    name: RwSignal<Option<String>>,
    /// The title while something else is shown in the screen's place.
    instead: RwSignal<Option<&'static str>>,
}

impl Subject {
    /// No name yet.
    pub(crate) fn start() -> Self {
        Self { name: RwSignal::new(None), instead: RwSignal::new(None) }
    }

    /// Makes `title` the window's title until the caller is left.
    pub(crate) fn replaces_screen(title: &'static str) {
        let Self { instead, .. } = expect_context();
        instead.set(Some(title));
        on_cleanup(move || {
            instead.try_set(None);
        });
    }

    /// Follows `name` until the calling screen is left.
    pub(crate) fn follows(name: impl Fn() -> Option<String> + 'static) {
        let Self { name: subject, .. } = expect_context();
        Effect::new(move |_| subject.set(name()));
        on_cleanup(move || {
            subject.try_set(None);
        });
    }

    /// The window's title. The name comes first, because tabs show only the beginning.
    pub(crate) fn before(self, screen: &str) -> String {
        if let Some(instead) = self.instead.get() {
            return instead.to_owned();
        }
        self.name.with(|name| name.as_ref().map_or_else(|| screen.to_owned(), |name| format!("{name} · {screen}")))
    }
}

/// The `h1` of the screen.
#[component]
pub(crate) fn PageTitle(children: Children) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let FirstScreen(first) = expect_context();
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        if !first.get_value() {
            note(heading.focus(), "the heading did not take the focus");
        }
        first.set_value(false);
    });
    view! {
        <h1 tabindex="-1" node_ref=heading>
            {children()}
        </h1>
    }
}
