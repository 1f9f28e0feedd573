//! The real Worker: `wrangler dev` with `workerd`, KV and Durable Objects on local disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::configuration::Configuration;
use crate::{PATIENCE, ProcessGuard, checkout, eventually, evidence, processes};

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(90);
/// The configuration's file in the Worker's folder.
const VARS: &str = "vars";

/// A running Worker. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    process: ProcessGuard,
    settings: PathBuf,
    place: PathBuf,
    port: u16,
    url: String,
}

impl Worker {
    /// Starts the Worker of `settings` on `port`, with its state, log and configuration in the folder `place`, and waits
    /// until it answers. What an earlier Worker kept in `place` is found again.
    ///
    /// # Panics
    /// If it was not built, or does not answer.
    pub async fn start(settings: PathBuf, place: &Path, port: u16, configuration: &Configuration) -> Self {
        configuration.write(&place.join(VARS)).expect("the configuration can be written");
        let process = launch(&settings, place, port);
        let url = format!("http://localhost:{port}");
        let mut worker = Self { process, settings, place: place.to_owned(), port, url };
        worker.waits_until_it_answers().await;
        worker
    }

    /// Ends `workerd` between two instructions (SIGKILL, by process id) and starts it again with the same state.
    ///
    /// # Panics
    /// If none is running, or it does not come back.
    pub async fn is_killed_and_restarted(&mut self) {
        self.kill_workerd();
        self.process.end();
        self.process = launch(&self.settings, &self.place, self.port);
        self.waits_until_it_answers().await;
    }

    /// Ends `workerd` between two instructions (SIGKILL, by process id).
    ///
    /// # Panics
    /// If none is running.
    pub fn kill_workerd(&self) {
        let killed = processes::kill_descendants(self.process.id(), "workerd");
        assert!(!killed.is_empty(), "no workerd is running");
    }

    async fn waits_until_it_answers(&mut self) {
        let address = format!("{}/healthz", self.url);
        let answers = eventually(START, async || {
            let asked = reqwest::Client::new().get(&address).timeout(Duration::from_secs(5)).send().await;
            (asked.is_ok() || self.process.has_ended()).then(|| asked.is_ok())
        });
        let answered = answers.await == Some(true);
        assert!(answered, "the Worker does not answer; was it built (make build)? Its log:\n{}", self.log());
    }

    /// Waits until it has ended by itself.
    pub async fn ends(&mut self) {
        while eventually(PATIENCE, async || self.process.has_ended().then_some(())).await.is_none() {}
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

fn launch(settings: &Path, place: &Path, port: u16) -> ProcessGuard {
    let process = ProcessGuard::start(Path::new("node"), &place.join("worker.log"), |command| {
        command.arg(checkout::node_modules().join("wrangler/bin/wrangler.js")).args(["dev", "--ip", "127.0.0.1"]);
        command.args(["--port", &port.to_string(), "--inspector-port", "0", "--show-interactive-dev-session=false"]);
        command.arg("--config").arg(settings).arg("--env-file").arg(place.join(VARS));
        command.arg("--persist-to").arg(place.join("state")).current_dir(place);
        command.env("PATH", checkout::path_with_node()).env("XDG_CONFIG_HOME", place.join("config"));
        // What a killed workerd leaves lies there, too.
        command
            .env("TMPDIR", place)
            .env("CI", "1")
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    });
    process.expect("a shell can be started")
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
