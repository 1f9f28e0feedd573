//! *Delivery*: what was sent to a receiver, and what it answered.

use api::{DeliveryId, GetDelivery, Nothing};
use leptos::prelude::*;
use serde::Deserialize;

use super::flat_delivery::FlatDelivery;
use crate::{
    authorize::fact,
    client::call_as,
    ui::{button::Button, copy_button::CopyButton, dialog::Dialog, moment::in_full, panel::panel, query::Query},
};

/// The answer of the contract, with a flat delivery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Content {
    delivery: FlatDelivery,
    url: String,
    headers: Vec<api::SentHeader>,
    body: String,
    sent_at: Option<api::Timestamp>,
    answer: Option<api::ReceiverAnswer>,
}

/// The dialog, open while `opened` holds a delivery.
#[component]
pub(super) fn DeliveryDialog(opened: RwSignal<Option<DeliveryId>>) -> impl IntoView {
    let open = Signal::derive(move || opened.with(Option::is_some));
    view! {
        <Dialog open on_close=move |()| opened.set(None) title="Delivery">
            {move || opened.get_untracked().map(|id| view! { <Loaded id /> })}
            <div class="buttons"><Button on_press=move |()| opened.set(None)>"Close"</Button></div>
        </Dialog>
    }
}

#[component]
fn Loaded(id: DeliveryId) -> impl IntoView {
    let content: Query<Content> = Query::new(move || {
        let id = id.clone();
        async move { call_as::<GetDelivery, Content>(&id, &Nothing {}).await }
    });
    panel(content, "Loading the delivery", shown)
}

fn text(label: &'static str, text: String) -> AnyView {
    view! { <pre class="delivery-text" tabindex="0" aria-label=label>{text}</pre> }.into_any()
}

/// The body with line breaks, if it is JSON.
fn readable(body: &str) -> String {
    let parsed = js_sys::JSON::parse(body).ok();
    let indented = parsed.and_then(|json| {
        js_sys::JSON::stringify_with_replacer_and_space(&json, &wasm_bindgen::JsValue::NULL, &2.into()).ok()
    });
    indented.map_or_else(|| body.to_owned(), String::from)
}

fn shown(content: Content) -> AnyView {
    let headers: Vec<String> =
        content.headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect();
    let sent = match content.sent_at {
        Some(at) => in_full(at),
        None if content.delivery.attempts == 0 => "Not yet".into_any(),
        None => "Not recorded: an older version of Causeway sent it".into_any(),
    };
    let headers = (!headers.is_empty()).then(|| {
        view! {
            <h3>"Headers"</h3>
            {text("Headers", headers.join("\n"))}
            <p class="subtle">"The header webhook-signature is made anew for each attempt and is not kept."</p>
        }
    });
    let answer = match content.answer {
        None => view! { <p>{content.delivery.unanswered()}</p> }.into_any(),
        Some(answer) => {
            let body = if answer.body.trim().is_empty() {
                view! { <p class="subtle">"The answer had no body."</p> }.into_any()
            } else {
                text("The receiver's answer", answer.body)
            };
            view! { <p>{format!("Status {}, ", answer.status)} {in_full(answer.at)}</p> {body} }.into_any()
        }
    };
    view! {
        <dl class="facts">
            {fact("Sent", sent)} {fact("URL", view! { <bdi>{content.url}</bdi> }.into_any())}
            {fact("Attempts", content.delivery.attempts.to_string().into_any())}
        </dl>
        {headers}
        <h3>"Body"</h3>
        {text("Body", readable(&content.body))}
        <CopyButton text=content.body what="Copy body" />
        <h3>"The receiver's answer"</h3>
        {answer}
    }
    .into_any()
}
