//! What to do with a connection that was just saved for the first time: a key for it, and a program that uses it.

use api::{Connection, CreateApiKey, CreatedApiKey, KeyScope, NewApiKey};
use leptos::prelude::*;

use super::{snippet::CallingKey, snippets::Snippets};
use crate::{
    client::call,
    context::expect_context,
    navigation::Link,
    route::Route,
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        focus,
        learn_more::learn_more,
        mutation::Mutation,
        shown_once::ShownOnce,
        when,
    },
};

/// The section, until `on_done`.
#[component]
pub(crate) fn WhatNow(connection: Connection, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let created = RwSignal::new(None::<CreatedApiKey>);
    let may_create = untrack(|| session.is_administrator());
    let connection = StoredValue::new(connection);
    let content = move || match created.get() {
        Some(key) => view! { <MadeKey connection=connection.get_value() key on_done /> }.into_any(),
        None => view! {
            {when(may_create, || view! { <CreateKey connection=connection.get_value() created /> }.into_any())}
            <p>"Then call Jira. For example, the site's projects:"</p>
            <Snippets connection=connection.get_value() key=CallingKey::Environment />
            <div class="buttons"><Button look=Look::Subtle on_press=on_done>"Dismiss"</Button></div>
        }
        .into_any(),
    };
    view! {
        <section class="section notice calling" aria-labelledby="what-now">
            <h2 id="what-now" tabindex="-1">"What now"</h2>
            {content}
        </section>
    }
}

/// One click: a key for this connection only, which may call Jira and nothing else.
#[component]
fn CreateKey(connection: Connection, created: RwSignal<Option<CreatedApiKey>>) -> impl IntoView {
    let mutation = Mutation::new();
    let create = move |()| {
        let request = NewApiKey {
            name: connection.name.clone(),
            scopes: vec![KeyScope::Proxy],
            connections: Some(vec![connection.id.clone()]),
            workspace: None,
            expires_at: None,
        };
        mutation.run(async move { call::<CreateApiKey>(&(), &request).await }, move |key| {
            created.set(Some(key));
            request_animation_frame(|| focus("what-now"));
        });
    };
    view! {
        <p>
            "Programs call Jira through this connection with an API key. The new key is for this connection only and does not expire; "
            <Link to=Route::ApiKeys.path()>"API keys"</Link> " offers more choices. " {learn_more("/help/calling-jira/".to_owned())}
        </p>
        <Button look=Look::Primary on_press=create busy=mutation.busy()>"Create API key"</Button>
        {mutation.failure()}
    }
}

/// The key, shown once, and a program with it.
#[component]
fn MadeKey(connection: Connection, key: CreatedApiKey, on_done: Callback<()>) -> impl IntoView {
    let literal = CallingKey::Literal(key.key.clone());
    view! {
        <ShownOnce
            title="API key created"
            what="API key"
            copy="Copy key"
            note="Copy it now: it is stored nowhere, and cannot be shown again."
            text=key.key
            on_done
        >
            <p>"Try it: the site's projects."</p>
            <Snippets connection key=literal />
        </ShownOnce>
    }
}
