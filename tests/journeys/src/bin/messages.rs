//! What a call through a connection costs inside, in the steady state: messages to Durable Objects. For `make bench`:
//! prints, asserts nothing.

use std::time::Instant;

use api::{ConnectionId, KeyScope};
use atlassian::{Person, sites::HARBOUR};
use journeys::{Causeway, Connected, Visitor};

const CALLS: usize = 500;
const PATH: &str = "/rest/api/3/myself";
/// Of many keys and connections.
const KEYS: usize = 10;
const CONNECTIONS: usize = 10;

#[tokio::main]
async fn main() {
    let causeway = Causeway::start_counting().await;
    let connected = Connected::at(&causeway).await;
    let ada = &connected.administrator;
    let (watcher, key, connection) = (causeway.visitor(), connected.key.clone(), connected.connection.id.clone());
    measure("one key and one connection", ada, &watcher, &[(key.clone(), connection.clone())]).await;
    let (mut keys, mut connections) = (vec![key], vec![connection]);
    for number in 1..CONNECTIONS {
        connections.push(ada.connects(&format!("Harbour {number}"), Person::Ada, HARBOUR).await.id);
    }
    for _ in 1..KEYS {
        keys.push(ada.makes_a_key(&[KeyScope::Proxy]).await.key);
    }
    let pairs: Vec<(String, ConnectionId)> =
        keys.iter().flat_map(|key| connections.iter().map(|connection| (key.clone(), connection.clone()))).collect();
    measure(&format!("{KEYS} keys through {CONNECTIONS} connections"), ada, &watcher, &pairs).await;
}

async fn measure(name: &str, caller: &Visitor, watcher: &Visitor, pairs: &[(String, ConnectionId)]) {
    for (key, connection) in pairs {
        caller.calls_jira(key, connection, PATH).await.expect(200);
    }
    watcher.counted_messages().await;
    let began = Instant::now();
    for (key, connection) in pairs.iter().cycle().take(CALLS) {
        caller.calls_jira(key, connection, PATH).await.expect(200);
    }
    let took = began.elapsed();
    let messages = watcher.counted_messages().await;
    println!(
        "{name}: {CALLS} calls, one after the other, in {:.1} s: {:.1} ms each",
        took.as_secs_f64(),
        took.as_secs_f64() * 1000.0 / f64::from(u32::try_from(CALLS).unwrap_or(u32::MAX))
    );
    for (binding, object) in [("ORGANIZATION", "organization"), ("GRANT_KEEPER", "keeper")] {
        let sent = messages.get(binding).copied().unwrap_or_default();
        println!("  messages to the {object}: {sent}, which is one for every {} calls", one_for_every(sent));
    }
}

fn one_for_every(sent: usize) -> String {
    CALLS.checked_div(sent).map_or("—".to_owned(), |calls| calls.to_string())
}
