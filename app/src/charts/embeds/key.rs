//! The key of a signed embed: rotating it, and showing a new one once.

use api::{Embed, EmbedKeyRotation, RotateEmbedKey};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        choice::radio,
        dialog::Dialog,
        learn_more::learn_more,
        mutation::Mutation,
        shown_once::ShownOnce,
    },
};

/// For how long the old key goes on, in seconds.
const OVERLAPS: [(u32, &str); 3] =
    [(0, "Ends at once"), (3_600, "Works for another hour"), (86_400, "Works for another day")];

/// A key that was made just now.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct NewKey {
    /// What was done.
    pub(super) title: &'static str,
    /// The key.
    pub(super) key: String,
}

/// The key, once.
pub(super) fn new_key(made: NewKey, done: Callback<()>) -> AnyView {
    view! {
        <ShownOnce
            title=made.title
            what="Key of the embed"
            copy="Copy key"
            note="Copy it now, into the settings of the page’s server. It cannot be shown again."
            text=made.key
            on_done=done
        >
            <p>"With it that server signs who may see the chart. " {learn_more("/help/embeds/#signed".to_owned())}</p>
        </ShownOnce>
    }
    .into_any()
}

/// *Rotate key*, open while `rotating` holds an embed. `on_made` is called with the new key.
#[component]
pub(super) fn RotateDialog(rotating: RwSignal<Option<Embed>>, on_made: Callback<NewKey>) -> impl IntoView {
    let open = Signal::derive(move || rotating.with(Option::is_some));
    view! {
        <Dialog open on_close=move |()| rotating.set(None) title="Rotate key">
            {move || rotating.get_untracked().map(|embed| view! { <Form embed rotating on_made /> })}
        </Dialog>
    }
}

#[component]
fn Form(embed: Embed, rotating: RwSignal<Option<Embed>>, on_made: Callback<NewKey>) -> impl IntoView {
    let mutation = Mutation::new();
    let overlap = RwSignal::new(OVERLAPS[0].0);
    let rotate = move |()| {
        let (id, rotation) = (embed.id.clone(), EmbedKeyRotation { overlap_seconds: overlap.get_untracked() });
        mutation.run(async move { call::<RotateEmbedKey>(&id, &rotation).await }, move |made| {
            rotating.set(None);
            on_made.run(NewKey { title: "Key rotated", key: made.key });
        });
    };
    let choice = move |(seconds, words): (u32, &'static str)| {
        let chosen = Signal::derive(move || overlap.get() == seconds);
        radio("embed-overlap", words.into_any(), chosen, false, Callback::new(move |()| overlap.set(seconds)))
    };
    view! {
        <p>"The embed gets a new key. Readers whose page signs with the old one see nothing once that has ended."</p>
        <fieldset class="field">
            <legend>"The old key"</legend>
            {OVERLAPS.into_iter().map(choice).collect::<Vec<_>>()}
        </fieldset>
        {mutation.failure()}
        <div class="buttons">
            <Button on_press=move |()| rotating.set(None)>"Cancel"</Button>
            <Button submits=true look=Look::Primary on_press=rotate busy=mutation.busy()>"Rotate key"</Button>
        </div>
    }
}
