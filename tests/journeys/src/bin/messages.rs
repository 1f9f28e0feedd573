//! What a call through a connection costs inside, in the steady state: messages to Durable Objects. For `make bench`:
//! prints, asserts nothing.

use std::time::Instant;

use journeys::{Causeway, Connected};

const CALLS: u32 = 500;

#[tokio::main]
async fn main() {
    let causeway = Causeway::start_counting().await;
    let connected = Connected::at(&causeway).await;
    connected.calls("/rest/api/3/myself").await.expect(200);
    let watcher = causeway.visitor();
    watcher.counted_messages().await;
    let began = Instant::now();
    for _ in 0..CALLS {
        connected.calls("/rest/api/3/myself").await.expect(200);
    }
    let took = began.elapsed();
    let messages = watcher.counted_messages().await;
    println!(
        "{CALLS} calls, one after the other, in {:.1} s: {:.1} ms each",
        took.as_secs_f64(),
        took.as_secs_f64() * 1000.0 / f64::from(CALLS)
    );
    for (binding, name) in [("ORGANIZATION", "organization"), ("GRANT_KEEPER", "keeper")] {
        let sent = messages.get(binding).copied().unwrap_or_default();
        println!("messages to the {name}: {sent}, which is one for every {} calls", one_for_every(sent));
    }
}

fn one_for_every(sent: usize) -> String {
    usize::try_from(CALLS)
        .ok()
        .and_then(|calls| calls.checked_div(sent))
        .map_or("—".to_owned(), |calls| calls.to_string())
}
