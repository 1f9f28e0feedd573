//! Asks before harm: what it ends, and a second button that repeats the verb. The focus starts on *Cancel*.

use leptos::prelude::*;

use super::{
    button::{Button, Look},
    dialog::Dialog,
    errand::Errand,
};

/// The dialog, shown while something is in `asked`.
#[component]
pub(crate) fn ConfirmDialog<T: Clone + Send + Sync + 'static>(
    /// What is asked about.
    asked: RwSignal<Option<T>>,
    /// Verb and object.
    title: &'static str,
    /// The verb on the button, with the count.
    #[prop(into)]
    verb: Signal<String>,
    /// What carries it out.
    errand: Errand,
    /// Carries it out.
    #[prop(into)]
    on_confirm: Callback<T>,
    /// What it ends, by name.
    children: ChildrenFn,
) -> impl IntoView {
    let close = Callback::new(move |()| {
        errand.forget();
        asked.set(None);
    });
    let confirm = Callback::new(move |()| {
        if let Some(one) = asked.get_untracked() {
            on_confirm.run(one);
        }
    });
    dialog(Signal::derive(move || asked.with(Option::is_some)), title, verb, errand, close, confirm, children)
}

fn dialog(
    open: Signal<bool>,
    title: &'static str,
    verb: Signal<String>,
    errand: Errand,
    close: Callback<()>,
    confirm: Callback<()>,
    children: ChildrenFn,
) -> AnyView {
    view! {
        <Dialog open on_close=close title>
            {children()}
            {errand.failure()}
            <div class="buttons">
                <Button autofocus=true on_press=close>"Cancel"</Button>
                <Button look=Look::Danger on_press=confirm busy=errand.busy()>{move || verb.get()}</Button>
            </div>
        </Dialog>
    }
    .into_any()
}
