//! *Rotate API key*.

use api::{ApiKey, ApiKeyRotation, CreatedApiKey, RotateApiKey};
use leptos::prelude::*;

use super::{
    draft::{EXPIRIES, OVERLAPS, end},
    expiry::{Expiry, expiry_choice},
};
use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        choice::radio,
        dialog::Dialog,
        isolated,
        moment::clock,
        mutation::Mutation,
    },
};

/// The days that a key lives if its old end has passed and nobody chose another.
const USUAL: i64 = 90;

/// The ends to choose from: the one that the key has, unless that has passed, and those of new keys but *Never*.
fn ends(has_expired: bool) -> Vec<Expiry> {
    let kept = (!has_expired).then_some(("kept", "As before", None));
    kept.into_iter().chain(EXPIRIES.into_iter().filter(|(_, _, days)| days.is_some())).collect()
}

/// The dialog, open while `rotating` holds a key. `on_made` is called with the new key.
#[component]
pub(super) fn RotateDialog(
    rotating: RwSignal<Option<ApiKey>>,
    #[prop(into)] on_made: Callback<CreatedApiKey>,
) -> impl IntoView {
    let open = Signal::derive(move || rotating.with(Option::is_some));
    view! {
        <Dialog open on_close=move |()| rotating.set(None) title="Rotate API key">
            {move || rotating.get_untracked().map(|key| view! { <Form key rotating on_made /> })}
        </Dialog>
    }
}

#[component]
fn Form(key: ApiKey, rotating: RwSignal<Option<ApiKey>>, on_made: Callback<CreatedApiKey>) -> impl IntoView {
    let overlap = RwSignal::new(OVERLAPS[0].0);
    let has_expired = key.expires_at.is_some_and(|end| end <= clock());
    let offered = ends(has_expired);
    let days = RwSignal::new(has_expired.then_some(USUAL));
    let mutation = Mutation::new();
    let id = key.id.clone();
    let rotate = move |()| {
        let id = id.clone();
        let expires_at = end(days.get_untracked(), clock());
        let rotation = ApiKeyRotation { overlap_seconds: overlap.get_untracked(), expires_at };
        mutation.run(async move { call::<RotateApiKey>(&id, &rotation).await }, move |made| on_made.run(made));
    };
    let choice = move |(seconds, words): (u32, &'static str)| {
        let chosen = Signal::derive(move || overlap.get() == seconds);
        radio("key-overlap", words.into_any(), chosen, false, Callback::new(move |()| overlap.set(seconds)))
    };
    let expiry =
        expiry_choice("key-rotated-expiry", offered, days.get_untracked(), Callback::new(move |new| days.set(new)));
    view! {
        <p>
            {format!("{} gets a new secret. Its name, its permissions and its connections stay as they are.", isolated(key.name.as_str()))}
        </p>
        <fieldset class="field">
            <legend>"The old key"</legend>
            {OVERLAPS.into_iter().map(choice).collect::<Vec<_>>()}
        </fieldset>
        {expiry}
        {mutation.failure()}
        <div class="buttons">
            <Button on_press=move |()| rotating.set(None)>"Cancel"</Button>
            <Button submits=true look=Look::Primary on_press=rotate busy=mutation.busy()>"Rotate key"</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_has_expired_is_not_offered_its_old_end() {
        let values = |has_expired| ends(has_expired).into_iter().map(|(value, ..)| value).collect::<Vec<_>>();
        assert_eq!(values(false), ["kept", "30", "90", "365"]);
        assert_eq!(values(true), ["30", "90", "365"]);
    }
}
