//! The screen of one webhook: its state and its deliveries.

use std::time::Duration;

use api::{DeliveriesQuery, DeliveryId, List, ListDeliveries, ListWebhooks, Nothing, TestWebhook, Webhook, WebhookId};
use leptos::prelude::*;

use super::{
    deliveries::{DeliveryActions, deliveries},
    delivery_dialog::DeliveryDialog,
    dialogs::{WebhookDialogState, WebhookDialogs},
    flat_delivery::FlatDelivery,
    messages::{events, state, title},
};
use crate::{
    authorize::fact,
    client::{CallError, call, call_as},
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        moment::{clock, in_full},
        mutation::Mutation,
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
    },
};

/// How often the screen reloads while a delivery is due soon.
const PAUSE: Duration = Duration::from_secs(2);
/// How far ahead *soon* reaches, in seconds.
const SOON: i64 = 60;

/// The webhook, if it still exists, and its newest deliveries.
type WebhookDetails = (Option<Webhook>, List<FlatDelivery>);

/// The screen.
#[component]
pub(crate) fn WebhookPage(id: WebhookId) -> impl IntoView {
    let navigation = use_navigation();
    let pages = RwSignal::new(1);
    let dialogs = WebhookDialogState::start();
    let details = Query::new(move || load(id.clone(), pages.get_untracked()));
    look_again(details);
    let reload = Callback::new(move |()| details.reload());
    let more = Callback::new(move |()| {
        pages.update(|pages| *pages += 1);
        details.reload();
    });
    let gone = Callback::new(move |()| navigation.go(&Route::Webhooks.path()));
    let test = Mutation::flagged();
    let opened = RwSignal::new(None::<DeliveryId>);
    let actions = DeliveryActions { reload, more, opened };
    let shown = move |(webhook, list): WebhookDetails| match webhook {
        Some(webhook) => view! { {about(webhook, dialogs, test, reload)} {deliveries(list, actions)} }.into_any(),
        None => view! { <p>"This webhook was deleted."</p> }.into_any(),
    };
    let called =
        Memo::new(move |_| details.get().and_then(Result::ok).and_then(|(webhook, _)| webhook.as_ref().map(title)));
    Subject::follows(move || called.get());
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Webhooks.path()>"Webhooks"</Link></nav>
        <PageTitle>
            <span class="eyebrow">"Webhook"</span>
            " "
            <bdi>{move || called.get().unwrap_or_else(|| "…".to_owned())}</bdi>
        </PageTitle>
        {panel(details, "Loading the webhook", shown)}
        <WebhookDialogs dialogs on_saved=reload on_deleted=gone />
        <DeliveryDialog opened />
    }
}

/// Loads the deliveries first, so that the state of the webhook is never older than they are.
async fn load(id: WebhookId, pages: usize) -> Result<WebhookDetails, CallError> {
    let mut list = List { items: Vec::new(), next_cursor: None };
    for page in 0..pages {
        if page > 0 && list.next_cursor.is_none() {
            break;
        }
        let query = DeliveriesQuery { cursor: list.next_cursor.take(), ..Default::default() };
        match call_as::<ListDeliveries, List<FlatDelivery>>(&id, &query).await {
            Err(error) if error.code() == Some(api::ProblemCode::NotFound) => return Ok((None, list)),
            next => {
                let next = next?;
                list.items.extend(next.items);
                list.next_cursor = next.next_cursor;
            }
        }
    }
    let webhooks = call::<ListWebhooks>(&(), &Nothing {}).await?.items;
    Ok((webhooks.into_iter().find(|webhook| webhook.id == id), list))
}

/// Reloads while a delivery is due soon and the window is visible.
fn look_again(details: Query<WebhookDetails>) {
    let look = move || {
        let soon = clock().plus_seconds(SOON);
        let due = untrack(|| details.get())
            .and_then(Result::ok)
            .is_some_and(|(_, list)| list.items.iter().any(|one| one.is_due(soon)));
        if due && !document().hidden() {
            details.reload();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(look, PAUSE) {
        on_cleanup(move || ticking.clear());
    }
}

fn about(webhook: Webhook, dialogs: WebhookDialogState, test: Mutation, reload: Callback<()>) -> AnyView {
    let id = webhook.id.clone();
    let send = move |()| {
        let id = id.clone();
        test.run(async move { call::<TestWebhook>(&id, &Nothing {}).await }, move |_| reload.run(()));
    };
    let (one, other) = (webhook.clone(), webhook.clone());
    view! {
        <dl class="facts">
            {fact("State", state(&webhook))}
            {fact("URL", view! { <bdi>{webhook.url.clone()}</bdi> }.into_any())}
            {fact("Events", events(&webhook.events).into_any())}
            {fact("Created", view! { {in_full(webhook.created_at)} " by " <bdi>{webhook.created_by}</bdi> }.into_any())}
        </dl>
        <div class="buttons">
            <Button id="test" look=Look::Primary on_press=send busy=test.busy()>"Send a test"</Button>
            <Button id="edit" on_press=move |()| dialogs.editing.set(Some(one.clone()))>"Edit"</Button>
            <Button id="delete" on_press=move |()| dialogs.deleting.set(Some(other.clone()))>"Delete"</Button>
        </div>
    }
    .into_any()
}
