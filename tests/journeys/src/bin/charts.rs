//! What charts cost the edge: 10,000 readers of one chart that was given to them, and a chart that was computed a moment ago.
//! For `make bench`: prints, asserts nothing.
//!
//! `READERS` is how many look; 10,000 if it is not set.

use std::time::{Duration, Instant};

use api::{
    Chart, ConnectionEdit, ConnectionId, CreateChart, CreateDelegation, Delegation, NewChart, NewDelegation, NewRender,
    Render, RenderChart,
};
use atlassian::sites::HARBOUR;
use atlassian::{Endpoint, Person};
use futures::future::join_all;
use journeys::{Causeway, Visitor};
use serde_json::json;

/// How many look at once.
const AT_ONCE: usize = 32;
/// How often a chart that was computed is asked for again, one after the other.
const AGAIN: usize = 500;

#[tokio::main]
async fn main() {
    let readers = std::env::var("READERS").ok().and_then(|number| number.parse().ok()).unwrap_or(10_000);
    let causeway = Causeway::start_counting().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Harbour", Person::Ada, HARBOUR).await;
    let edit = ConnectionEdit { charts: Some(true), ..ConnectionEdit::default() };
    ada.edits(&connection.id, &edit, connection.version).await.expect(200);
    let chart = makes_a_chart(&ada).await;
    let own = NewRender { connection_id: Some(connection.id.clone()), ..NewRender::default() };
    asks_again(&ada, &chart, &own).await;
    looks_as_many(&causeway, &ada, &chart, connection.id, readers).await;
}

async fn makes_a_chart(ada: &Visitor) -> Chart {
    let spec = json!({
        "source": {"jql": "created >= -900d"}, "mark": "bar", "group": {"field": {"id": "status", "name": "Status"}},
        "says": {"title": "Shipments"},
    });
    let new = NewChart { site: HARBOUR.to_owned(), spec: serde_json::from_value(spec).expect("a spec") };
    ada.calls::<CreateChart>(&(), &new).await.expect(201).json()
}

/// How long the edge takes for a chart whose numbers it remembers.
async fn asks_again(ada: &Visitor, chart: &Chart, request: &NewRender) {
    ada.calls::<RenderChart>(&chart.id, request).await.expect(200);
    let mut took = Vec::with_capacity(AGAIN);
    for _ in 0..AGAIN {
        let began = Instant::now();
        ada.calls::<RenderChart>(&chart.id, request).await.expect(200);
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    println!(
        "a chart that was computed a moment ago: {} at the median, {} at the 95th",
        millis(at(50)),
        millis(at(95))
    );
}

/// How often Jira is asked while many look at one chart with the access of a connection.
async fn looks_as_many(causeway: &Causeway, ada: &Visitor, chart: &Chart, connection: ConnectionId, readers: usize) {
    let new = NewDelegation { connection_id: Some(connection), ..NewDelegation::default() };
    let given: Delegation = ada.calls::<CreateDelegation>(&chart.id, &new).await.expect(201).json();
    let request = NewRender { delegation_id: Some(given.id), ..NewRender::default() };
    causeway.model.forget_requests();
    ada.counted_messages().await;
    let began = Instant::now();
    let (mut left, mut drawn) = (readers, 0);
    while left > 0 {
        let some = left.min(AT_ONCE);
        let looks = (0..some).map(|_| ada.calls::<RenderChart>(&chart.id, &request));
        for look in join_all(looks).await {
            let render: Render = look.expect(200).json();
            drawn += usize::from(render.data.is_some());
        }
        left -= some;
    }
    let took = began.elapsed();
    let calls = causeway.model.requests().iter().filter(|one| one.endpoint == Endpoint::Jira).count();
    println!(
        "{readers} readers of one chart, {AT_ONCE} at once, in {:.1} s: {} each; {drawn} saw it; calls to Jira for all: {calls}",
        took.as_secs_f64(),
        millis(took / u32::try_from(readers.max(1)).unwrap_or(u32::MAX)),
    );
    for (binding, sent) in ada.counted_messages().await {
        println!("messages to {binding}: {sent}");
    }
}

fn millis(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
