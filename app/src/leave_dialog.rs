//! *Discard changes?*, asked before a person leaves a screen with unsaved changes.

use leptos::prelude::*;

use crate::{
    navigation::Navigation,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
    },
};

/// The dialog, open while [`Navigation::held_back`] holds a destination.
#[component]
pub(crate) fn LeaveDialog() -> impl IntoView {
    let navigation: Navigation = expect_context();
    let open = Signal::derive(move || navigation.held_back().get().is_some());
    view! {
        <Dialog open on_close=move |()| navigation.stay() title="Discard changes?">
            <p>"What you changed here is not saved. An authorization that is not saved is destroyed."</p>
            <div class="buttons">
                <Button autofocus=true on_press=move |()| navigation.stay()>"Keep editing"</Button>
                <Button look=Look::Danger on_press=move |()| navigation.leave()>"Discard changes"</Button>
            </div>
        </Dialog>
    }
}
