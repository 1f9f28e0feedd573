//! Starting Chromium through ChromeDriver.

use std::path::Path;

use serde_json::json;
use thirtyfour::{Capabilities, DesiredCapabilities, WebDriver};

use crate::{PATIENCE, ProcessGuard, eventually, free_port};

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

/// Chromium runs without a screen, unless this variable is set: then its windows show.
const SHOW_BROWSER: &str = "SHOW_BROWSER";
const HEADLESS: &str = "--headless=new";

/// Chromium refuses to run its sandbox as root.
const AS_ROOT: &str = "--no-sandbox";

pub(super) async fn start(profile: &Path) -> (ProcessGuard, WebDriver) {
    let port = free_port();
    let process = ProcessGuard::start(Path::new("chromedriver"), &profile.join("chromedriver.log"), |command| {
        command.arg(format!("--port={port}")).env("TMPDIR", profile);
    });
    let process = process.expect("a shell can be started");
    let address = format!("http://127.0.0.1:{port}");
    let driver = eventually(PATIENCE, async || WebDriver::new(&address, capabilities()).await.ok()).await;
    let log = || std::fs::read_to_string(profile.join("chromedriver.log")).unwrap_or_default();
    (process, driver.unwrap_or_else(|| panic!("ChromeDriver starts no browser; make browser installs them\n{}", log())))
}

fn capabilities() -> Capabilities {
    let mut flags = FLAGS.to_vec();
    if std::env::var_os(SHOW_BROWSER).is_none() {
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
