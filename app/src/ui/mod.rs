//! Building blocks over Atlassian's design tokens. They know nothing of connections.

pub(crate) mod avatar;
pub(crate) mod button;
pub(crate) mod copy_button;
pub(crate) mod dialog;
pub(crate) mod failure;
pub(crate) mod fetched;
pub(crate) mod field;
pub(crate) mod flags;
pub(crate) mod icon;
pub(crate) mod lozenge;
pub(crate) mod moment;
pub(crate) mod page_title;
pub(crate) mod panel;
pub(crate) mod skeleton;

use leptos::prelude::*;

/// The view, or nothing. Views that come and go share one type this way: Leptos is compiled once for each type.
pub(crate) fn when(condition: bool, view: impl FnOnce() -> AnyView) -> AnyView {
    if condition { view() } else { ().into_any() }
}
