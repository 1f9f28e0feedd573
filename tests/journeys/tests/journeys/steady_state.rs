//! In its steady state the proxy asks nobody: what is counted of calls is told in batches, afterwards.

use std::time::Instant;

use journeys::{Causeway, Connected};

const CALLS: usize = 200;
const PATH: &str = "/rest/api/3/myself";

/// For how long an isolate remembers who may call, and how long it collects counts: each costs a message then.
const REMEMBERED_SECONDS: usize = 9;

#[tokio::test]
async fn two_hundred_calls_in_a_row_cost_a_handful_of_messages() {
    let causeway = Causeway::start_counting().await;
    let connected = Connected::at(&causeway).await;
    connected.calls(PATH).await.expect(200);
    let watcher = causeway.visitor();
    let before = watcher.counted_messages().await;
    assert!(before.get("ORGANIZATION").is_some_and(|sent| *sent > 0), "messages are counted: {before:?}");
    assert!(before.get("GRANT_KEEPER").is_some_and(|sent| *sent > 0), "messages are counted: {before:?}");
    let began = Instant::now();
    for _ in 0..CALLS {
        connected.calls(PATH).await.expect(200);
    }
    let rounds = usize::try_from(began.elapsed().as_secs()).expect("not that long") / REMEMBERED_SECONDS + 1;
    let sent = watcher.counted_messages().await;
    assert_eq!(sent.get("GRANT_KEEPER"), None, "a token that is valid costs nothing: {sent:?}");
    let organization = sent.get("ORGANIZATION").copied().unwrap_or_default();
    // In each round: one that asks again who may call, and one that tells the counts.
    assert!(organization <= 2 * rounds + 1, "{organization} messages in {rounds} rounds");
}
