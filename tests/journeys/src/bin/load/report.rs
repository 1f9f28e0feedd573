//! What is printed, and whether memory grew.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::calls::Calls;
use crate::keys::Keys;
use crate::upstream::Upstream;

/// Memory of `workerd` is flat if it is at most so much larger at the end, in bytes: its garbage collector has moods.
const SLACK: u64 = 48 * 1024 * 1024;
/// How long a process may take until its memory is what it usually is.
const WARM_UP: Duration = Duration::from_mins(1);
/// What is compared at the beginning and at the end.
const WINDOW: Duration = Duration::from_mins(1);

/// The resident memory of `workerd`, second by second, of the process that runs now.
#[derive(Default)]
pub(crate) struct Memory {
    samples: Vec<(Duration, u64)>,
    /// What the processes before it had when they were killed.
    at_kills: Vec<u64>,
}

impl Memory {
    pub(crate) fn sample(&mut self, bytes: Option<u64>, at: Duration) {
        self.samples.extend(bytes.map(|bytes| (at, bytes)));
    }

    pub(crate) fn last(&self) -> Option<u64> {
        self.samples.last().map(|(_, bytes)| *bytes)
    }

    pub(crate) fn restarts(&mut self) {
        self.at_kills.extend(self.last());
        self.samples.clear();
    }

    /// The means of the first minute after the warm-up and of the last minute.
    fn means(&self) -> Option<(u64, u64)> {
        let (began, ended) = (self.samples.first()?.0 + WARM_UP, self.samples.last()?.0);
        let mean = |from: Duration, to: Duration| {
            let window: Vec<u64> =
                self.samples.iter().filter(|(at, _)| (from..=to).contains(at)).map(|(_, bytes)| *bytes).collect();
            window.iter().sum::<u64>().checked_div(window.len() as u64)
        };
        (began + WINDOW <= ended)
            .then(|| mean(began, began + WINDOW).zip(mean(ended.saturating_sub(WINDOW), ended)))
            .flatten()
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        let grew = |name: &str, first: u64, last: u64| {
            (last > first + SLACK).then(|| format!("memory {name} grew from {} to {} MB", mega(first), mega(last)))
        };
        let of_one = self.means().and_then(|(first, last)| grew("of one process", first, last));
        // The first process has also made the connections.
        let of_all = self.at_kills.get(1).zip(self.at_kills.last());
        let of_all = of_all.and_then(|(first, last)| grew("after a minute", *first, *last));
        of_one.into_iter().chain(of_all).collect()
    }
}

fn mega(bytes: u64) -> u64 {
    bytes / 1024 / 1024
}

/// The latency of this share of calls or less, in milliseconds.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default().as_secs_f64() * 1000.0
}

/// The load of the machine over the last minute, five and fifteen; empty on systems without `/proc`.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

pub(crate) struct Report {
    calls: Arc<Calls>,
    upstream: Arc<Upstream>,
    all: Vec<Duration>,
    before: usize,
}

impl Report {
    pub(crate) fn new(calls: Arc<Calls>, upstream: Arc<Upstream>) -> Self {
        println!("load of the machine before: {}", load());
        Self { calls, upstream, all: Vec::new(), before: 0 }
    }

    /// Prints what happened since the last line.
    pub(crate) fn line(&mut self, passed: u64, memory: Option<u64>) {
        let (mut latencies, succeeded) =
            self.calls.with_book(|book| (std::mem::take(&mut book.latencies), book.succeeded));
        latencies.sort_unstable();
        let (_, refreshes, requests) = self.upstream.counted();
        println!(
            "{passed:>4} s: {:>6} calls answered, {:.1} ms median, {:.1} 99th; {refreshes} refreshes with {requests} \
             requests so far; {} MB; load {}",
            succeeded - self.before,
            percentile(&latencies, 50),
            percentile(&latencies, 99),
            memory.map_or("?".to_owned(), |bytes| mega(bytes).to_string()),
            load()
        );
        self.before = succeeded;
        self.all.extend(latencies);
    }

    pub(crate) fn end(&mut self, took: Duration, rate: u64, keys: &Keys, memory: &Memory) {
        self.all.extend(self.calls.with_book(|book| std::mem::take(&mut book.latencies)));
        self.all.sort_unstable();
        let (looked_at, refreshes, requests) = self.upstream.counted();
        self.calls.with_book(|book| {
            let failed: usize = book.failed.values().sum();
            let ended = book.succeeded + book.refused + failed;
            #[expect(clippy::cast_precision_loss, reason = "calls are counted in thousands")]
            let reached = ended as f64 / took.as_secs_f64();
            println!("{ended} calls in {:.0} s: {reached:.1} a second of {rate} that were to be", took.as_secs_f64());
            println!("  {} not made, because too many waited", self.calls.skipped.load(Ordering::Relaxed));
            println!("  {} succeeded, {} refused because their key was revoked", book.succeeded, book.refused);
            println!(
                "  {failed} failed, {} of them not within 20 s of a kill: {:?}",
                book.failed_in_peace, book.failed
            );
            println!(
                "  last call with a revoked key that succeeded: begun {:.1} s after the revocation, answered {:.1} s",
                book.last_begun.as_secs_f64(),
                book.last_answered.as_secs_f64()
            );
        });
        println!(
            "latency: {:.1} ms median, {:.1} 95th, {:.1} 99th, {:.1} longest",
            percentile(&self.all, 50),
            percentile(&self.all, 95),
            percentile(&self.all, 99),
            percentile(&self.all, 100)
        );
        println!(
            "at Atlassian: {looked_at} calls with the right token, {refreshes} refreshes with {requests} requests"
        );
        println!("keys revoked and still tried at the end: {}", keys.revocations());
        let at_kills: Vec<u64> = memory.at_kills.iter().map(|bytes| mega(*bytes)).collect();
        println!("memory: {at_kills:?} MB when killed");
        match memory.means() {
            Some((first, last)) => {
                println!("memory of one process: {} MB at first, {} at last", mega(first), mega(last));
            }
            None => println!("memory of one process: not measured, it takes two minutes without kills after a minute"),
        }
        println!("load of the machine after: {}", load());
    }
}
