//! One webhook, at an address of its own: how it does, and its deliveries.

use std::time::Duration;

use api::{DeliveriesQuery, List, ListDeliveries, ListWebhooks, Nothing, TestWebhook, Webhook, WebhookId};
use leptos::prelude::*;

use super::{
    deliveries::deliveries,
    delivery::Delivery,
    dialogs::{Asked, WebhookDialogs},
    words::{events, state},
};
use crate::{
    authorize::fact,
    client::{CallError, call, call_as},
    navigation::{Link, use_navigation},
    route::Route,
    ui::{
        button::{Button, Look},
        errand::Errand,
        fetched::Fetched,
        moment::{clock, moment},
        page_title::{PageTitle, Subject},
        panel::panel,
    },
};

/// How often the screen looks again while something is sent soon.
const PAUSE: Duration = Duration::from_secs(2);
/// How soon is soon, in seconds.
const SOON: i64 = 60;

/// What the screen shows: the webhook, if it is still there, and its newest deliveries.
type Told = (Option<Webhook>, List<Delivery>);

/// The screen.
#[component]
pub(crate) fn WebhookPage(id: WebhookId) -> impl IntoView {
    let navigation = use_navigation();
    let pages = RwSignal::new(1);
    let asked = Asked::start();
    let told = Fetched::ask(move || load(id.clone(), pages.get_untracked()));
    look_again(told);
    let again = Callback::new(move |()| told.again());
    let more = Callback::new(move |()| {
        pages.update(|pages| *pages += 1);
        told.again();
    });
    let gone = Callback::new(move |()| navigation.go(&Route::Webhooks.path()));
    let test = Errand::flagged();
    let shown = move |(webhook, list): Told| match webhook {
        Some(webhook) => view! { {about(webhook, asked, test, again)} {deliveries(list, again, more)} }.into_any(),
        None => view! { <p>"This webhook was deleted."</p> }.into_any(),
    };
    let url = Memo::new(move |_| told.get().and_then(Result::ok).and_then(|(webhook, _)| Some(webhook?.url)));
    Subject::follows(move || url.get());
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Webhooks.path()>"Webhooks"</Link></nav>
        <PageTitle>
            <span class="eyebrow">"Webhook"</span>
            " "
            <bdi>{move || url.get().unwrap_or_else(|| "…".to_owned())}</bdi>
        </PageTitle>
        {panel(told, "Loading the webhook", shown)}
        <WebhookDialogs asked on_saved=again on_deleted=gone />
    }
    .into_any()
}

/// The deliveries first: what the webhook says of itself is then never older than they are.
async fn load(id: WebhookId, pages: usize) -> Result<Told, CallError> {
    let mut list = List { items: Vec::new(), next_cursor: None };
    for page in 0..pages {
        if page > 0 && list.next_cursor.is_none() {
            break;
        }
        let query = DeliveriesQuery { cursor: list.next_cursor.take(), ..Default::default() };
        match call_as::<ListDeliveries, List<Delivery>>(&id, &query).await {
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

/// While something is sent soon and the person looks, the screen looks again.
fn look_again(told: Fetched<Told>) {
    let look = move || {
        let soon = clock().plus_seconds(SOON);
        let due = untrack(|| told.get())
            .and_then(Result::ok)
            .is_some_and(|(_, list)| list.items.iter().any(|one| one.is_due(soon)));
        if due && !document().hidden() {
            told.again();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(look, PAUSE) {
        on_cleanup(move || ticking.clear());
    }
}

fn about(webhook: Webhook, asked: Asked, test: Errand, again: Callback<()>) -> AnyView {
    let id = webhook.id.clone();
    let send = move |()| {
        let id = id.clone();
        test.run(async move { call::<TestWebhook>(&id, &Nothing {}).await }, move |_| again.run(()));
    };
    let (one, other) = (webhook.clone(), webhook.clone());
    view! {
        <dl class="facts">
            {fact("State", state(&webhook))}
            {fact("Told of", events(&webhook.events).into_any())}
            {fact("Created", view! { {moment(webhook.created_at)} " by " <bdi>{webhook.created_by}</bdi> }.into_any())}
        </dl>
        <div class="buttons">
            <Button id="test" look=Look::Primary on_press=send busy=test.busy()>"Send a test"</Button>
            <Button id="edit" on_press=move |()| asked.editing.set(Some(one.clone()))>"Edit"</Button>
            <Button id="delete" on_press=move |()| asked.deleting.set(Some(other.clone()))>"Delete"</Button>
        </div>
    }
    .into_any()
}
