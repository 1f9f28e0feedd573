//! Buttons.

use leptos::{ev, prelude::*};

/// How prominent a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// One of several.
    #[default]
    Default,
    /// The main action of the screen.
    Primary,
    /// An action that cannot be undone.
    Danger,
    /// A button within text.
    Subtle,
}

impl Look {
    /// The classes of a button or link with this look.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Default => "button",
            Self::Primary => "button button-primary",
            Self::Danger => "button button-danger",
            Self::Subtle => "button button-subtle",
        }
    }
}

/// A button. While `busy` it ignores presses but keeps the focus, so that nothing is sent twice.
#[component]
pub(crate) fn Button(
    /// How prominent it is.
    #[prop(optional)]
    look: Look,
    /// Called when it is pressed.
    #[prop(into)]
    on_press: Callback<()>,
    /// Whether it is disabled.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether its action is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The id, with which the focus can return to it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Whether it has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// The accessible name, if the content is not enough.
    #[prop(optional, into)]
    label: Option<String>,
    /// The id of what describes it, such as what it waits for.
    #[prop(optional)]
    described_by: Option<&'static str>,
    /// Whether Enter in a field of its form presses it.
    #[prop(optional)]
    submits: bool,
    children: Children,
) -> impl IntoView {
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            on_press.run(());
        }
    };
    view! {
        <button
            type=if submits { "submit" } else { "button" }
            id=id
            class=look.class()
            disabled=move || disabled.get()
            aria-disabled=move || busy.get().then_some("true")
            aria-label=label
            aria-describedby=described_by
            autofocus=autofocus
            on:click=press
        >
            {children()}
            <span class="spinner" hidden=move || !busy.get()></span>
        </button>
    }
}
