//! *Revoke API key*: asks before it harms.

use api::{ApiKey, Nothing, RevokeApiKey};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        failure::failure_beside,
        flags::Flags,
    },
};

/// The dialog, shown while a key is in `revoking`.
#[component]
pub(super) fn RevokeDialog(
    revoking: RwSignal<Option<ApiKey>>,
    #[prop(into)] on_revoked: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let close = move |()| {
        failed.set(None);
        revoking.set(None);
    };
    let revoke = move |()| {
        let Some(key) = revoking.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = call::<RevokeApiKey>(&key.id, &Nothing {}).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    flags.done(format!("Revoked \u{2068}{}\u{2069}", key.name));
                    close(());
                    on_revoked.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let name = move || revoking.get().map(|key| key.name.to_string()).unwrap_or_default();
    view! {
        <Dialog open=Signal::derive(move || revoking.get().is_some()) on_close=close title="Revoke API key">
            <p>"Every system that uses " <strong><bdi>{name}</bdi></strong> " is refused within ten seconds. This cannot be undone; you can make another key."</p>
            {move || failure_beside(failed.get())}
            <div class="buttons">
                <Button autofocus=true on_press=close>"Cancel"</Button>
                <Button look=Look::Danger on_press=revoke busy=busy>"Revoke key"</Button>
            </div>
        </Dialog>
    }
    .into_any()
}
