//! Calls through a connection, in turn with a JavaScript Worker that passes everything through and one that does the same
//! job with hono: `make bench PARTS=proxy`. Prints, asserts nothing.
//!
//! Each Worker has a `workerd` of its own without anything in front, and all have the same upstream on this machine. In
//! each round every Worker has its turn, so a machine that becomes busier is so for all; ratios are medians over rounds.

mod load;
mod peers;
mod report;
mod upstream;
mod workerd;

use std::{path::Path, time::Duration};

use atlassian::{Model, Options};
use journeys::{Connected, Visitor, free_port};

use crate::{
    load::{Call, Load},
    peers::Peer,
    report::{Round, print_load, print_starts},
    upstream::Upstream,
};

/// The sizes of answers: their name in the path, and the title.
const SIZES: [(&str, &str); 2] = [("10kb", "10 KB"), ("1mb", "1 MB")];
/// How many calls are under way at once.
const AT_ONCE: [usize; 2] = [1, 32];

#[tokio::main]
async fn main() {
    let rounds = setting("ROUNDS", 5);
    let seconds = Duration::from_millis(setting("MILLIS", 1500));
    let place = tempfile::tempdir().expect("a temporary folder");
    report::print_surroundings();
    let port = free_port();
    let model = Model::start(Options::for_public_url(&format!("http://localhost:{port}"))).await;
    let model = model.expect("the model starts");
    let model = model.url();
    let model = model.trim_end_matches('/');
    let upstream = Upstream::start(model);
    let (call, peers) = prepare(place.path(), port, model, &upstream).await;
    print_starts(&starts(&peers, &call, rounds));
    let running: Vec<_> = peers.iter().map(Peer::start).collect();
    for worker in &running {
        worker.waits_until_it_listens();
    }
    for (size, title) in SIZES {
        for at_once in AT_ONCE {
            // A round that is not counted warms all of them up.
            let mut measured: Vec<Round> = Vec::new();
            for round in 0..=rounds {
                let mut turn: Vec<(usize, Load)> = Vec::new();
                for step in 0..running.len() {
                    // They take turns at going first.
                    let which = usize::try_from(round).unwrap_or_default().wrapping_add(step) % running.len();
                    turn.push((which, load::run(&running[which], &call.sized(size), at_once, seconds)));
                }
                turn.sort_by_key(|(which, _)| *which);
                if round > 0 {
                    measured.push(turn.into_iter().map(|(_, load)| load).collect());
                }
            }
            print_load(&format!("{title}, {at_once} at a time"), &measured);
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Connects Causeway to the model, and gives the others what they know by themselves: the key, and a token.
async fn prepare(place: &Path, port: u16, model: &str, upstream: &Upstream) -> (Call, [Peer; 3]) {
    let causeway = peers::causeway(place, port, model, &upstream.url());
    let connected = {
        let running = causeway.start();
        running.waits_until_it_listens();
        Connected::of(Visitor::new(&format!("http://localhost:{port}"))).await
    };
    let call = Call::new(&connected.key, connected.connection.id.as_str());
    (call.clone(), [peers::pass_through(place, &upstream.url()), peers::hono(place, &upstream.url(), &call), causeway])
}

/// How long each Worker takes from its start to its first answer, and how long its first proxied call takes.
fn starts(peers: &[Peer], call: &Call, rounds: u64) -> Vec<Vec<report::Start>> {
    let mut starts = Vec::new();
    for _ in 0..rounds {
        let mut round = Vec::new();
        for peer in peers {
            let anonymous = peer.start();
            let first_answer = anonymous.answers_first(&call.sized("10kb").without_key());
            drop(anonymous);
            let fresh = peer.start();
            fresh.waits_until_it_listens();
            round.push(report::Start { first_answer, first_call: load::once(&fresh, &call.sized("10kb")) });
        }
        starts.push(round);
    }
    starts
}
