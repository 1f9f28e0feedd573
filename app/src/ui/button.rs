//! Buttons.

use leptos::{ev, prelude::*};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// One of several.
    #[default]
    Default,
    /// What the screen is for.
    Primary,
    /// What can be undone by nobody.
    Danger,
    /// Among text.
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

/// A button. While `busy` it keeps the focus and ignores presses, so that nothing is sent twice and no place is lost.
#[component]
pub(crate) fn Button(
    /// How much it asks to be pressed.
    #[prop(optional)]
    look: Look,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether what it does is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The id, for the focus to return to.
    #[prop(optional, into)]
    id: Option<String>,
    /// Whether the focus starts here.
    #[prop(optional)]
    autofocus: bool,
    /// The name, where the content does not say it.
    #[prop(optional, into)]
    label: Option<String>,
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
            type="button"
            id=id
            class=look.class()
            disabled=move || disabled.get()
            aria-disabled=move || busy.get().then_some("true")
            aria-label=label
            autofocus=autofocus
            on:click=press
        >
            {children()}
            <span class="spinner" hidden=move || !busy.get()></span>
        </button>
    }
    .into_any()
}
