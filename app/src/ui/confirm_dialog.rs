//! A dialog that asks before harm: it says what ends, and its button repeats the verb. The focus starts on *Cancel*.

use leptos::prelude::*;

use super::{
    button::{Button, Look},
    dialog::Dialog,
    mutation::Mutation,
};

/// The dialog, open while `target` holds something.
#[component]
pub(crate) fn ConfirmDialog<T: Clone + Send + Sync + 'static>(
    /// What the dialog asks about.
    target: RwSignal<Option<T>>,
    /// Verb and object.
    title: &'static str,
    /// The verb and the count, for the button.
    #[prop(into)]
    verb: Signal<String>,
    /// The mutation that `on_confirm` runs: its state and failure are shown.
    mutation: Mutation,
    /// Carries it out.
    #[prop(into)]
    on_confirm: Callback<T>,
    /// What ends, by name.
    children: ChildrenFn,
) -> impl IntoView {
    let close = Callback::new(move |()| {
        mutation.clear();
        target.set(None);
    });
    let confirm = Callback::new(move |()| {
        if let Some(one) = target.get_untracked() {
            on_confirm.run(one);
        }
    });
    dialog(Signal::derive(move || target.with(Option::is_some)), title, verb, mutation, close, confirm, children)
}

fn dialog(
    open: Signal<bool>,
    title: &'static str,
    verb: Signal<String>,
    mutation: Mutation,
    close: Callback<()>,
    confirm: Callback<()>,
    children: ChildrenFn,
) -> AnyView {
    view! {
        <Dialog open on_close=close title>
            {children()}
            {mutation.failure()}
            <div class="buttons">
                <Button autofocus=true on_press=close>"Cancel"</Button>
                <Button look=Look::Danger on_press=confirm busy=mutation.busy()>{move || verb.get()}</Button>
            </div>
        </Dialog>
    }
    .into_any()
}
