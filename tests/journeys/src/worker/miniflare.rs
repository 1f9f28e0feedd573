//! Starting the Worker through Miniflare: one Node process for all tests of this process, one `workerd` for each test.
//!
//! A start takes half a second, where `wrangler dev` takes several, so tests need not share a `workerd`.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::Path;

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::START;
use crate::configuration::Configuration;
use crate::{ProcessGuard, checkout, eventually, free_port, processes};

/// Started by the first test that needs it. The process guard ends it when this process ends, however that happens.
static HOST: OnceCell<Host> = OnceCell::const_new();

/// The Node process that starts and stops Workers: `scripts/workers.mjs`.
#[derive(Debug)]
struct Host {
    process: ProcessGuard,
    port: u16,
}

impl Host {
    async fn start() -> Self {
        let log = checkout::evidence().join(format!("workers-{}.log", std::process::id()));
        std::fs::create_dir_all(checkout::evidence()).expect("a folder for evidence can be made");
        let port = free_port();
        let process = ProcessGuard::start(Path::new("node"), &log, |command| {
            command.arg(checkout::root().join("tests/journeys/scripts/workers.mjs")).env("PORT", port.to_string());
            command.env("PATH", checkout::path_with_node()).env("CAUSEWAY_NODE_MODULES", checkout::node_modules());
            command.env("WRANGLER_SEND_METRICS", "false").env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
        });
        let host = Self { process: process.expect("a shell can be started"), port };
        let listens = eventually(START, async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()).await;
        assert!(listens.is_some(), "Node does not start; its log is {}", log.display());
        host
    }

    /// Sends a command and waits until it is done. `Err` is what went wrong there.
    fn sends(&self, command: &Value) -> Result<(), String> {
        let answer = self.exchanges(&command.to_string()).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&answer).map_err(|error| format!("{error} in {answer:?}"))?;
        answer["error"].as_str().map_or(Ok(()), |error| Err(error.to_owned()))
    }

    fn exchanges(&self, command: &str) -> io::Result<String> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(START))?;
        connection.write_all(command.as_bytes())?;
        connection.shutdown(Shutdown::Write)?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

/// One Worker with a `workerd` of its own. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Instance {
    host: &'static Host,
    port: u16,
}

impl Instance {
    /// Starts it, and waits until it listens.
    ///
    /// # Panics
    /// If it does not.
    pub(super) async fn start(settings: &Path, place: &Path, port: u16, configuration: &Configuration) -> Self {
        let host = HOST.get_or_init(Host::start).await;
        let command = json!({
            "do": "start",
            "settings": settings,
            "state": place.join("state"),
            "temporary": place.join("temporary"),
            "log": place.join("worker.log"),
            "port": port,
            "variables": configuration.to_json(),
        });
        let instance = Self { host, port };
        instance.sends(command).await.unwrap_or_else(|error| panic!("Miniflare does not start the Worker: {error}"));
        instance
    }

    /// Lets a cron trigger come, and waits until it was handled.
    ///
    /// # Panics
    /// If the Worker does not handle it.
    pub(super) async fn schedule(&self, cron: &str) {
        let handled = self.sends(json!({ "do": "schedule", "port": self.port, "cron": cron })).await;
        handled.unwrap_or_else(|error| panic!("the cron trigger is not handled: {error}"));
    }

    async fn sends(&self, command: Value) -> Result<(), String> {
        let host = self.host;
        tokio::task::spawn_blocking(move || host.sends(&command)).await.expect("the command is sent")
    }

    /// The process ids of its `workerd`.
    pub(super) fn workerd(&self) -> Vec<u32> {
        let address = format!("--socket-addr=entry=127.0.0.1:{}", self.port);
        processes::descendants_named(self.host.process.id(), "workerd", |arguments| arguments.contains(&address))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // A host that is gone has taken its Workers with it.
        let _gone = self.host.sends(&json!({ "do": "stop", "port": self.port }));
    }
}
