//! Load that is held: calls through many connections with tokens that keep expiring, while keys are revoked and the
//! Worker is killed. `make load`; everything is on this machine, bounded in number and time.
//!
//! Ends with status 1 and a list if an answer was wrong, a revoked key was used for too long, a connection was lost, a
//! token was asked for more often than twice, or memory grew. How quick it was is printed and not judged.
//!
//! Variables: `MINUTES` with kills (10), then `QUIET` minutes without, for memory (3); `RATE` in calls a second (200);
//! `CONNECTIONS` (100), `KEYS` (20).

mod calls;
mod keys;
mod report;
mod upstream;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::{ConnectionId, KeyScope};
use atlassian::{Person, sites};
use journeys::{Causeway, Visitor, eventually};
use tokio::time::{MissedTickBehavior, interval};

use calls::{Calls, Target};
use keys::Keys;
use report::{Memory, Report};
use upstream::Upstream;

/// How long access tokens live, in seconds. Atlassian's live an hour.
const TOKEN_LIFE: u64 = 60;
/// The pause between two revocations.
const REVOCATION: Duration = Duration::from_secs(10);
/// The pause between two kills, in seconds.
const KILL: u64 = 60;
/// The pause between two looks at what reached the model.
const LOOK: Duration = Duration::from_secs(2);
/// How long a connection may take to work again at the end.
const RECOVERY: Duration = Duration::from_mins(2);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::main]
async fn main() -> ExitCode {
    let (minutes, quiet, rate) = (number("MINUTES", 10), number("QUIET", 3), number("RATE", 200).max(1));
    let mut causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| {
        settings.access_token_life = TOKEN_LIFE;
        settings.points_per_hour = 1_000_000_000;
    });
    let ada = Arc::new(causeway.visitor());
    ada.signs_in_as(Person::Ada).await;
    let targets = connects(&causeway, &ada, number("CONNECTIONS", 100)).await;
    let keys = Arc::new(Keys::make(Arc::clone(&ada), number("KEYS", 20)).await);
    let upstream = Arc::new(Upstream::of(causeway.model.clone(), &targets));
    let calls = Arc::new(Calls::new(&causeway.public_url, targets.clone(), Arc::clone(&keys)));
    println!(
        "{rate} calls a second through {} connections with {} keys; tokens live {TOKEN_LIFE} s; a revocation every {} s; \
         killed every {KILL} s for {minutes} min, then {quiet} min in peace",
        targets.len(),
        keys.living(),
        REVOCATION.as_secs()
    );

    let began = Instant::now();
    let background = [
        tokio::spawn(makes_calls(Arc::clone(&calls), rate)),
        tokio::spawn(revokes(Arc::clone(&keys))),
        tokio::spawn(looks(Arc::clone(&upstream))),
    ];
    let mut report = Report::new(Arc::clone(&calls), Arc::clone(&upstream));
    let mut memory = Memory::default();
    let mut seconds = interval(Duration::from_secs(1));
    // While the Worker is killed and starts again, nobody counts.
    seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut next_kill, mut next_line) = (KILL, 60);
    loop {
        seconds.tick().await;
        let passed = began.elapsed().as_secs();
        memory.sample(causeway.worker.resident_memory(), began.elapsed());
        if passed >= next_line {
            report.line(passed, memory.last());
            next_line += 60;
        }
        if passed >= (minutes + quiet) * 60 {
            break;
        }
        if passed >= next_kill && passed < minutes * 60 {
            memory.restarts();
            calls.is_down(true);
            causeway.worker.is_killed_and_restarted().await;
            calls.is_down(false);
            next_kill = began.elapsed().as_secs() + KILL;
        }
    }
    for task in background {
        task.abort();
    }
    upstream.look();
    let mut wrong = calls.wrong();
    wrong.extend(upstream.wrong());
    wrong.extend(memory.wrong());
    wrong.extend(lost(&calls, &keys, &ada, &targets).await);
    report.end(began.elapsed(), rate, &keys, &memory);
    if wrong.is_empty() {
        println!("held");
        return ExitCode::SUCCESS;
    }
    for what in &wrong {
        println!("WRONG: {what}");
    }
    ExitCode::FAILURE
}

/// Makes the connections, in turn to each of Ada's sites.
async fn connects(causeway: &Causeway, ada: &Visitor, many: u64) -> Vec<Target> {
    let of_ada = [sites::HARBOUR, sites::MEADOW, sites::TINKER];
    let mut targets = Vec::new();
    for (number, cloud_id) in (0..many).zip(of_ada.into_iter().cycle()) {
        let connection = ada.connects(&format!("Connection {number}"), Person::Ada, cloud_id).await;
        let site = causeway.model.sites().into_iter().find(|site| site.id == cloud_id).expect("a site of the model");
        let family = causeway.model.families().len() - 1;
        targets.push(Target { connection: connection.id, site_name: site.name, family });
    }
    targets
}

/// Begins a call whenever it is time, whatever became of those before it.
async fn makes_calls(calls: Arc<Calls>, rate: u64) {
    let mut ticks = interval(Duration::from_micros(1_000_000 / rate));
    for number in 0.. {
        ticks.tick().await;
        if let Some(place) = calls.place() {
            let calls = Arc::clone(&calls);
            tokio::spawn(async move {
                calls.make(number).await;
                drop(place);
            });
        }
    }
}

async fn revokes(keys: Arc<Keys>) {
    let mut ticks = interval(REVOCATION);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        keys.revoke_oldest().await;
    }
}

async fn looks(upstream: Arc<Upstream>) {
    let mut ticks = interval(LOOK);
    loop {
        ticks.tick().await;
        upstream.look();
    }
}

/// Connections through which no call succeeds any more.
async fn lost(calls: &Calls, keys: &Keys, ada: &Visitor, targets: &[Target]) -> Vec<String> {
    let key = keys.living_one();
    let mut lost = Vec::new();
    for target in targets {
        if lost.len() >= ENOUGH {
            break;
        }
        let works = eventually(RECOVERY, async || calls.succeeds(&key, &target.connection).await.then_some(()));
        if works.await.is_none() {
            lost.push(format!("{} is lost: {:?}", target.connection, status(ada, &target.connection).await));
        }
    }
    lost
}

async fn status(ada: &Visitor, connection: &ConnectionId) -> api::Status {
    ada.connection(connection).await.status
}

/// So many lost connections are not looked for any further.
const ENOUGH: usize = 5;
/// What every key may do.
const SCOPES: [KeyScope; 1] = [KeyScope::Proxy];
