//! The *API keys* screen.

use api::{ApiKey, CreatedApiKey, List, ListApiKeys, Nothing};
use leptos::prelude::*;

use super::{
    create_dialog::CreateDialog, key_table::KeyTable, new_key::NewKey, revoke_dialog::RevokeDialog,
    rotate_dialog::RotateDialog,
};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    ui::{
        button::{Button, Look},
        focus,
        icon::Icon,
        page_title::PageTitle,
        panel::panel,
        query::Query,
    },
};

/// The screen.
#[component]
pub(crate) fn ApiKeysPage() -> impl IntoView {
    let keys: Query<List<ApiKey>> = Query::new(|| async { call::<ListApiKeys>(&(), &Nothing {}).await });
    let creating = RwSignal::new(false);
    let created = RwSignal::new(None::<(&'static str, CreatedApiKey)>);
    let (rotating, revoking) = (RwSignal::new(None::<ApiKey>), RwSignal::new(None::<ApiKey>));
    let made = move |what, key: CreatedApiKey| {
        creating.set(false);
        rotating.set(None);
        created.set(Some((what, key)));
        keys.reload();
    };
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"API keys"</PageTitle>
                <p class="subtle">
                    "With a key, your systems call Causeway, and Jira through it. "
                    <Link to=Route::CallJira.path()>"How to call Jira"</Link>
                </p>
            </div>
            <Button id="create-key" look=Look::Primary on_press=move |()| creating.set(true)>
                {Icon::Add.view()} "Create API key"
            </Button>
        </div>
        {move || match created.get() {
            Some((title, key)) => view! { <NewKey title key on_done=move |()| { created.set(None); focus("create-key"); } /> }.into_any(),
            None => ().into_any(),
        }}
        {panel(keys, "Loading API keys", move |list| table(list, rotating, revoking))}
        <CreateDialog open=creating on_made=move |key| made("API key created", key) />
        <RotateDialog rotating on_made=move |key| made("API key rotated", key) />
        <RevokeDialog revoking on_revoked=move |()| { focus("create-key"); keys.reload(); } />
    }
}

fn table(list: List<ApiKey>, rotating: RwSignal<Option<ApiKey>>, revoking: RwSignal<Option<ApiKey>>) -> AnyView {
    if list.items.is_empty() {
        return view! {
            <section class="empty">
                <h2>"No API keys yet"</h2>
                <p>"Create one for each system that calls Jira through Causeway, so that you can revoke each alone."</p>
            </section>
        }
        .into_any();
    }
    let (rotate, revoke) = (move |key| rotating.set(Some(key)), move |key| revoking.set(Some(key)));
    view! { <KeyTable keys=list.items on_rotate=rotate on_revoke=revoke /> }.into_any()
}
