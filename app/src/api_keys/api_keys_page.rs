//! The *API keys* screen.

use api::{ApiKey, CreatedApiKey, List, ListApiKeys, Nothing};
use leptos::prelude::*;

use super::{create_dialog::CreateDialog, key_table::KeyTable, new_key::NewKey, revoke_dialog::RevokeDialog};
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
    let created = RwSignal::new(None::<CreatedApiKey>);
    let revoking = RwSignal::new(None::<ApiKey>);
    let made = move |key: CreatedApiKey| {
        creating.set(false);
        created.set(Some(key));
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
            Some(key) => view! { <NewKey key on_done=move |()| { created.set(None); focus("create-key"); } /> }.into_any(),
            None => ().into_any(),
        }}
        {panel(keys, "Loading API keys", move |list| table(list, revoking))}
        <CreateDialog open=creating on_made=made />
        <RevokeDialog revoking on_revoked=move |()| { focus("create-key"); keys.reload(); } />
    }
}

fn table(list: List<ApiKey>, revoking: RwSignal<Option<ApiKey>>) -> AnyView {
    if list.items.is_empty() {
        return view! {
            <section class="empty">
                <h2>"No API keys yet"</h2>
                <p>"Make one for each system that calls Jira through Causeway, so that you can revoke it alone."</p>
            </section>
        }
        .into_any();
    }
    view! { <KeyTable keys=list.items on_revoke=move |key| revoking.set(Some(key)) /> }.into_any()
}
