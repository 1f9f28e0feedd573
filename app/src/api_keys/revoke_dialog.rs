//! *Revoke API key*.

use api::{ApiKey, Nothing, RevokeApiKey};
use leptos::prelude::*;

use crate::{
    client::call,
    context::expect_context,
    ui::{confirm_dialog::ConfirmDialog, flags::Flags, mutation::Mutation},
};

/// The dialog, open while `revoking` holds a key.
#[component]
pub(super) fn RevokeDialog(
    revoking: RwSignal<Option<ApiKey>>,
    #[prop(into)] on_revoked: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let mutation = Mutation::new();
    let revoke = move |key: ApiKey| {
        let words = format!("Revoked \u{2068}{}\u{2069}", key.name);
        mutation.run(async move { call::<RevokeApiKey>(&key.id, &Nothing {}).await }, move |_| {
            flags.done(words);
            revoking.set(None);
            on_revoked.run(());
        });
    };
    let name = move || revoking.get().map(|key| key.name.to_string()).unwrap_or_default();
    view! {
        <ConfirmDialog target=revoking title="Revoke API key" verb="Revoke key" mutation on_confirm=revoke>
            <p>"Every system that uses " <strong><bdi>{name}</bdi></strong> " is refused within ten seconds. This cannot be undone. To replace the key without an interruption, rotate it instead."</p>
        </ConfirmDialog>
    }
}
