//! What is printed: medians over rounds, and ratios that were taken within each round.

use std::{process::Command, time::Duration};

use crate::{load::Load, peers::NAMES, workerd};

/// The load of each Worker in one round, in the order of [`NAMES`].
pub(crate) type Round = Vec<Load>;

/// How long a Worker took to start.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// From its start to its first answer, which needs no other server where a key is asked for.
    pub(crate) first_answer: Duration,
    /// The first proxied call of an isolate.
    pub(crate) first_call: Duration,
}

/// The machine, what is measured, and how busy the machine is besides.
pub(crate) fn print_surroundings() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = load.split(' ').take(3).collect();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{} on {cores} cores, load before {}", workerd::version(), load.join(" "));
    println!("commit {}, {}", said("git", &["describe", "--always", "--dirty"]), said("rustc", &["--version"]));
}

fn said(program: &str, arguments: &[&str]) -> String {
    let said = Command::new(program).args(arguments).current_dir(journeys::checkout::root()).output();
    said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The starts of every round, each in the order of [`NAMES`].
pub(crate) fn print_starts(rounds: &[Vec<Start>]) {
    let of = |at: usize, read: fn(&Start) -> Duration| {
        median(
            rounds.iter().filter_map(|round| round.get(at)).map(|start| read(start).as_secs_f64() * 1000.0).collect(),
        )
    };
    println!("\nStart, in ms{:22}{:>14}{:>14}", "", "first answer", "first call");
    for (at, name) in NAMES.iter().enumerate() {
        println!("  {name:32}{:>14.1}{:>14.1}", of(at, |start| start.first_answer), of(at, |start| start.first_call));
    }
}

/// One kind of load.
pub(crate) fn print_load(title: &str, rounds: &[Round]) {
    let of = |at: usize, read: &dyn Fn(&Load) -> f64| {
        median(rounds.iter().filter_map(|round| round.get(at)).map(read).collect())
    };
    println!("\n{title:34}{:>9}{:>9}{:>9}{:>16}", "calls/s", "p50 ms", "p99 ms", "processor µs");
    for (at, name) in NAMES.iter().enumerate() {
        println!(
            "  {name:32}{:>9.0}{:>9.2}{:>9.2}{:>16.0}",
            of(at, &|load| load.per_second),
            of(at, &|load| load.latency(50)),
            of(at, &|load| load.latency(99)),
            of(at, &|load| load.processor.unwrap_or(f64::NAN)),
        );
    }
    for (at, name) in NAMES.iter().enumerate().take(2) {
        let ratio = |read: &dyn Fn(&Load) -> f64| {
            let pair = |round: &Round| Some(read(round.last()?) / read(round.get(at)?));
            median(rounds.iter().filter_map(pair).collect())
        };
        println!(
            "  {:32}{:>9.2}{:>9.2}{:>9.2}{:>16.2}",
            format!("Causeway : {name}"),
            ratio(&|load| load.per_second),
            ratio(&|load| load.latency(50)),
            ratio(&|load| load.latency(99)),
            ratio(&|load| load.processor.unwrap_or(f64::NAN)),
        );
    }
}
