//! The heading of a screen. It takes the focus when the screen changes, so that screen readers say where one is.

use leptos::{html, prelude::*};

use super::note;

/// Whether a screen was shown already: the first one leaves the focus to the browser. In context.
#[derive(Clone, Copy)]
pub(crate) struct FirstScreen(pub(crate) StoredValue<bool>);

/// What the screen is about, by name, for the window's title. One for the app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Subject(RwSignal<Option<String>>);

impl Subject {
    /// Nothing yet.
    pub(crate) fn start() -> Self {
        Self(RwSignal::new(None))
    }

    /// Keeps to `name`, until the screen that calls this is left.
    pub(crate) fn follows(name: impl Fn() -> Option<String> + 'static) {
        let Self(subject) = expect_context();
        Effect::new(move |_| subject.set(name()));
        on_cleanup(move || {
            subject.try_set(None);
        });
    }

    /// The window's title: what the screen is about goes first, for a row of tabs shows no more.
    pub(crate) fn before(self, screen: &str) -> String {
        self.0.with(|name| name.as_ref().map_or_else(|| screen.to_owned(), |name| format!("{name} · {screen}")))
    }
}

/// The screen's `h1`.
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
    .into_any()
}
