//! *Discard changes?*, asked before a person leaves a screen with unsaved changes.

use leptos::prelude::*;

use crate::{
    context::expect_context,
    navigation::Navigation,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        when,
    },
};

/// The dialog, open while [`Navigation::held_back`] holds a destination.
#[component]
pub(crate) fn LeaveDialog() -> impl IntoView {
    let navigation: Navigation = expect_context();
    let open = Signal::derive(move || navigation.held_back().get().is_some());
    let later = move || {
        navigation.later().get().map(|save| {
            let save = move |()| {
                let destination = navigation.held_back().get_untracked();
                navigation.stay();
                if let Some(destination) = destination {
                    save.run(destination);
                }
            };
            view! { <Button on_press=save>"Save for later"</Button> }.into_any()
        })
    };
    let kept = "Save for later keeps what you entered, but no password, token or client secret: whoever continues enters it again.";
    view! {
        <Dialog open on_close=move |()| navigation.stay() title="Discard changes?">
            <p>"What you changed here is not saved. An authorization that is not saved is destroyed."</p>
            {move || when(navigation.later().get().is_some(), || view! { <p>{kept}</p> }.into_any())}
            <div class="buttons">
                <Button autofocus=true on_press=move |()| navigation.stay()>"Keep editing"</Button>
                {later}
                <Button look=Look::Danger on_press=move |()| navigation.leave()>"Discard changes"</Button>
            </div>
        </Dialog>
    }
}
