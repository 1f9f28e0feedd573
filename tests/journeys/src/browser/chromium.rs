//! Starting Chromium through ChromeDriver.

use std::path::Path;

use serde_json::json;
use thirtyfour::{Capabilities, DesiredCapabilities};

use super::{Started, driver_at};
use crate::{ProcessGuard, free_port};

/// Chromium contacts no server of Google's, and runs with little shared memory. With the pipe it ends when ChromeDriver
/// ends.
const FLAGS: [&str; 11] = [
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=1280,900",
    "--lang=en-GB",
];

const HEADLESS: &str = "--headless=new";

/// Chromium refuses to run its sandbox as root.
const AS_ROOT: &str = "--no-sandbox";

pub(super) async fn start(profile: &Path) -> Started {
    let (port, log) = (free_port(), profile.join("chromedriver.log"));
    let process = ProcessGuard::start(Path::new("chromedriver"), &log, |command| {
        command.arg(format!("--port={port}")).env("TMPDIR", profile);
    });
    let driver = driver_at(port, &log, capabilities).await;
    (vec![process.expect("a shell can be started")], driver)
}

fn capabilities() -> Capabilities {
    let mut flags = FLAGS.to_vec();
    if !super::shows_windows() {
        flags.push(HEADLESS);
    }
    if rustix::process::geteuid().is_root() {
        flags.push(AS_ROOT);
    }
    let mut capabilities: Capabilities = DesiredCapabilities::chrome().into();
    capabilities.set("goog:chromeOptions", json!({ "args": flags })).expect("JSON is a capability");
    capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" })).expect("JSON is a capability");
    capabilities.set("unhandledPromptBehavior", json!("ignore")).expect("JSON is a capability");
    capabilities
}
