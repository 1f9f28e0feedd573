//! The *Webhooks* screen.

use api::{List, ListWebhooks, Nothing, Webhook};
use leptos::prelude::*;

use super::{
    dialogs::{WebhookDialogState, WebhookDialogs},
    messages::{events, state, title},
};
use crate::{
    client::call,
    navigation::Link,
    route::Route,
    ui::{
        button::{Button, Look},
        focus,
        icon::Icon,
        learn_more::learn_more,
        menu::menu,
        page_title::PageTitle,
        panel::panel,
        query::Query,
        shown_once::ShownOnce,
        table::{cell, row, table},
    },
};

/// The screen.
#[component]
pub(crate) fn WebhooksPage() -> impl IntoView {
    let webhooks: Query<List<Webhook>> = Query::new(|| async { call::<ListWebhooks>(&(), &Nothing {}).await });
    let dialogs = WebhookDialogState::start();
    let changed = Callback::new(move |()| webhooks.reload());
    let deleted = Callback::new(move |()| {
        focus("create-webhook");
        webhooks.reload();
    });
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Webhooks"</PageTitle>
                <p class="subtle">
                    "Causeway sends your systems a message when something happens to a connection. " {learn_more("/help/webhooks/".to_owned())}
                </p>
            </div>
            <Button id="create-webhook" look=Look::Primary on_press=move |()| dialogs.creating.set(true)>
                {Icon::Add.view()} "Create webhook"
            </Button>
        </div>
        {move || secret(dialogs)}
        {panel(webhooks, "Loading webhooks", move |list| listed(list, dialogs))}
        <WebhookDialogs dialogs on_saved=changed on_deleted=deleted />
    }
}

/// The secret of a new webhook. It is shown only once.
fn secret(dialogs: WebhookDialogState) -> AnyView {
    let Some(webhook) = dialogs.created.get() else { return ().into_any() };
    let done = move |()| {
        dialogs.created.set(None);
        focus("create-webhook");
    };
    view! {
        <ShownOnce
            title="Webhook created"
            what="Secret"
            copy="Copy secret"
            note="With this secret, your system checks that a message comes from Causeway. Copy it now. It cannot be shown again."
            text=webhook.secret
            on_done=done
        >
            <p>
                {learn_more("/help/webhooks/".to_owned())} " "
                <Link to=Route::Webhook(webhook.id).path()>"Send a test"</Link>
            </p>
        </ShownOnce>
    }
    .into_any()
}

fn listed(list: List<Webhook>, dialogs: WebhookDialogState) -> AnyView {
    if list.items.is_empty() {
        return view! {
            <section class="empty">
                <h2>"No webhooks yet"</h2>
                <p>"Create one for each system that must know when a connection stops or starts working."</p>
            </section>
        }
        .into_any();
    }
    let rows = list.items.into_iter().map(|webhook| line(webhook, dialogs)).collect();
    table("Webhooks", &["Name", "Events", "State", "Actions"], rows)
}

fn line(webhook: Webhook, dialogs: WebhookDialogState) -> AnyView {
    let to = Route::Webhook(webhook.id.clone()).path();
    let called = title(&webhook);
    let label = format!("Actions for {called}");
    let url = webhook.name.is_some().then(|| webhook.url.clone());
    let url = url.map(|url| view! { <bdi class="status-more">{url}</bdi> });
    let about = view! { <Link to class="row-link"><bdi>{called}</bdi></Link> {url} }.into_any();
    let cells = vec![cell("Events", events(&webhook.events).into_any()), cell("State", state(&webhook))];
    let id = format!("menu-{}", webhook.id);
    let (one, other) = (webhook.clone(), webhook);
    let edit = Callback::new(move |()| dialogs.editing.set(Some(one.clone())));
    let delete = Callback::new(move |()| dialogs.deleting.set(Some(other.clone())));
    row(about, cells, Some(menu(id, label, vec![("Edit", edit), ("Delete", delete)])))
}
