//! The deliveries of a webhook, and their outcomes.

use api::{DELIVERY_DAYS, DeliveryId, List, Nothing, ResendDelivery};
use leptos::prelude::*;

use super::{flat_delivery::FlatDelivery, messages::word};
use crate::{
    client::call,
    context::expect_context,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::Button,
        lozenge::lozenge,
        moment::{Now, in_full, moment},
        mutation::Mutation,
        table::{cell, row, table},
        when,
    },
};

/// What can be done with the list of deliveries.
#[derive(Clone, Copy)]
pub(super) struct DeliveryActions {
    /// Loads them again.
    pub(super) reload: Callback<()>,
    /// Loads one page more.
    pub(super) more: Callback<()>,
    /// The delivery whose content is shown.
    pub(super) opened: RwSignal<Option<DeliveryId>>,
}

/// How many deliveries are still to be sent, in words.
fn waiting(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 delivery is waiting to be sent.".to_owned(),
        count => format!("{count} deliveries are waiting to be sent."),
    }
}

/// The deliveries, newest first.
pub(super) fn deliveries(list: List<FlatDelivery>, actions: DeliveryActions) -> AnyView {
    let said = waiting(list.items.iter().filter(|delivery| delivery.waits()).count());
    let more = actions.more;
    let has_more = list.next_cursor.is_some();
    view! {
        <section class="section" aria-labelledby="deliveries">
            <h2 id="deliveries">"Deliveries"</h2>
            <p class="subtle">{format!("Newest first. Kept for {DELIVERY_DAYS} days.")} " " <span role="status">{said}</span></p>
            {listed(list.items, actions)}
            {when(has_more, || view! { <div class="buttons"><Button id="more" on_press=more>"Show more"</Button></div> }.into_any())}
        </section>
    }
    .into_any()
}

fn listed(items: Vec<FlatDelivery>, actions: DeliveryActions) -> AnyView {
    if items.is_empty() {
        return view! {
            <section class="empty">
                <h3>"Nothing sent yet"</h3>
                <p>"Send a test to see whether your system accepts it."</p>
            </section>
        }
        .into_any();
    }
    let heads = ["Event", "Connection", "When", "Attempts", "Outcome", "Actions"];
    table("Deliveries", &heads, items.into_iter().map(|delivery| line(delivery, actions)).collect())
}

fn line(delivery: FlatDelivery, actions: DeliveryActions) -> AnyView {
    let (tone, outcome, about) = delivery.verdict();
    let Now(now) = expect_context();
    let is_due = delivery.is_due(now.get_untracked());
    let (about, at) = if is_due { ("due now", None) } else { (about, delivery.moment().map(moment)) };
    let details = view! { {lozenge(tone, outcome)} <span class="status-more">{about} {at} {delivery.answer()}</span> };
    let about = delivery.connection_id.zip(delivery.connection_name).map_or_else(
        || "None".into_any(),
        |(id, name)| view! { <Link to=Route::Connection(id, Tab::Overview).path()><bdi>{name}</bdi></Link> }.into_any(),
    );
    let cells = vec![
        cell("Connection", about),
        cell("When", in_full(delivery.at)),
        cell("Attempts", delivery.attempts.to_string().into_any()),
        cell("Outcome", details.into_any()),
    ];
    let mutation = Mutation::flagged();
    let DeliveryActions { reload, opened, .. } = actions;
    let (show, shown) = (format!("show-{}", delivery.id), delivery.id.clone());
    let show_label = format!("Show content: {}", word(delivery.event));
    let event = delivery.event;
    let (button, label) = (format!("again-{}", delivery.id), format!("Send again: {}", word(delivery.event)));
    let send = move |()| {
        let id = delivery.id.clone();
        mutation.run(async move { call::<ResendDelivery>(&id, &Nothing {}).await }, move |_| reload.run(()));
    };
    let buttons = view! {
        <Button id=show label=show_label on_press=move |()| opened.set(Some(shown.clone()))>"Show content"</Button>
        <Button id=button label on_press=send busy=mutation.busy()>"Send again"</Button>
    };
    row(word(event).into_any(), cells, Some(buttons.into_any()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_be_sent_is_counted_in_a_sentence() {
        assert_eq!(waiting(0), "");
        assert_eq!(waiting(1), "1 delivery is waiting to be sent.");
        assert_eq!(waiting(2), "2 deliveries are waiting to be sent.");
    }
}
