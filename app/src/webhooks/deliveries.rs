//! The deliveries of a webhook, and their outcomes.

use api::{DELIVERY_DAYS, List, Nothing, ResendDelivery};
use leptos::prelude::*;

use super::{flat_delivery::FlatDelivery, messages::word};
use crate::{
    client::call,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::Button,
        lozenge::lozenge,
        moment::moment,
        mutation::Mutation,
        table::{cell, row, table},
        when,
    },
};

/// The deliveries, newest first. `reload` loads them again, `more` loads one page more.
pub(super) fn deliveries(list: List<FlatDelivery>, reload: Callback<()>, more: Callback<()>) -> AnyView {
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
            {listed(list.items, reload)}
            {when(has_more, || view! { <div class="buttons"><Button id="more" on_press=more>"Show more"</Button></div> }.into_any())}
        </section>
    }
    .into_any()
}

fn listed(items: Vec<FlatDelivery>, reload: Callback<()>) -> AnyView {
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
    table("Deliveries", &heads, items.into_iter().map(|delivery| line(delivery, reload)).collect())
}

fn line(delivery: FlatDelivery, reload: Callback<()>) -> AnyView {
    let (tone, outcome, about) = delivery.verdict();
    let at = delivery.moment().map(moment);
    let details = view! { {lozenge(tone, outcome)} <span class="status-more">{about} {at} {delivery.answer()}</span> };
    let about = delivery.connection_id.zip(delivery.connection_name).map_or_else(
        || "None".into_any(),
        |(id, name)| view! { <Link to=Route::Connection(id, Tab::Overview).path()><bdi>{name}</bdi></Link> }.into_any(),
    );
    let cells = vec![
        cell("Connection", about),
        cell("When", moment(delivery.at)),
        cell("Attempts", delivery.attempts.to_string().into_any()),
        cell("Outcome", details.into_any()),
    ];
    let mutation = Mutation::flagged();
    let (button, label) = (format!("again-{}", delivery.id), format!("Send again: {}", word(delivery.event)));
    let send = move |()| {
        let id = delivery.id.clone();
        mutation.run(async move { call::<ResendDelivery>(&id, &Nothing {}).await }, move |_| reload.run(()));
    };
    let send_again = view! { <Button id=button label on_press=send busy=mutation.busy()>"Send again"</Button> };
    row(word(delivery.event).into_any(), cells, Some(send_again.into_any()))
}
