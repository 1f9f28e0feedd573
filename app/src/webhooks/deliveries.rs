//! What a webhook was sent, and what became of it.

use api::{DELIVERY_DAYS, List, Nothing, ResendDelivery};
use leptos::prelude::*;

use super::{delivery::Delivery, words::word};
use crate::{
    client::call,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::Button,
        errand::Errand,
        lozenge::lozenge,
        moment::moment,
        table::{cell, row, table},
        when,
    },
};

/// The deliveries, newest first. `again` reads them again, `more` reads a page more.
pub(super) fn deliveries(list: List<Delivery>, again: Callback<()>, more: Callback<()>) -> AnyView {
    let waiting = list.items.iter().filter(|delivery| delivery.waits()).count();
    let said = match waiting {
        0 => String::new(),
        1 => "1 delivery waits.".to_owned(),
        count => format!("{count} deliveries wait."),
    };
    let has_more = list.next_cursor.is_some();
    view! {
        <section class="section" aria-labelledby="deliveries">
            <h2 id="deliveries">"Deliveries"</h2>
            <p class="subtle">{format!("Newest first. Kept for {DELIVERY_DAYS} days.")} " " <span role="status">{said}</span></p>
            {listed(list.items, again)}
            {when(has_more, || view! { <div class="buttons"><Button id="more" on_press=more>"Show more"</Button></div> }.into_any())}
        </section>
    }
    .into_any()
}

fn listed(items: Vec<Delivery>, again: Callback<()>) -> AnyView {
    if items.is_empty() {
        return view! {
            <section class="empty">
                <h3>"Nothing sent yet"</h3>
                <p>"Send a test to see whether your system takes it."</p>
            </section>
        }
        .into_any();
    }
    let heads = ["Event", "Connection", "When", "Attempts", "Outcome", "Actions"];
    table("Deliveries", &heads, items.into_iter().map(|delivery| line(delivery, again)).collect())
}

fn line(delivery: Delivery, again: Callback<()>) -> AnyView {
    let (tone, outcome, about) = delivery.verdict();
    let at = delivery.moment().map(moment);
    let told = view! { {lozenge(tone, outcome)} <span class="status-more">{about} {at} {delivery.answer()}</span> };
    let about = delivery.connection_id.zip(delivery.connection_name).map_or_else(
        || "None".into_any(),
        |(id, name)| view! { <Link to=Route::Connection(id, Tab::Overview).path()><bdi>{name}</bdi></Link> }.into_any(),
    );
    let cells = vec![
        cell("Connection", about),
        cell("When", moment(delivery.at)),
        cell("Attempts", delivery.attempts.to_string().into_any()),
        cell("Outcome", told.into_any()),
    ];
    let errand = Errand::flagged();
    let (button, label) = (format!("again-{}", delivery.id), format!("Send again: {}", word(delivery.event)));
    let send = move |()| {
        let id = delivery.id.clone();
        errand.run(async move { call::<ResendDelivery>(&id, &Nothing {}).await }, move |_| again.run(()));
    };
    let send_again = view! { <Button id=button label on_press=send busy=errand.busy()>"Send again"</Button> };
    row(word(delivery.event).into_any(), cells, Some(send_again.into_any()))
}
