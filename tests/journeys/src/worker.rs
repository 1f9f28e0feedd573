//! The real Worker on `workerd`, with KV and Durable Objects on local disk.

mod miniflare;
mod objects;
mod wrangler_dev;
mod write_watch;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use write_watch::WriteWatch;

use crate::configuration::Configuration;
use crate::{PATIENCE, ProcessGuard, eventually, evidence, processes};

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(90);
/// The cron trigger, as `wrangler.toml` has it.
const CRON: &str = "*/15 * * * *";
/// The configuration's file in the Worker's folder.
const VARIABLES: &str = "vars";

/// What starts `workerd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launcher {
    /// `wrangler dev`: what developers use.
    WranglerDev,
    /// Miniflare, which is what `wrangler dev` uses. It starts in a tenth of the time, so most tests use it.
    Miniflare,
}

#[derive(Debug)]
enum Runtime {
    WranglerDev(ProcessGuard),
    Miniflare(miniflare::Instance),
    /// Between two starts.
    Ended,
}

/// A running Worker. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    runtime: Runtime,
    launcher: Launcher,
    settings: PathBuf,
    configuration: Configuration,
    place: PathBuf,
    port: u16,
    url: String,
}

impl Worker {
    /// Starts the Worker of `settings` on `port`, with its state, log and configuration in the folder `place`, and waits
    /// until it answers. It finds what an earlier Worker stored in `place`.
    ///
    /// # Panics
    /// If it was not built, or does not answer.
    pub async fn start(
        launcher: Launcher,
        settings: PathBuf,
        place: &Path,
        port: u16,
        configuration: Configuration,
    ) -> Self {
        let (url, place) = (format!("http://localhost:{port}"), place.to_owned());
        let mut worker = Self { runtime: Runtime::Ended, launcher, settings, configuration, place, port, url };
        worker.starts().await;
        worker
    }

    async fn starts(&mut self) {
        let (settings, place, port, configuration) = (&self.settings, &self.place, self.port, &self.configuration);
        self.runtime = match self.launcher {
            Launcher::WranglerDev => {
                configuration.write(&place.join(VARIABLES)).expect("the configuration can be written");
                Runtime::WranglerDev(wrangler_dev::start(settings, place, port))
            }
            Launcher::Miniflare => {
                Runtime::Miniflare(miniflare::Instance::start(settings, place, port, configuration).await)
            }
        };
        self.waits_until_it_answers().await;
    }

    /// Kills `workerd` between two instructions (SIGKILL, by process id) and starts it again with the same state.
    ///
    /// # Panics
    /// If none is running, or it does not come back.
    pub async fn is_killed_and_restarted(&mut self) {
        processes::kill(&self.workerd());
        self.restarts().await;
    }

    /// Kills `workerd`, has every alarm of the objects of `class` lost, as if each should have come ten minutes ago, and
    /// starts it again.
    ///
    /// # Panics
    /// If none is running, none of the objects has an alarm, or it does not come back.
    pub async fn loses_alarms_of(&mut self, class: &str) {
        self.changes_while_it_is_down(|folder| objects::lose_alarms(&folder.join(class_folder(class)))).await;
    }

    /// Kills `workerd`, changes what the objects of `class` have stored, and starts it again.
    ///
    /// # Panics
    /// If none is running, or it does not come back.
    pub async fn has_objects_changed(&mut self, class: &str, change: impl FnMut(&rusqlite::Connection) -> usize) {
        self.changes_while_it_is_down(|folder| {
            objects::changed(&folder.join(class_folder(class)), change);
        })
        .await;
    }

    async fn changes_while_it_is_down(&mut self, change: impl FnOnce(&Path)) {
        processes::kill(&self.workerd());
        self.runtime = Runtime::Ended;
        change(&self.state());
        self.starts().await;
    }

    /// How many rows the tables of all objects of `class` have, by table.
    ///
    /// # Panics
    /// If there are no such objects.
    pub fn rows_of(&self, class: &str) -> BTreeMap<String, u64> {
        objects::rows(&self.state().join(class_folder(class)))
    }

    /// Lets the cron trigger of `wrangler.toml` come, and waits until it was handled.
    ///
    /// # Panics
    /// If it is not, or the Worker was not started with Miniflare.
    pub async fn has_its_cron_trigger(&self) {
        let Runtime::Miniflare(instance) = &self.runtime else { panic!("only Miniflare triggers") };
        instance.schedule(CRON).await;
    }

    /// Kills `workerd` (SIGKILL) as soon as it has written to its state on disk `number` times, counted from now.
    ///
    /// # Panics
    /// If none is running.
    pub fn kill_at_write(&self, number: usize) -> WriteWatch {
        WriteWatch::begin(self.state(), self.workerd(), number)
    }

    /// Starts it again with the same state, after it was killed.
    ///
    /// # Panics
    /// If it does not come back.
    pub async fn restarts(&mut self) {
        self.runtime = Runtime::Ended;
        self.starts().await;
    }

    fn workerd(&self) -> Vec<u32> {
        let running = self.running();
        assert!(!running.is_empty(), "no workerd is running");
        running
    }

    fn running(&self) -> Vec<u32> {
        match &self.runtime {
            Runtime::WranglerDev(process) => processes::descendants_named(process.id(), "workerd", |_| true),
            Runtime::Miniflare(instance) => instance.workerd(),
            Runtime::Ended => Vec::new(),
        }
    }

    /// The resident memory of its `workerd`, in bytes; `None` if none is running.
    pub fn resident_memory(&self) -> Option<u64> {
        let of_each: Vec<u64> = self.running().into_iter().filter_map(processes::resident_memory).collect();
        (!of_each.is_empty()).then(|| of_each.iter().sum())
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.runtime {
            Runtime::WranglerDev(process) => process.has_ended(),
            Runtime::Miniflare(_) => false,
            Runtime::Ended => true,
        }
    }

    async fn waits_until_it_answers(&mut self) {
        let address = format!("{}/healthz", self.url);
        let answers = eventually(START, async || {
            let asked = reqwest::Client::new().get(&address).timeout(Duration::from_secs(5)).send().await;
            (asked.is_ok() || self.has_ended()).then(|| asked.is_ok())
        });
        let answered = answers.await == Some(true);
        assert!(answered, "the Worker does not answer; was it built (make build)? Its log:\n{}", self.log());
    }

    /// Waits until it has ended by itself.
    pub async fn ends(&mut self) {
        while eventually(PATIENCE, async || self.has_ended().then_some(())).await.is_none() {}
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything it has printed.
    pub fn log(&self) -> String {
        fs::read(self.log_file()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The file it prints to.
    pub fn log_file(&self) -> PathBuf {
        self.place.join("worker.log")
    }

    /// The folder with all of KV and of the Durable Objects' SQLite.
    pub fn state(&self) -> PathBuf {
        self.place.join("state")
    }

    /// Waits until the log holds `words`.
    ///
    /// # Panics
    /// If it does not.
    pub async fn logs(&self, words: &str) {
        let found = eventually(PATIENCE, async || self.log().contains(words).then_some(())).await;
        assert!(found.is_some(), "the log does not say {words:?}:\n{}", self.log());
    }
}

/// Where the objects of a class are within the state.
fn class_folder(class: &str) -> String {
    format!("do/causeway-{class}")
}

impl Drop for Worker {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(kept) = evidence::keep(&self.log_file())
        {
            eprintln!("the Worker's log: {}", kept.display());
        }
    }
}
