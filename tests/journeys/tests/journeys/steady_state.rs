//! In its steady state the proxy asks nobody: what is counted of calls is told in batches, afterwards.

use std::time::Instant;

use api::{ConnectionId, KeyScope, RevokeApiKey};
use atlassian::{Person, sites::HARBOUR};
use journeys::{Causeway, Connected, PATIENCE, eventually};

const CALLS: usize = 200;
const PATH: &str = "/rest/api/3/myself";

/// How often an isolate asks what has changed about who may call, in seconds. Counts are told half as often.
const RENEWED_SECONDS: usize = 5;

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
    let rounds = usize::try_from(began.elapsed().as_secs()).expect("not that long") / RENEWED_SECONDS + 1;
    let sent = watcher.counted_messages().await;
    assert_eq!(sent.get("GRANT_KEEPER"), None, "a token that is valid costs nothing: {sent:?}");
    let organization = sent.get("ORGANIZATION").copied().unwrap_or_default();
    // In each round: one that asks what has changed, and at most one that tells the counts.
    assert!(organization <= 2 * rounds + 1, "{organization} messages in {rounds} rounds");
}

#[tokio::test]
async fn what_isolates_remember_of_many_keys_and_connections_is_renewed_by_one_small_message() {
    let causeway = Causeway::start_counting().await;
    let connected = Connected::at(&causeway).await;
    let ada = &connected.administrator;
    let mut connections = vec![connected.connection.id.clone()];
    for number in 1..5 {
        connections.push(ada.connects(&format!("Harbour {number}"), Person::Ada, HARBOUR).await.id);
    }
    let mut keys = Vec::new();
    for _ in 0..4 {
        keys.push(ada.makes_a_key(&[KeyScope::Proxy]).await);
    }
    let pairs: Vec<(&str, &ConnectionId)> =
        keys.iter().flat_map(|key| connections.iter().map(|connection| (key.key.as_str(), connection))).collect();
    for (key, connection) in &pairs {
        ada.calls_jira(key, connection, PATH).await.expect(200);
    }
    let watcher = causeway.visitor();
    watcher.counted_messages().await;
    let began = Instant::now();
    while began.elapsed().as_secs() < 12 {
        for (key, connection) in &pairs {
            ada.calls_jira(key, connection, PATH).await.expect(200);
        }
    }
    let rounds = usize::try_from(began.elapsed().as_secs()).expect("not that long") / RENEWED_SECONDS + 1;
    let sent = watcher.counted_messages().await;
    let organization = sent.get("ORGANIZATION").copied().unwrap_or_default();
    assert!(organization <= 2 * rounds + 1, "{organization} messages in {rounds} rounds for {} pairs", pairs.len());
    // A revocation ends what is remembered of that key, and of no other.
    let revoked = keys.first().expect("a key");
    ada.calls::<RevokeApiKey>(&revoked.id, &api::Nothing {}).await.expect(204);
    let is_refused = eventually(PATIENCE, async || {
        let answer = ada.calls_jira(&revoked.key, &connections[0], PATH).await;
        (answer.status == 401).then_some(())
    });
    assert!(is_refused.await.is_some(), "a revoked key is refused within {PATIENCE:?}");
    watcher.counted_messages().await;
    for (key, connection) in pairs.iter().filter(|(key, _)| *key != revoked.key) {
        ada.calls_jira(key, connection, PATH).await.expect(200);
    }
    let sent = watcher.counted_messages().await;
    let organization = sent.get("ORGANIZATION").copied().unwrap_or_default();
    assert!(organization < pairs.len() / 2, "{organization} messages: the others are asked about again");
}
